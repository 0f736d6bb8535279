"""Follow-up questions: told from new topics, and made to stand alone by rule when no model does it."""

from __future__ import annotations

import re
from collections.abc import Sequence

from rag.types import Turn

_PERSON = re.compile(r"\b(he|she|him|her|his|hers)\b", re.IGNORECASE)
_THING = re.compile(
    r"\b(it|its|they|them|their|there|this|these|those|the (?:two|three|former|latter))\b", re.IGNORECASE
)
# Words of the lists above that point at nothing said before: "is there a plan", "is it true that", "this year".
_POINTS_NOWHERE = re.compile(
    r"\b(?:(?:is|are|was|were|will|has|have|had|does|do|did)(?:n[’']t)? there\b"
    r"|there (?:is|are|was|were|will|has|have|had)\b"
    r"|it (?:(?:is|was) )?(?:true|known|clear|possible|likely|certain|said|reported)\b"
    r"|this (?:year|month|week|morning|afternoon|evening|spring|summer|autumn|winter|time|century|decade)\b)",
    re.IGNORECASE,
)
_LEANING = re.compile(r"^\s*(and|but|so|or|what about|how about|why|when|where|who|how|which one)\b\W*", re.IGNORECASE)
_GOES_ON = re.compile(r"\s*(and|but|what about|how about)\b", re.IGNORECASE)
_NAME = re.compile(r"\b[A-Z][\w’'-]+(?:\s+(?:[a-z]{2}-)?[A-Z][\w’'-]+)*")
_OPENING = " \t\"'“‘("
# "Her" owns the word after it unless that begins a new part of the sentence.
_OWNER = re.compile(
    r"(?:his|hers|her(?= (?!(?:a|about|after|again|and|as|at|before|by|for|from|how|if|in|into|of|on|or|since|so|that|"
    r"the|there|to|today|until|what|when|where|why|with|yesterday)\b)\w))",
    re.IGNORECASE,
)
# Words that begin a sentence with a capital and are no names.
_STARTERS = (
    "a about according after all also although an and any are as at because before both but by can could describe did "
    "do does during each even every explain find first for from give had has have he her here his how i if in is it "
    "its last let list many may me more most much name no none not now of on once one only or other our please say "
    "several she show since so some still summarise summarize tell that the their then there these they this those "
    "three through to today two under until was we were what when where whether which while who whom whose why will "
    "with would yes yesterday you your"
)


def is_follow_up(question: str) -> bool:
    """Tells whether a question leans on the conversation: a pronoun without a name before it, or a fragment."""
    pointing = _POINTS_NOWHERE.sub("", question)
    pronoun = _PERSON.search(pointing) or _THING.search(pointing)
    if pronoun and not _names(pointing[: pronoun.start()]):
        return True
    rest = _LEANING.sub("", question, count=1)
    leans = rest != question
    return (leans and len(rest.split()) <= 3 and not _names(rest)) or bool(_GOES_ON.match(question))


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
            owns = _OWNER.match(match.string, match.start())
            return f"{person}'s" if owns else person

        rewritten, count = _PERSON.subn(replaced, question)
        if count:
            return rewritten
        topic = turn.question.strip().rstrip("?!. ")
        return f"{question.strip()} ({topic})"
    return question


def _names(text: str) -> list[str]:
    starters = frozenset(_STARTERS.split())
    names = []
    for match in _NAME.finditer(text):
        name = match.group()
        before = text[: match.start()].rstrip(_OPENING)
        if not before or before[-1] in ".!?:;\n":
            first, _, rest = name.partition(" ")
            name = rest if first.lower() in starters else name
        if name := re.sub(r"[’']s$", "", name):
            names.append(name)
    return names
