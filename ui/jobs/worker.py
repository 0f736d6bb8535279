"""Work that goes on after the request that began it: one job at a time, in a thread of its own."""

from __future__ import annotations

import logging
import queue
import threading
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from typing import Any

from rag.errors import StoreError
from ui.api.errors import ApiError, told
from ui.jobs.store import CANCELLED, DONE, FAILED, INTERRUPTED, Job, JobStore, Outcome, Step

LOG = logging.getLogger("dateline.jobs")
_MOST_WAITING = 100
_PATIENCE = 20.0


class _StoppedError(Exception):
    """The job is to end here."""


class Progress:
    """What the work of a job tells how far it is.

    Args:
        store: Takes note.
        job: The id of the job.
        stopped: Tells whether the job is to end.
    """

    def __init__(self, store: JobStore, job: str, stopped: Callable[[], bool]) -> None:
        self.job, self._store, self._stopped = job, store, stopped

    def __call__(self, articles: int, passages: int) -> None:
        """Takes note of articles read and passages written; an exception from it ends the work."""
        self._store.count(self.job, articles, passages)
        self._check()

    def tell(self, said: str, done: int = 0, total: int = 0, outcomes: Sequence[Outcome] = ()) -> None:
        """Takes note of a step; an exception from it ends the work."""
        self._store.tell(self.job, Step(said, done, total, tuple(outcomes)))
        self._check()

    def _check(self) -> None:
        if self._stopped():
            raise _StoppedError


Work = Callable[[Progress], Mapping[str, Any]]
"""Does a job and returns its result; told to stop by an exception from what it is given."""


class Worker:
    """Does jobs in the order they came.

    Args:
        store: Keeps what becomes of them.
    """

    def __init__(self, store: JobStore) -> None:
        self._store = store
        self._waiting: queue.Queue[tuple[Job, Work, Callable[[], None]] | None] = queue.Queue(_MOST_WAITING)
        self._cancelled: set[str] = set()
        self._ending = threading.Event()
        self._thread = threading.Thread(target=self._run, name="dateline-jobs", daemon=True)
        self._thread.start()

    @property
    def waiting(self) -> int:
        """How many jobs wait."""
        return self._waiting.qsize()

    def add(self, job: Job, work: Work, afterwards: Callable[[], None]) -> None:
        """Has a job done.

        Args:
            job: Waits in the store.
            work: Does it.
            afterwards: Called when it is over, whatever became of it.

        Raises:
            ApiError: Too many jobs are waiting.
        """
        try:
            if self._ending.is_set():
                raise queue.Full
            self._waiting.put_nowait((job, work, afterwards))
        except queue.Full:
            self._store.finish(job.id, CANCELLED)
            raise ApiError(429, "too_many_requests", "too many jobs are waiting; come back later",
                           retry_after=60) from None  # fmt: skip

    def cancel(self, job: str) -> bool:
        """Ends a job, at once while it waits, else as soon as its step is done; returns whether it was not over."""
        found = self._store.get(job)
        if found is None or found.is_over:
            return False
        self._cancelled.add(job)
        if found.started is None:
            self._store.finish(job, CANCELLED)
        return True

    def close(self) -> None:
        """Ends the job under way as soon as its step is done, and marks it and those that wait as interrupted."""
        self._ending.set()
        for job in self._store.all():
            if job.started is None:
                self._interrupted(job.id)
        with suppress(queue.Full):
            self._waiting.put_nowait(None)
        self._thread.join(_PATIENCE)

    def _run(self) -> None:
        while not self._ending.is_set():
            taken = self._waiting.get()
            if taken is None:
                return
            job, work, afterwards = taken
            try:
                if self._store.begin(job.id):
                    self._do(job, work)
            except StoreError as error:  # a full disk, which must not end all later jobs
                LOG.error("job not kept", exc_info=error, extra={"job": job.id})
            finally:
                self._cancelled.discard(job.id)
                afterwards()

    def _do(self, job: Job, work: Work) -> None:
        progress = Progress(self._store, job.id, lambda: self._ending.is_set() or job.id in self._cancelled)
        try:
            result = work(progress)
        except _StoppedError:
            if self._ending.is_set():
                self._interrupted(job.id)
            else:
                self._store.finish(job.id, CANCELLED)
        except Exception as error:
            found = told(error)
            if found.status == 500:
                LOG.error("fault", exc_info=error, extra={"job": job.id})
            self._store.finish(job.id, FAILED, code=found.code, message=found.message)
        else:
            self._store.finish(job.id, DONE, result)

    def _interrupted(self, job: str) -> None:
        message = "the server ended before the job did; send it again"
        self._store.finish(job, INTERRUPTED, code="interrupted", message=message)
