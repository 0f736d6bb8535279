"""Articles that come over the network: files are laid aside, ingested by a job, and removed again."""

from __future__ import annotations

import re
import shutil
import unicodedata
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import IO, Any

from rag.encoding import encode_report
from rag.ingest.readers import READERS
from rag.service import Dateline
from ui.api.errors import ApiError
from ui.jobs.worker import Progress
from ui.markup import plural
from ui.uploads import outcome_of

_ARRIVING, _CORPUS, _METADATA = "arriving", "uploads", "metadata.jsonl"
_UNSAFE = re.compile(r"[\x00-\x1f\x7f/\\:*?\"<>|]+")
_LONGEST = 120
MOST_FILES = 200


def file_name(given: str | None) -> str:
    """Returns a safe name for a file: no folder, nothing hidden, nothing that steers a shell or a terminal.

    Raises:
        ApiError: Nothing is left of it, or files of this kind are not read.
    """
    name = unicodedata.normalize("NFC", given or "").encode("utf-8", "replace").decode()
    name = _UNSAFE.sub("-", re.split(r"[/\\]", name)[-1])
    name = "".join(c for c in name if unicodedata.category(c) not in ("Cf", "Cc", "Cs", "Co")).strip(" .-")
    if not name:
        raise ApiError(400, "invalid_request", "each file needs a name")
    suffix = next((s for s in sorted(READERS, key=len, reverse=True) if name.lower().endswith(s)), None)
    if suffix is None:
        raise ApiError(415, "unsupported_media_type", f"{name[:_LONGEST]}: supported are {' '.join(READERS)}")
    return name[: -len(suffix)][:_LONGEST] + suffix


class Uploads:
    """Files on their way into the index.

    An article keeps its identity by the name of its file: a file of the same name replaces it.

    Args:
        dateline: Ingests.
    """

    def __init__(self, dateline: Dateline) -> None:
        self._dateline = dateline
        self._arriving = dateline.settings.index / _ARRIVING
        self._corpus = dateline.settings.index / _CORPUS
        shutil.rmtree(self._arriving, ignore_errors=True)  # left by a program that was killed

    def lay_aside(self, job: str, files: Sequence[tuple[str, IO[bytes]]]) -> None:
        """Writes files where the job of this id finds them.

        Raises:
            ApiError: Two of them have the same name.
            OSError: The disk is full or cannot be written.
        """
        names = [name for name, _ in files]
        if len({name.casefold() for name in names}) < len(names):
            raise ApiError(400, "invalid_request", "two files have the same name; send them one after the other")
        folder = self._arriving / job
        folder.mkdir(parents=True)
        for name, content in files:
            with (folder / name).open("wb") as file:
                shutil.copyfileobj(content, file)

    def forget(self, job: str) -> None:
        """Removes what was laid aside for a job."""
        shutil.rmtree(self._arriving / job, ignore_errors=True)

    def ingest(self, job: str, progress: Progress) -> Mapping[str, Any]:
        """Ingests what was laid aside for a job, and returns the JSON of ``dateline ingest``."""
        arrived = sorted((self._arriving / job).iterdir())
        self._corpus.mkdir(exist_ok=True)
        placed: list[Path] = []
        try:
            placed += [Path(shutil.move(file, self._corpus / file.name)) for file in arrived]
            articles = [path for path in placed if path.name != _METADATA]
            progress(0, 0)
            report = self._dateline.ingest(articles, progress=progress)
            progress.tell(f"{plural(len(articles), 'file')} read", outcomes=[outcome_of("Together", report)])
            return encode_report(report)
        finally:
            for path in placed:
                path.unlink(missing_ok=True)
