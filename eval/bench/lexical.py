"""Our lexical index against bm25s: speed, disk, updates, restart and nDCG, in one run.

Run as ``python -m eval.bench.lexical FOLDER``. bm25s (Lucene scoring, its English stop words, Snowball stems) has
no way to change an index, so its update is a rebuild.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from eval.bench.judged_news import JudgedNews, load, ndcg_and_recall
from rag.index.lexical import LexicalIndex

Search = Callable[[str], Sequence[str]]
_DEPTH = 100
_CHANGED = 20
_OPEN_OURS = """
import sys, time
began = time.perf_counter()
from pathlib import Path
from rag.index.lexical import LexicalIndex
LexicalIndex(Path(sys.argv[1])).search("Who won the election?", 100)
print(time.perf_counter() - began)
"""
_OPEN_BM25S = """
import sys, time
began = time.perf_counter()
import bm25s, Stemmer
index = bm25s.BM25.load(sys.argv[1], mmap=True)
stemmer = Stemmer.Stemmer("english")
terms = bm25s.tokenize(["Who won the election?"], stopwords="en", stemmer=stemmer, show_progress=False)
index.retrieve(terms, k=100, show_progress=False)
print(time.perf_counter() - began)
"""


def main() -> None:
    """Reads the arguments and prints the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path, help="folder with corpus.jsonl.gz, queries.jsonl.gz, qrels.tsv")
    news = load(parser.parse_args().folder)
    print(f"{len(news.passages)} passages, {len(news.questions)} questions, k {_DEPTH}")
    with tempfile.TemporaryDirectory() as scratch:
        for name, measure in (("ours (tantivy)", _ours), ("bm25s", _bm25s)):
            print(f"{name}: " + ", ".join(f"{key} {value}" for key, value in measure(news, Path(scratch)).items()))


def _ours(news: JudgedNews, scratch: Path) -> dict[str, str]:
    folder = scratch / "ours"
    index = LexicalIndex(folder)

    def build() -> None:
        for start in range(0, len(news.passages), 5_000):
            index.add(news.passages[start : start + 5_000])
        index.commit()

    def update() -> None:
        index.add(news.passages[:_CHANGED])
        index.commit()

    figures = {"build": _seconds(build)}
    figures |= _quality(news, lambda question: [passage for passage, _ in index.search(question, _DEPTH)])
    figures["disk"] = _megabytes(folder)
    figures[f"replace {_CHANGED}"] = _seconds(update)
    index.close()
    return figures | {"new process to first result": _in_new_process(_OPEN_OURS, folder)}


def _bm25s(news: JudgedNews, scratch: Path) -> dict[str, str]:
    import bm25s  # type: ignore[import-not-found, import-untyped, unused-ignore]
    import Stemmer  # type: ignore[import-not-found, unused-ignore]

    folder = scratch / "bm25s"
    stemmer = Stemmer.Stemmer("english")
    index: Any = bm25s.BM25(method="lucene", k1=1.2, b=0.75)

    def terms(texts: list[str]) -> Any:
        return bm25s.tokenize(texts, stopwords="en", stemmer=stemmer, show_progress=False)

    def build() -> None:
        index.index(terms([text for _, text in news.passages]), show_progress=False)
        index.save(folder)

    def search(question: str) -> list[str]:
        rows, scores = index.retrieve(terms([question]), k=_DEPTH, show_progress=False)
        return [news.passages[row][0] for row, score in zip(rows[0], scores[0], strict=True) if score > 0]

    figures = {"build": _seconds(build)}
    figures |= _quality(news, search)
    figures["disk"] = _megabytes(folder)
    figures[f"replace {_CHANGED}"] = _seconds(build)
    return figures | {"new process to first result": _in_new_process(_OPEN_BM25S, folder)}


def _quality(news: JudgedNews, search: Search) -> dict[str, str]:
    search(news.questions[0])
    times, scores = [], []
    for question, relevant in zip(news.questions, news.relevant, strict=True):
        began = time.perf_counter()
        ranked = search(question)
        times.append(1000 * (time.perf_counter() - began))
        scores.append(ndcg_and_recall(ranked, relevant))
    times.sort()
    n = len(scores)
    return {
        "nDCG@10": f"{sum(ndcg for ndcg, _ in scores) / n:.4f}",
        "recall@10": f"{sum(recall for _, recall in scores) / n:.4f}",
        "query p50": f"{times[n // 2]:.2f} ms",
        "p95": f"{times[int(n * 0.95)]:.2f} ms",
    }


def _seconds(action: Callable[[], None]) -> str:
    began = time.perf_counter()
    action()
    return f"{time.perf_counter() - began:.2f} s"


def _megabytes(folder: Path) -> str:
    return f"{sum(file.stat().st_size for file in folder.rglob('*')) / 1e6:.1f} MB"


def _in_new_process(program: str, folder: Path) -> str:
    command = [sys.executable, "-c", program, str(folder)]
    times = [float(subprocess.run(command, capture_output=True, text=True, check=True).stdout) for _ in range(3)]
    return f"{min(times):.2f} s"


if __name__ == "__main__":
    main()
