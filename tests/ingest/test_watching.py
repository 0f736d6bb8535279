from __future__ import annotations

import queue
import shutil
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from rag.config import Settings
from rag.errors import SourceError
from rag.service import Dateline
from rag.types import IngestReport
from tests.corpora import report, write_article


class Watched:
    """A watch in a thread of its own."""

    def __init__(self, folder: Path, index: Path, every: float) -> None:
        self.reports: queue.Queue[IngestReport] = queue.Queue()
        self.complaints: queue.Queue[str] = queue.Queue()
        self._stop = threading.Event()
        self._dateline = Dateline(Settings(index=index, embedding_model="all-MiniLM-L6-v2"))
        self._thread = threading.Thread(target=self._run, args=(folder, every))
        self._thread.start()

    def _run(self, folder: Path, every: float) -> None:
        self._dateline.watch(
            [folder], self.reports.put, every=every, prune=True, complain=self.complaints.put, stop=self._stop
        )

    def close(self) -> None:
        self._stop.set()
        self._thread.join(30)
        assert not self._thread.is_alive()
        self._dateline.close()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    write_article(tmp_path / "corpus" / "a.md", report(1))
    return tmp_path / "corpus"


@pytest.fixture
def watched(folder: Path) -> Iterator[Watched]:
    # The index lies inside the watched folder: its own files must not set off the next ingest.
    running = Watched(folder, folder / ".dateline", every=120)
    yield running
    running.close()


def test_a_folder_is_kept_in_step(watched: Watched, folder: Path) -> None:
    assert watched.reports.get(timeout=60).added == 1
    write_article(folder / "b.md", report(2))
    (folder / "a.md").unlink()
    changes = [watched.reports.get(timeout=60)]
    while sum(r.added for r in changes) < 1 or sum(r.removed for r in changes) < 1:
        changes.append(watched.reports.get(timeout=60))
    (folder / "broken.json").write_text("{")
    assert [f.source for f in watched.reports.get(timeout=60).failed] == ["broken.json"]
    with pytest.raises(queue.Empty):
        watched.reports.get(timeout=4)


def test_a_folder_that_goes_and_comes_back_is_told_and_costs_nothing(folder: Path) -> None:
    watched = Watched(folder, folder.parent / "index", every=1)
    try:
        assert watched.reports.get(timeout=60).added == 1
        shutil.move(folder, folder.parent / "away")
        assert "does not exist" in watched.complaints.get(timeout=60)
        shutil.move(folder.parent / "away", folder)
        write_article(folder / "b.md", report(2))
        changed = watched.reports.get(timeout=60)
        assert (changed.added, changed.unchanged, changed.removed) == (1, 1, 0)
    finally:
        watched.close()


def test_what_is_wrong_from_the_start_is_an_error(tmp_path: Path) -> None:
    dateline = Dateline(Settings(index=tmp_path / "index"))
    with pytest.raises(SourceError, match="does not exist"):
        dateline.watch([tmp_path / "nowhere"], print, complain=print)
    dateline.close()
