"""Evaluations run from the page: where suites, baselines and reports are, and a run as a job."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.resources import files
from pathlib import Path
from typing import Any, Protocol

from eval.report.document import FILE, read_report
from eval.report.html import html
from eval.report.writing import write_report
from eval.session import Options, check_plan, held_to, run_suite
from eval.suites import read_suite
from rag.config import Settings
from ui.jobs.worker import Progress, Work
from ui.markup import plural, text

_FOLDER = "evaluations"


class Told(Protocol):
    """What is told how far a run is; an exception from it ends the run."""

    def tell(self, said: str, done: int = 0, total: int = 0) -> None:
        """Takes note."""


@dataclass(frozen=True, slots=True)
class Order:
    """What to run.

    Attributes:
        suite: The file of questions.
        model: As in the setting of this name.
        own_index: Whether to ask the index of this page, whatever corpus the suite names.
        baseline: Report to compare with, if any.
    """

    suite: Path
    model: str
    own_index: bool
    baseline: Path | None = None


def suites() -> Mapping[str, Path]:
    """Returns the suites that come with the program, by name."""
    return {path.stem: path for path in sorted(Path(str(files("eval") / "suites")).glob("*.jsonl"))}


def runs(settings: Settings) -> Mapping[str, Path]:
    """Returns the reports of runs from this page, by name, the latest first."""
    found = sorted((settings.index / _FOLDER).glob(f"*/{FILE}"), reverse=True)
    return {path.parent.name: path for path in found}


def baselines(settings: Settings) -> Mapping[str, Path]:
    """Returns what a run can be compared with: what comes with the program, and earlier runs."""
    shipped = sorted(Path(str(files("eval") / "baselines")).glob("*.json"))
    return {**{path.stem: path for path in shipped}, **runs(settings)}


def run(settings: Settings, order: Order, job: Told) -> tuple[str, Path]:
    """Runs a suite and writes its report beside the index.

    Returns:
        What to say at the end, and the report.

    Raises:
        DatelineError: As ``eval.session.run_suite``.
    """
    suite = read_suite(order.suite)
    base = read_report(order.baseline) if order.baseline else None
    check_plan(suite, None, base)
    started = datetime.now(UTC)
    folder = settings.index / _FOLDER / f"{started:%Y-%m-%d %H.%M.%S} {suite.name} {_plain(order.model)}"
    options = Options(index=settings.index if order.own_index else None)
    report = run_suite(suite, settings.model_copy(update={"model": order.model}), options, _Teller(job))
    report = held_to(report, None, base, order.baseline.stem if order.baseline else "")
    write_report(report, folder)
    right = sum(item.passed for item in report.items)
    return f"{right} of {plural(len(report.items), 'item')} came out right", folder / FILE


def work(settings: Settings, order: Order) -> Work:
    """Returns a run as the work of a job, whose result is the report; articles counted are questions."""

    def running(progress: Progress) -> Mapping[str, Any]:
        said, report = run(settings, order, _Counted(progress))
        progress.tell(said)
        found: Mapping[str, Any] = json.loads(report.read_text(encoding="utf-8"))
        return found

    return running


def framed(report: Path) -> str:
    """Returns a report as HTML in a frame of its own, whose scripts reach neither the page nor the network."""
    page = html(read_report(report))
    named = 'class="report" title="Report of the evaluation"'
    return f'<iframe {named} sandbox="allow-scripts" srcdoc="{text(page)}"></iframe>'


class _Counted:
    """Counts questions beside what is said."""

    def __init__(self, progress: Progress) -> None:
        self._progress = progress

    def tell(self, said: str, done: int = 0, total: int = 0) -> None:
        self._progress(done, 0)
        self._progress.tell(said, done, total)


class _Teller:
    """Passes progress on to a job."""

    def __init__(self, job: Told) -> None:
        self._job = job

    def begin(self, label: str, length: int) -> Callable[[int], None]:
        """Returns what counts the steps of a stage."""
        done = 0

        def more(steps: int) -> None:
            nonlocal done
            done += steps
            self._job.tell(f"{label.capitalize()}: {done:,} of {length:,}", done, length)

        more(0)
        return more


def _plain(name: str) -> str:
    return "".join(character if character.isalnum() or character in "-." else "-" for character in name)[-40:]
