"""CLAP-NQ questions, each with the one passage that answers it or only seems to, and an index of those passages."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Any

from eval.records import records, write_records
from rag.index.embedding import Embedder
from rag.index.store import IndexStore
from rag.retrieve.hybrid import Retriever
from rag.types import Filters, RetrievedPassage


@dataclass(frozen=True, slots=True)
class ClapnqQuestion:
    """A question and its passage.

    Attributes:
        sentences: The sentences of the passage, as the collection splits them.
        answerable: Whether the passage answers the question.
        gold: The sentences that each annotator's answer rests on; empty when it does not answer or none were marked.
    """

    id: str
    text: str
    title: str
    sentences: tuple[str, ...]
    answerable: bool
    gold: tuple[frozenset[str], ...]


def load(folder: Path, *, limit: int | None = None, seed: int = 0) -> list[ClapnqQuestion]:
    """Reads ``answerable.jsonl.gz`` and ``unanswerable.jsonl.gz``, the two kinds in turn, each in a random order.

    Args:
        folder: Where the files lie.
        limit: Questions of each kind; all by default.
        seed: Decides the order, and so which are left out.
    """
    kinds = []
    for name in ("answerable", "unanswerable"):
        found = [_question(row, name == "answerable") for _, row in records(folder / f"{name}.jsonl.gz")]
        Random(seed).shuffle(found)
        kinds.append(found[:limit])
    return [question for pair in zip(*kinds, strict=True) for question in pair]


def write_corpus(questions: Sequence[ClapnqQuestion], file: Path) -> None:
    """Writes the passages as articles, each published under the id of its question."""
    rows: list[dict[str, Any]] = [
        {"id": q.id, "title": q.title, "publisher": q.id, "text": " ".join(q.sentences)} for q in questions
    ]
    write_records(file, rows)


class OnePublisher(Retriever):
    """Finds passages of one publisher only, whatever the question: here, the passage that belongs to it."""

    def __init__(self, store: IndexStore, embedder: Embedder, publisher: str) -> None:
        super().__init__(store, embedder)
        self._publisher = publisher

    def search(self, question: str, k: int, **options: Any) -> list[RetrievedPassage]:
        """See ``Retriever.search``; filters give way to the publisher."""
        return super().search(question, k, **{**options, "filters": Filters(publishers=(self._publisher,))})


def _question(row: dict[str, Any], answerable: bool) -> ClapnqQuestion:
    passage = row["passages"][0]
    gold = [frozenset(output["selected_sentences"]) for output in row["output"]]
    return ClapnqQuestion(
        row["id"], row["input"], passage["title"], tuple(passage["sentences"]), answerable, tuple(g for g in gold if g)
    )
