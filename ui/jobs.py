"""Work that takes long: in a thread of its own, with progress that is measured, and an end that can be asked for."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass

from rag.errors import DatelineError
from ui.markup import button, text

_POLL = 0.15  # seconds


class Cancelled(Exception):  # noqa: N818  # not an error: somebody asked for it
    """Raised in the work at its next report after it was cancelled."""


@dataclass(frozen=True, slots=True)
class Status:
    """Where a job stands.

    Attributes:
        state: ``running``, ``done``, ``cancelled`` or ``failed``.
        said: What it is doing, or how it ended, in a few words.
        done: Steps done.
        total: Steps in all; 0 when nobody can know.
        outcome: HTML that shows what has come of it so far.
    """

    state: str = "running"
    said: str = ""
    done: int = 0
    total: int = 0
    outcome: str = ""


class Job:
    """One piece of work.

    Args:
        name: What it is called, such as ``Reading articles``.
        work: Does it; reports through ``tell``, returns what to say at the end.
    """

    def __init__(self, name: str, work: Callable[[Job], str]) -> None:
        self.name = name
        self._status = Status(said=name)
        self._cancelled = threading.Event()
        self._thread = threading.Thread(target=self._run, args=(work,), name="dateline-job", daemon=True)
        self._thread.start()

    @property
    def status(self) -> Status:
        """Where it stands."""
        return self._status

    @property
    def is_running(self) -> bool:
        """Whether it still runs."""
        return self._status.state == "running"

    def cancel(self) -> None:
        """Asks it to end at its next report; what is stored by then stays."""
        self._cancelled.set()

    def tell(self, said: str, done: int = 0, total: int = 0, outcome: str | None = None) -> None:
        """Reports progress from within the work.

        Raises:
            Cancelled: Somebody has asked for the end.
        """
        shown = self._status.outcome if outcome is None else outcome
        self._status = Status("running", said, done, total, shown)
        if self._cancelled.is_set():
            raise Cancelled

    def _run(self, work: Callable[[Job], str]) -> None:
        try:
            self._end("done", work(self))
        except Cancelled:
            self._end("cancelled", f"{self.name} was cancelled; what was finished is kept")
        except DatelineError as error:
            self._end("failed", str(error))
        except BaseException as error:
            self._end("failed", f"the program has a fault ({type(error).__name__}); its log says where")
            raise

    def _end(self, state: str, said: str) -> None:
        last = self._status
        self._status = Status(state, said, last.done, last.total, last.outcome)


def progress(job: Job | None) -> str:
    """Returns a job's progress as HTML."""
    if job is None:
        return ""
    status = job.status
    bar = ""
    if job.is_running:
        amount = f' value="{status.done}" max="{status.total}"' if status.total else ""
        bar = (
            f'<progress aria-label="{text(job.name)}"{amount}></progress>{button("Cancel", "cancel", classes="plain")}'
        )
    return f'<div class="job {status.state}"><p role="status">{text(status.said)}</p>{bar}</div>{status.outcome}'


async def follow(job: Job | None) -> AsyncIterator[str]:
    """Yields a job's progress as HTML each time it changes, until it ends."""
    shown = ""
    while job is not None:
        running = job.is_running
        if (now := progress(job)) != shown:
            shown = now
            yield shown
        if not running:
            return
        await asyncio.sleep(_POLL)
