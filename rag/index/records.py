"""What the index keeps about articles and passages beside the values that cross its border."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np
from numpy.typing import NDArray

from rag.types import Article, EventDate, Passage


@dataclass(frozen=True, slots=True)
class StoredArticle:
    """Where an article came from and the digest that tells whether it changed since.

    Attributes:
        root: Absolute path of the corpus it was read from, with the file that holds its record.
        key: Source key inside ``root``.
        digest: Hash of everything that is indexed: canonical text, title, publisher, date, address,
            language and authors.
    """

    id: str
    root: str
    key: str
    version: str
    digest: str


@dataclass(frozen=True, slots=True)
class IndexedArticle:
    """An article ready to be written, with its passages, near-duplicate signature and the dates it speaks of."""

    article: Article
    root: str
    key: str
    digest: str
    passages: tuple[Passage, ...]
    signature: bytes | None = None
    dates: tuple[EventDate, ...] = ()


@dataclass(frozen=True, slots=True)
class Signature:
    """What finding near-duplicates needs of an article.

    Attributes:
        lead: Id of the lead copy of its group; its own id when it leads or stands alone.
        publisher: See ``publisher_key``; empty when unknown.
        length: Length of the canonical text in code points.
        minima: MinHash minima, ``uint32``.
    """

    article_id: str
    lead: str
    publisher: str
    published: date | None
    length: int
    version: str
    minima: NDArray[np.uint32]


@dataclass(frozen=True, slots=True)
class ArticleHead:
    """Title, publisher and publication date of an article."""

    title: str
    publisher: str
    published: date | None


@dataclass(frozen=True, slots=True)
class ArticleVersion:
    """One version of an article that the catalog keeps; ``first_seen`` is in UTC, ISO 8601."""

    version: str
    first_seen: str
    is_current: bool


@dataclass(frozen=True, slots=True)
class GivenAnswer:
    """An answer or briefing that cited an article.

    Attributes:
        kind: ``answer`` or ``briefing``.
        question: The question, or the topic of a briefing.
        given: When, in UTC, ISO 8601.
        version: The version of the article that was cited.
        is_stale: Whether the article has changed since.
    """

    kind: str
    question: str
    given: str
    version: str
    is_stale: bool


@dataclass(frozen=True, slots=True)
class PassageEntry:
    """What ranking needs to know of a passage, without its text."""

    id: str
    article_id: str
    group: str
    publisher: str
    published: date | None


def searched_text(title: str, text: str) -> str:
    """Returns what is embedded and ranked for a passage: its text under the article's title, to stand alone."""
    return f"{title}\n{text}" if title else text


def publisher_key(name: str) -> str:
    """Returns the form in which publishers are compared: case folded, single spaces."""
    return " ".join(name.casefold().split())
