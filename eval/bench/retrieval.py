"""Retrieval quality and latency of an index, through the same ``search`` that answers use.

Run as::

    python -m eval.bench.retrieval FOLDER --index DIR [--modes hybrid,dense,bm25]

The corpus is ingested when the index is missing. Articles are what is judged, each at its best
passage. Intervals are 95% percentile bootstrap intervals over questions. The answer-string hit rate is the share of
questions for which a retrieved passage of the ten articles holds an accepted answer, compared as words without
regard to case and punctuation; it counts, unlike the judgements, every article that has the answer.

Latencies are of whole ``search`` calls for 8 passages with everything loaded, and of the first one in a new process,
from the start of the interpreter on, with the files in the page cache.
"""

from __future__ import annotations

import argparse
import multiprocessing
import os
import re
import statistics
import time
from collections import Counter
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import numpy as np

from eval.convert.judged_news import read_questions
from eval.metrics.retrieval import ranked_articles
from eval.retrieval import JudgedQuestion, measure
from eval.statistics import share
from rag.config import load_settings
from rag.service import Dateline
from rag.types import Filters, RetrievedPassage, SearchMode, SourceSummary

_ANSWER_PASSAGES = 8
_NARROW_SHARE = 0.05
_WARM_UP = 10
_NEW_PROCESSES = 3
_WORD = re.compile(r"\w+")


def main() -> None:
    """Reads the arguments and prints the tables."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path, help="folder with corpus.jsonl.gz, queries.jsonl.gz, qrels.tsv")
    parser.add_argument("--index", type=Path, required=True, help="folder of the index")
    parser.add_argument("--modes", default=",".join(SearchMode), help="which rankings, parted by commas")
    parser.add_argument("--searches", type=int, default=200, help="searches per latency figure")
    arguments = parser.parse_args()
    try:
        modes = [SearchMode(name) for name in arguments.modes.split(",")]
    except ValueError as error:
        parser.error(f"{error}; --modes takes {','.join(SearchMode)}")
    os.environ["OMP_WAIT_POLICY"] = "PASSIVE"
    questions = read_questions(arguments.folder / "queries.jsonl.gz", arguments.folder / "qrels.tsv")
    dateline = Dateline(load_settings(index=arguments.index))
    sources = _ingested(dateline, arguments.folder / "corpus.jsonl.gz")
    judged = {article for question in questions for article in question.relevant}
    held = {source.id: source for source in sources}
    copies = sum(1 for article in judged & held.keys() if held[article].duplicate_of)
    print(f"{len(sources):,} articles, {sum(source.passages for source in sources):,} passages")
    print(f"{len(questions)} questions, {len(judged)} relevant articles: ", end="")
    print(f"{len(judged - held.keys())} not in the index, {copies} there as copies of another\n")
    _print_quality(dateline, questions, modes)
    _print_latency(dateline, questions, modes, filters_to_time(sources), arguments.searches)
    dateline.close()
    _print_first_search(arguments.index, questions[0].text, modes)


def holds_answer(passages: Sequence[RetrievedPassage], answers: Sequence[str]) -> bool:
    """Tells whether a passage contains the words of an answer, in order and together."""
    wanted = [words for answer in answers if (words := _words(answer)).strip()]
    return any(words in text for text in (_words(hit.passage.text) for hit in passages) for words in wanted)


def _words(text: str) -> str:
    return f" {' '.join(_WORD.findall(text.casefold()))} "


def _ingested(dateline: Dateline, corpus: Path) -> list[SourceSummary]:
    if not dateline.settings.index.exists():
        report = dateline.ingest([corpus])
        print(f"{report.added} articles, {report.passages} passages in {report.seconds:.1f} s")
        for failure in report.failed:
            print(f"not ingested: {failure.source} {failure.error}")
    return dateline.sources()


def _print_quality(dateline: Dateline, questions: Sequence[JudgedQuestion], modes: Sequence[SearchMode]) -> None:
    for mode in modes:
        figures, found = measure(dateline, questions, mode)
        answered = [
            holds_answer(_judged(hits), q.answers) for q, hits in zip(questions, found, strict=True) if q.answers
        ]
        if answered:
            figures["answer string"] = share(answered)
        for name, figure in figures.items():
            print(f"{mode:8s} {name:14s} {figure}")
        print(flush=True)


def _judged(hits: Sequence[RetrievedPassage]) -> list[RetrievedPassage]:
    """Returns the passages of the articles that are scored."""
    ranking = ranked_articles(hit.passage.article_id for hit in hits)
    return [hit for hit in hits if hit.passage.article_id in ranking]


def filters_to_time(sources: Sequence[SourceSummary]) -> dict[str, Filters | None]:
    """Names the filters to time, with the share of passages each keeps; what the corpus lacks is left out."""
    wanted: dict[str, Filters] = {}
    dates = sorted(source.published for source in sources if source.published)
    if dates:
        wanted["later half of the dates"] = Filters(after=dates[len(dates) // 2])
        wanted["last twelfth of the dates"] = Filters(after=dates[len(dates) * 11 // 12])
    publishers = Counter(source.publisher for source in sources if source.publisher)
    if len(publishers) > 1:
        rare = min(publishers, key=lambda name: abs(publishers[name] / len(sources) - _NARROW_SHARE))
        wanted["rare publisher"] = Filters(publishers=(rare,))
        wanted["common publisher"] = Filters(publishers=(publishers.most_common(1)[0][0],))
    total = sum(source.passages for source in sources)
    shares = {name: sum(s.passages for s in sources if _passes(s, f)) / total for name, f in wanted.items()}
    return {"no filter": None, **{f"{name}, {shares[name]:.1%} kept": f for name, f in wanted.items()}}


def _passes(source: SourceSummary, filters: Filters) -> bool:
    if filters.after:
        return source.published is not None and source.published >= filters.after
    return source.publisher in filters.publishers


def _print_latency(
    dateline: Dateline,
    questions: Sequence[JudgedQuestion],
    modes: Sequence[SearchMode],
    filters: dict[str, Filters | None],
    searches: int,
) -> None:
    print(f"{searches} warm searches each, milliseconds")
    for mode in modes:
        for name, wanted in filters.items():
            times = []
            for number in range(-_WARM_UP, searches):
                question = questions[number % len(questions)].text
                began = time.perf_counter()
                dateline.search(question, _ANSWER_PASSAGES, filters=wanted, mode=mode)
                if number >= 0:
                    times.append(1000 * (time.perf_counter() - began))
            p50, p95 = np.percentile(times, [50, 95])
            print(f"{mode:8s} {name:38s} p50 {p50:7.1f}  p95 {p95:7.1f}", flush=True)


def _print_first_search(index: Path, question: str, modes: Sequence[SearchMode]) -> None:
    print(f"\nfirst search in a new process, median of {_NEW_PROCESSES}")
    for mode in modes:
        times = []
        for _ in range(_NEW_PROCESSES):
            with ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("spawn")) as pool:
                began = time.perf_counter()
                pool.submit(_first_search, index, question, mode).result()
                times.append(time.perf_counter() - began)
        print(f"{mode:8s} {statistics.median(times):.2f} s")


def _first_search(index: Path, question: str, mode: SearchMode) -> None:
    dateline = Dateline(load_settings(index=index))
    dateline.search(question, _ANSWER_PASSAGES, mode=mode)
    dateline.close()


if __name__ == "__main__":
    main()
