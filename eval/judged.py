"""Human judgements of whether a text is supported by its document: reading, and splitting into claims to check."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from eval.records import records
from rag.errors import SourceError
from rag.ingest.sentences import sentences

# A sentence about the text itself states nothing about the document.
_ABOUT_ITSELF = re.compile(
    r"here(?:'s| is| are)\b.*(?:summar|answer)|based on the (?:given|provided)|unable to answer"
    r"|passages? do(?:es)? not",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Judged:
    """A text that people judged against a document.

    Attributes:
        id: The record's id, or its line number.
        doc: The document; also the unit of the bootstrap, since judgements of one document are alike.
        claim: The judged text, one sentence or several.
        supported: Whether the document bears out all of it.
    """

    id: str
    doc: str
    claim: str
    supported: bool


def read_judged(path: Path) -> list[Judged]:
    """Reads a file of records ``{doc, claim, label}`` in JSON Lines, compressed with gzip or not.

    Args:
        path: ``label`` is 1 or true for a fully supported claim, 0 or false otherwise; further fields are ignored.

    Raises:
        SourceError: The file cannot be read, or a line lacks a field or has another form; the message names both.
    """
    rows = [_judged(path, number, record) for number, record in records(path, "judgements")]
    if not rows:
        raise SourceError(f"{path} holds no judgements; give JSON Lines of doc, claim and label")
    return rows


def claims_of(text: str) -> list[str]:
    """Returns the sentences of a judged text, without those that only speak of the text itself."""
    found = [span.of(text) for span in sentences(text)]
    return [sentence for sentence in found if not _ABOUT_ITSELF.search(sentence)] or found or [text]


def is_about_itself(sentence: str) -> bool:
    """Tells whether a sentence speaks of the text it stands in and states nothing about the document."""
    return bool(_ABOUT_ITSELF.search(sentence))


def _judged(path: Path, number: int, record: dict[str, Any]) -> Judged:
    for field in ("doc", "claim"):
        if not isinstance(record.get(field), str) or not record[field].strip():
            raise SourceError(f"{path}, line {number}: field {field} must be a text that is not empty")
    label = record.get("label")
    if isinstance(label, str) and label in ("0", "1"):
        label = int(label)
    if label not in (0, 1):
        raise SourceError(f"{path}, line {number}: field label must be 1 (supported) or 0, not {label!r}")
    return Judged(str(record.get("id", number)), record["doc"], record["claim"], bool(label))
