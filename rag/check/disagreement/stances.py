"""Who wants what: opposite wishes, welcome and rejection, and a denial beside an assertion."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from rag.check.disagreement.question import Asked, is_about, mentions
from rag.check.disagreement.statements import Label, SourceSentence, Statement
from rag.check.negations import count_negations
from rag.check.words import plain

_ASKS = re.compile(r"\b(?:should|must|ought to|support\w*|back(?:s|ed)?|oppos\w+|favou?r\w*)\b", re.IGNORECASE)
_WISH = r"(?:must|should|ought to|has to|have to|needs? to|demand\w*|call(?:s|ed)? (?:for|on)|insist\w*|urg(?:e|es|ed))"
_NEVER = r"(?:reject\w*|refus\w*|oppos\w+|rul(?:e|es|ed) out|against)"
_LEAVING = (
    r"(?:go|leave|leaves|resign\w*|quit|step(?:ping)? (?:down|aside)|depart\w*|be removed|removal|stand(?:ing)? down)"
)
_STAYING = r"(?:stay|remain|keep|continue|survive)"
_DECIDED = (
    r"\b(?:people|voters?|citizens|public|nation|[A-Z]\w+s|[A-Z]\w+ns)\b(?: \w+){0,3}?"
    r" (?:must|should|can|will|alone|to)(?: \w+){0,2}? (?:decide|vote|choose|determine)\b"
)
_POSITIONS = (
    ("leave", re.compile(rf"\b{_WISH}\b(?: \w+){{0,3}}? {_LEAVING}\b")),
    ("stay", re.compile(rf"\b{_WISH}\b(?: \w+){{0,2}}? {_STAYING}\b|\b{_NEVER}\b(?: [\w.-]+){{0,8}}? {_LEAVING}\b")),
    ("decided by vote", re.compile(_DECIDED)),
)
_YES_NO = re.compile(r"^\W*(?:did|does|do|is|are|was|were|has|have|had|will|would|can|could)\b", re.IGNORECASE)
_DENIES = re.compile(r"\b(?:den(?:y|ies|ied)|reject(?:s|ed)|dismiss(?:es|ed)|refut(?:es|ed))\b", re.IGNORECASE)
_FUTURE_VERBS = re.compile(rf"\b(?:{_LEAVING}|{_STAYING}|power|office|president)\b")
_RECEPTION = re.compile(
    r"\bhow (?:was|were|is|are|has|have|had|did|do|does)\b.*"
    r"\b(?:receiv\w+|react\w*|respond\w*|greet\w*|taken|view\w*|seen?)\b"
    r"|\b(?:reactions?|responses?|reception)\b|\bwho (?:\w+ )?(?:welcom|support|oppos|reject|back|endors)\w*",
    re.IGNORECASE,
)
_WELCOMES = (
    r"(?:welcom|prais|applaud|endors|approv|embrac)(?:e|es|ed|s|ing)?|hail(?:s|ed)|support(?:s|ed)|back(?:s|ed)"
    r"|(?<=\bnot )(?:support|back)|(?<=n't )(?:support|back)|in favou?r of"
)
_REJECTS = (
    r"(?:reject|condemn|denounc|criticis|criticiz|oppos|dismiss|boycott|spurn)(?:e|es|ed|s|ing)?"
    r"|(?:refus\w+|declin\w+|fail\w*) to (?:welcome|endorse|approve|support|back)"
)
_RECEIVES = re.compile(
    rf"\b(?:(?P<against>{_REJECTS})|(?P<towards>{_WELCOMES}))\b(?P<what>(?: [\w'-]+){{0,8}})", re.IGNORECASE
)
_NOT = re.compile(
    r"(?:n't|\b(?:not(?! only)|no|nobody|none|never|neither|without|nor))\b(?: \w+){0,4} ?$", re.IGNORECASE
)
# What is said of a plan's critics is not said of the plan.
_OF_ANOTHER = re.compile(
    r"\b(?:calls?|attacks?|critics?|critici\w+|opponents?|opposition|fears?|delays?|doubts?|stop|scrap|end|halt|block)\b",
    re.IGNORECASE,
)
_LONGEST = 16


def stance_statements(asked: Asked, sentences: Sequence[SourceSentence]) -> Iterator[Statement]:
    """Yields what the sentences want done, for a question about what should be, or yes and no to a yes-no question.

    Three wishes about a person in office are told apart: to leave, to stay, and to be decided on by a vote. Asked how
    something was received, welcome and rejection are.
    """
    if _ASKS.search(asked.text) and _FUTURE_VERBS.search(asked.text):
        for sentence in sentences:
            yield from _wishes(asked, sentence)
    elif _RECEPTION.search(asked.text) and not _YES_NO.match(asked.text):
        for sentence in sentences:
            yield from _receptions(asked, sentence)
    elif _YES_NO.match(asked.text):
        for sentence in sentences:
            yield from _claims(asked, sentence)


def _wishes(asked: Asked, sentence: SourceSentence) -> Iterator[Statement]:
    text = plain(sentence.text)
    near = " ".join([*(plain(each) for each in sentence.before[-1:]), text])
    if not is_about(asked, near, within=plain(f"{sentence.passage.title}. ") + near, with_terms=False):
        return
    for name, pattern in _POSITIONS:
        if match := pattern.search(text):
            yield Statement(Label((name,)), _clause(text, match), sentence)
            return


def _receptions(asked: Asked, sentence: SourceSentence) -> Iterator[Statement]:
    text = plain(sentence.text)
    near = plain(". ".join([sentence.passage.title, *sentence.before[-1:], sentence.text]))
    if not is_about(asked, near, within=plain(f"{sentence.passage.title}. {sentence.passage.passage.text}")):
        return
    for match in _RECEIVES.finditer(text):
        if any(mentions(term, match["what"]) for term in asked.terms) and not _OF_ANOTHER.search(match["what"]):
            rejected = bool(match["against"]) != bool(_NOT.search(text[: match.start()]))
            yield Statement(Label(("rejected" if rejected else "welcomed",)), _short(text), sentence)
            return


def _claims(asked: Asked, sentence: SourceSentence) -> Iterator[Statement]:
    """Yields yes or no for a sentence that has nearly every word of the question."""
    text = plain(sentence.text)
    if not asked.terms or not is_about(asked, text, within=text):
        return
    if not all(mentions(term, text) for term in asked.terms) or count_negations(asked.text):
        return
    negated = bool(_DENIES.search(text)) or count_negations(text) > 0
    yield Statement(Label(("no",) if negated else ("yes",)), _short(text), sentence)


def _clause(text: str, match: re.Match[str]) -> str:
    start = max(text.rfind(mark, 0, match.start()) + len(mark) for mark in (" that ", ", ", "; ", " says ", " said ")
                if text.rfind(mark, 0, match.start()) >= 0) if _has_start(text, match) else 0  # fmt: skip
    return _short(text[start:])


def _has_start(text: str, match: re.Match[str]) -> bool:
    return any(text.rfind(mark, 0, match.start()) >= 0 for mark in (" that ", ", ", "; ", " says ", " said "))


def _short(text: str) -> str:
    found = text.strip().rstrip(".").split(" ")
    return " ".join(found[:_LONGEST]) + (" …" if len(found) > _LONGEST else "")
