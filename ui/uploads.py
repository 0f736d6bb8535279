"""Articles that readers add: within limits, one file at a time, with an outcome for each."""

from __future__ import annotations

import re
import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from rag.errors import DatelineError
from rag.service import Dateline
from rag.types import IngestReport
from ui.jobs import Job
from ui.markup import plural, text

MOST = 100
LARGEST = 25_000_000
_FOLDER = "uploads"
_UNSAFE = re.compile(r"[\x00-\x1f\x7f/\\]+")


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one file."""

    name: str
    state: str
    said: str


def add_files(dateline: Dateline, files: Sequence[Path], job: Job) -> str:
    """Reads uploaded files into the index and deletes them; returns what to say at the end.

    Each is put under its own name into one folder beside the index first, so that a file of the same name that comes
    later is a new version of the same article. The index keeps the text, so the file can go.

    Args:
        dateline: Whose index.
        files: Temporary files under the names they had.
        job: Told of each file.
    """
    folder = dateline.settings.index / _FOLDER
    outcomes: list[Outcome] = []
    for number, file in enumerate(files):
        name = safe_name(file.name)
        job.tell(f"Reading {name}", number, len(files), _shown(outcomes))
        outcomes.append(_refused(file, name, number) or _added(dateline, file, folder, name, job, len(files), number))
        file.unlink(missing_ok=True)
    job.tell("Done", len(files), len(files), _shown(outcomes))
    good = sum(outcome.state == "good" for outcome in outcomes)
    return f"{plural(good, 'file')} of {len(files)} added"


def add_addresses(dateline: Dateline, addresses: Sequence[str], job: Job) -> str:
    """Reads pages and feeds into the index; returns what to say at the end.

    Args:
        dateline: Whose index; its settings say whether addresses inside the operator's network may be read.
        addresses: Of web pages and feeds.
        job: Told of each.
    """
    outcomes: list[Outcome] = []
    for number, address in enumerate(addresses):

        def tell(read: int, passages: int, address: str = address, number: int = number) -> None:
            said = f"Reading {address}: {plural(read, 'article')}, {plural(passages, 'passage')}"
            job.tell(said, number, len(addresses), _shown(outcomes))

        job.tell(f"Fetching {address}", number, len(addresses), _shown(outcomes))
        try:
            outcomes.append(_outcome(address, dateline.ingest([address], progress=tell)))
        except DatelineError as error:
            outcomes.append(Outcome(address, "bad", str(error)))
    job.tell("Done", len(addresses), len(addresses), _shown(outcomes))
    good = sum(outcome.state == "good" for outcome in outcomes)
    return f"{plural(good, 'address', 'addresses')} of {len(addresses)} read"


def safe_name(name: str) -> str:
    """Returns a file name without anything that could point elsewhere."""
    plain = _UNSAFE.sub(" ", name).strip().lstrip(".") or "article.txt"
    suffixes = "".join(Path(plain).suffixes[-2:])
    return plain if len(plain) <= 120 else plain[: 120 - len(suffixes)] + suffixes


def _refused(file: Path, name: str, number: int) -> Outcome | None:
    if number >= MOST:
        return Outcome(name, "bad", f"more than {MOST} files at a time; add it with the next")
    if file.stat().st_size > LARGEST:
        return Outcome(name, "bad", f"larger than {LARGEST // 1_000_000} MB; use `dateline ingest`")
    return None


def _added(dateline: Dateline, file: Path, folder: Path, name: str, job: Job, total: int, number: int) -> Outcome:
    def tell(read: int, passages: int) -> None:
        job.tell(f"Reading {name}: {plural(read, 'article')}, {plural(passages, 'passage')}", number, total)

    folder.mkdir(exist_ok=True)
    place = folder / name
    try:
        shutil.move(file, place)
        return _outcome(name, dateline.ingest([place], progress=tell))
    except DatelineError as error:
        return Outcome(name, "bad", str(error))
    finally:
        place.unlink(missing_ok=True)


def _outcome(name: str, report: IngestReport) -> Outcome:
    counts = {"added": report.added, "updated": report.updated, "unchanged": report.unchanged}
    said = [f"{n:,} {what}" if sum(counts.values()) > 1 else what for what, n in counts.items() if n]
    said += [f"near-duplicate of {lead}" for _, lead in report.duplicates[:1]]
    said += [failure.error for failure in report.failed[:2]]
    if len(report.failed) > 2:
        said.append(f"{len(report.failed) - 2:,} more failures")
    good = any(counts.values())
    return Outcome(name, "good" if good else "bad", ", ".join(said) or "there is nothing to read in it")


def _shown(outcomes: Sequence[Outcome]) -> str:
    lines = "".join(
        f'<li class="{o.state}"><span class="name">{text(o.name)}</span> <span>{text(o.said)}</span></li>'
        for o in outcomes
    )
    return f'<ul class="outcomes" aria-label="What became of each file">{lines}</ul>' if lines else ""
