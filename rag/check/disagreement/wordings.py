"""Quotations that one paper prints with other words, or in another mouth, than the rest."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import combinations

from rag.check.disagreement.statements import Label, SourceSentence, Statement
from rag.check.quotations import find_quotations
from rag.check.speakers import same_person, speaker_of
from rag.check.words import STOPWORDS, Word, plain, words

_LEAST_WORDS = 6
_SHARED = 0.7
_AROUND = 5


@dataclass(frozen=True, slots=True)
class _Quoted:
    sentence: SourceSentence
    text: str
    words: tuple[Word, ...]
    speaker: str

    @property
    def keys(self) -> list[str]:
        return [word.key for word in self.words]


def quotation_statements(sentences: Sequence[SourceSentence]) -> Iterator[list[Statement]]:
    """Yields groups of statements: the wordings of one quotation that do not agree, or its speakers.

    Two quotations are taken for one when the shorter shares seven of ten words with the longer, in order, and six at
    least. A shorter extract of the same words is no other wording.
    """
    quoted = [q for sentence in sentences for q in _quotations(sentence)]
    altered: dict[tuple[str, ...], Statement] = {}
    for a, b in combinations(quoted, 2):
        if a.sentence.source == b.sentence.source or (pair := _altered(a, b)) is None:
            continue
        for one, value in zip((a, b), pair, strict=True):
            altered.setdefault((one.sentence.source, value), Statement(_label(value), value, one.sentence))
    if altered:
        # Those that carry either wording and were compared with none.
        yield list(altered.values())
    for a, b in combinations(quoted, 2):
        if a.keys != b.keys or not a.speaker or not b.speaker or a.sentence.source == b.sentence.source:
            continue
        if not same_person(a.speaker, b.speaker):
            yield [Statement(_label(q.speaker), q.speaker, q.sentence) for q in (a, b)]
            return


def is_quotation(sentence: SourceSentence) -> bool:
    """Tells whether a sentence has a quotation long enough to be compared."""
    return any(True for _ in _quotations(sentence))


def _quotations(sentence: SourceSentence) -> Iterator[_Quoted]:
    for quotation in find_quotations(sentence.text):
        text = plain(quotation.text)
        found = tuple(words(text))
        if len(found) >= _LEAST_WORDS:
            speaker = speaker_of(sentence.text, sentence.before, sentence.passage.title)
            yield _Quoted(sentence, text, found, speaker)


def _altered(a: _Quoted, b: _Quoted) -> tuple[str, str] | None:
    """Returns both wordings where they part; ``None`` when they are not one quotation or do not part."""
    matcher = SequenceMatcher(None, a.keys, b.keys, autojunk=False)
    shared = sum(block.size for block in matcher.get_matching_blocks())
    if shared < _LEAST_WORDS or shared < _SHARED * min(len(a.words), len(b.words)):
        return None
    if a.speaker and b.speaker and not same_person(a.speaker, b.speaker):
        return None
    for tag, i, j, k, m in matcher.get_opcodes():
        inside = i > 0 and j < len(a.words) and k > 0 and m < len(b.words)
        at_edge = tag == "replace" and (i > 0 or j < len(a.words))
        if tag == "equal" or not (inside or at_edge):
            continue
        # At the beginning, an extract that starts elsewhere is no other wording.
        if i == 0 or k == 0:
            continue
        changed = {word.key for word in (*a.words[i:j], *b.words[k:m])} - STOPWORDS
        if changed:
            return _around(a, i, j), _around(b, k, m)
    return None


def _around(quoted: _Quoted, start: int, end: int) -> str:
    first, last = max(0, start - _AROUND), min(len(quoted.words), end + _AROUND)
    cut = quoted.text[quoted.words[first].start : quoted.words[last - 1].end]
    return f"“{'… ' if first else ''}{cut}{' …' if last < len(quoted.words) else ''}”"


def _label(text: str) -> Label:
    return Label(tuple(word.key for word in words(plain(text))))
