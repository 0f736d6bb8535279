"""What passes between a reader and the process that parses for it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from rag.types import RemovedText, SourceDocument


@dataclass(frozen=True, slots=True)
class Hints:
    """What is known of a file before it is parsed.

    Attributes:
        key: Key of its document.
        address: Where it was fetched; empty for a file.
        charset: Encoding that the sender states; empty when none is stated.
    """

    key: str
    address: str = ""
    charset: str = ""


Parser = Callable[[bytes, Hints], Iterable[SourceDocument]]
"""Finds the articles in the bytes of a file.

A parser raises ``SourceError`` for a file it cannot read.
"""


def encode_documents(documents: Iterable[SourceDocument]) -> list[dict[str, Any]]:
    """Returns documents as JSON values."""
    return [
        {
            "key": found.key, "text": found.text, "title": found.title, "publisher": found.publisher,
            "published": found.published.isoformat() if found.published else None, "url": found.url,
            "language": found.language, "container": found.container,
            "removed": [[piece.text, piece.rule] for piece in found.removed], "is_excerpt": found.is_excerpt,
            "authors": found.authors,
        }
        for found in documents
    ]  # fmt: skip


def decode_documents(values: Sequence[dict[str, Any]]) -> tuple[SourceDocument, ...]:
    """Returns the documents that ``encode_documents`` encoded."""
    return tuple(
        SourceDocument(
            **{
                **value,
                "published": date.fromisoformat(value["published"]) if value["published"] else None,
                "authors": tuple(value["authors"]),
                "removed": tuple(RemovedText(text, rule) for text, rule in value["removed"]),
            }
        )
        for value in values
    )
