"""Who wrote an article, as its source states it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping

_MOST = 20
_LONGEST = 120
_BY = re.compile(r"^\W*(?:(?:written|reported|story|text)\s+)?by\b:?\s*", re.IGNORECASE)
_BETWEEN = re.compile(r"\s*(?:;|\||\n|&|\band\b)\s*")
_COMMA = re.compile(r"\s*,\s*")
# A feed may write "news@courier.example (Mari Maasikas)", a page an address in place of a name.
_MAILBOX = re.compile(r"\S+@\S+\s*\(([^)]*)\)|<?\S+@\S+>?")
_NOT_A_NAME = re.compile(r"://|@|\bwww\.|\d{3}", re.IGNORECASE)
_NOBODY = frozenset({"author", "authors", "unknown", "none", "null", "n/a", "anonymous", "admin", "administrator"})

_PARTICLES = frozenset(
    {"al", "bin", "da", "de", "del", "den", "der", "di", "do", "dos", "du", "el", "ibn", "la", "le", "ten", "van",
     "von", "y", "zu"}
)  # fmt: skip
_NAME_WORD = re.compile(r"(?:[^\W\d_]\.)+|[^\W\d_][^\W\d_.’'-]*(?:[-’'][^\W\d_]+)*")
_NO_PERSON = frozenset(
    {"acrobat", "admin", "administrator", "adobe", "agency", "apple", "associates", "board", "bureau", "canon",
     "center", "centre", "commission", "committee", "company", "corp", "corporation", "council", "courier", "daily",
     "department", "desk", "desktop", "document", "editor", "editorial", "editors", "epson", "foundation", "gazette",
     "google", "group", "herald", "hewlett", "inc", "institute", "laptop", "library", "limited", "llc", "ltd", "media",
     "microsoft", "ministry", "network", "news", "newspaper", "office", "organization", "owner", "packard", "press",
     "printer", "reuters", "scanner", "secretariat", "service", "services", "society", "staff", "studio", "team",
     "the", "times", "tribune", "university", "user", "windows", "word"}
)  # fmt: skip
_PRODUCT = re.compile(r"^(?!Mc|Mac|De|Di|Van).*[^\W\d_A-Z][A-Z]")  # as in LaserJet
_NAME_WORDS = range(2, 5)


def stated_authors(value: object) -> tuple[str, ...]:
    """Returns the names in what a source states of its authors: text, a mapping with a ``name``, or a list of these.

    "By A and B", "A; B" and "A, B" are two names; "Doe, Jane" is one.
    """
    found = dict.fromkeys(name for text in _texts(value) for name in _names(text))
    return tuple(found)[:_MOST]


def persons(value: str) -> tuple[str, ...]:
    """Returns the names in a file's property, if they are plainly those of persons: programs write theirs there too."""
    found = stated_authors(value)
    return found if all(map(_is_person, found)) else ()


def _texts(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        yield from _texts(value.get("name"))
    elif isinstance(value, Iterable) and not isinstance(value, bytes):
        for item in value:
            if isinstance(item, str | Mapping):
                yield from _texts(item)


def _names(text: str) -> Iterator[str]:
    text = _MAILBOX.sub(lambda match: match[1] or "", text.encode("utf-8", "replace").decode())
    for part in _BETWEEN.split(_BY.sub("", text[: _MOST * _LONGEST])):
        several = [name for name in _COMMA.split(part) if name]
        names = several if all(len(name.split()) > 1 for name in several) else [part]
        for name in names:
            name = " ".join(_BY.sub("", name).split()).strip(" ,.;:-–—")
            if 1 < len(name) <= _LONGEST and not _NOT_A_NAME.search(name) and name.casefold() not in _NOBODY:
                yield name


def _is_person(name: str) -> bool:
    words = name.split()
    return (
        len(words) in _NAME_WORDS
        and all(_NAME_WORD.fullmatch(word) for word in words)
        and all(word[0].isupper() or word in _PARTICLES for word in words)
        and not any(_PRODUCT.match(word) for word in words)
        and words[0][0].isupper()
        and words[-1][0].isupper()
        and any(len(word.strip(".")) > 1 and not word.isupper() for word in words)
        and _NO_PERSON.isdisjoint(word.casefold() for word in words)
    )
