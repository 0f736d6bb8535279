"""Dateline beside its peers in one run on one machine: ingest, retrieval, answers, citations, time and memory.

Run as::

    python -m eval.bench.together [SUITE.jsonl | FOLDER] [--questions 12] [--model embedded] [--only NAME]…

By default the sample suite; FOLDER holds ``corpus.jsonl.gz``, ``queries.jsonl.gz`` and ``qrels.tsv``. Every system has
the same articles, the same embedding model and the same language model, and a process of its own. Each ingests into a
new index, is asked all judged questions for their articles, and ``--questions`` of them, evenly over the suite, for
answers, which one harness scores. Questions with filters, a day or a conversation are left out: not every peer knows
these. The peer is llama-index's ``CitationQueryEngine`` with its own defaults, streaming.

``first`` is the time to the first words that a reader sees: with Dateline a whole sentence, checked; with the peer the
first token, unchecked. Memory is the peak of the process and, beside it, of the one in which the embedded model runs.
Peers that are left out are named with the reason.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import os
import tempfile
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from eval.bench.rivals import limited
from eval.bench.speed import answer_timed
from eval.convert.judged_news import convert
from eval.evaluation import evaluate
from eval.metrics.retrieval import DEPTH, ranked_articles, score
from eval.statistics import mean
from eval.suites import Item, read_suite, write_suite
from rag.check.builtin import BuiltinVerifier
from rag.config import load_settings
from rag.service import Dateline
from rag.types import Answer, Article, Filters, Turn

SAMPLE = Path("eval/suites/sample.jsonl")
_DATELINE, _ENGINE = "dateline", "llama-index citation engine"
_LEFT_OUT = {
    "haiku.rag": "0.6.0 brings openai 3 and torch 2.14 where Dateline has openai 2 and torch 2.13, so it cannot be in"
    " one environment; its embeddings come from Ollama, OpenAI or VoyageAI only, so not from the same embedder",
    "paper-qa": "2026.8 brings litellm 1.84 where Dateline wants 1.106 or later, so it cannot be in one environment;"
    " its tiktoken fetches its vocabulary from the network",
}
_SCORES = ("answer_correct", "citation_precision", "citation_recall", "false_abstention", "abstention_recall")


def main() -> None:
    """Reads the arguments, runs every system, and prints the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("place", type=Path, nargs="?", default=SAMPLE, help="a suite, or a folder of judged news")
    parser.add_argument("--questions", type=int, default=12, help="questions that are asked for answers")
    parser.add_argument("--model", default="embedded")
    parser.add_argument("--only", action="append", choices=(_DATELINE, _ENGINE))
    parser.add_argument("--out", type=Path, help="also write the figures as JSON")
    arguments = parser.parse_args()
    if arguments.model == "extractive":
        parser.error("the peer needs a model that writes; --model takes embedded or any litellm name")
    os.environ["OMP_WAIT_POLICY"] = "PASSIVE"
    found: dict[str, dict[str, Any]] = {}
    with tempfile.TemporaryDirectory() as folder:
        work = Path(folder)
        suite = arguments.place
        if suite.is_dir():
            header, items = convert(suite, work)
            suite = work / f"{arguments.place.name}.jsonl"
            write_suite(suite, items, header)
        for name in (_DATELINE, _ENGINE):  # the peer reads Dateline's canonical texts
            if name == _DATELINE or name in (arguments.only or (name,)):
                with ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("spawn")) as pool:
                    found[name] = pool.submit(run, name, suite, work, arguments.model, arguments.questions).result()
                print(f"{name}: done in {found[name]['whole_s']:.0f} s", flush=True)
    if arguments.out:
        arguments.out.write_text(json.dumps(found, indent=1), encoding="utf-8")
    _print(found)


def run(name: str, place: Path, work: Path, model: str, questions: int) -> dict[str, Any]:
    """Runs one system; for a process of its own."""
    began = time.perf_counter()
    suite = read_suite(place)
    if suite.corpus is None:
        raise SystemExit(f"{place} names no corpus")
    plain = [i for i in suite.items if not (i.history or i.scope)]
    judged = [i for i in plain if i.evidence and i.answers]
    settings = load_settings(index=work / "index", model=model)
    dateline = Dateline(settings)
    figures, system, search = (_ours if name == _DATELINE else _theirs)(dateline, suite.corpus, work)
    figures |= _retrieval(judged, search)
    idle = _peak("self")
    asked = limited(replace(suite, items=tuple(plain)), questions)
    report = evaluate(asked, lambda: system, {"system": name}, BuiltinVerifier())
    figures["errors"] = report.run.errors
    for metric in _SCORES:
        figure = report.metrics[metric]
        figures[metric] = [figure.value, figure.low, figure.high, figure.n]
    figures |= {"first_s": _percentiles(system.first_word), "end_s": _percentiles(system.whole)}
    figures |= {"memory_mib": idle, "peak_mib": _peak("self"), "model_mib": sum(map(_peak, _children()))}
    system.shut()
    return {**figures, "questions": len(asked.items), "whole_s": time.perf_counter() - began}


class _Timed:
    """A system that keeps the seconds to the first words and to the end of each answer."""

    def __init__(self, dateline: Dateline, ask: Callable[[str], tuple[Answer, float | None]], shut: Any) -> None:
        self._dateline, self._ask, self.shut = dateline, ask, shut
        self.first_word: list[float] = []
        self.whole: list[float] = []

    def ask(self, question: str, *, filters: Filters | None = None, history: Sequence[Turn] = ()) -> Answer:
        began = time.perf_counter()
        answer, first = self._ask(question)
        self.whole.append(time.perf_counter() - began)
        if first is not None:
            self.first_word.append(first)
        return answer

    def article(self, article_id: str) -> tuple[Article, int]:
        return self._dateline.article(article_id)

    def close(self) -> None:
        """Leaves everything open until all is measured."""


