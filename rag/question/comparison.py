"""Questions that set two things side by side: two sources on one matter, or which of two events came first.

Rules over the forms of such questions. What they do not know is left as one question.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from rag.check.words import STOPWORDS
from rag.question.publishers import WORK, forms

_ON = r"(?:on|about|over|as to|regarding|concerning|when it comes to|in)"
_SIDE = r"(?:(?!\b(?:say|said|report|write|print|do|does|did)\b)[^,?;]){2,80}?"
_WORK_OF = rf"(?:['’]s?(?: {WORK})?)?"
_SAME = r"(?:agree|disagree|differ|tally|match(?: up)?|(?:say|report) the same(?: thing)?|contradict each other)"
_AGREEING = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        rf"^(?:do|does|did) (?P<a>{_SIDE}){_WORK_OF} (?:agree with|disagree with|differ from|match|contradict|confirm"
        rf"|tally with|conflict with|say the same as|fit(?: with)?) (?P<b>{_SIDE}){_WORK_OF} {_ON} (?P<topic>.+)$",
        rf"^(?:do|does|did) (?P<a>{_SIDE}){_WORK_OF} and (?P<b>{_SIDE}){_WORK_OF} {_SAME} {_ON} (?P<topic>.+)$",
        rf"^(?:do|does|did) (?P<a>{_SIDE}) and (?P<b>{_SIDE}) (?:give|report|name|print|have|tell of)"
        r" (?P<topic>the same .+)$",
        rf"^(?:how|where|in what) (?:do|does|did) (?P<a>{_SIDE}){_WORK_OF} (?:and|differ from|disagree with"
        rf"|contradict|compare with) (?P<b>{_SIDE}){_WORK_OF}(?: (?:differ|disagree|compare|contradict each other))?"
        rf" {_ON} (?P<topic>.+)$",
        rf"^(?:please )?compare (?:what )?(?P<a>{_SIDE}){_WORK_OF} (?:and|with|to) (?P<b>{_SIDE}){_WORK_OF}"
        rf"(?: (?:say|report|write|wrote|reported|said))? {_ON} (?P<topic>.+)$",
        rf"^what (?:do|does|did) (?P<a>{_SIDE}) and (?:what (?:do|does|did) )?(?P<b>{_SIDE})(?: each)?"
        rf" (?:say|report|write|print) {_ON} (?P<topic>.+)$",
    )
)
_VIEW = r"(?:position|view|stance|account|version|opinion|answer)s?"
_THAT_OF = rf"(?:(?:that|those|the {_VIEW}) of )?"
_HIS_VIEW = rf"(?:['’]s?)?(?: (?:own )?{_VIEW})?"
# The matter comes first, as a question of its own: "Must he go? Set Moscow's view beside Ankara's."
_TOPIC = r"^(?P<topic>[^?]{10,})\?\s+(?:please )?"
_SET_SIDE_BY_SIDE = tuple(
    re.compile(rf"{_TOPIC}{pattern}$", re.IGNORECASE)
    for pattern in (
        rf"(?=.*\b{_VIEW}\b)(?:set|put|lay|hold|compare) {_THAT_OF}(?P<a>{_SIDE}){_HIS_VIEW}"
        rf" (?:beside|next to|against|with|to|and|alongside) {_THAT_OF}(?P<b>{_SIDE}){_HIS_VIEW}(?: side by side)?",
        rf"what (?:do|does|did) (?P<a>{_SIDE}) and (?:what (?:do|does|did) )?(?P<b>{_SIDE}) (?:each"
        r" (?:say|think|claim|argue|hold|report|write)"
        r"|(?:each )?(?:say|think|claim|argue) (?:about|of|to) (?:it|this|that))",
    )
)
_PAPERS_SIDE_BY_SIDE = re.compile(
    rf"{_TOPIC}compare (?P<a>{_SIDE}){_WORK_OF} (?:and|with|to) (?P<b>{_SIDE}){_WORK_OF}$", re.IGNORECASE
)
_MONTH = re.compile(
    r"^(?:january|february|march|april|may|june|july|august|september|october|november|december)\b|^\d", re.IGNORECASE
)
_FIRST = re.compile(
    r"^(?:what|which|who)(?: (?:one|event|of (?:the two|these|them)))?"
    r" (?:happened|came|was|took place|occurred|is|started|began|ended)? ?(?:the )?"
    r"(?P<which>first|earlier|earliest|sooner|last|later|latest|second)(?: to happen)?"
    r"\s*[,:–—-]\s*(?P<a>.+?),? or (?P<b>.+)$",
    re.IGNORECASE,
)
_BEFORE = re.compile(
    r"^did (?P<a>.+?) (?:happen|take place|come|occur)"
    r" (?:before or after|before|after|(?:earlier|later) than) (?P<b>.+)$",
    re.IGNORECASE,
)
_ASKS = re.compile(r"^(?:who|whom|whose|what|which|when|where|why|how)\b", re.IGNORECASE)
_MEASURE = re.compile(
    r"^(?:the |a )?(?:\w+ )?"
    r"(?:number|length|date|day|time|size|cost|price|name|place|reason|cause|toll|total|duration)\b",
    re.IGNORECASE,
)
_POINTS = re.compile(r"\b(?:it|this|that|they|them|he|she|him|her)\b", re.IGNORECASE)
_DEED = re.compile(
    r"\b(?:[a-z]{2,}(?:ed|en)|met|flew|went|came|left|said|told|began|won|lost|sent|rang|held|quit|fell|rose|sank|struck"
    r"|shot|spoke|wrote|became|took|gave|made|found|set|put|broke|was|were|had)\b"
)
_ARTICLE = re.compile(r"^(?:the|a|an)\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Side:
    """One of the two things that a question sets side by side.

    Attributes:
        text: A question that asks for this one alone.
        name: How the reader is told of it.
        publisher: Whose articles it is asked of; empty for all.
    """

    text: str
    name: str
    publisher: str = ""


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two sides, and the one question about both.

    Attributes:
        matter: What both are asked, where that is the same; else the question as it is.
        of_time: Whether the question is which of the two came first.
    """

    first: Side
    second: Side
    matter: str
    of_time: bool = False

    @property
    def of_speakers(self) -> bool:
        """Whether the sides are people or parties, who are asked for by what they say."""
        return not self.of_time and not self.first.publisher


