"""Follow-up questions: told from new topics, and made to stand alone by rule when no model does it."""

from __future__ import annotations

import re
from collections.abc import Sequence

from rag.types import Turn

_PERSON = re.compile(r"\b(he|she|him|her|his|hers)\b", re.IGNORECASE)
_THING = re.compile(
    r"\b(it|its|they|them|their|there|this|these|those|the (?:two|three|former|latter))\b", re.IGNORECASE
)
_LEANING = re.compile(r"^\s*(and|but|so|or|what about|how about|why|when|where|who|how|which one)\b\W*", re.IGNORECASE)
_NAME = re.compile(r"\b[A-Z][\w’'-]+(?:\s+(?:[a-z]{2}-)?[A-Z][\w’'-]+)*")
_ASKING = re.compile(r"^(?:wh(?:at|en|ere|o|om|ose|y|ich)|how|d(?:id|oes|o)|is|are|was|were|has|have|can|will)\b", re.I)
_GOES_ON = re.compile(r"\s*(and|but|what about|how about)\b", re.IGNORECASE)
_POSSESSIVE = {"his", "hers"}


def is_follow_up(question: str) -> bool:
    """Tells whether a question leans on the conversation: a pronoun without a name before it, or a fragment."""
    pronoun = _PERSON.search(question) or _THING.search(question)
    if pronoun and not _names(question[: pronoun.start()]):
        return True
    rest = _LEANING.sub("", question, count=1)
    leans = rest != question
    return (leans and len(rest.split()) <= 3 and not _names(rest)) or bool(
        re.match(r"\s*(and|but|what about|how about)\b", question, re.I)
    )


def rewrite_by_rule(question: str, history: Sequence[Turn]) -> str:
    """Returns the question with its pronouns replaced by, or followed by, the names last spoken of.

    Args:
        question: The follow-up.
        history: The conversation, oldest first; only its last turn that has names is used.
    """
    for turn in reversed(history):
        names = _names(turn.question) or _names(turn.answer)
        if not names:
            continue
        person = names[0]

        def replaced(match: re.Match[str], person: str = person) -> str:
            return f"{person}'s" if match.group().lower() in _POSSESSIVE else person

        rewritten, count = _PERSON.subn(replaced, question)
        if count:
            return rewritten
        topic = turn.question.strip().rstrip("?!. ")
        return f"{question.strip()} ({topic})"
    return question


def _names(text: str) -> list[str]:
    found = [match.group() for match in _NAME.finditer(text)]
    names = []
    for name in found:
        first, _, rest = name.partition(" ")
        name = rest if _ASKING.match(first) else name
        if name and name.lower() not in ("the", "a", "an", "in", "on", "at", "i"):
            names.append(name)
    return names
