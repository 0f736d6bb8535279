"""How a claim differs, word by word, from the source sentence that it all but repeats.

Where nearly all words are the source's, in its order, a word that differs is a changed fact. In free paraphrase other
words are to be expected, so there the difference is no more than a feature for a learned verifier.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from difflib import SequenceMatcher

from rag.check.dates import find_dates
from rag.check.names import TITLES
from rag.check.negations import is_negation
from rag.check.quantities import find_quantities
from rag.check.words import STOPWORDS, Word, plain, stem_keys, vocabulary, words

NEAR = 0.75
"""Least aligned share of a near-copy; measured in the project's first experiments, not fitted here."""

# A full stop after a short form ("Mr.", "Sen.", "Adam B.") ends nothing.
WORD_FOR_WORD = 0.85
"""Aligned share from which an exchanged word counts as a changed fact.

A whole sentence with one word exchanged is still aligned to .9 and more. Below, on sentences of language models that
people judged, words are exchanged as often in right as in wrong ones (5.7% and 5.0% at ``NEAR``, n 700 and 40).
"""

_PIECE = re.compile(r"(?:(?<=[a-z\d%)\"'][a-z\d%)\"'][a-z\d%)\"'][.!?])(?<!Reps\.)(?<!Sens\.)|(?<=[.!?][\"')]))\s+|\n+")
_MOST_REPLACED = 3  # words at one place; more is another way to put it
_MEANING = frozenset(
    vocabulary("before after more less most least under over above below first last all no some few many up down")
)
_SAME_EITHER_WAY = frozenset(vocabulary("and or met meets meet with married marry between plus nor versus vs"))


@dataclass(frozen=True, slots=True)
class NearCopy:
    """The difference between a claim and the evidence sentence most like it.

    Attributes:
        aligned: Share of the claim's words that stand in that sentence in the same order, in [0, 1].
        replaced: Pairs of the source's words and the claim's words in their place, where a word that carries meaning
            changed; numbers, dates and inflections are left out, other checks compare them.
        negation_changed: The claim negates a stretch that the source does not, or the reverse.
        roles_swapped: Two words or names have changed places around words that stayed.
    """

    aligned: float
    replaced: tuple[tuple[str, str], ...] = ()
    negation_changed: bool = False
    roles_swapped: bool = False

    @property
    def is_near(self) -> bool:
        """Tells whether the claim is so close that each difference counts as a changed fact."""
        return self.aligned >= NEAR


def near_copy(claim: str, evidence: str) -> NearCopy:
    """Compares a claim with the sentence of any evidence that has most of its words in order; a millisecond or two."""
    said = _read(plain(claim))
    if not said:
        return NearCopy(0.0)
    stems = [stem for stem, _ in said]
    best: list[tuple[str, Word]] = []
    best_size = 0
    known = set(stems)
    given_text = plain(evidence)
    has_several = _PIECE.search(plain(claim).strip()) is not None
    for piece in [given_text] if has_several else _PIECE.split(given_text):
        given = _read(piece)
        if sum(stem in known for stem, _ in given) <= best_size:
            continue
        size = sum(b.size for b in _matcher([stem for stem, _ in given], stems).get_matching_blocks())
        if size > best_size:
            best, best_size = given, size
    return _difference(best, said, claim, evidence) if best else NearCopy(0.0)


def _matcher(given: list[str], stems: list[str]) -> SequenceMatcher[str]:
    return SequenceMatcher(None, given, stems, autojunk=False)


def _read(text: str) -> list[tuple[str, Word]]:
    """Returns stem and word in order; every number is ``#`` and every date ``@``, since other checks compare these."""
    spans = [(d.start, d.end, "@") for d in find_dates(text)]
    spans += [(q.start, q.end, "#") for q in find_quantities(text) if q.text.lower() not in ("one", "first")]
    found = words(text)
    read: list[tuple[str, Word]] = []
    for stem, word in zip(stem_keys([word.key for word in found]), found, strict=True):
        mark = next((mark for start, end, mark in spans if start <= word.start < end), "")
        if not mark and word.key in ("a", "an", "the", "that"):
            continue
        if not mark or not read or read[-1][0] != mark:
            read.append((mark or stem, word))
    return read


