"""Follow-up questions made to stand alone: by a language model where there is one, else by rule."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from rag.check.questions import without_context
from rag.check.words import content_stems, plain
from rag.question.ellipsis import filled, names_one
from rag.question.leaning import (
    LIGHT,
    PERSON,
    THING,
    fragment,
    is_bare,
    is_follow_up,
    is_thin,
    leaves_open,
    pointing,
    says_nothing_of,
)
from rag.question.referents import Spoken, group_in, names_in, people_in, person_for, places_in
from rag.types import Turn

Rewrite = Callable[[str, Sequence[Turn]], str | None]
"""A model's stand-alone form of a question, ``None`` when it has none."""

_TURNS = 8
_GOES_ON = re.compile(r"^\W*(?:and|but|so|or)\b[\s,]*", re.IGNORECASE)
_PLURAL = re.compile(r"\b(?:they|them)\b", re.IGNORECASE)
_POSSESSIVE = re.compile(
    r"(?:his|hers|her(?= (?!(?:a|about|after|again|and|as|at|before|by|for|from|how|if|in|into|of|on|or|since|so|that|"
    r"the|there|to|today|until|what|when|where|why|with|yesterday)\b)\w))",
    re.IGNORECASE,
)
_ABOUT = re.compile(r"\babout (?!(?:it|that|this|him|her|them)\b)\w.*$", re.IGNORECASE)
_THERE = re.compile(r"\bthere(?=\W*$)", re.IGNORECASE)
_SEVERAL = re.compile(r"\b(?:which|how many|what) (?:\w+ )?(?P<noun>\w{3,}?)s\b", re.IGNORECASE)
_ONE = re.compile(r"\b(?P<which>(?:the|which|another) (?:\w+)) one\b", re.IGNORECASE)
_PLEASANTRY = re.compile(
    r"\W*(?:(?:thanks?|thank you|very much|a lot|cheers|ok|okay|great|good|fine|i see|got it|hello|hi|hey|yes"
    r"|no|sorry|bye)\b\W*)+",
    re.IGNORECASE,
)
_NO_BRACKETS = str.maketrans("()", "  ")
_LONGEST = 3.0
_KEPT = 0.5
_SAME = 0.9


def stand_alone(question: str, history: Sequence[Turn], rewrite: Rewrite | None = None) -> str:
    """Returns a question in a form that can be understood without the conversation; a new topic stays as it is.

    Args:
        question: As asked.
        history: The conversation before, oldest first.
        rewrite: Asks a model. What it says is used when it keeps the question's own names and words, brings in no name
            that nobody has spoken of, and does not repeat the question before.
    """
    spoken = _spoken(history)
    if not spoken or not is_follow_up(question, spoken):
        return question
    written = rewrite(question, history) if rewrite else None
    if written and _is_faithful(written, question, spoken):
        return written
    return _by_rule(question, spoken)


def rewrite_by_rule(question: str, history: Sequence[Turn]) -> str:
    """Returns a follow-up with its pronouns replaced, its gaps filled, or the question before it in brackets."""
    spoken = _spoken(history)
    return _by_rule(question, spoken) if spoken else question


def _spoken(history: Sequence[Turn]) -> list[Spoken]:
    spoken: list[Spoken] = []
    for turn in history[-_TURNS:]:
        if _PLEASANTRY.fullmatch(turn.question):
            continue
        leans = spoken and is_follow_up(turn.question, spoken)
        standing = _by_rule(turn.question, spoken) if leans else turn.question
        if content_stems(standing) or names_in(standing):
            # What no longer needs the topic, "What does Iran say about it?" after "And Iran?", is one of its own.
            is_own = bool(fragment(turn.question)) if leans else bool(names_in(standing)) or not is_thin(standing)
            topic = without_context(standing) if is_own else spoken[-1].topic if spoken else ""
            spoken.append(Spoken(standing, turn.question, turn.answer, topic))
    return spoken


