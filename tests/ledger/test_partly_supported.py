"""What becomes of a sentence that its sources bear out only in part."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from pathlib import Path

import pytest

from rag.check.builtin import BuiltinVerifier
from rag.check.verification import Claim
from rag.generate.drafting import Draft
from rag.index.store import IndexStore
from rag.ingest.sync import ingest
from rag.ledger import ClaimLedger
from rag.types import Check, Verdict
from tests.corpora import write_article
from tests.fakes import HashEmbedder
from tests.passages import everything

OKAFOR = "Harbour Minister Dele Okafor accompanied the queen to Arkona."
STORM = "The storm had passed by then."
SHIP = "She sailed in the frigate Marisa with a crew of ninety."


class Doubtful(BuiltinVerifier):
    """Supports nothing wholly, and as far as the evidence has "frigate"."""

    def verify_many(self, claims: Sequence[Claim]) -> list[Check]:
        return [Check(Verdict.PARTIAL, 0.8 if "frigate" in claim.evidence else 0.4, "doubtful") for claim in claims]


@pytest.fixture
def store(tmp_path: Path) -> Iterator[IndexStore]:
    text = " ".join((OKAFOR, STORM, SHIP))
    write_article(tmp_path / "corpus" / "agency.md", text, title="Visit", published=date(2017, 11, 21))
    opened = IndexStore(tmp_path / "index", create=True)
    ingest(opened, HashEmbedder(), [tmp_path / "corpus"])
    yield opened
    opened.close()


def settled(store: IndexStore, question: str, text: str) -> ClaimLedger:
    passages = everything(store)
    ledger = ClaimLedger(store.catalog, question, passages, Doubtful())
    ledger.add(Draft(text, tuple(passages)))
    ledger.settle()
    return ledger


def test_the_words_of_the_source_stand_in_where_they_say_all_that_it_adds(store: IndexStore) -> None:
    text = "Dele Okafor was the harbour minister."
    ledger = settled(store, "What was the post of Dele Okafor, who accompanied the queen?", text)
    assert [(s.text, s.verdict) for s in ledger.sentences()] == [(OKAFOR, Verdict.SUPPORTED)]
    assert [(d.text, d.verdict) for d in ledger.dropped()] == [(text, Verdict.PARTIAL)]
    assert [c.quote for c in ledger.citations()] == [OKAFOR]


def test_else_it_is_shown_as_it_is_with_the_citations_it_needs(store: IndexStore) -> None:
    text = "After the storm the queen came to Arkona in the frigate Marisa."
    ledger = settled(store, "How did the queen travel?", text)
    assert [(s.text, s.verdict) for s in ledger.sentences()] == [(text, Verdict.PARTIAL)]
    assert [c.quote for c in ledger.citations()] == [SHIP]
