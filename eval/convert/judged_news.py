"""News collections with questions and relevance judgements: ``corpus``, ``queries`` (JSON Lines) and ``qrels.tsv``.

A query is ``{id, question, answers?}``; a line of the judgements is ``query-id<TAB>article-id<TAB>1``, as in BEIR
(Thakur et al., NeurIPS 2021), with or without its header.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from eval.records import records
from eval.retrieval import JudgedQuestion
from rag.errors import SourceError

_WHOLE = re.compile(r"-?[0-9]{1,9}")


def convert(folder: Path, corpus: Path) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """Returns header and items of the suite in a folder; its corpus is asked where it lies, and none is written.

    Raises:
        SourceError: A file is missing or of another form.
    """
    relevant = read_qrels(folder / "qrels.tsv")
    items = list(_items(folder / "queries.jsonl.gz", relevant))
    return {"suite": folder.name, "corpus": str((folder / "corpus.jsonl.gz").resolve())}, items


def read_qrels(path: Path) -> dict[str, list[str]]:
    """Returns the relevant articles of each question, in the order of the file.

    Raises:
        SourceError: The file cannot be read or a line has another form.
    """
    found: dict[str, list[str]] = {}
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise SourceError(f"{path} cannot be read as text: {error}; give query-id, article-id, 1 by tabs") from error
    for number, line in enumerate(lines, start=1):
        fields = line.split("\t")
        if not line.strip() or (number == 1 and not _WHOLE.fullmatch(fields[-1].strip())):
            continue
        if len(fields) != 3 or not _WHOLE.fullmatch(fields[2].strip()):
            raise SourceError(f"{path}, line {number}: give query-id, article-id and a whole number, parted by tabs")
        if int(fields[2]) > 0:
            found.setdefault(fields[0], []).append(fields[1])
    return found


def read_questions(queries: Path, qrels: Path) -> tuple[JudgedQuestion, ...]:
    """Returns the questions that have a judgement.

    Raises:
        SourceError: A file cannot be read, has another form, or no question is judged.
    """
    relevant = read_qrels(qrels)
    found = tuple(
        JudgedQuestion(item["question"], frozenset(relevant[item["id"]]), tuple(item.get("answers", ())))
        for item in _items(queries, relevant)
    )
    if not found:
        raise SourceError(f"no question of {queries} has a judgement in {qrels}; are the ids the same?")
    return found


def _items(path: Path, relevant: dict[str, list[str]]) -> Iterator[dict[str, Any]]:
    for number, row in records(path, "queries"):
        if not isinstance(row.get("id"), str) or not isinstance(row.get("question"), str):
            raise SourceError(f"{path}, line {number}: give id and question, both texts")
        if row["id"] not in relevant:
            continue
        item: dict[str, Any] = {"id": row["id"], "question": row["question"]}
        answers = row.get("answers") or []
        if not isinstance(answers, list) or not all(isinstance(answer, str) for answer in answers):
            raise SourceError(f"{path}, line {number}: field answers must be a list of texts")
        if kept := [answer for answer in answers if answer.strip()]:
            item["answers"] = kept
        item["evidence"] = [{"article": article} for article in relevant[row["id"]]]
        yield item