_Search = Callable[[str, int], list[str]]


def _ours(dateline: Dateline, corpus: Path, work: Path) -> tuple[dict[str, Any], Any, _Search]:
    began = time.perf_counter()
    report = dateline.ingest([corpus])
    figures = _rate(report.added, report.passages, time.perf_counter() - began)
    dateline.warm()

    def ask(question: str) -> tuple[Answer, float | None]:
        answer, first, _ = answer_timed(dateline, question)
        return answer, first

    def search(question: str, k: int) -> list[str]:
        return [hit.passage.article_id for hit in dateline.search(question, k)]

    return figures, _Timed(dateline, ask, dateline.close), search


def _theirs(dateline: Dateline, corpus: Path, work: Path) -> tuple[dict[str, Any], Any, _Search]:
    from eval.bench.rival_systems import CitationEngine
    from rag.generate.llm import load_model
    from rag.index.embedding import load_embedder

    model = load_model(dateline.settings, progress=lambda done, size: None)
    embedder = load_embedder(dateline.settings)
    embedder.embed_query("to load it")
    began = time.perf_counter()
    engine = CitationEngine(dateline, model, embedder, work / "llama-index", streaming=True)
    chunks = json.loads((work / "llama-index" / "default__vector_store.json").read_text(encoding="utf-8"))
    leads = sum(1 for source in dateline.sources() if source.duplicate_of is None)
    figures = _rate(leads, len(chunks["embedding_dict"]), time.perf_counter() - began)

    def ask(question: str) -> tuple[Answer, float | None]:
        before = len(engine.first_word)
        answer = engine.ask(question)
        return answer, engine.first_word[-1] if len(engine.first_word) > before else None

    def shut() -> None:
        model.close()
        dateline.close()

    return figures, _Timed(dateline, ask, shut), engine.search


def _rate(articles: int, passages: int, seconds: float) -> dict[str, Any]:
    return {
        "articles": articles, "passages": passages, "ingest_s": seconds, "articles_s": articles / seconds,
        "passages_s": passages / seconds,
    }  # fmt: skip


def _retrieval(judged: Sequence[Item], search: _Search) -> dict[str, Any]:
    rankings, times = [], []
    search(judged[0].question, DEPTH)
    for item in judged:
        began = time.perf_counter()
        found = search(item.question, 2 * DEPTH)
        times.append(time.perf_counter() - began)
        rankings.append(ranked_articles(found))
    relevant = [frozenset(evidence.article for evidence in item.evidence) for item in judged]
    estimate = mean(score(rankings, relevant)["ndcg@10"], [item.cluster for item in judged])
    return {
        "ndcg@10": [estimate.value, estimate.low, estimate.high, estimate.n],
        "search_ms": [1000 * second for second in _percentiles(times)],
    }


def _percentiles(seconds: Sequence[float]) -> list[float]:
    return [float(np.percentile(seconds, p)) for p in (50, 95)] if seconds else [float("nan")] * 2


def _children() -> list[str]:
    found: list[str] = []
    for task in Path("/proc/self/task").iterdir():
        found += (task / "children").read_text().split()
    return found


def _peak(process: str) -> float:
    """Returns the largest resident set of a process so far, in MiB."""
    for line in Path(f"/proc/{process}/status").read_text().splitlines():
        if line.startswith("VmHWM"):
            return int(line.split()[1]) / 1024
    return 0.0


def _print(found: dict[str, dict[str, Any]]) -> None:
    rows: list[tuple[str, Callable[[dict[str, Any]], str]]] = [
        ("ingest, articles/s", lambda f: f"{f['articles_s']:.1f}"),
        ("ingest, passages/s", lambda f: f"{f['passages_s']:.1f} ({f['passages']:,} passages)"),
        ("nDCG@10", lambda f: _interval(f["ndcg@10"])),
        ("search ms, p50 / p95", lambda f: _two(f["search_ms"])),
        *((name, partial(_score, name)) for name in _SCORES),
        ("first words s, p50 / p95", lambda f: _two(f["first_s"])),
        ("whole answer s, p50 / p95", lambda f: _two(f["end_s"])),
        ("peak memory MiB", lambda f: f"{f['peak_mib']:,.0f} and {f['model_mib']:,.0f} of the model"),
        ("errors", lambda f: f"{f['errors']} of {f['questions']} questions"),
    ]
    print(f"\n{'':28}" + "".join(f"{name:>38}" for name in found))
    for title, shown in rows:
        print(f"{title:28}" + "".join(f"{shown(figures):>38}" for figures in found.values()))
    for name, reason in _LEFT_OUT.items():
        print(f"\nleft out: {name}: {reason}")


def _score(name: str, figures: dict[str, Any]) -> str:
    return _interval(figures[name])


def _interval(figure: Sequence[float | None]) -> str:
    value, low, high, n = figure
    if value is None or low is None or high is None:
        return f"not asked for (n {n})"
    return f"{value:.3f} [{low:.3f}, {high:.3f}] n {n}"


def _two(figures: Sequence[float]) -> str:
    return f"{figures[0]:,.1f} / {figures[1]:,.1f}"


if __name__ == "__main__":
    main()
