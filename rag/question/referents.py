"""Who and what a conversation has spoken of, for the words of a follow-up that point back to them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from rag.check.nations import GOVERNMENTS, NATIONS
from rag.check.words import content_stems, keys
from rag.vocabulary import vocabulary

_CAPITAL = r"[A-ZÀ-ÖØ-ÞĀĂĄĆĈĊČĎĐĒĔĖĘĚĜĞĠĢĤĦĨĪĬĮİĶĹĻĽĿŁŃŅŇŌŎŐŒŔŖŘŚŜŞŠŢŤŦŨŪŬŮŰŲŴŶŸŹŻŽ]"
_NAME = re.compile(rf"\b{_CAPITAL}[\w’'-]+(?:\s+(?:[a-z]{{2}}-|de |van |von |bin )?{_CAPITAL}[\w’'-]+)*")
_LIST = re.compile(r",? and |, ")
_OPENING = " \t\"'“‘("
_PLACED = re.compile(r"\b(?:in|from|at|near|outside|around|across)\s+(?:the\s+)?$")
_GOING = re.compile(r"\b(?:visit|visits|visited|leave|left|reach|reached|enter|entered)\s+(?:the\s+)?$", re.IGNORECASE)
# Words that begin a sentence with a capital and are no names.
_STARTERS = frozenset(
    vocabulary(
        """a about according after all also although an and any are as at because before both but by can could describe
        did do does during each even every explain find first for from give had has have he her here his how i if in is
        it its last let list many may me more most much name no none not now of on once one only or other our please
        say several she should show since so some still summarise summarize tell that the their then there these they
        this those though three through to today two under until was we were what when where whether which while who
        whom whose why will with would yes yesterday you your"""
    )
)
_CALENDAR = frozenset(
    vocabulary(
        """january february april june july august september october november december monday tuesday
        wednesday thursday friday saturday sunday"""
    )
)
_CALENDAR_NAMES = frozenset(vocabulary("april may june august"))
_ACTS = re.compile(r"\b(?:did|does|has|had|will|would|can|could|should)\s+$", re.IGNORECASE)
_INSTITUTIONS = frozenset(
    vocabulary(
        """congress senate house parliament court party council committee commission ministry government university
        bank company police army kremlin pentagon state states union times post gazette herald news republicans
        democrats constitution conference association agency office department school hospital airport war summit"""
    )
)


@dataclass(frozen=True, slots=True)
class Spoken:
    """A turn of a conversation.

    Attributes:
        question: The question made to stand alone.
        asked: As it was asked.
        answer: What it got; empty when that is not known.
        topic: The question that began the topic, as it was asked.
    """

    question: str
    asked: str
    answer: str = ""
    topic: str = ""


def names_in(text: str) -> list[str]:
    """Returns the names of a text in order, without possessive endings; a sentence's first word is seldom one."""
    return [name for name, _ in _found(text)]


def people_in(text: str) -> list[str]:
    """Returns those names that may be a person's, in order and each once."""
    found = [name for name, before in _found(text) if _may_be_a_person(name, before)]
    return list(dict.fromkeys(found))


def places_in(text: str) -> list[str]:
    """Returns the names that a text says something is in, goes to or comes from."""
    return [name for name, before in _found(text) if _PLACED.search(before) or _GOING.search(before)]


def group_in(text: str) -> str:
    """Returns the first names that a text puts side by side, as "Russia, Turkey and Iran"; empty when it has none."""
    spans = [(match.start(), match.end()) for match in _matches(text)]
    for first in range(len(spans)):
        last = first
        joined_by_and = False
        while last + 1 < len(spans) and _LIST.fullmatch(gap := text[spans[last][1] : spans[last + 1][0]]):
            last, joined_by_and = last + 1, joined_by_and or "and" in gap
            if "and" in gap:
                break
        if joined_by_and:
            return re.sub(r"[’']s$", "", text[_start(text, spans[first]) : spans[last][1]])
    return ""


def is_nation(name: str) -> bool:
    """Tells whether a name is a country, its people, or what stands for its government."""
    key = tuple(keys(name))
    singular = (*key[:-1], key[-1].removesuffix("s")) if key else key
    return any(form in NATIONS or form in GOVERNMENTS for form in (key, singular))


def stems_of(spoken: Iterable[Spoken]) -> frozenset[str]:
    """Returns the content word stems of turns."""
    return frozenset(stem for turn in spoken for stem in content_stems(f"{turn.question} {turn.answer}"))


def person_for(spoken: Sequence[Spoken], taken: Sequence[str]) -> str:
    """Returns who "he" or "she" is: the person last spoken of who is not among those taken; empty when unknown.

    Of a question the first person counts, as its subject (Hobbs, "Resolving pronoun references", Lingua 1978, takes
    subjects first); of an answer too, but only after all of the question.
    """
    for turn in reversed(spoken):
        for person in (*people_in(turn.question), *people_in(turn.answer)):
            if not any(_same(person, other) for other in taken):
                return person
    return ""


def _same(one: str, other: str) -> bool:
    first, second = keys(one), keys(other)
    return bool(first and second) and (first[-1] == second[-1] or one in other or other in one)


def _may_be_a_person(name: str, before: str) -> bool:
    parts = keys(name)
    if not parts or is_nation(name) or _PLACED.search(before) or name.isupper():
        return False
    if len(parts) == 1 and parts[0] in _CALENDAR_NAMES and _ACTS.search(before):
        return True  # "What did May say?"
    return not any(part in _CALENDAR or part in _INSTITUTIONS for part in parts)


def _found(text: str) -> list[tuple[str, str]]:
    found = []
    for match in _matches(text):
        name = re.sub(r"[’']s$", "", text[_start(text, match.span()) : match.end()])
        found.append((name, text[: match.start()]))
    return found


def _matches(text: str) -> list[re.Match[str]]:
    return [match for match in _NAME.finditer(text) if _start(text, match.span()) < match.end()]


def _start(text: str, span: tuple[int, int]) -> int:
    """Returns where a name begins: after its first word, when that only opens a sentence."""
    before = text[: span[0]].rstrip(_OPENING)
    if before and before[-1] not in ".!?:;\n":
        return span[0]
    first, _, rest = text[span[0] : span[1]].partition(" ")
    if first.lower() not in _STARTERS:
        return span[0]
    return span[1] - len(rest) if rest else span[1]