def _by_rule(question: str, spoken: Sequence[Spoken]) -> str:
    last = spoken[-1]
    if is_bare(question):
        return _with_topic(question, last)
    if named := fragment(question):
        resolved, is_open = _resolved(named, spoken)
        if (not is_open or names_one(resolved)) and (whole := filled(resolved, last.question)):
            return whole
        return _with_topic(question.replace(named, resolved), last)
    whole = _GOES_ON.sub("", question)
    whole = whole[:1].upper() + whole[1:]
    resolved, is_open = _resolved(whole, spoken)
    resolved = resolved[:1].upper() + resolved[1:]
    if says_nothing_of(resolved) and (about := _about(last)):
        return f"{resolved.rstrip('?!. ')} {about}?"
    if is_open or resolved == whole or leaves_open(resolved) or is_thin(resolved):
        return _with_topic(resolved, last)
    return resolved


def _resolved(question: str, spoken: Sequence[Spoken]) -> tuple[str, bool]:
    """Returns a question with the persons and groups its pronouns mean, and whether something is left to tell."""
    taken = people_in(f"of {question}")
    meant: dict[str, str] = {}

    def person(match: re.Match[str]) -> str:
        word = match.group().lower()
        case = "object" if word in ("him", "her") and not _POSSESSIVE.match(match.string, match.start()) else "subject"
        if case not in meant:
            meant[case] = person_for(spoken, [*taken, *meant.values()])
        if not meant[case]:
            return match.group()
        return f"{meant[case]}'s" if _POSSESSIVE.match(match.string, match.start()) else meant[case]

    text = PERSON.sub(person, question)
    if _PLURAL.search(text) and (group := _group(spoken)):
        text = _PLURAL.sub(lambda match: group, text)
    text = _one_of_several(_there(text, spoken[-1]), spoken[-1])
    left = pointing(text)
    return text, bool(PERSON.search(left) or THING.search(left))


def _about(last: Spoken) -> str:
    """Returns what the last question, or else the first of its topic, is about, with its preposition; or nothing."""
    found = (_ABOUT.search(without_context(text)) for text in (last.question, last.topic))
    return next((match.group().rstrip("?!. ") for match in found if match), "")


def _there(question: str, last: Spoken) -> str:
    place = next(iter(places_in(f"{last.question} {last.topic}")), "")
    return _THERE.sub(f"in {place}", question) if place else question


def _one_of_several(question: str, last: Spoken) -> str:
    """Puts the noun that "the second one" is one of, where the topic asks which or how many."""
    asked = _SEVERAL.search(last.topic)
    if not asked:
        return question
    noun = re.sub(r"ie$", "y", asked["noun"])
    return _ONE.sub(lambda match: f"{match['which']} {noun}", question)


def _group(spoken: Sequence[Spoken]) -> str:
    """Returns who "they" are: names put side by side, else two persons of the last question."""
    last = spoken[-1]
    if group := group_in(last.question) or group_in(without_context(last.question)):
        return group
    people = people_in(without_context(last.question))
    return " and ".join(people[:2]) if len(people) > 1 else ""


def _with_topic(question: str, last: Spoken) -> str:
    """Returns a question with the one that began its topic in brackets, unless that says nothing more."""
    topic = last.topic.translate(_NO_BRACKETS).strip().rstrip("?!. ")
    if set(content_stems(topic)) - LIGHT <= set(content_stems(question)):
        return question
    return f"{question.strip()} ({topic})"


def _is_faithful(written: str, question: str, spoken: Sequence[Spoken]) -> bool:
    """Tells whether a model's form of a question still asks that question, of what was spoken of."""
    said = plain(" ".join([question, *(f"{turn.question} {turn.answer}" for turn in spoken)])).lower()
    if any(word not in said for name in names_in(written) for word in plain(name).lower().split()):
        return False
    own, new = set(content_stems(question)), set(content_stems(written))
    if any(not set(content_stems(name)) <= new for name in names_in(question)) or len(own & new) < _KEPT * len(own):
        return False
    repeated = set(content_stems(spoken[-1].asked)) or {""}
    if len(new & repeated) >= _SAME * max(len(new), len(repeated)) and not own <= repeated:
        return False
    return len(written.split()) <= max(12, _LONGEST * len(question.split()))
