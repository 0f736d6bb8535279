"""Quotations in running text, and whether their words stand in a source in the same order."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import NamedTuple

from rag.check.words import keys

_PAIRS = (
    re.compile(r"“([^“”]*)”"),
    re.compile(r"„([^„“”]*)[“”]"),
    re.compile(r"«([^«»]*)»"),
    re.compile(r'"([^"]*)"'),
    re.compile(r"(?<!\w)‘(?=\S)((?:[^‘’]|(?<=\w)’(?=\w))*)’(?!\w)"),
    re.compile(r"(?<![\w'’])'(?=[^\s'])((?:[^']|(?<=\w)'(?=\w))*)(?<=\S)'(?![\w'])"),
)
_OPEN = re.compile(r"[“\"]([^“”\"]*)$")
_CLOSE = re.compile(r"^([^“”\"]*)”")
# A straight mark closes when words end at it and none begins.
_STRAIGHT_CLOSE = re.compile(r'^([^“”"]*[^\s“”"(\[—–])"(?=\s|[,.;:!?)\]]|$)')
_INCHES = re.compile(r"(?<=\d)['’′]\d{1,2}[\"”″]")
_GAP = re.compile(r"\[\s*(?:\.{2,}|…)\s*\]|\(\s*(?:\.{3}|…)\s*\)|\.{3,}|(?:\. ){2,}\.|…")
_INSERT = re.compile(r"\[[^\[\]]*\]")


class Quotation(NamedTuple):
    """The words between quotation marks, as written, and where they lie in the text."""

    text: str
    start: int
    end: int


def find_quotations(text: str) -> list[Quotation]:
    """Finds quotations in any text: double marks of all styles, single marks that cannot be apostrophes.

    A double mark without a partner quotes to the end of the text, and a lone closing one from its start: a
    quotation of several sentences arrives here cut apart. Marks around no word are ignored.
    """
    found: list[Quotation] = []
    rest = _INCHES.sub(lambda m: " " * len(m.group()), text)
    if (lone := _STRAIGHT_CLOSE.match(rest)) and rest.count('"') % 2:
        found.append(Quotation(text[: lone.end(1)], 0, lone.end(1)))
        rest = " " * lone.end() + rest[lone.end() :]
    for pattern in _PAIRS:
        for match in pattern.finditer(rest):
            found.append(Quotation(match.group(1), match.start(1), match.end(1)))
        rest = pattern.sub(lambda m: " " * len(m.group()), rest)
    for pattern in (_OPEN, _CLOSE):
        if lone := pattern.search(rest):
            found.append(Quotation(text[lone.start(1) : lone.end(1)], lone.start(1), lone.end(1)))
    return sorted((q for q in found if keys(q.text)), key=lambda q: q.start)


def with_brackets(text: str, pattern: re.Pattern[str], meaning: Callable[[re.Match[str]], str]) -> str:
    """Returns a text with an editor's brackets behind the first match that has a meaning; quotations stay as they are.

    Args:
        text: Any text.
        pattern: What may be explained.
        meaning: Returns what a match means, or nothing.
    """
    quotations = find_quotations(text)
    for match in pattern.finditer(text):
        if not any(q.start <= match.start() < q.end for q in quotations) and (words := meaning(match)):
            return f"{text[: match.end()]} [{words}]{text[match.end() :]}"
    return text


class QuotableText:
    """A text that quotations can be looked up in."""

    def __init__(self, text: str) -> None:
        """Indexes the words of any text."""
        self._words = f" {' '.join(keys(text))} "

    def has(self, quotation: str) -> bool:
        """Tells whether the words of ``quotation`` occur here one after another.

        Case, spacing, marks and dashes are ignored. An ellipsis stands for words left out, and so does a bracketed
        insert unless this text has it too; what lies between must then follow in order.
        """
        parts = _GAP.split(quotation)
        return self._has_in_order(parts) or self._has_in_order(
            [piece for part in parts for piece in _INSERT.split(part)]
        )

    def _has_in_order(self, parts: list[str]) -> bool:
        at = 0
        for part in parts:
            wanted = " ".join(keys(part))
            if not wanted:
                continue
            found = self._words.find(f" {wanted} ", at)
            if found < 0:
                return False
            at = found + len(wanted) + 1
        return True
