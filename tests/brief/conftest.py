"""The sample corpus, indexed once, for briefings of source sentences."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from rag.config import Settings
from rag.service import Dateline

ARTICLES = Path(__file__).parents[2] / "corpus" / "articles"


@pytest.fixture(scope="session")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Dateline]:
    opened = Dateline(Settings(index=tmp_path_factory.mktemp("briefings") / "index", model="extractive"))
    opened.ingest([ARTICLES])
    yield opened
    opened.close()
