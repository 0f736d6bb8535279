"""Suites: questions with what a right answer must show, as JSON Lines.

The first line may be a header, ``{"suite": NAME, "corpus": PATH, "description": …}``; a corpus path is relative to the
suite's folder. Every other line is one item; ``Item`` says what its fields mean.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any, ClassVar

from eval.matching import Answer, Regex, parts_of
from eval.records import records, write_records
from eval.validation import STRICT, validated
from rag.errors import SourceError
from rag.types import AbstentionReason, Filters, Turn

_LONGEST = 4000  # as on the command line: reading a question costs time that grows with the square of its length


@dataclass(frozen=True, slots=True)
class Evidence:
    """An article that states the answer and, where given, the exact words of it that do."""

    article: str
    quote: str = ""

    __pydantic_config__: ClassVar = STRICT


@dataclass(frozen=True, slots=True)
class ExpectedDisagreement:
    """What sources differ on: its kind, if that matters, and values that must stand among the positions."""

    kind: str = ""
    values: tuple[Answer, ...] = ()

    __pydantic_config__: ClassVar = STRICT


@dataclass(frozen=True, slots=True)
class ItemFilters:
    """What the question may draw on; as in ``rag.types.Filters``."""

    publishers: tuple[str, ...] = ()
    after: date | None = None
    before: date | None = None

    __pydantic_config__: ClassVar = STRICT


@dataclass(frozen=True, slots=True)
class Item:
    """One question and what is known of its answer; what is not stated is not measured.

    Attributes:
        id: Unique in the suite; what two runs are paired by.
        history: Earlier turns, oldest first.
        as_of: Nothing published after this day may be used.
        answers: Accepted answers, any one of them; see ``eval.matching``.
        evidence: Articles that state the answer. The first is the unit that intervals are drawn by.
        unanswerable: The reasons with which an answer may be withheld; empty when the corpus answers.
        must_disagree: That a disagreement must be shown; ``False`` that none may be.
        must_not_say: What no sentence of the answer may hold.
    """

    id: str
    question: str
    history: tuple[Turn, ...] = ()
    filters: ItemFilters = field(default_factory=ItemFilters)
    as_of: date | None = None
    answers: tuple[Answer, ...] = ()
    evidence: tuple[Evidence, ...] = ()
    unanswerable: tuple[AbstentionReason, ...] = ()
    must_disagree: bool | ExpectedDisagreement | None = None
    must_not_say: tuple[Answer, ...] = ()
    tags: tuple[str, ...] = ()

    __pydantic_config__: ClassVar = STRICT

    @property
    def cluster(self) -> str:
        """The article the question is about, or the question itself when none is named."""
        return self.evidence[0].article if self.evidence else f"item {self.id}"

    @property
    def scope(self) -> Filters:
        """The filters to ask with."""
        return Filters(self.filters.publishers, self.filters.after, self.filters.before, self.as_of)


@dataclass(frozen=True, slots=True)
class _Header:
    suite: str
    corpus: str = ""
    description: str = ""

    __pydantic_config__: ClassVar = STRICT


@dataclass(frozen=True, slots=True)
class Suite:
    """Items under a name.

    Attributes:
        corpus: File or folder the questions are about; ``None`` when the suite names none.
        digest: SHA-256 of what the file holds.
    """

    name: str
    items: tuple[Item, ...]
    corpus: Path | None = None
    description: str = ""
    digest: str = ""


def read_suite(path: Path) -> Suite:
    """Reads a suite.

    Raises:
        SourceError: The file cannot be read, holds no item, or a line is wrong; the message names line and field.
    """
    name = path.name.removesuffix(".gz").removesuffix(".jsonl")
    header = _Header(name)
    items: dict[str, Item] = {}
    for number, record in records(path, "suite items"):
        where = f"{path}, line {number}"
        if "suite" in record and "question" not in record:
            if items:
                raise SourceError(f"{where}: the header must be the first line")
            header = validated(_Header, record, where)
            continue
        item = item_of(record, where)
        if item.id in items:
            raise SourceError(f"{where}: field id: {item.id!r} is there twice")
        items[item.id] = item
    if not items:
        raise SourceError(f"{path} holds no questions; give JSON Lines of id, question and what the answer must show")
    corpus = path.parent / header.corpus if header.corpus else None
    if corpus is not None and not corpus.exists():
        raise SourceError(f"{path}, line 1: field corpus: there is nothing at {corpus}")
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    return Suite(header.suite, tuple(items.values()), corpus, header.description, digest)


def write_suite(path: Path, items: Iterable[dict[str, Any]], header: dict[str, Any]) -> int:
    """Writes a suite and reads it back, so that what was written is right; returns the number of items.

    Raises:
        SourceError: The file cannot be written, or an item is not one.
    """
    write_records(path, (header, *items))
    return len(read_suite(path).items)


def item_of(record: dict[str, Any], where: str) -> Item:
    """Returns an item as a suite writes it.

    Args:
        record: Fields of ``Item``; ``unanswerable`` may also be one reason, or true for any.
        where: What to call it in messages.

    Raises:
        SourceError: A field is missing, unknown or wrong; the message names it.
    """
    reasons = record.get("unanswerable")
    if isinstance(reasons, bool):
        record = {**record, "unanswerable": [str(reason) for reason in AbstentionReason] if reasons else []}
    elif isinstance(reasons, str):
        record = {**record, "unanswerable": [reasons]}
    item = validated(Item, record, where)
    try:
        json.dumps(record, ensure_ascii=False).encode("utf-8")
    except UnicodeEncodeError:
        raise SourceError(f"{where}: half a character, as \\ud800, is no text") from None
    if len(item.question) > _LONGEST:
        raise SourceError(f"{where}: field question: it has {len(item.question):,} characters, more than {_LONGEST:,}")
    for name, text in (("id", item.id), ("question", item.question)):
        if not text.strip():
            raise SourceError(f"{where}: field {name}: it is empty")
    if item.unanswerable and item.answers:
        raise SourceError(f"{where}: field unanswerable: an item with answers cannot be unanswerable")
    if item.filters.after and item.scope.latest and item.filters.after > item.scope.latest:
        raise SourceError(f"{where}: field filters: after is later than before or as_of")
    expected = item.must_disagree.values if isinstance(item.must_disagree, ExpectedDisagreement) else ()
    for name, answers in (("answers", item.answers), ("must_not_say", item.must_not_say), ("must_disagree", expected)):
        if not all(parts_of(answer) for answer in answers):
            raise SourceError(f"{where}: field {name}: an answer is empty")
        for part in (part for answer in answers for part in parts_of(answer)):
            if problem := part.problem() if isinstance(part, Regex) else "" if part.strip() else "an answer is empty":
                raise SourceError(f"{where}: field {name}: {problem}")
    return item
