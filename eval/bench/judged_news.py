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


@dataclass(frozen=True, slots=True)
class JudgedQuestion:
    """A question, the articles judged relevant to it, and accepted answers where the collection states any."""

    text: str
    relevant: frozenset[str]
    answers: tuple[str, ...] = ()


def load(folder: Path) -> JudgedNews:
    """Reads ``corpus.jsonl.gz``, ``queries.jsonl.gz`` and ``qrels.tsv``; passages are windows of about 100 words."""
    passages: list[tuple[str, str]] = []
    for article in records(folder / "corpus.jsonl.gz"):
        words = article["text"].split()
        step = math.ceil(len(words) / max(1, round(len(words) / PASSAGE_WORDS))) or 1
        for number, start in enumerate(range(0, len(words), step)):
            text = " ".join(words[start : start + step])
            passages.append((f"{article['id']}:{number}", f"{article.get('title', '')}\n{text}".strip()))
    questions = load_questions(folder)
    return JudgedNews(tuple(passages), tuple(q.text for q in questions), tuple(q.relevant for q in questions))


def load_questions(folder: Path) -> tuple[JudgedQuestion, ...]:
    """Reads ``queries.jsonl.gz`` and ``qrels.tsv``; questions without a judgement are left out."""
    judged: dict[str, set[str]] = {}
    for judgement in (folder / "qrels.tsv").read_text(encoding="utf-8").splitlines():
        question, identity, _ = judgement.split("\t")
        judged.setdefault(question, set()).add(identity)
    return tuple(
        JudgedQuestion(q["question"], frozenset(judged[q["id"]]), tuple(q.get("answers", ())))
        for q in records(folder / "queries.jsonl.gz")
        if q["id"] in judged
    )


def ndcg_and_recall(ranked: Sequence[str], relevant: frozenset[str], depth: int = 10) -> tuple[float, float]:
    """Scores a passage ranking by article, each at its best passage: binary nDCG and recall at ``depth``."""
    articles = list(dict.fromkeys(passage.rsplit(":", 1)[0] for passage in ranked))[:depth]
    gain = sum(1 / math.log2(rank + 2) for rank, article in enumerate(articles) if article in relevant)
    ideal = sum(1 / math.log2(rank + 2) for rank in range(min(depth, len(relevant))))
    return gain / ideal, len(relevant.intersection(articles)) / len(relevant)


def records(path: Path) -> Iterator[dict[str, Any]]:
    """Yields the records of a ``.jsonl.gz`` file."""
    with gzip.open(path, "rt", encoding="utf-8") as file:
        for line in file:
            yield json.loads(line)
