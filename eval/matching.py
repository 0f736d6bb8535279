"""Whether a text holds an accepted answer: by words, by number and by pattern.

Words are compared without case, accents, punctuation and articles, as in the evaluation of SQuAD (Rajpurkar et al.,
"SQuAD: 100,000+ Questions for Machine Comprehension of Text", EMNLP 2016), but inside a longer text, in order and
together. Numbers are compared by value, in words or figures: "400,000" is "four hundred thousand".
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import ClassVar

import regex

from eval.validation import STRICT
from rag.check.quantities import find_quantities
from rag.check.words import plain, words

_PATIENCE = 2.0  # seconds for one pattern on one text
_UNSAID = frozenset(("a", "an", "the", "percent"))  # a percentage is marked by its number


@dataclass(frozen=True, slots=True)
class Regex:
    """An answer as a regular expression, searched for without regard to case.

    The library is ``regex``, which reads what Python's ``re`` reads and, unlike it, can be told when to give up.
    """

    regex: str

    __pydantic_config__: ClassVar = STRICT

    def problem(self) -> str:
        """Returns what is wrong with the pattern; empty when nothing is."""
        try:
            found = regex.compile(self.regex, regex.IGNORECASE)
            anything = found.search("", timeout=_PATIENCE)
        except (regex.error, OverflowError, RecursionError, TimeoutError) as error:
            return f"regular expression {self.regex[:80]!r}: {error}"
        return f"regular expression {self.regex!r} matches anything" if anything else ""


Answer = str | Regex | tuple[str | Regex, ...]
"""A text, a pattern, or several of which all must be there."""

Token = str | frozenset[Decimal]


def parts_of(answer: Answer) -> tuple[str | Regex, ...]:
    """Returns what must be there, all of it, for an answer to be there."""
    return answer if isinstance(answer, tuple) else (answer,)


def holds(text: str, answer: Answer) -> bool:
    """Tells whether a text holds an answer."""
    return all(_holds_part(text, part) for part in parts_of(answer))


def holds_any(text: str, answers: Sequence[Answer]) -> bool:
    """Tells whether a text holds one of several answers."""
    return any(holds(text, answer) for answer in answers)


def token_f1(text: str, answer: str) -> float:
    """Returns the harmonic mean of precision and recall over the words of a text and an answer (SQuAD's F1)."""
    given, wanted = Counter(map(_bare, tokens(text))), Counter(map(_bare, tokens(answer)))
    shared = (given & wanted).total()
    return 2 * shared / (given.total() + wanted.total()) if shared else 0.0


def tokens(text: str) -> list[Token]:
    """Returns the words of a text without articles; a number is the set of values it can mean."""
    text = plain(text)
    numbers = [quantity for quantity in find_quantities(text) if quantity.values]
    found: list[Token] = []
    taken: set[int] = set()
    at = 0
    for word in words(text):
        while at < len(numbers) and numbers[at].end <= word.start:
            at += 1
        if at < len(numbers) and numbers[at].start < word.end:
            if word.start <= numbers[at].start or at not in taken:
                taken.add(at)
                found += [numbers[at].values, *(["%"] if "%" in numbers[at].units else [])]
        elif word.key not in _UNSAID:
            found.append(word.key)
    return found


def _holds_part(text: str, part: str | Regex) -> bool:
    if isinstance(part, Regex):
        # A pattern may take time that doubles with each word: TimeoutError then, and an error of that item.
        return regex.search(part.regex, text, regex.IGNORECASE, timeout=_PATIENCE) is not None
    wanted, given = tokens(part), tokens(text)
    if not wanted:
        return " ".join(part.split()).casefold() in " ".join(text.split()).casefold()
    return any(
        all(map(_same, wanted, given[start : start + len(wanted)])) for start in range(len(given) - len(wanted) + 1)
    )


def _same(left: Token, right: Token) -> bool:
    if isinstance(left, frozenset) and isinstance(right, frozenset):
        return not left.isdisjoint(right)
    return left == right


def _bare(token: Token) -> Token | Decimal:
    """Returns a token that can be counted: of a number's readings, the smallest."""
    return min(token) if isinstance(token, frozenset) else token
