"""Articles that readers add: within limits, one file at a time, with an outcome for each."""

from __future__ import annotations

import re
import shutil
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from rag.encoding import encode_report
from rag.errors import DatelineError
from rag.service import Dateline
from rag.types import IngestFailure, IngestReport
from ui.jobs.store import Outcome
from ui.jobs.worker import Progress
from ui.markup import plural

MOST = 100
LARGEST = 25_000_000
_FOLDER = "uploads"
_UNSAFE = re.compile(r"[\x00-\x1f\x7f/\\]+")


class _Adding:
    """What has become of each file or address so far."""

    def __init__(self, dateline: Dateline, progress: Progress, total: int) -> None:
        self._dateline, self._progress, self._total = dateline, progress, total
        self._outcomes: list[Outcome] = []
        self._reports: list[IngestReport] = []
        self._begun = time.perf_counter()

    def tell(self, said: str) -> None:
        self._progress.tell(said, len(self._outcomes), self._total, self._outcomes)

    def refuse(self, name: str, why: str) -> None:
        self._outcomes.append(Outcome(name, "bad", why))
        self._reports.append(IngestReport(failed=(IngestFailure(name, why),)))

    def ingest(self, name: str, place: Path | str) -> None:
        before = (sum(r.added + r.updated + r.unchanged for r in self._reports), sum(r.passages for r in self._reports))

        def tell(read: int, passages: int) -> None:
            self._progress(before[0] + read, before[1] + passages)
            self.tell(f"Reading {name}: {plural(read, 'article')}, {plural(passages, 'passage')}")

        try:
            report = self._dateline.ingest([place], progress=tell)
        except DatelineError as error:
            self.refuse(name, str(error))
        else:
            self._outcomes.append(outcome_of(name, report))
            self._reports.append(report)

    def end(self, what: str, several: str, done: str) -> Mapping[str, Any]:
        """Says how it ended, and returns the JSON of ``dateline ingest`` for all together."""
        good = sum(outcome.state == "good" for outcome in self._outcomes)
        self.tell(f"{plural(good, what, several)} of {self._total} {done}")
        reports = self._reports
        whole = IngestReport(
            added=sum(r.added for r in reports),
            updated=sum(r.updated for r in reports),
            unchanged=sum(r.unchanged for r in reports),
            failed=tuple(failure for r in reports for failure in r.failed),
            passages=sum(r.passages for r in reports),
            duplicates=tuple(pair for r in reports for pair in r.duplicates),
            headlines=tuple(article_id for r in reports for article_id in r.headlines),
            seconds=time.perf_counter() - self._begun,
        )
        return encode_report(whole)


def add_files(dateline: Dateline, files: Sequence[Path], progress: Progress) -> Mapping[str, Any]:
    """Reads uploaded files into the index and deletes them; returns the JSON of ``dateline ingest``.

    Each is put under its own name into one folder beside the index first, so that a file of the same name that comes
    later is a new version of the same article. The index keeps the text, so the file can go.

    Args:
        dateline: Whose index.
        files: Temporary files under the names they had.
        progress: Told of each file.
    """
    folder = dateline.settings.index / _FOLDER
    adding = _Adding(dateline, progress, len(files))
    for number, file in enumerate(files):
        name = safe_name(file.name)
        adding.tell(f"Reading {name}")
        if why := _objection(file, number):
            adding.refuse(name, why)
        else:
            folder.mkdir(exist_ok=True)
            place = folder / name
            try:
                shutil.move(file, place)
                adding.ingest(name, place)
            finally:
                place.unlink(missing_ok=True)
        file.unlink(missing_ok=True)
    return adding.end("file", "files", "added")


def add_addresses(dateline: Dateline, addresses: Sequence[str], progress: Progress) -> Mapping[str, Any]:
    """Reads pages and feeds into the index; returns the JSON of ``dateline ingest``.

    Args:
        dateline: Whose index; its settings say whether addresses inside the operator's network may be read.
        addresses: Of web pages and feeds.
        progress: Told of each.
    """
    adding = _Adding(dateline, progress, len(addresses))
    for address in addresses:
        adding.tell(f"Fetching {address}")
        adding.ingest(address, address)
    return adding.end("address", "addresses", "read")


def safe_name(name: str) -> str:
    """Returns a file name without anything that could point elsewhere."""
    plain = _UNSAFE.sub(" ", name).strip().lstrip(".") or "article.txt"
    suffixes = "".join(Path(plain).suffixes[-2:])
    return plain if len(plain) <= 120 else plain[: 120 - len(suffixes)] + suffixes


def _objection(file: Path, number: int) -> str:
    if number >= MOST:
        return f"more than {MOST} files at a time; add it with the next"
    if file.stat().st_size > LARGEST:
        return f"larger than {LARGEST // 1_000_000} MB; use `dateline ingest`"
    return ""


def outcome_of(name: str, report: IngestReport) -> Outcome:
    """Returns what became of a file, in a few words."""
    counts = {"added": report.added, "updated": report.updated, "unchanged": report.unchanged}
    said = [f"{n:,} {what}" if sum(counts.values()) > 1 else what for what, n in counts.items() if n]
    said += [f"near-duplicate of {lead}" for _, lead in report.duplicates[:1]]
    if report.headlines:
        said.append(f"{len(report.headlines):,} without text, to be found by the headline only")
    said += [failure.error for failure in report.failed[:2]]
    if len(report.failed) > 2:
        said.append(f"{len(report.failed) - 2:,} more failures")
    good = any(counts.values())
    return Outcome(name, "good" if good else "bad", ", ".join(said) or "there is nothing to read in it")
