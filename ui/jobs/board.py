"""All jobs of one server, with those who do them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from ui.jobs.store import FILE, Job, JobStore
from ui.jobs.worker import Work, Worker


class Board:
    """Where jobs are begun, looked up and cancelled, by the page and by programs alike.

    Args:
        folder: Where the file of jobs is kept: beside the index.

    Attributes:
        store: Keeps what becomes of jobs.
        writing: Does what changes the index, which one job at a time may.
        reading: Does what only reads it.
        measuring: Runs suites, which may take an hour that nobody else should have to wait.
    """

    def __init__(self, folder: Path) -> None:
        self.store = JobStore(folder / FILE)
        self.writing, self.reading, self.measuring = (Worker(self.store) for _ in range(3))
        self._workers = (self.writing, self.reading, self.measuring)

    @property
    def waiting(self) -> int:
        """How many jobs wait."""
        return sum(worker.waiting for worker in self._workers)

    def begin(self, worker: Worker, kind: str, owner: str, work: Work, *, session: str = "", about: str = "",
              afterwards: Callable[[], None] = lambda: None) -> Job:  # fmt: skip
        """Adds a job and has it done.

        Args:
            worker: Does it.
            kind: ``ingest``, ``evaluation`` or ``briefing``.
            owner: Name of the caller who begins it.
            work: Does it.
            session: The secret of the browser it is begun in; empty for a program.
            about: What it is about, in words.
            afterwards: Called when it is over, whatever became of it.

        Raises:
            ApiError: Too many jobs are waiting.
        """
        job = self.store.add(kind, owner, session, about)
        worker.add(job, work, afterwards)
        return job

    def cancel(self, job: str) -> bool:
        """Ends a job; returns whether it was not over."""
        told = [worker.cancel(job) for worker in self._workers]  # none knows whose it is
        found = self.store.get(job)
        if found is not None and not found.is_over:
            self.store.tell(job, replace(found.step, said="Being cancelled; this step has to end first"))
        return any(told)

    def close(self) -> None:
        """Ends what is under way as soon as its step is done, and marks it and what waits as interrupted."""
        for worker in self._workers:
            worker.close()
        self.store.close()
