"""Quotations of one utterance that two papers print in different words, and utterances that they date differently."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher
from itertools import combinations

from rag.brief.details import Cosine, Placed
from rag.brief.facts import Telling
from rag.check.quotations import find_quotations
from rag.check.speakers import same_person
from rag.check.words import STOPWORDS, Word, plain, vocabulary, words

_LEAST_WORDS = 6
_SHARED = 0.7
_LATE = 1
"""How many words of a quotation may come before the first that another has, where that begins earlier."""
_AROUND = 6
_WEIGHTY = frozenset(
    vocabulary(
        """i we you he she it they him them us my our your his her its their not no never nor without will would must
        should may might can could shall all some any only more less before after"""
    )
)
"""Function words that change who did what, or how surely; "have" for "had" does not."""
_NEGATIONS = frozenset(("not", "no", "never", "nor", "without"))
_CONTRACTED = {"n't": " not", "'re": " are", "'ve": " have", "'ll": " will", "'m": " am"}
_SAME_STATEMENT = 0.6
_SHARED_STEMS = 5
_WEEKDAY = r"(?P<day>Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day"
_SAID_ON = re.compile(
    rf"\b(?:said|told [\w ]{{3,30}}|announced|wrote|tweeted|interview|speech|statement|briefing|news conference)"
    rf"(?: late| early)?(?: on)? {_WEEKDAY}\b"
)


def one_utterance(one: str, other: str) -> bool:
    """Tells whether two sentences quote one utterance: what they share begins where one of the quotations begins.

    "My view is that marriage is …" beside "I believe marriage is …" are two, however much they share from there on.
    """
    found = [pair for a in _quoted(one) for b in _quoted(other) if (pair := _shared(a, b))]
    best = max(found, key=lambda pair: pair[2], default=None)
    return best is not None and min(best[0], best[1]) <= _LATE


def quotations_apart(tellings: Sequence[Telling]) -> Iterator[Placed]:
    """Yields quotations of one utterance that part in a small word of weight: "it" for "they", "to" for "if not"."""
    quoted = [(t, each) for t in tellings if t.quotes for each in _quoted(t.text)]
    pairs: list[tuple[int, int, tuple[int, int, int]]] = []
    for i, j in combinations(range(len(quoted)), 2):
        if quoted[i][0].outlet != quoted[j][0].outlet and (pair := _shared(quoted[i][1], quoted[j][1])):
            pairs.append((i, j, pair))
    most: dict[tuple[int, str], int] = {}
    for i, j, (_, _, size) in pairs:
        for one, other in ((i, j), (j, i)):
            place = one, quoted[other][0].outlet
            most[place] = max(most.get(place, 0), size)
    for i, j, (begin, start, size) in pairs:
        (a, mine), (b, theirs) = quoted[i], quoted[j]
        # A paper that has the words nearer to the other's has them of another utterance here.
        if min(begin, start) > _LATE or size < max(most[i, b.outlet], most[j, a.outlet]):
            continue
        if a.speaker and b.speaker and not same_person(a.speaker, b.speaker):
            continue
        if (parted := _parted(mine, theirs)) is not None:
            yield "attribution", "wording of a quotation", [(parted[0], a), (parted[1], b)]


def days_apart(tellings: Sequence[Telling], close: Cosine) -> Iterator[Placed]:
    """Yields reports of one person's statement that say on which weekday it was made, and name different ones."""
    said = [(t, m) for t in tellings if t.speaks and t.speaker and (m := _SAID_ON.search(plain(t.text)))]
    for (a, mine), (b, theirs) in combinations(said, 2):
        if a.outlet == b.outlet or mine["day"] == theirs["day"] or not same_person(a.speaker, b.speaker):
            continue
        if theirs["day"] in plain(a.text) or mine["day"] in plain(b.text):
            continue
        shared = a.stems & b.stems
        if len(shared) >= _SHARED_STEMS and close(a.text, b.text) >= _SAME_STATEMENT:
            yield "date", f"day on which {a.speaker} said so", [(m.group(), t) for t, m in ((a, mine), (b, theirs))]


def _quoted(text: str) -> list[tuple[str, tuple[Word, ...]]]:
    """Returns the quotations of a sentence that are long enough to compare, with contractions written out."""
    found = []
    for quotation in find_quotations(text):
        spelled = plain(quotation.text).replace("can't", "can not").replace("won't", "will not")
        for short, long in _CONTRACTED.items():
            spelled = spelled.replace(short, long)
        if len(read := tuple(words(re.sub(r"\[[^\[\]]*\]", "", spelled)))) >= _LEAST_WORDS:
            found.append((re.sub(r"\[[^\[\]]*\]", "", spelled), read))
    return found


def _shared(a: tuple[str, tuple[Word, ...]], b: tuple[str, tuple[Word, ...]]) -> tuple[int, int, int] | None:
    """Returns where the common words of two quotations begin in each, and how many there are; ``None`` for too few."""
    blocks = _matcher(a, b).get_matching_blocks()
    size = sum(block.size for block in blocks)
    if size < _LEAST_WORDS or size < _SHARED * min(len(a[1]), len(b[1])):
        return None
    first = next(block for block in blocks if block.size)
    return first.a, first.b, size


def _matcher(a: tuple[str, tuple[Word, ...]], b: tuple[str, tuple[Word, ...]]) -> SequenceMatcher[str]:
    return SequenceMatcher(None, [w.key for w in a[1]], [w.key for w in b[1]], autojunk=False)


def _parted(a: tuple[str, tuple[Word, ...]], b: tuple[str, tuple[Word, ...]]) -> tuple[str, str] | None:
    """Returns both wordings around the first difference within what both quote, where only function words differ."""
    for tag, i, j, k, m in _matcher(a, b).get_opcodes():
        if tag == "equal" or max(j - i, m - k) > _AROUND or _weight(a[1][i:j]) == _weight(b[1][k:m]):
            continue
        changed = {w.key for w in (*a[1][i:j], *b[1][k:m])}
        inside = min(i, k) > 0 and j < len(a[1]) and m < len(b[1]) and not changed - STOPWORDS - _WEIGHTY
        # An extract may begin elsewhere, and in another person; but not without its "not".
        begins = tag == "replace" and i == k == 0 and bool(changed & _NEGATIONS)
        if inside or begins:
            return _around(a, i, j), _around(b, k, m)
    return None


def _weight(found: Sequence[Word]) -> set[str]:
    return {w.key for w in found} & _WEIGHTY


def _around(quoted: tuple[str, tuple[Word, ...]], start: int, end: int) -> str:
    text, read = quoted
    first, last = max(0, start - _AROUND), min(len(read), end + _AROUND)
    return f"{'… ' if first else ''}{text[read[first].start : read[last - 1].end]}{' …' if last < len(read) else ''}"
