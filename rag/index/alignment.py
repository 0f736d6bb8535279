"""How much of one report stands in another, sentence by sentence, whatever the order and however lightly reworded.

Containment after Broder, "On the resemblance and containment of documents" (1997), over sentences instead of shingles:
an exchanged word then costs a little of one sentence, not three shingles. Quoted words do not count, because two
outlets that report one speech on their own share exactly these. On 150 pairs of different outlets' reports of one event
the share of the shorter one that stands in the other is at most .12, on lightly reworded copies without 40% of the
sentences at least .83 (``python -m eval.bench.copies``).
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from rag.vocabulary import vocabulary

# Of the text that has more of it in the other, and of the other: a brief inside a long report is not its copy.
_CONTAINED, _COVERED = 0.35, 0.25
# Or that much of both together by shingles; two outlets' own reports of one event come to .25 with shared quotations.
_RESEMBLING = 0.33
# Without a publisher on either side it may be one outlet's next report, which repeats the background of its last one.
_CONTAINED_UNKNOWN = 0.7
# For texts that are nearly all quotation, which different outlets may share.
_CONTAINED_QUOTED = 0.75
_MOSTLY_QUOTED = 0.3
_FEW_WORDS = 40
_SAME_SENTENCE = 0.6  # Dice coefficient of the content words
_SHORTEST = 4
# A sentence with a Dice coefficient of .6 shares at least 3/7 of the words of either, so it has one of any 4/7 and one.
_ENOUGH = 4 / 7

_WORD = re.compile(r"\w+")
_END = re.compile(r"(?<=[.!?])[\"'”’)]*\s+|\n+")
_QUOTATION = re.compile(r'“[^“”\n]{0,2000}”|(?<!\w)"[^"\n]{0,600}"(?!\w)')
# What is left of a quotation when the sentence with its other mark has been cut.
_HALF_QUOTATION = re.compile(r'“[^“”\n]*$|(?<!\w)"[^"\n]*$|^[^“"\n]*[.,!?]["”](?=\s|$)')
_FUNCTION_WORDS = frozenset(
    vocabulary(
        """a an the of to in on for and or but with at by from as is was are were be been that this it he she they his
        her their its has have had not who which said says will would"""
    )
)


@dataclass(frozen=True, slots=True)
class Sentences:
    """The content words of each sentence of a text: all of them, and those outside quotation marks."""

    everything: tuple[frozenset[str], ...]
    unquoted: tuple[frozenset[str], ...]

    @property
    def is_mostly_quoted(self) -> bool:
        """Whether too little stands outside quotation marks to judge by it."""
        outside = _size(self.unquoted)
        return outside < _FEW_WORDS or outside < _MOSTLY_QUOTED * _size(self.everything)


def read_sentences(text: str) -> Sentences:
    """Splits a text, roughly: the same words always give the same sentences, which is what comparing needs."""
    outside = [_HALF_QUOTATION.sub(" ", piece) for piece in _END.split(_QUOTATION.sub(" ", text))]
    return Sentences(_content(_END.split(text)), _content(outside))


def is_copy(one: Sentences, other: Sentences, resemblance: float, *, publishers_known: bool) -> bool:
    """Tells whether two texts are copies of one report; the order of the two does not matter.

    Args:
        one: A text.
        other: Another.
        resemblance: The Jaccard similarity of their shingles, or an estimate of it.
        publishers_known: Whether it is known who published each.
    """
    if one.is_mostly_quoted or other.is_mostly_quoted:
        pair, needed = (one.everything, other.everything), _CONTAINED_QUOTED
    else:
        pair, needed = (one.unquoted, other.unquoted), _CONTAINED if publishers_known else _CONTAINED_UNKNOWN
    shares = share_in(*pair), share_in(*pair[::-1])
    return max(shares) >= needed and (min(shares) >= _COVERED or resemblance >= _RESEMBLING)


def _content(pieces: Sequence[str]) -> tuple[frozenset[str], ...]:
    found = (frozenset(_WORD.findall(piece.casefold())) - _FUNCTION_WORDS for piece in pieces)
    return tuple(words for words in found if words)


def _size(sentences: Sequence[frozenset[str]]) -> int:
    return sum(map(len, sentences))


def share_in(mine: Sequence[frozenset[str]], theirs: Sequence[frozenset[str]]) -> float:
    """Returns the share of the words of ``mine``, from 0 to 1, in sentences that all but stand in ``theirs``."""
    known = list(dict.fromkeys(theirs))
    where: defaultdict[str, list[int]] = defaultdict(list)
    for number, sentence in enumerate(known):
        for word in sentence:
            where[word].append(number)
    found = 0
    for sentence, times in Counter(mine).items():
        if len(sentence) >= _SHORTEST and _stands_in(sentence, known, where):
            found += times * len(sentence)
    total = _size(mine)
    return found / total if total else 0.0


def _stands_in(sentence: frozenset[str], known: Sequence[frozenset[str]], where: Mapping[str, list[int]]) -> bool:
    rare = sorted(sentence, key=lambda word: len(where.get(word, ())))[: int(_ENOUGH * len(sentence)) + 1]
    seen: set[int] = set()
    for number in (number for word in rare for number in where.get(word, ())):
        if number not in seen:
            seen.add(number)
            other = known[number]
            if 2 * len(sentence & other) >= _SAME_SENTENCE * (len(sentence) + len(other)):
                return True
    return False
