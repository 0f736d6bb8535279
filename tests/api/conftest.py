"""Servers for the tests of this folder."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from rag.config import Settings
from rag.service import Dateline
from tests.api.served import Served, serving

ARTICLES = Path(__file__).parents[2] / "corpus" / "articles"


@pytest.fixture(scope="session")
def sample_index(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An index of the sample corpus. Not to be changed."""
    index = tmp_path_factory.mktemp("sample") / "index"
    dateline = Dateline(Settings(index=index))
    dateline.ingest([ARTICLES])
    dateline.close()
    return index


@pytest.fixture(scope="module")
def served(sample_index: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """A server of this module, open to whoever sits at this machine."""
    with serving(sample_index, tmp_path_factory.mktemp("served")) as running:
        yield running