def _difference(given: list[tuple[str, Word]], said: list[tuple[str, Word]], claim: str, evidence: str) -> NearCopy:
    left, right = [stem for stem, _ in given], [stem for stem, _ in said]
    codes = _matcher(left, right).get_opcodes()
    replaced, negated = [], False
    gone: list[str] = []
    come: list[str] = []
    everything = set(stem_keys([word.key for word in words(plain(evidence))]))
    for tag, a, b, c, d in codes:
        if tag == "equal":
            continue
        out, new = given[a:b], said[c:d]
        at_edge = tag == "delete" and (c in (0, len(said)))  # the claim says less, from the start or at the end
        gone += [stem for stem, _ in out]
        come += [stem for stem, _ in new]
        if not at_edge and _negations(out) % 2 != _negations(new) % 2:
            negated = True
        if tag == "replace" and b - a <= _MOST_REPLACED and d - c <= _MOST_REPLACED:
            foreign = [stem for stem, word in new if _carries(stem, word)]
            if foreign and any(_carries(stem, word) for stem, word in out):
                replaced.append((_shown(out), _shown(new)))
    aligned = sum(b - a for tag, _, _, a, b in codes if tag == "equal") / len(right)
    moved = {stem for stem in set(gone) & set(come) if stem not in STOPWORDS and stem not in "#@"}
    changes = [
        code for code in codes if code[0] != "equal" and not (code[0] == "delete" and code[3] in (0, len(right)))
    ]
    swapped = bool(moved) and (
        _exchanged(left[changes[0][1] : changes[-1][2]], right[changes[0][3] : changes[-1][4]])
        or _is_exchange(left, right, moved, everything)
    )
    if swapped:
        aligned += len(moved & set(right)) / len(right)  # the two sides stand there as well
    if moved and not swapped:
        replaced = [pair for pair in replaced if not set(stem_keys(pair[1].lower().split())) <= moved]
    return NearCopy(min(1.0, aligned), tuple(replaced), negated, swapped)


def _negations(found: list[tuple[str, Word]]) -> int:
    return sum(is_negation(word.key) for _, word in found)


def _carries(stem: str, word: Word) -> bool:
    if stem in "#@" or is_negation(word.key) or word.key in TITLES:
        return False
    return word.key not in STOPWORDS or word.key in _MEANING


def _shown(found: list[tuple[str, Word]]) -> str:
    return " ".join(word.text for _, word in found)


def _is_exchange(left: list[str], right: list[str], moved: set[str], everything: set[str]) -> bool:
    """Tells whether ``right`` is ``left`` with the words at two places exchanged and the words between kept."""
    if not moved:
        return False
    order = [stem for stem in right if stem in everything and stem in set(left)]
    source = [stem for stem in left if stem in set(right)]
    if sorted(order) != sorted(source) or order == source:
        return False
    first = next(i for i, (x, y) in enumerate(zip(source, order, strict=True)) if x != y)
    last = len(source) - next(i for i, (x, y) in enumerate(zip(source[::-1], order[::-1], strict=True)) if x != y)
    was, now = source[first:last], order[first:last]
    return _exchanged(was, now)


def _exchanged(was: list[str], now: list[str]) -> bool:
    if len(was) != len(now) or len(was) < 3 or sorted(was) != sorted(now):
        return False
    for size in range(1, len(was)):
        for tail in range(1, len(was) - size):
            middle = was[size : len(was) - tail]
            if was[-tail:] + middle + was[:size] == now and not _SAME_EITHER_WAY & set(middle):
                return True
    return False
