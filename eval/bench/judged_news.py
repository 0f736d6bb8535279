"""News collections with relevance judgements, as the retrieval benchmarks read them."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from eval.convert.judged_news import read_questions
from eval.records import records

PASSAGE_WORDS = 100


@dataclass(frozen=True, slots=True)
class JudgedNews:
    """Passages as ``(id, text)`` with ids ``article:number``, questions, and the relevant articles of each."""

    passages: tuple[tuple[str, str], ...]
    questions: tuple[str, ...]
    relevant: tuple[frozenset[str], ...]


def load(folder: Path) -> JudgedNews:
    """Reads ``corpus.jsonl.gz``, ``queries.jsonl.gz`` and ``qrels.tsv``; passages are windows of about 100 words."""
    passages: list[tuple[str, str]] = []
    for _, article in records(folder / "corpus.jsonl.gz"):
        words = article["text"].split()
        step = math.ceil(len(words) / max(1, round(len(words) / PASSAGE_WORDS))) or 1
        for number, start in enumerate(range(0, len(words), step)):
            text = " ".join(words[start : start + step])
            passages.append((f"{article['id']}:{number}", f"{article.get('title', '')}\n{text}".strip()))
    questions = read_questions(folder / "queries.jsonl.gz", folder / "qrels.tsv")
    return JudgedNews(tuple(passages), tuple(q.text for q in questions), tuple(q.relevant for q in questions))


def ndcg_and_recall(ranked: Sequence[str], relevant: frozenset[str], depth: int = 10) -> tuple[float, float]:
    """Scores a passage ranking by article, each at its best passage: binary nDCG and recall at ``depth``."""
    articles = list(dict.fromkeys(passage.rsplit(":", 1)[0] for passage in ranked))[:depth]
    gain = sum(1 / math.log2(rank + 2) for rank, article in enumerate(articles) if article in relevant)
    ideal = sum(1 / math.log2(rank + 2) for rank in range(min(depth, len(relevant))))
    return gain / ideal, len(relevant.intersection(articles)) / len(relevant)
