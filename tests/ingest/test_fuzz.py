"""Damaged files of every format end in articles or in one line; ``eval.bench.fuzz`` does the same by the thousand."""

from __future__ import annotations

import random
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from eval.bench.fuzz import Tally, read
from eval.bench.mutation import mutate
from eval.bench.samples import samples
from rag.ingest.readers.sandbox import Sandbox

FILES = samples()


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    with Sandbox() as opened:
        yield opened


@given(ending=st.sampled_from(sorted(FILES)), seed=st.integers(0, 1_000_000))
@settings(max_examples=80, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
def test_a_damaged_file_gives_articles_or_one_line(tmp_path: Path, sandbox: Sandbox, ending: str, seed: int) -> None:
    data, _ = mutate(random.Random(seed), ending, FILES)
    path = tmp_path / f"a{ending}"
    path.write_bytes(data)
    # How long it takes is the benchmark's to say: here another process may hold the processor.
    assert [problem for problem in read(path, sandbox, Tally()) if not problem.endswith(" seconds")] == []


@given(ending=st.sampled_from(sorted(FILES)), data=st.binary(max_size=400))
@settings(max_examples=80, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
def test_any_bytes_give_articles_or_one_line(tmp_path: Path, sandbox: Sandbox, ending: str, data: bytes) -> None:
    path = tmp_path / f"a{ending}"
    path.write_bytes(data)
    assert [problem for problem in read(path, sandbox, Tally()) if not problem.endswith(" seconds")] == []


def test_the_same_seed_gives_the_same_damage() -> None:
    for ending in FILES:
        assert mutate(random.Random(5), ending, FILES) == mutate(random.Random(5), ending, FILES)
