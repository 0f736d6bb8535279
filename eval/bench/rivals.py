"""Dateline beside llama-index's ``CitationQueryEngine`` and plain top-k stuffing: same model, embedder and questions.

Run as::

    python -m eval.bench.rivals SUITE --index DIR --work DIR [--replies FILE] [--limit N] [--only NAME]…

Answers and llama-index's index are kept in the work folder, replies of the model to all three there or in
``--replies``, so that a run can be broken off and gone on with, and after a change of the checks only what is asked
anew is paid for (its seconds are then no measure). Such a file of replies holds none of the texts that were shown and
can go to another machine: ``eval/bench/replies`` has those of earlier runs. Rivals are asked through the harness and
scored by the same metrics. Their citations are whole chunks; a sentence without a marker cites nothing. Differences to
Dateline are over the same questions, with a paired test.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import click

from eval.answers import AnswerStore
from eval.bench.cached_model import CachedModel
from eval.compare import compare
from eval.evaluation import Plan, evaluate
from eval.fingerprint import made_with
from eval.report.document import Report
from eval.report.writing import write_report
from eval.runner import System
from eval.suites import Suite, read_suite
from rag.check.builtin import BuiltinVerifier
from rag.config import Settings, load_settings
from rag.generate.answerability import Assessor
from rag.generate.drafting import Answerer
from rag.generate.gguf import EMBEDDED_MODEL
from rag.generate.llm import load_model
from rag.generate.model import LanguageModel
from rag.generate.passagewise import PassagewiseAnswerer
from rag.index.embedding import load_embedder
from rag.service import Dateline

_NAMES = ("dateline", "stuffing", "citation-engine")
_SHOWN = (
    "answer_correct", "answer_first", "citation_recall", "citation_precision", "faithfulness", "evidence_hit",
    "false_abstention", "abstention_recall", "hit@10", "span_exactness", "seconds_p50",
)  # fmt: skip


class Remembering(Dateline):
    """Dateline with its embedded model, whose replies are kept; the model is not its own to close."""

    def __init__(self, settings: Settings, model: LanguageModel) -> None:
        super().__init__(settings)
        self._model = model
        self._answerer: Answerer | None = None

    def _answering(self, model: str | None = None) -> Answerer:
        if self._answerer is None:
            self._answerer = PassagewiseAnswerer(self._model, Assessor(self._embed(), self._opened().lexical.idf))
        return self._answerer


def main() -> None:
    """Reads the arguments, asks everyone, and prints the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("suite", type=Path)
    parser.add_argument("--index", type=Path, required=True)
    parser.add_argument("--work", type=Path, required=True, help="folder for replies, indexes and reports")
    parser.add_argument("--replies", type=Path, help="file of the model's replies, read and added to")
    parser.add_argument("--limit", type=int, help="only so many questions, evenly over the suite")
    parser.add_argument("--only", action="append", choices=_NAMES)
    arguments = parser.parse_args()
    suite = limited(read_suite(arguments.suite), arguments.limit)
    settings = load_settings(index=arguments.index, model="embedded")
    arguments.work.mkdir(parents=True, exist_ok=True)
    dateline = Dateline(settings)
    embedder = load_embedder(settings)
    model = CachedModel(
        lambda: load_model(settings), arguments.replies or arguments.work / "replies.jsonl",
        name=f"embedded/{EMBEDDED_MODEL.name}", context=settings.model_context,
    )  # fmt: skip

    def citation_engine() -> System:
        from eval.bench.rival_systems import CitationEngine

        return CitationEngine(dateline, model, embedder, arguments.work / "llama-index")

    def stuffing() -> System:
        from eval.bench.rival_systems import Stuffing

        return Stuffing(dateline, model)

    loads: dict[str, Callable[[], System]] = {
        "dateline": lambda: Remembering(settings, model), "stuffing": stuffing, "citation-engine": citation_engine,
    }  # fmt: skip
    made = made_with(dateline)
    reports: dict[str, Report] = {}
    for name in arguments.only or _NAMES:
        store = AnswerStore(arguments.work / f"{name}.sqlite")
        own = made if name == "dateline" else {**made, "system": name}
        with click.progressbar(length=len(suite.items), label=name, file=sys.stderr) as bar:
            plan = Plan(stores=(store,))
            reports[name] = evaluate(suite, loads[name], own, BuiltinVerifier(), plan, asked=bar.update)
        write_report(reports[name], arguments.work / name)
        store.close()
    model.close()
    dateline.close()
    _print(reports)


def limited(suite: Suite, limit: int | None) -> Suite:
    """Returns a suite with at most so many of its questions, taken evenly."""
    if limit is None or limit >= len(suite.items):
        return suite
    step = len(suite.items) / limit
    return replace(suite, items=tuple(suite.items[int(place * step)] for place in range(limit)))


def _print(reports: dict[str, Report]) -> None:
    for name, report in reports.items():
        print(f"\n{name}: {report.run.items} questions, {report.run.errors} errors, {report.run.models}")
        for metric in _SHOWN:
            if report.metrics[metric].n:
                print(f"  {metric:20} {report.metrics[metric]}  n {report.metrics[metric].n}")
    ours = reports.get("dateline")
    for name, report in reports.items():
        if ours is not None and report is not ours:
            print(f"\nDateline minus {name}")
            for metric, change in compare(
                report, ours, name, [m for m in _SHOWN if m != "seconds_p50"]
            ).changes.items():
                print(f"  {metric:22} {change.difference}  n {change.difference.n}  p {change.p_adjusted:.3f}")
            theirs, own = report.metrics["answer_correct"].value, ours.metrics["answer_correct"].value
            if theirs and own is not None:
                print(f"  answer_correct, ratio   {own / theirs:.2f}")


if __name__ == "__main__":
    main()
