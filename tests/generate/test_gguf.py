from __future__ import annotations

import errno
import hashlib
import multiprocessing
import os
import sys
from pathlib import Path
from typing import Any

import pytest

from rag.config import Settings
from rag.errors import ModelUnavailableError
from rag.generate.gguf import PackagedModel, assembled, describe_model

SLICES = [b"GGUF" + b"one" * 1000, b"two" * 2000, b"three"]
WHOLE = b"".join(SLICES)


@pytest.fixture
def model(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> PackagedModel:
    """A model in three installed distributions whose own code must never run."""
    site = tmp_path / "site"
    names = []
    for n, content in enumerate(SLICES, 1):
        package = site / f"tiny_part{n}"
        (package / "data").mkdir(parents=True)
        (package / "__init__.py").write_text("raise RuntimeError('imported')")
        (package / "data" / f"part{n:02}.bin").write_bytes(content)
        info = site / f"tiny_part{n}-1.0.dist-info"
        info.mkdir()
        (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: tiny-part{n}\nVersion: 1.0\n")
        names.append((f"tiny-part{n}", f"tiny_part{n}/data/part{n:02}.bin"))
    monkeypatch.syspath_prepend(site)
    return PackagedModel("Tiny", tuple(names), len(WHOLE), hashlib.sha256(WHOLE).hexdigest())


def test_joins_the_slices_in_order_and_tells_how_far_it_is(model: PackagedModel, tmp_path: Path) -> None:
    seen: list[tuple[int, int]] = []
    path = assembled(model, tmp_path / "cache", progress=lambda done, size: seen.append((done, size)))
    assert path.read_bytes() == WHOLE
    assert seen[-1] == (len(WHOLE), len(WHOLE))
    assert "tiny_part1" not in sys.modules


def test_does_it_once(model: PackagedModel, tmp_path: Path) -> None:
    path = assembled(model, tmp_path)
    before = path.stat()
    seen: list[int] = []
    assert assembled(model, tmp_path, progress=lambda done, size: seen.append(done)) == path
    assert path.stat() == before
    assert seen == []


@pytest.mark.parametrize("damage", [WHOLE[:100], WHOLE[:-1] + b"X", b"", None])
def test_a_damaged_or_missing_file_is_made_again(model: PackagedModel, tmp_path: Path, damage: bytes | None) -> None:
    path = assembled(model, tmp_path)
    if damage is None:
        path.unlink()
    else:
        path.write_bytes(damage)
    assert assembled(model, tmp_path).read_bytes() == WHOLE


def test_a_touched_but_whole_file_is_kept_without_its_packages(model: PackagedModel, tmp_path: Path) -> None:
    path = assembled(model, tmp_path)
    os.utime(path)
    without = PackagedModel(model.name, (("not-installed", "x"),), model.size, model.sha256)
    assert assembled(without, tmp_path) == path


def test_a_missing_part_is_named_with_the_cure(model: PackagedModel, tmp_path: Path) -> None:
    (tmp_path / "site" / "tiny_part2" / "data" / "part02.bin").unlink()
    with pytest.raises(ModelUnavailableError, match=r"2 of 3 parts.*pip install 'dateline\[local\]'"):
        assembled(model, tmp_path)


def test_altered_slices_are_never_used(model: PackagedModel, tmp_path: Path) -> None:
    part = tmp_path / "site" / "tiny_part1" / "data" / "part01.bin"
    part.write_bytes(part.read_bytes()[:-1] + b"!")
    with pytest.raises(ModelUnavailableError, match="do not add up"):
        assembled(model, tmp_path)
    assert [path.name for path in (tmp_path / "models").iterdir() if path.suffix in (".gguf", ".part")] == []


def test_a_full_disk_leaves_nothing_behind(
    model: PackagedModel, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(descriptor: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(ModelUnavailableError, match=r"no room.*DATELINE_CACHE"):
        assembled(model, tmp_path)
    assert [path.name for path in (tmp_path / "models").iterdir() if path.suffix in (".gguf", ".part")] == []


def test_a_cache_that_is_a_file_is_explained(model: PackagedModel, tmp_path: Path) -> None:
    (tmp_path / "cache").write_text("")
    with pytest.raises(ModelUnavailableError, match=r"cannot be kept in .*DATELINE_CACHE"):
        assembled(model, tmp_path / "cache")


def _assemble(model: PackagedModel, cache: Path, site: str, results: Any) -> None:
    sys.path.insert(0, site)
    seen: list[int] = []
    path = assembled(model, cache, progress=lambda done, size: seen.append(done))
    results.put((bool(seen), path.read_bytes() == WHOLE))


def test_processes_that_start_together_assemble_once(model: PackagedModel, tmp_path: Path) -> None:
    context = multiprocessing.get_context("fork")
    results: Any = context.Queue()
    arguments = (model, tmp_path / "cache", str(tmp_path / "site"), results)
    processes = [context.Process(target=_assemble, args=arguments) for _ in range(4)]
    for process in processes:
        process.start()
    outcomes = [results.get(timeout=20) for _ in processes]
    for process in processes:
        process.join()
    assert sum(worked for worked, _ in outcomes) == 1
    assert all(whole for _, whole in outcomes)


def test_describes_each_kind_of_model(tmp_path: Path) -> None:
    assert "no language model" in describe_model(Settings(model="extractive"))
    assert "litellm" in describe_model(Settings(model="openai/gpt-4o-mini"))
    with pytest.raises(ModelUnavailableError):
        describe_model(Settings(model=str(tmp_path / "none.gguf")))
