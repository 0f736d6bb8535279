"""The scene, ingested into a real index."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from rag.check.builtin import BuiltinVerifier
from rag.index.store import IndexStore
from rag.ledger import ClaimLedger
from rag.types import RetrievedPassage
from tests.corpora import write_article
from tests.ledger.scene import ARTICLES
from tests.passages import everything


@pytest.fixture
def corpus(tmp_path: Path) -> Path:
    folder = tmp_path / "corpus"
    for name, text in ARTICLES.items():
        write_article(
            folder / f"{name}.md", text, title=name.title(), publisher=name.title(), published=date(2017, 11, 21)
        )
    return folder


@pytest.fixture
def passages(store: IndexStore) -> list[RetrievedPassage]:
    return everything(store)


@pytest.fixture
def ledger(store: IndexStore, passages: list[RetrievedPassage]) -> ClaimLedger:
    return ClaimLedger(store.catalog, "What happened to the ferry?", passages, BuiltinVerifier())
