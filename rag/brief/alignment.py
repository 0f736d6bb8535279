"""The part of a text that comes closest to some words, and where the two part.

Local alignment of word sequences (Smith and Waterman, "Identification of common molecular subsequences", 1981): it
finds altered, shortened and interrupted wordings alike, which a window of fixed length does not.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from difflib import SequenceMatcher
from typing import NamedTuple

from rag.check.words import plain

_TOKEN = re.compile(r"(?:[^\W\d_]\.){2,}|[^\W_]+(?:['’ʼ][^\W_]+)*|[^\w\s]")
_GROUPED = re.compile(r"(?<=\d),(?=\d{3}(?!\d))")
_QUOTES = frozenset("\"'")
_MARKS = frozenset(".,;:!?…-()[]")
_AROUND = 3
_GAP = 1
_MATCH = 2


class Token(NamedTuple):
    """A word or mark of a text: its comparable form, its place, and whether it is a word."""

    key: str
    start: int
    end: int
    is_word: bool


def tokens(text: str, start: int = 0, end: int | None = None) -> list[Token]:
    """Returns the words and marks of a stretch of any text, with their places in the whole; quotes are left out."""
    found = []
    for match in _TOKEN.finditer(text, start, len(text) if end is None else end):
        key = plain(match.group()).lower().strip("\u200b")
        is_word = any(map(str.isalnum, key))
        if key and (is_word or (key not in _QUOTES and key in _MARKS)):
            found.append(Token(key, match.start(), match.end(), is_word))
    return found


def closest(wanted: Sequence[str], given: Sequence[str]) -> tuple[int, int, int]:
    """Returns the stretch ``[start, end)`` of ``given`` that is most like ``wanted``, and how many words match.

    Args:
        wanted: Comparable words.
        given: Comparable words of a text.
    """
    scores = [0] * (len(given) + 1)
    starts = list(range(len(given) + 1))
    hits = [0] * (len(given) + 1)
    best = (0, 0, 0, 0)
    for word in wanted:
        above, above_start, above_hits = scores[0], starts[0], hits[0]
        for at, other in enumerate(given, 1):
            same = word == other
            score = above + (_MATCH if same else -_GAP)
            start, matched = above_start, above_hits + same
            above, above_start, above_hits = scores[at], starts[at], hits[at]
            if above - _GAP > score:
                score, start, matched = above - _GAP, above_start, above_hits
            if scores[at - 1] - _GAP > score:
                score, start, matched = scores[at - 1] - _GAP, starts[at - 1], hits[at - 1]
            if score <= 0:
                score, start, matched = 0, at, 0
            scores[at], starts[at], hits[at] = score, start, matched
            if score > best[0]:
                best = (score, start, at, matched)
    return best[1], best[2], best[3]


def longest_run(wanted: Sequence[str], given: Sequence[str]) -> int:
    """Returns the length of the longest run of words that both have."""
    return SequenceMatcher(None, wanted, given, autojunk=False).find_longest_match().size


def difference(wanted: Sequence[Token], wanted_text: str, given: Sequence[Token], given_text: str) -> str:
    """Returns where two wordings part, as ``[-wanted-]{+given+}`` with a few words around; empty where they do not."""
    parts: list[str] = []
    matcher = SequenceMatcher(None, [t.key for t in wanted], [t.key for t in given], autojunk=False)
    opcodes = matcher.get_opcodes()
    for number, (tag, i, j, k, m) in enumerate(opcodes):
        if tag == "equal":
            first, last = number == 0, number == len(opcodes) - 1
            if len(opcodes) > 1:
                parts.append(_shortened(given_text, given[k:m], first, last))
            continue
        removed = _words(wanted_text, wanted[i:j])
        added = _words(given_text, given[k:m])
        parts.append((f"[-{removed}-]" if removed else "") + (f"{{+{added}+}}" if added else ""))
    return " ".join(part for part in parts if part)


def only_marks_differ(wanted: Sequence[Token], given: Sequence[Token]) -> bool:
    """Tells whether two wordings have the same words in the same order."""
    return [t.key for t in wanted if t.is_word] == [t.key for t in given if t.is_word]


def _words(text: str, found: Sequence[Token]) -> str:
    return " ".join(text[found[0].start : found[-1].end].split()) if found else ""


def _shortened(text: str, found: Sequence[Token], is_first: bool, is_last: bool) -> str:
    if len(found) <= 2 * _AROUND + 1:
        return _words(text, found)
    if is_first:
        return f"… {_words(text, found[-_AROUND:])}"
    if is_last:
        return f"{_words(text, found[:_AROUND])} …"
    return f"{_words(text, found[:_AROUND])} … {_words(text, found[-_AROUND:])}"
