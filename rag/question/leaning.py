"""Whether a question leans on the conversation before it, or begins a new topic."""

from __future__ import annotations

import re
from collections.abc import Sequence

from rag.check.words import content_stems
from rag.question.referents import Spoken, names_in, people_in, stems_of

PERSON = re.compile(r"\b(he|she|him|her|his|hers|himself|herself)\b", re.IGNORECASE)
THING = re.compile(
    r"\b(it|its|they|them|their|theirs|there|this|that|these|those|the (?:two|three|former|latter|others?)"
    r"|(?:the|which|another) (?:\w+ )?ones?|both of|either of)\b",
    re.IGNORECASE,
)
# Words of the lists above that point at nothing said before: "is there a plan", "is it true that", "this year".
_POINTS_NOWHERE = re.compile(
    r"\b(?:(?:is|are|was|were|will|has|have|had|does|do|did)(?:n[’']t)? there\b"
    r"|there (?:is|are|was|were|will|has|have|had)\b"
    r"|it (?:(?:is|was) )?(?:true|known|clear|possible|likely|certain|said|reported)\b"
    r"|this (?:year|month|week|morning|afternoon|evening|spring|summer|autumn|winter|time|century|decade)\b"
    r"|that (?=(?:the|an?|he|she|it|they|his|its|their|[A-Z]\w+)\b)|(?<=[a-z] )that (?=\w+(?:s|ed)\b))",
    re.IGNORECASE,
)
_BARE = re.compile(
    r"\W*(?:(?:and|but|so|or)\W+)?(?:(?:since|until|till|from|by|to|for|with|at) )?"
    r"(?:why|when|where|how|who|whom|which|what)"
    r"(?: (?:so|come|not|many|much|long|often|else|exactly|ones?|for|then|now|by|with|to))*\W*",
    re.IGNORECASE,
)
_GOES_ON = re.compile(r"\W*(?:and|but|or|so|what about|how about)\b\W*", re.IGNORECASE)
_VERBAL = re.compile(
    r"\b(?:who|whom|whose|what|which|when|where|why|how|is|are|was|were|will|would|do|does|did|has|have|had|can|could"
    r"|should|may|might|must)\b",
    re.IGNORECASE,
)
_LEFT_OPEN = re.compile(
    r"\b(?:say|says|said|answer|answered|reply|replied|respond|responded|react|reacted|think|thinks|thought|want|wants"
    r"|wanted|mean|means|meant|argue|argued|comment|commented|agree|agreed|disagree|disagreed|object|objected|propose"
    r"|proposed|do|promise|promised|warn|warned|deny|denied|refuse|refused|do next|go next)\W*$",
    re.IGNORECASE,
)
_OBJECT = re.compile(
    r"\b\w+ (?:(?:to|about|of|with|for|from|by|at) )?(?:him|her(?! \w+ing\b))(?=\W*$| (?:there|then|that|in|on|at|to|about|by|for|when|after|before|as|next)\b)"  # noqa: E501
)
_LAST_WORD = re.compile(r"\b(?:that|this|there|it|them|these|those)\W*$", re.IGNORECASE)
_CLAUSE = re.compile(
    r"[,;]|\b(?:and (?=what|why|when|where|who|how|did|was|is)|that (?=\w)|because|when(?! will)|while|if)\b",
    re.IGNORECASE,
)
_OF_NOTHING = re.compile(r"\b(?:say|says|said|think|thinks|thought|argue|argued|comment|commented)\W*$", re.IGNORECASE)
_ELSE = re.compile(r"\b(?:else|again|instead|otherwise|afterwards|besides)\b", re.IGNORECASE)
_INTRODUCES = re.compile(r":|\b(?:an?|any|some) (?!one\b)\w+|\b(?:this|last|next) \w+|\btoday\b", re.IGNORECASE)
LIGHT = frozenset(
    content_stems(
        """come take took part go went happen tell told get got make made give gave let know begin start end involve
        anyone anybody someone somebody everyone people thing time exactly next first last leave left"""
    )
)
_FEW = 2
_SHORT = 4
_WH_FRAGMENT = re.compile(r"\W*(?:why|when|where|who|how|which)\b(?P<rest>.*)", re.IGNORECASE | re.DOTALL)


def fragment(question: str) -> str:
    """Returns what a question without a verb names ("And in 2016?" names "in 2016"); empty for a whole question."""
    goes_on = _GOES_ON.match(question)
    rest = (question[goes_on.end() :] if goes_on else question).strip(" ?!.\t\n")
    if not rest or _VERBAL.search(rest) or not (goes_on or len(rest.split()) <= _SHORT):
        return ""
    return rest


def is_bare(question: str) -> bool:
    """Tells whether a question is a question word and no more: "Why?", "Since when?"."""
    return bool(_BARE.fullmatch(question))


def leaves_open(question: str) -> bool:
    """Tells whether a question ends before it says what it asks about: "What does Iran say?"."""
    return bool(_LEFT_OPEN.search(question)) and len(_CLAUSE.findall(question)) == 0


def says_nothing_of(question: str) -> bool:
    """Tells whether a question asks what somebody says or thinks and not of what."""
    return bool(_OF_NOTHING.search(question)) and leaves_open(question)


def is_thin(question: str) -> bool:
    """Tells whether a question says so little beside names that its topic helps to find what it means."""
    named = {stem for name in names_in(question) for stem in content_stems(name)}
    return len([s for s in content_stems(question) if s not in named and s not in LIGHT]) < _FEW


def pointing(question: str) -> str:
    """Returns a question without those pronouns that point at nothing said before."""
    return _POINTS_NOWHERE.sub("", question)


def _has_another(question: str) -> bool:
    """Tells whether "him" or "her" can mean nobody in the question: within a clause it is never the only one named.

    Binding principle B (Chomsky, "Lectures on Government and Binding", 1981).
    """
    found = _OBJECT.search(question)
    return found is not None and len(people_in(question[: found.start()])) == 1


def is_follow_up(question: str, spoken: Sequence[Spoken] = ()) -> bool:
    """Tells whether a question leans on the conversation.

    It does when it is a fragment, goes on with "and", has a pronoun without a name before it, ends before it says what
    it is about, or names nobody and nothing and either says little or speaks of what was just spoken of.

    Args:
        question: As asked.
        spoken: The turns before; without any, only the question's own form tells.
    """
    if is_bare(question) or _GOES_ON.match(question) or _ELSE.search(question):
        return True
    text = pointing(question)
    pronoun = PERSON.search(text) or THING.search(text)
    if pronoun and not names_in(text[: pronoun.start()]):
        return True
    if len(_CLAUSE.findall(question)) == 0 and (_LAST_WORD.search(text) or _has_another(text)):
        return True
    names = names_in(text)
    if (short := _WH_FRAGMENT.match(question)) and not names and len(short["rest"].split()) <= _FEW + 1:
        return True
    if not spoken:
        return False
    if fragment(question) or leaves_open(question):
        return True
    own = [stem for stem in content_stems(text) if stem not in LIGHT]
    if names:
        return False
    return bool(stems_of(spoken[-1:]).intersection(own)) or (len(own) <= _FEW and not _INTRODUCES.search(question))
