from __future__ import annotations

import subprocess
import sys
import threading
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from rag.errors import StoreError
from rag.index.vectors import VectorIndex

_WRITER = """
import sys
from pathlib import Path
import numpy as np
from rag.index.vectors import VectorIndex

index = VectorIndex(Path(sys.argv[1]))
index.add(["theirs"], np.eye(8, dtype=np.float32)[7:])
index.delete(["ours"])
index.close()
"""


_HOMELESS = """
import os, pwd, sys
from pathlib import Path

def unknown(number):
    raise KeyError(number)

del os.environ["HOME"]
pwd.getpwuid = unknown
from rag.index.vectors import VectorIndex

VectorIndex(Path(sys.argv[1])).close()
"""


def unit(rows: int, *, seed: int = 0) -> NDArray[np.float32]:
    found = np.random.default_rng(seed).normal(size=(rows, 32)).astype(np.float32)
    return found / np.linalg.norm(found, axis=1, keepdims=True)


def test_finds_the_nearest_with_their_cosine_and_ties_in_the_order_of_their_ids(tmp_path: Path) -> None:
    index = VectorIndex(tmp_path)
    basis = np.eye(4, dtype=np.float32)
    leaning = np.array([0.8, 0.6, 0, 0], np.float32)
    index.add(["z", "c", "b", "a"], np.stack([basis[0], leaning, leaning, leaning]))
    found = index.search(basis[0], 10)
    assert [i for i, _ in found] == ["z", "a", "b", "c"]
    assert [round(score, 5) for _, score in found] == [1.0, 0.8, 0.8, 0.8]
    index.close()


def test_an_empty_index_finds_nothing(tmp_path: Path) -> None:
    index = VectorIndex(tmp_path)
    assert index.search(np.ones(4, np.float32), 5) == []
    assert index.search(np.ones(4, np.float32), 0) == []
    assert (index.count(), index.ids()) == (0, set())
    index.delete(["unknown", "unknown"])
    index.add([], np.empty((0, 4), np.float32))
    index.close()


def test_everything_is_found_after_most_has_been_deleted(tmp_path: Path) -> None:
    index = VectorIndex(tmp_path)
    vectors = unit(1500)
    index.add([f"p{i}" for i in range(1500)], vectors)
    index.delete([f"p{i}" for i in range(1380)])
    found = [i for i, _ in index.search(vectors[1400], 300)]
    assert found[0] == "p1400"
    assert sorted(found) == sorted(f"p{i}" for i in range(1380, 1500))
    index.close()


def test_a_search_among_some_ids_is_exact_and_never_leaves_them(tmp_path: Path) -> None:
    index = VectorIndex(tmp_path)
    vectors = unit(1500)
    index.add([f"p{i}" for i in range(1500)], vectors)
    chosen = [f"p{i}" for i in range(3, 1500, 50)]
    best = sorted(chosen, key=lambda i: -float(vectors[int(i[1:])] @ vectors[0]))
    assert [i for i, _ in index.search(vectors[0], 10, chosen)] == best[:10]
    assert [i for i, _ in index.search(vectors[0], 100, chosen)] == best
    assert [i for i, _ in index.search(vectors[0], 5, ["p7", "unknown"])] == ["p7"]
    assert index.search(vectors[0], 5, []) == []
    index.close()


def test_a_search_among_many_ids_walks_the_graph_and_never_leaves_them(tmp_path: Path) -> None:
    index = VectorIndex(tmp_path)
    vectors = unit(3000)
    index.add([f"p{i}" for i in range(3000)], vectors)
    chosen = [f"p{i}" for i in range(0, 3000, 3)]
    best = sorted(chosen, key=lambda i: -float(vectors[int(i[1:])] @ vectors[1]))[:50]
    found = [i for i, _ in index.search(vectors[1], 50, chosen)]
    assert set(found) <= set(chosen)
    assert len(set(found) & set(best)) >= 48
    index.close()


def test_a_second_index_on_the_folder_sees_what_another_process_wrote_after_it_reopens(tmp_path: Path) -> None:
    first, second = VectorIndex(tmp_path), VectorIndex(tmp_path)
    basis = np.eye(8, dtype=np.float32)
    first.add(["ours", "stays"], basis[:2])
    assert first.search(basis[0], 1)[0][0] == "ours"
    second.search(basis[0], 1)
    subprocess.run([sys.executable, "-c", _WRITER, str(tmp_path)], check=True)
    for index in (first, second):
        index.reopen()
        assert index.search(basis[7], 1)[0][0] == "theirs"
        assert index.ids() == {"stays", "theirs"}
    first.close()
    assert second.search(basis[7], 1)[0][0] == "theirs"
    second.close()


def test_a_search_among_ids_that_another_process_has_changed_since_still_answers(tmp_path: Path) -> None:
    index = VectorIndex(tmp_path)
    basis = np.eye(8, dtype=np.float32)
    index.add(["ours", "stays"], basis[:2])
    index.search(basis[0], 1)
    subprocess.run([sys.executable, "-c", _WRITER, str(tmp_path)], check=True)
    assert index.search(basis[1], 5, ["theirs", "stays"])[0][0] == "stays"
    index.delete(["stays"])
    assert "stays" not in dict(index.search(basis[1], 5, ["theirs", "stays"]))
    index.close()


def test_searches_in_other_threads_outlive_a_reopening(tmp_path: Path) -> None:
    index = VectorIndex(tmp_path)
    vectors = unit(200)
    index.add([f"p{i}" for i in range(200)], vectors)
    errors: list[BaseException] = []
    done = threading.Event()

    def search() -> None:
        try:
            while not done.is_set():
                assert index.search(vectors[7], 3)[0][0] == "p7"
        except BaseException as error:
            errors.append(error)

    threads = [threading.Thread(target=search) for _ in range(2)]
    for thread in threads:
        thread.start()
    for _ in range(5):
        index.reopen()
    done.set()
    for thread in threads:
        thread.join()
    index.close()
    assert errors == []


def test_a_folder_chroma_cannot_open_is_named_in_one_line(tmp_path: Path) -> None:
    (tmp_path / "chroma.sqlite3").write_bytes(b"this is no database" * 100)
    with pytest.raises(StoreError, match=r"cannot be opened by Chroma .*dateline reindex") as caught:
        VectorIndex(tmp_path)
    assert "\n" not in str(caught.value)


def test_a_user_without_a_home_can_keep_vectors(tmp_path: Path) -> None:
    command = [sys.executable, "-c", _HOMELESS, str(tmp_path)]
    found = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert (found.returncode, found.stderr) == (0, "")
