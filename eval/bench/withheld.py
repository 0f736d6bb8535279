"""Whether answers are withheld when the articles that hold them are taken away.

Run as::

    python -m eval.bench.withheld SUITE --index DIR [--model extractive] [--limit N] [--out DIR]

Each question is asked with the articles its suite names as evidence, and all that hold an accepted answer, hidden
from retrieval. Now the right answer is that there is none. Articles are hidden as if they were not in the index, at a
depth of eight times the passages wanted. An answer in other words than the accepted ones may be left, so that the rate
is a lower bound of what it means.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import click

from eval.answers import AnswerStore
from eval.evaluation import Plan, evaluate
from eval.fingerprint import made_with
from eval.matching import holds_any
from eval.report.writing import write_report
from eval.suites import Item, read_suite
from rag.check.builtin import BuiltinVerifier
from rag.config import Settings, load_settings
from rag.index.embedding import Embedder
from rag.index.store import IndexStore
from rag.retrieve.hybrid import Retriever
from rag.service import Dateline
from rag.types import AbstentionReason, Answer, Filters, RetrievedPassage, Turn

_DEPTH = 8


class Blind(Retriever):
    """Finds passages as if some articles were not in the index."""

    def __init__(self, store: IndexStore, embedder: Embedder, is_hidden: Callable[[str], bool]) -> None:
        super().__init__(store, embedder)
        self._is_hidden = is_hidden

    def search(self, question: str, k: int, **options: Any) -> list[RetrievedPassage]:
        """See ``Retriever.search``; what is hidden is left out of eight times as many passages, and none filled in."""
        found = super().search(question, _DEPTH * k, **{**options, "fill": False})
        return [hit for hit in found if not self._is_hidden(hit.passage.article_id)][:k]


class Withholding(Dateline):
    """Dateline that does not see what would answer the question."""

    def __init__(self, settings: Settings, items: Mapping[str, Item]) -> None:
        super().__init__(settings)
        self._items = items
        self._asked: Item | None = None
        self._holds = cache(self._compared)

    def ask(self, question: str, *, filters: Filters | None = None, history: Sequence[Turn] = ()) -> Answer:
        """Answers without the articles that hold the answer."""
        self._asked = self._items[question]
        return super().ask(question, filters=filters, history=history)

    def _retriever(self) -> Retriever:
        return Blind(self._opened(), self._embed(), self._is_hidden)

    def _is_hidden(self, article_id: str) -> bool:
        assert self._asked is not None
        is_linked = any(evidence.article == article_id for evidence in self._asked.evidence)
        return is_linked or self._holds(article_id, self._asked)

    def _compared(self, article_id: str, item: Item) -> bool:
        return holds_any(self.article(article_id)[0].text, item.answers)


def main() -> None:
    """Reads the arguments, asks, and prints."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("suite", type=Path)
    parser.add_argument("--index", type=Path, required=True)
    parser.add_argument("--model", default="extractive")
    parser.add_argument("--limit", type=int, help="only the first so many questions")
    parser.add_argument("--out", type=Path, required=True, help="folder for answers and reports")
    arguments = parser.parse_args()
    suite = read_suite(arguments.suite)
    answered = [item for item in suite.items if item.answers][: arguments.limit]
    settings = load_settings(index=arguments.index, model=arguments.model)
    dateline = Dateline(settings)
    made = {**made_with(dateline), "withheld": "evidence"}
    dateline.close()
    none = (AbstentionReason.NOT_IN_CORPUS, AbstentionReason.FALSE_PREMISE, AbstentionReason.CONFLICTING)
    emptied = tuple(replace(item, answers=(), unanswerable=none) for item in answered)
    store = AnswerStore(arguments.out / f"{arguments.model.replace('/', '-')}.sqlite")
    by_question = {item.question: item for item in answered}
    with click.progressbar(length=len(emptied), label=arguments.model, file=sys.stderr) as bar:
        report = evaluate(
            replace(suite, name=f"{suite.name}, evidence withheld", items=emptied),
            lambda: Withholding(settings, by_question), made, BuiltinVerifier(), Plan(stores=(store,)),
            asked=bar.update,
        )  # fmt: skip
    write_report(report, arguments.out)
    for name in ("abstention_recall", "abstention_reason", "citation_recall", "seconds_p50"):
        print(f"{name:20} {report.metrics[name]}  n {report.metrics[name].n}")


if __name__ == "__main__":
    main()
