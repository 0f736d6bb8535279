"""Progress of long work, on standard error; hidden when that is not a terminal."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn, TimeRemainingColumn


class IngestBar:
    """Progress of an ingest on standard error; hidden when standard error is not a terminal."""

    def __init__(self) -> None:
        self._progress = Progress(
            SpinnerColumn(), TextColumn("{task.description}"), BarColumn(bar_width=20), TimeElapsedColumn(),
            console=Console(stderr=True, markup=False), transient=True, disable=not sys.stderr.isatty(),
        )  # fmt: skip
        self._task = self._progress.add_task("reading articles", total=None)
        self._progress.start()

    def __call__(self, read: int, passages: int) -> None:
        """Shows articles read and passages written."""
        elapsed = self._progress.tasks[0].elapsed or 0.0
        rate = f" · {passages / elapsed:.0f}/s" if passages and elapsed > 1 else ""
        self._progress.update(self._task, description=f"{read:,} articles read · {passages:,} passages stored{rate}")

    def close(self) -> None:
        """Removes the bar."""
        self._progress.stop()


@contextmanager
def ingest_progress() -> Iterator[IngestBar]:
    """Shows progress while the block runs."""
    bar = IngestBar()
    try:
        yield bar
    finally:
        bar.close()


@contextmanager
def counted(doing: str, what: str) -> Iterator[Callable[[int, int], None]]:
    """Shows how much is done, the rate and the time left, on standard error while the block runs; see ``IngestBar``."""
    progress = Progress(
        SpinnerColumn(), TextColumn("{task.description}"), BarColumn(bar_width=20), TimeRemainingColumn(),
        console=Console(stderr=True, markup=False), transient=True, disable=not sys.stderr.isatty(),
    )  # fmt: skip
    with progress:
        task = progress.add_task(doing, total=None)

        def update(done: int, total: int) -> None:
            rate = f" · {progress.tasks[0].speed:.0f}/s" if progress.tasks[0].speed else ""
            progress.update(
                task, completed=done, total=total, description=f"{doing} {done:,} of {total:,} {what}{rate}"
            )

        yield update
