"""News collections with relevance judgements, as the retrieval benchmarks read them."""

from __future__ import annotations

import gzip
import json
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

PASSAGE_WORDS = 100


@dataclass(frozen=True, slots=True)
class JudgedNews:
    """Passages as ``(id, text)`` with ids ``article:number``, questions, and the relevant articles of each."""

    passages: tuple[tuple[str, str], ...]
    questions: tuple[str, ...]
    relevant: tuple[frozenset[str], ...]


def load(folder: Path) -> JudgedNews:
    """Reads ``corpus.jsonl.gz``, ``queries.jsonl.gz`` and ``qrels.tsv``; passages are windows of about 100 words."""
    judged: dict[str, set[str]] = {}
    for judgement in (folder / "qrels.tsv").read_text(encoding="utf-8").splitlines():
        question, identity, _ = judgement.split("\t")
        judged.setdefault(question, set()).add(identity)
    passages: list[tuple[str, str]] = []
    for article in _lines(folder / "corpus.jsonl.gz"):
        words = article["text"].split()
        step = math.ceil(len(words) / max(1, round(len(words) / PASSAGE_WORDS))) or 1
        for number, start in enumerate(range(0, len(words), step)):
            text = " ".join(words[start : start + step])
            passages.append((f"{article['id']}:{number}", f"{article.get('title', '')}\n{text}".strip()))
    questions = [q for q in _lines(folder / "queries.jsonl.gz") if q["id"] in judged]
    return JudgedNews(
        tuple(passages),
        tuple(q["question"] for q in questions),
        tuple(frozenset(judged[q["id"]]) for q in questions),
    )


def ndcg_and_recall(ranked: Sequence[str], relevant: frozenset[str], depth: int = 10) -> tuple[float, float]:
    """Scores a passage ranking by article, each at its best passage: binary nDCG and recall at ``depth``."""
    articles = list(dict.fromkeys(passage.rsplit(":", 1)[0] for passage in ranked))[:depth]
    gain = sum(1 / math.log2(rank + 2) for rank, article in enumerate(articles) if article in relevant)
    ideal = sum(1 / math.log2(rank + 2) for rank in range(min(depth, len(relevant))))
    return gain / ideal, len(relevant.intersection(articles)) / len(relevant)


def _lines(path: Path) -> Iterator[dict[str, Any]]:
    with gzip.open(path, "rt", encoding="utf-8") as file:
        for line in file:
            yield json.loads(line)
