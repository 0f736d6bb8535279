"""Passages: whole consecutive sentences, short enough to be one thing to retrieve."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from rag.ingest.sentences import sentences
from rag.types import Article, Passage, Span

__all__ = ["sentences", "split"]

MAX_WORDS = 120
MAX_QUOTED_WORDS = MAX_WORDS * 3 // 2

_LONGEST_WORD = 12
_HEADING_CHARS = 100
_HEADING_WORDS = 14
_HEADING_RUN = 2
_UNSPACED = re.compile(r"[\u2e80-\ud7ff\uf900-\uffdc]")
_NO_HEADING = re.compile(r"[-*•▪–—►·\"“]")
_CLOSERS = "\"'”’)]»」』）》"
_STOPS = ".!?…,;:。！？؟۔।،"
_BLOCK = re.compile(r"\n[ \t]*\n\s*")
# Double marks in any place, single ones where they cannot be an apostrophe inside a word.
_MARK = re.compile(r"[\"“”„«»]|(?<!\w)['‘](?=\w)|(?<=\S)['’](?!\w)")
_OPENING = ('"', "“", "„", "«", "'", "‘")
_CLOSING = ('"', "”", "“", "»", "'", "’")
_ATTRIBUTION_CHARS = 160
_SAYS = (
    r"(?:sa(?:id|ys?)|told|tells?|add(?:ed|s)|ask(?:ed|s)|repl(?:ied|ies)|wr(?:ote|ites)|explain(?:ed|s)|"
    r"insist(?:ed|s)|warn(?:ed|s)|argu(?:ed|es)|continu(?:ed|es)|conclud(?:ed|es)|tweet(?:ed|s)|not(?:ed|es)|"
    r"stress(?:ed|es)|announc(?:ed|es)|recall(?:ed|s)|jok(?:ed|es)|declar(?:ed|es)|stat(?:ed|es)|claim(?:ed|s))"
)
_ATTRIBUTION = re.compile(
    rf"(?:(?:[Hh]e|[Ss]he|[Tt]hey|I|[Tt]he|[A-Z][^\s,]*)(?: [^\s\"“”]+){{0,9}} )?(?:(?i:{_SAYS}))\b"
    r"(?!.*\bthat\b)(?:(?:,| (?:on|in|at|to|during|after|by|of|from|late|early|yesterday|today|last|this|"
    r"[A-Z][a-z]+|him|her|them|me|us|reporters|the))\b[^\"“”]*)?[.!,]?"
)


def split(article: Article) -> list[Passage]:
    """Cuts an article into passages of about 60 to 120 words.

    A heading begins a passage and stays with what follows it. Passages of one section have about the same length; a
    section shorter than 60 words is a passage of its own, and a longer sentence than 120 words too. A quotation stays
    whole and with the words that say whose it is, in a passage of up to 180 words. Every sentence is in one passage.
    An article that is only a headline is one passage without sentences: an answer has nothing to cite there.
    """
    text = article.text
    if article.is_headline_only:
        return [_passage(article, Span(0, len(text)), ())]
    found = sentences(text)
    starts = _section_starts(text)
    passages: list[Passage] = []
    for section in _sections(found, starts):
        words = [count_words(span.of(text)) for span in section]
        units = list(_units(text, section, words))
        for first_unit, last_unit in _even_runs([sum(words[first:last]) for first, last in units]):
            inside = tuple(section[units[first_unit][0] : units[last_unit - 1][1]])
            passages.append(_passage(article, Span(inside[0].start, inside[-1].end), inside))
    return passages


def _passage(article: Article, span: Span, inside: tuple[Span, ...]) -> Passage:
    key = f"{article.id}:{article.version[:16]}:{span.start}-{span.end}"
    return Passage(key, article.id, article.version, span, inside, span.of(article.text))


def count_words(text: str) -> int:
    """Counts words; in scripts that do not part them two characters count as one, and no word is over 12 long."""
    words = max(len(text.split()), len(text) // _LONGEST_WORD)
    return words if text.isascii() else words + len(_UNSPACED.findall(text)) // 2


@dataclass(frozen=True, slots=True)
class _Block:
    start: int
    is_heading: bool


def _section_starts(text: str) -> list[int]:
    """Returns where headings begin; a long run of short lines is a list, and the last block heads nothing."""
    blocks = list(_blocks(text))
    starts: list[int] = []
    at = 0
    while at < len(blocks):
        run = at
        while run < len(blocks) and blocks[run].is_heading:
            run += 1
        if at < run < len(blocks) and run - at <= _HEADING_RUN:
            starts.append(blocks[at].start)
        at = max(run, at + 1)
    return starts


def _blocks(text: str) -> Iterator[_Block]:
    start = 0
    for gap in _BLOCK.finditer(text):
        yield _Block(start, _is_heading(text, start, gap.start()))
        start = gap.end()
    if start < len(text):
        yield _Block(start, _is_heading(text, start, len(text)))


def _is_heading(text: str, start: int, end: int) -> bool:
    if end - start > _HEADING_CHARS:
        return False
    line = text[start:end].strip()
    return (
        bool(line)
        and "\n" not in line
        and len(line.split()) <= _HEADING_WORDS
        and not _NO_HEADING.match(line)
        and not line.rstrip(_CLOSERS).endswith(tuple(_STOPS))
    )


def _sections(found: Sequence[Span], starts: Sequence[int]) -> Iterator[Sequence[Span]]:
    """Parts the sentences at the section starts."""
    begin = 0
    pending = iter([*starts, math.inf])
    border = next(pending)
    for number, span in enumerate(found):
        if span.start >= border:
            if number > begin:
                yield found[begin:number]
            begin = number
            while span.start >= border:
                border = next(pending)
    if begin < len(found):
        yield found[begin:]


def _units(text: str, section: Sequence[Span], words: Sequence[int]) -> Iterator[tuple[int, int]]:
    """Yields runs of sentences that stay together; one that is too long falls apart where a quotation goes on."""
    attributed = _attributed(text, section)
    for first, last in _runs(0, len(section), attributed | _continued(text, section)):
        if sum(words[first:last]) <= MAX_QUOTED_WORDS:
            yield first, last
            continue
        for start, stop in _runs(first, last, attributed):
            if sum(words[start:stop]) <= MAX_QUOTED_WORDS:
                yield start, stop
            else:
                yield from ((number, number + 1) for number in range(start, stop))


def _runs(first: int, last: int, joined: set[int]) -> Iterator[tuple[int, int]]:
    start = first
    for number in range(first + 1, last + 1):
        if number == last or number not in joined:
            yield start, number
            start = number


def _attributed(text: str, section: Sequence[Span]) -> set[int]:
    """Returns the sentences not to be parted from the one before, which announces them or which they attribute."""
    found: set[int] = set()
    for number in range(1, len(section)):
        before, span = section[number - 1], section[number]
        if text.startswith(_OPENING, span.start):
            is_same_paragraph = "\n" not in text[before.end : span.start]
            is_joined = text[before.end - 1] == ":" or (is_same_paragraph and _ends_in_attribution(before.of(text)))
        else:
            is_short = span.end - span.start <= _ATTRIBUTION_CHARS
            is_joined = is_short and text[before.end - 1] in _CLOSING and bool(_ATTRIBUTION.fullmatch(span.of(text)))
        if is_joined:
            found.add(number)
    return found


def _ends_in_attribution(sentence: str) -> bool:
    """Tells whether words follow a quotation that only say whose it is: the next quotation goes on from there."""
    closed = max(sentence.rfind(mark) for mark in "\"”»’'")
    rest = sentence[closed + 1 :].strip()
    return closed > 0 and len(rest) <= _ATTRIBUTION_CHARS and bool(_ATTRIBUTION.fullmatch(rest))


def _continued(text: str, section: Sequence[Span]) -> set[int]:
    """Returns the sentences that go on with a quotation begun before them and closed at some place.

    A quotation may run over several paragraphs if each opens with a mark again; one that is never closed, or opened
    again inside a paragraph, counts for nothing.
    """
    found: set[int] = set()
    inside: list[int] = []
    opener = ""
    for number, span in enumerate(section):
        at = span.start
        if opener:
            gap = text[section[number - 1].end : at]
            is_reopened = "\n" in gap and _kind(text[at]) == _kind(opener) and text.startswith(_OPENING, at)
            if is_reopened or not _BLOCK.search(gap):
                inside.append(number)
                at += is_reopened
            else:
                opener = ""
        for mark in _MARK.finditer(text, at, span.end):
            if opener and _kind(mark.group()) != _kind(opener):
                continue
            if opener and _closes(text, mark.start(), opener):
                found.update(inside)
                opener = ""
            elif _opens(text, mark.start(), span.start):
                inside, opener = [], mark.group()
    return found


def _kind(mark: str) -> str:
    return "'" if mark in "'‘’" else "«" if mark in "«»" else '"'


def _closes(text: str, at: int, opener: str) -> bool:
    mark = text[at]
    if mark in "\"'":
        return not text[at - 1].isspace() or text[at + 1 : at + 2].isspace()
    return mark in "”»’" or (mark == "“" and opener == "„")


def _opens(text: str, at: int, sentence_start: int) -> bool:
    mark, after = text[at], text[at + 1 : at + 2]
    if mark in "“„«":
        return True
    if mark == '"':
        return bool(after.strip()) and (at == sentence_start or not text[at - 1].isalnum())
    # A single mark may also be a misplaced apostrophe ('90s), or praise one 'word'.
    return mark in "'‘" and after.isupper() and (at == sentence_start or text[at - 2 : at] in (", ", ": "))


def _even_runs(words: Sequence[int]) -> Iterator[tuple[int, int]]:
    """Yields runs of units, as ``[first, last)``, of about equal word counts that stay within ``MAX_WORDS``."""
    left = sum(words)
    first = 0
    while first < len(words):
        target = left / math.ceil(left / MAX_WORDS) if left else 1
        last, size = first, 0
        while last < len(words) and (
            last == first or (size + words[last] <= MAX_WORDS and size + words[last] / 2 <= target)
        ):
            size += words[last]
            last += 1
        yield first, last
        left -= size
        first = last
