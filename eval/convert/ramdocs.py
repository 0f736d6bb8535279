"""RAMDocs (Wang et al., "Retrieval-Augmented Generation with Conflicting Evidence", 2025): documents that conflict."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from eval.records import records, write_records
from rag.errors import SourceError


def convert(folder: Path, corpus: Path) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """Returns header and items of a suite and writes its corpus: each document an article of an outlet of its own.

    Each question is asked within its own documents. All gold answers must be shown, no wrong one outside a
    disagreement, and a disagreement when there are several gold answers or a wrong one.

    Raises:
        SourceError: A file is missing or of another form, or the corpus cannot be written.
    """
    path = folder / "questions.jsonl.gz"
    items: list[dict[str, Any]] = []
    articles: list[dict[str, Any]] = []
    for number, row in records(path, "RAMDocs questions"):
        try:
            gold, wrong = list(dict.fromkeys(row["gold_answers"])), list(dict.fromkeys(row["wrong_answers"]))
            names = [f"{number}-{place}" for place in range(1, len(row["documents"]) + 1)]
            for name, document in zip(names, row["documents"], strict=True):
                articles.append({"id": name, "publisher": name, "text": document["text"]})
            correct = [n for n, document in zip(names, row["documents"], strict=True) if document["type"] == "correct"]
            question = row["question"]
        except (KeyError, TypeError) as error:
            raise SourceError(f"{path}, line {number}: not a RAMDocs question, {error!r} is missing") from error
        items.append(
            {
                "id": str(number),
                "question": question,
                "filters": {"publishers": names},
                "answers": [gold],
                "evidence": [{"article": name} for name in correct],
                "must_not_say": [answer for answer in wrong if not any(answer in right for right in gold)],
                **({"must_disagree": True} if len(gold) > 1 or wrong else {}),
            }
        )
    write_records(corpus, articles)
    return {"suite": "ramdocs", "corpus": corpus.name}, items
