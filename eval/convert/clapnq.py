"""CLAP-NQ (Rosenthal et al., TACL 2025): questions with the one passage that answers each or only seems to."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from eval.records import records, write_records
from rag.errors import SourceError


def convert(folder: Path, corpus: Path) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """Returns header and items of a suite and writes its corpus: each passage an article of its question's own outlet.

    Each question is asked within its own passage, and the sentences an annotator chose are its evidence.

    Raises:
        SourceError: A file is missing or of another form, or the corpus cannot be written.
    """
    items: list[dict[str, Any]] = []
    articles: list[dict[str, Any]] = []
    for name in ("answerable", "unanswerable"):
        path = folder / f"{name}.jsonl.gz"
        for number, row in records(path, "CLAP-NQ questions"):
            try:
                passage, outputs = row["passages"][0], row["output"]
                sentences = [" ".join(sentence.split()) for sentence in passage["sentences"]]
                item: dict[str, Any] = {
                    "id": row["id"],
                    "question": row["input"],
                    "filters": {"publishers": [row["id"]]},
                    "tags": [name],
                }
                chosen = [s for output in outputs for s in output["selected_sentences"]] if name == "answerable" else []
            except (KeyError, IndexError, TypeError) as error:
                raise SourceError(f"{path}, line {number}: not a CLAP-NQ question, {error!r} is missing") from error
            articles.append(
                {"id": row["id"], "title": passage["title"], "publisher": row["id"], "text": " ".join(sentences)}
            )
            if name == "unanswerable":
                item["unanswerable"] = ["not_in_corpus", "false_premise", "outside_filters"]
            else:
                quotes = dict.fromkeys(" ".join(sentence.split()) for sentence in chosen)
                item["evidence"] = [{"article": row["id"], "quote": q} for q in quotes] or [{"article": row["id"]}]
            items.append(item)
    write_records(corpus, articles)
    return {"suite": "clapnq", "corpus": corpus.name}, items
