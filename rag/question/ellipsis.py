"""Fragments such as "And in Sochi?" put into the place that they take in the question before."""

from __future__ import annotations

import re
from collections.abc import Sequence

from rag.question.referents import is_nation, names_in, people_in
from rag.vocabulary import vocabulary

_PREPOSITIONS = vocabulary("in on at since from after before during under by to with without for near between until")
_PHRASE = re.compile(rf"^(?P<word>{'|'.join(_PREPOSITIONS)}) (?P<rest>.+)$", re.IGNORECASE)
_TIME = re.compile(
    r"\b(?:(?:1[5-9]|20)\d\d|january|february|march|april|june|july|august|september|october|november|december|\w+day"
    r"|today|yesterday|(?:last|this|next) \w+|morning|evening|\d{1,2} may|may \d{1,2})\b",
    re.IGNORECASE,
)
_SAYING = (
    r"say|think|want|write|report|tell|propose|answer|reply|promise|argue|claim|do|ask|demand|describe|agree|cover|know"
)
_SUBJECT = re.compile(
    rf"\b(?P<aux>do|does|did|has|have|had|will|would|can|could|should) (?P<subject>(?:(?!\b(?:{_SAYING})\b)[^?(]){{1,60}}?)"  # noqa: E501
    rf" (?P<verb>{_SAYING})\b",
    re.IGNORECASE,
)
_PARTICIPLE = re.compile(r"\b(?P<be>been|was|were|is|are|being) (?P<word>\w+(?:ed|en|wn|rt|ld|nd))\b")
_ADJECTIVE_ONE = re.compile(r"^(?:the )?(?P<new>\w+) ones?$", re.IGNORECASE)
_ORDERED = (
    "first|second|third|fourth|last|earlier|later|latter|former|new|newer|old|older|previous|next|latest|earliest"
    "|other|big|bigger|small|smaller|initial|final|original"
)
_ORDERED_NOUN = re.compile(rf"\b(?P<article>the|an?) (?P<old>{_ORDERED}) (?=[a-z])", re.IGNORECASE)


def names_one(fragment: str) -> bool:
    """Tells whether a fragment names one of several, as "the later one"."""
    return bool(_ADJECTIVE_ONE.match(fragment))


def filled(fragment: str, question: str) -> str:
    """Returns the question before with a fragment in the place of what it stands for; empty when none is found.

    Args:
        fragment: Words without a verb, such as "in Sochi", "the later one", "Iran" or "displaced".
        question: The question that stands alone and that the fragment varies.
    """
    if one := _ADJECTIVE_ONE.match(fragment):
        return _replaced(_ORDERED_NOUN, question, lambda m: f"the {one['new']} ")
    if phrase := _PHRASE.match(fragment):
        return _with_phrase(fragment, phrase["word"], phrase["rest"], question)
    if re.fullmatch(r"[a-z]+(?:ed|en|wn|rt|ld|nd)", fragment):
        return _replaced(_PARTICIPLE, question, lambda m: f"{m['be']} {fragment}")
    return _with_name(fragment, question)


def _replaced(pattern: re.Pattern[str], text: str, new: object) -> str:
    changed, count = pattern.subn(new, text, count=1)  # type: ignore[call-overload]
    return str(changed) if count else ""


def _with_phrase(fragment: str, word: str, rest: str, question: str) -> str:
    own, bracket = _parted(question)
    is_time = bool(_TIME.search(rest))
    for match in re.finditer(
        rf"\b{word} (?:the )?(?:[\w’'-]+ ){{0,3}}?[\w’'-]+(?=\s+(?:{'|'.join(_PREPOSITIONS)})\b|\s*$)",
        own, re.IGNORECASE,
    ):  # fmt: skip
        if bool(_TIME.search(match.group())) == is_time:
            return f"{own[: match.start()]}{fragment}{own[match.end() :]}?{bracket}"
    return f"{re.sub(r' (?:there|then)$', '', own)} {fragment}?{bracket}"


def _with_name(fragment: str, question: str) -> str:
    own, bracket = _parted(question)
    named = names_in(f"of {fragment}")
    if not named and not fragment.lower().startswith("the "):
        return ""
    if (subject := _SUBJECT.search(own)) and (named or names_in(f"of {subject['subject']}")):
        start, end = subject.span("subject")
        plural = fragment.lower().startswith("the ") and fragment.endswith("s") and subject["aux"] == "does"
        head = f"{own[: subject.start('aux')]}do " if plural else own[:start]
        return f"{head}{fragment}{own[end:]}?{bracket}"
    if not named:
        return ""
    alike = _alike(named[0], own)
    if not alike:
        return ""
    at = own.rindex(alike)
    start = at - 4 if own[:at].lower().endswith("the ") and not fragment.lower().startswith("the ") else at
    return f"{own[:start]}{fragment}{own[at + len(alike) :]}?{bracket}"


def _alike(name: str, text: str) -> str:
    """Returns the last name of a text that is of the same sort as another; empty when none is."""
    names = names_in(text)
    same: Sequence[str]
    if is_nation(name):
        same = [other for other in names if is_nation(other)]
    else:
        people = people_in(text)
        same = [
            other for other in names if (other in people) == (name in people_in(f"of {name}")) and not is_nation(other)
        ]
    return same[-1] if same else ""


def _parted(question: str) -> tuple[str, str]:
    """Returns a question without its mark, and the context that it carries in brackets."""
    match = re.match(r"^(?P<own>.*?)[\s?!.]*(?P<bracket> \([^()]*\))?[\s?!.]*$", question.strip(), re.DOTALL)
    assert match is not None  # every part may be empty
    return match["own"], match["bracket"] or ""
