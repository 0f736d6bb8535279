"""Jobs: cancelled, interrupted, and marked so after a restart."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from rag.errors import IndexLockedError
from ui.api.errors import ApiError
from ui.jobs.store import Job, JobStore
from ui.jobs.worker import Progress, Worker


@pytest.fixture
def store(tmp_path: Path) -> Iterator[JobStore]:
    opened = JobStore(tmp_path / "jobs.sqlite")
    yield opened
    opened.close()


@pytest.fixture
def worker(store: JobStore) -> Iterator[Worker]:
    opened = Worker(store)
    yield opened
    opened.close()


class Steps:
    """Work that tells its progress until it is told to stop."""

    def __init__(self) -> None:
        self.running, self.over = threading.Event(), threading.Event()
        self.error: Exception | None = None

    def __call__(self, progress: Progress) -> dict[str, int]:
        self.running.set()
        if self.error:
            raise self.error
        for step in range(1000):
            progress(step, 0)
            time.sleep(0.01)
        return {"steps": 1000}

    def afterwards(self) -> None:
        self.over.set()


def state(store: JobStore, job: Job) -> str:
    found = store.get(job.id)
    assert found is not None
    return found.state


def until(condition: Callable[[], bool]) -> None:
    for _ in range(500):
        if condition():
            return
        time.sleep(0.01)
    raise AssertionError("it did not come to that")


def test_a_running_job_tells_how_far_it_is_and_can_be_cancelled(store: JobStore, worker: Worker) -> None:
    steps, job = Steps(), store.add("ingest", "key:a")
    worker.add(job, steps, steps.afterwards)
    until(lambda: (store.get(job.id) or job).articles > 0)
    assert worker.cancel(job.id)
    assert steps.over.wait(5)
    assert state(store, job) == "cancelled"
    assert not worker.cancel(job.id)


def test_a_waiting_job_is_cancelled_without_being_begun(store: JobStore, worker: Worker) -> None:
    first, second = Steps(), Steps()
    one, two = store.add("ingest", "key:a"), store.add("ingest", "key:a")
    worker.add(one, first, first.afterwards)
    worker.add(two, second, second.afterwards)
    assert worker.cancel(two.id)
    assert state(store, two) == "cancelled"
    worker.cancel(one.id)
    assert second.over.wait(5)
    assert not second.running.is_set()


def test_a_failure_is_told_by_code_and_the_next_job_is_done(store: JobStore, worker: Worker) -> None:
    failing, next_ = Steps(), Steps()
    failing.error = IndexLockedError("another process is writing")
    one, two = store.add("ingest", "key:a"), store.add("ingest", "key:a")
    worker.add(one, failing, failing.afterwards)
    worker.add(two, next_, next_.afterwards)
    assert next_.running.wait(5)
    found = store.get(one.id)
    assert found is not None
    assert (found.state, found.code, found.message) == ("failed", "index_locked", "another process is writing")
    worker.cancel(two.id)


def test_the_end_of_the_server_marks_what_was_not_done(store: JobStore) -> None:
    worker = Worker(store)
    steps, waiting = Steps(), Steps()
    one, two = store.add("ingest", "key:a"), store.add("ingest", "key:a")
    worker.add(one, steps, steps.afterwards)
    worker.add(two, waiting, waiting.afterwards)
    assert steps.running.wait(5)
    worker.close()
    assert (state(store, one), state(store, two)) == ("interrupted", "interrupted")
    with pytest.raises(ApiError) as refused:
        worker.add(store.add("ingest", "key:a"), steps, steps.afterwards)
    assert refused.value.status == 429


def test_a_program_that_died_leaves_jobs_that_the_next_one_marks(tmp_path: Path) -> None:
    before = JobStore(tmp_path / "jobs.sqlite")
    waiting, running, done = (before.add("ingest", "key:a") for _ in range(3))
    before.begin(running.id)
    before.begin(done.id)
    before.finish(done.id, "done", {"n": 1})
    before.close()  # without a word to anybody
    after = JobStore(tmp_path / "jobs.sqlite")
    assert [state(after, job) for job in (waiting, running, done)] == ["interrupted", "interrupted", "done"]
    found = after.get(done.id)
    assert found is not None
    assert found.result == {"n": 1}
    after.close()