def comparison(question: str, publishers: Iterable[str]) -> Comparison | None:
    """Takes a question that compares apart; ``None`` for any other.

    Args:
        question: The standalone question.
        publishers: Those of the corpus; a side that is one of them is asked of its articles.
    """
    text = " ".join(question.split()).rstrip("?!. ")
    for pattern in _AGREEING:
        if match := pattern.match(text):
            topic = match["topic"]
            asked = _asked(topic.replace("the same ", "the ", 1))
            about = f"this: {topic}" if _ASKS.match(topic) else topic
            return _agreement(match["a"], match["b"], about, asked, publishers)
    for pattern in (_PAPERS_SIDE_BY_SIDE, *_SET_SIDE_BY_SIDE):
        if match := pattern.match(text):
            topic = match["topic"]
            about = f"this: {_lowered(topic)}"
            found = _agreement(match["a"], match["b"], about, f"{topic}?", publishers)
            if found is not None and (found.first.publisher or pattern is not _PAPERS_SIDE_BY_SIDE):
                return found
    match = _FIRST.match(text) or _BEFORE.match(text)
    if match is None or _POINTS.search(match["a"]) or _POINTS.search(match["b"]):
        return None
    first, second = (Side(_when(words), words) for words in (match["a"], match["b"]))
    return Comparison(first, second, question, of_time=True)


def _agreement(a: str, b: str, about: str, asked: str, publishers: Iterable[str]) -> Comparison | None:
    known = forms(tuple(publishers))
    one, other = (known.get(_bare(words), "") for words in (a, b))
    if one and other and one != other:
        return Comparison(Side(asked, one, one), Side(asked, other, other), asked)
    if one or other or not all(re.search(r"\b[A-Z]", words) and not _MONTH.match(words) for words in (a, b)):
        return None
    first, second = (Side(f"What did {words} say about {about}?", words) for words in (a, b))
    return Comparison(first, second, asked)


def _lowered(topic: str) -> str:
    """Returns a question for the middle of a sentence: "Must he go" is "must he go", "Putin's war" stays."""
    first = topic.split()[0].lower()
    return f"{topic[0].lower()}{topic[1:]}" if (first in STOPWORDS and first != "i") or _ASKS.match(topic) else topic


def _bare(words: str) -> str:
    """Returns a publisher's name as its forms are written: "the Harbour Gazette's report" is "harbour gazette"."""
    name = re.sub(rf"['’]s?(?: {WORK})?$", "", words.strip(), flags=re.IGNORECASE)
    name = re.sub(rf"^(?:the )?{WORK} (?:in|of|by|from) ", "", name, flags=re.IGNORECASE)
    return re.sub(r"^the ", "", name, flags=re.IGNORECASE).casefold()


def _asked(topic: str) -> str:
    if _ASKS.match(topic):
        return f"{topic[0].upper()}{topic[1:]}?"
    return f"What is {topic}?" if _MEASURE.match(topic) else f"What is said about {topic}?"


def _when(words: str) -> str:
    if _DEED.search(words) and not _ARTICLE.match(words):
        return f"When was it that {words}?"
    return f"When was {words}?"
