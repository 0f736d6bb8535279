"""Sentences as exact spans. The boundaries are nupunkt's, corrected where news text defeats it."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from functools import lru_cache
from itertools import pairwise
from typing import TYPE_CHECKING

from rag.types import Span

if TYPE_CHECKING:
    from nupunkt import PunktSentenceTokenizer

MAX_SENTENCE_CHARS = 1500
_WRAPPED_SHARE = 0.25
_FEWEST_LINES = 4

_NEWLINE = re.compile(r"\n\s*")
_LIST_ITEM = re.compile(r"[-*•▪–—►·]\s|\(?\d{1,3}[.)]\s")
# Full stops of other scripts need no space after them; nupunkt does not know them.
_OTHER_STOP = re.compile(r"[。！？｡؟۔।॥።]+[”’」』）》\")]*")
# "…the two countries.Russian President…": a stop after a word or number, and a capitalised word without a space.
_RUN_ON = re.compile(r"[.!?](?:(?<=[a-z]{3}.)|(?<=[0-9]{2}.)|(?<=[)%].))(?:[”’]?(?=[“‘]?[A-Z][a-z])|[”’](?=[“‘A-Z]))")
_TITLE = "mr|mrs|ms|mx|messrs|dr|prof|gen|maj|col|lt|sgt|capt|cmdr|adm|sen|sens|rep|reps|gov|govs|pres|rev|hon|fr|st"
_MONTH = "jan|feb|mar|apr|jun|jul|aug|sept?|oct|nov|dec"
# An abbreviation after an opening quote, with a space before its stop, or of ranks that nupunkt does not know.
_ABBREVIATION = re.compile(
    rf"(?:[“‘\"'(\[](?:{_TITLE})\.|(?:^|\W)(?:{_TITLE}|{_MONTH}|no|vs)\s\.|(?:^|[\s.])[A-Z]\s\.|"
    r"(?:^|\s)(?:lt|sens|reps|govs|cmdr|messrs)\.)$",
    re.IGNORECASE,
)
_CLOSERS = re.compile(r"(?:[”)\]»」』）》]|’(?!\w))+")
_LOOKBEHIND = 14
_LONGEST_ADDRESS = 80


def sentences(text: str) -> list[Span]:
    """Returns the sentences of a text: ordered, disjoint, without outer white space, covering all the rest.

    A line end also ends a sentence, unless the text is wrapped in the middle of its sentences; then only a blank line
    or the start of a list item does. A closing quote belongs to the sentence it closes. What is longer than
    ``MAX_SENTENCE_CHARS`` is cut between words. Runs in linear time.
    """
    found: list[Span] = []
    for start, end in _units(text):
        bounds = [start, *_cuts(text, start, end), end]
        for left, right in pairwise(bounds):
            found.extend(_pieces(text, left, right))
    return found


def _units(text: str) -> Iterator[tuple[int, int]]:
    """Yields the stretches that no sentence crosses."""
    is_wrapped = _is_wrapped(text)
    start = 0
    for newline in _NEWLINE.finditer(text):
        is_soft = newline.group().count("\n") == 1 and is_wrapped and not _LIST_ITEM.match(text, newline.end())
        if not is_soft:
            yield start, newline.start()
            start = newline.end()
    yield start, len(text)


def _is_wrapped(text: str) -> bool:
    """Tells text broken into lines of one width from text of one paragraph a line, by how lines go on."""
    lines = goes_on = 0
    for newline in _NEWLINE.finditer(text):
        if newline.group().count("\n") == 1 and newline.end() < len(text):
            lines += 1
            goes_on += text[newline.end()].islower()
    return lines >= _FEWEST_LINES and goes_on >= _WRAPPED_SHARE * lines


def _cuts(text: str, start: int, end: int) -> list[int]:
    """Returns where sentences end inside a stretch, ascending."""
    unit = text[start:end]
    proposed = {right for _, right in _segmenter().span_tokenize(unit)}
    proposed.update(found.end() for found in _OTHER_STOP.finditer(unit))
    proposed.update(found.end() for found in _RUN_ON.finditer(unit) if not _in_address(unit, found.end()))
    cuts: list[int] = []
    counted = quotes = 0
    for cut in sorted(proposed):
        quotes += unit.count('"', counted, cut)
        counted = max(counted, cut)
        cut = _after_closers(unit, cut, bool(quotes % 2))
        if 0 < cut < len(unit) and not _goes_on(unit, cut) and (not cuts or start + cut > cuts[-1]):
            cuts.append(start + cut)
    return cuts


def _after_closers(unit: str, cut: int, is_quote_open: bool) -> int:
    """Moves a cut behind the quotes and brackets that close what stands before it."""
    at = cut
    while at < len(unit) and unit[at].isspace():
        at += 1
    if closers := _CLOSERS.match(unit, at):
        return closers.end()
    if is_quote_open and unit.startswith('"', at) and (at + 1 == len(unit) or unit[at + 1].isspace()):
        return at + 1
    return cut


def _goes_on(unit: str, cut: int) -> bool:
    """Returns whether the sentence goes on after a proposed end."""
    if _ABBREVIATION.search(unit[max(0, cut - _LOOKBEHIND) : cut]):
        return True
    rest = unit[cut : cut + 40].lstrip()
    if rest.startswith((",", ";", ":")):
        return True
    asks = unit[max(0, cut - 4) : cut].rstrip("\"'”’)").endswith(("!", "?"))
    return asks and rest[:1].islower() and not rest[1:2].isupper()


def _in_address(unit: str, at: int) -> bool:
    """Returns whether the word that runs on at a place is an address, or an abbreviation before its name."""
    before = unit[max(0, at - _LONGEST_ADDRESS) : at].split()[-1]
    word = before + unit[at : at + _LONGEST_ADDRESS].split()[0]
    is_address = "@" in word or "/" in word or word.startswith("www.")
    return is_address or before.rstrip(".!?”’").lower() in _abbreviations()


def _pieces(text: str, start: int, end: int) -> Iterator[Span]:
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    while end - start > MAX_SENTENCE_CHARS:
        cut = _last_gap(text, start, start + MAX_SENTENCE_CHARS)
        yield Span(start, cut)
        start = cut
        while text[start].isspace():
            start += 1
    if start < end:
        yield Span(start, end)


def _last_gap(text: str, start: int, limit: int) -> int:
    """Returns the end of the last whole word before the limit, or a place between characters when there is none."""
    for at in range(limit, start + MAX_SENTENCE_CHARS // 2, -1):
        if text[at].isspace() and not text[at - 1].isspace():
            return at
    for at in range(limit, limit - 32, -1):
        if not unicodedata.combining(text[at]) and "\u200d" not in text[at - 1 : at + 1]:
            return at
    return limit


@lru_cache(maxsize=1)
def _segmenter() -> PunktSentenceTokenizer:
    import nupunkt

    return nupunkt.load("default")


@lru_cache(maxsize=1)
def _abbreviations() -> frozenset[str]:
    return frozenset(_segmenter().abbreviations)
