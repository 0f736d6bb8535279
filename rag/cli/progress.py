"""Progress of long work, on standard error; hidden when that is not a terminal."""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn, TimeRemainingColumn


class IngestBar:
    """Progress of an ingest: articles read, passages stored and their rate, and the time left once the total is known.

    Args:
        count: Returns about how many articles there are; called in a thread of its own, since it can take a while.
    """

    def __init__(self, count: Callable[[], int] | None = None) -> None:
        self._progress = Progress(
            SpinnerColumn(), TextColumn("{task.description}"), BarColumn(bar_width=20), TimeElapsedColumn(),
            TimeRemainingColumn(), console=Console(stderr=True, markup=False), transient=True,
            disable=not sys.stderr.isatty(),
        )  # fmt: skip
        self._task = self._progress.add_task("reading articles", total=None)
        self._progress.start()
        if count is not None and not self._progress.disable:
            threading.Thread(target=self._expect, args=(count,), daemon=True).start()

    def _expect(self, count: Callable[[], int]) -> None:
        self._progress.update(self._task, total=count())

    def __call__(self, read: int, passages: int) -> None:
        """Shows articles read and passages written."""
        elapsed = self._progress.tasks[0].elapsed or 0.0
        rate = f" · {passages / elapsed:.0f}/s" if passages and elapsed > 1 else ""
        total = self._progress.tasks[0].total
        known = f" of {total:,.0f}" if total else ""
        told = f"{read:,}{known} articles read · {passages:,} passages stored{rate}"
        self._progress.update(self._task, completed=read, description=told)

    def close(self) -> None:
        """Removes the bar."""
        self._progress.stop()


@contextmanager
def ingest_progress(count: Callable[[], int] | None = None) -> Iterator[IngestBar]:
    """Shows progress while the block runs; see ``IngestBar``."""
    bar = IngestBar(count)
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
