"""What independent outlets report alike: the fullest statement that the words of each of them bear out.

Two papers seldom put the same details into one sentence, so that whole sentences rarely agree although the papers do.
What is tried are the sentences, what is left of them when asides are cut, and the headlines, in which editors have put
the story into a few words; what is shown has passed the check against each outlet's own sentences, which it cites.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from rag.brief.clauses import headline_as_sentence, parts
from rag.brief.desk import Desk
from rag.brief.details import Cosine
from rag.brief.facts import Fact, Telling
from rag.brief.fitness import fitness
from rag.brief.heading import dangling
from rag.brief.wording import placed_in_time
from rag.check.negations import count_negations
from rag.check.quotations import find_quotations
from rag.check.words import content_stems, keys, plain
from rag.types import AnswerSentence

_LEAST_WORDS = 6
_SHARED = 0.65
"""Least share of the content words of a statement that an outlet's sentences have before they are checked."""
_STANDS = 0.7
_MEANS_THE_SAME = 0.55
"""Least cosine of a statement and the sentences that are to bear it out."""
_MOST_FACTS = 24
_MOST_TELLINGS = 3
_MOST_CHECKED = 14
_MOST_QUOTED = 14
_REPEATED = 0.6
_TO_A_PAPER = re.compile(
    r"\b(?:to|told|tells?|by) (?:the )?(?:[A-Z]\w+ )*(?:News|Times|Post|Journal|Reuters|AP|Associated Press|CNN|NBC"
    r"|CBS|ABC|BBC|HuffPost|Politico)\b"
)
"""What was said to one paper, others have from it."""
_WISHED = re.compile(
    r"\b(?:ask(?:s|ed|ing)?|urg(?:es?|ed|ing)|want(?:s|ed)?|request(?:s|ed)?|suggest(?:s|ed)?"
    r"|call(?:s|ed|ing)? (?:\w+ )?(?:on|for)|press(?:ed|es)|demand(?:s|ed|ing)?|consider(?:s|ed|ing)?|hop(?:es?|ed|ing)"
    r"|may|might|could|if)\b"
)
"""A wish or a chance; what one outlet tells as done, another does not bear out by it."""
_AHEAD = re.compile(
    r"\b(?:will|going to|set to|plans?|planning|planned|(?:decided|expected|due|about|prepar\w+) to)\b", re.IGNORECASE
)
"""A plan, which does not bear out that it is done."""
_CLAUSE_END = re.compile(r"[.;!?]|\b(?:after|because|while|but)\b")
_BEHIND = 0.3
"""Share of the content words of a statement, behind a word of planning, that make it a plan."""


@dataclass(frozen=True, slots=True)
class _Candidate:
    """A statement, and the outlets' sentences that have most of its words, each outlet's own first."""

    text: str
    own: Telling
    others: tuple[tuple[Telling, ...], ...]

    @property
    def rank(self) -> tuple[int, int, int]:
        return len(self.others), -dangling(self.text), len(self.text)


def agreements(facts: Sequence[Fact], limit: int, desk: Desk, close: Cosine) -> list[tuple[Fact, AnswerSentence]]:
    """Returns what at least two outlets report, each with citations of all that do.

    Args:
        facts: By salience; those of quotations are for another section.
        limit: Most sentences.
        desk: Checks each outlet's words alone.
        close: How near two texts are in meaning.
    """
    tellings = [_Read.of(t) for f in facts for t in f.tellings]
    found: list[tuple[Fact, AnswerSentence]] = []
    for fact in [f for f in facts if not f.best.quotes][:_MOST_FACTS]:
        if len(found) >= limit:
            break
        if any(_repeats(fact.best.text, known.text) for _, known in found):
            continue
        candidates = sorted(_candidates(fact, tellings, facts), key=lambda c: c.rank, reverse=True)
        fresh = [c for c in candidates if not any(_repeats(c.text, known.text) for _, known in found)]
        tried = (_agreed(candidate, desk, close) for candidate in fresh[:_MOST_CHECKED])
        if sentence := next((each for each in tried if each), None):
            found.append((fact, sentence))
    return found


def shared_words(facts: Sequence[Fact], limit: int, desk: Desk) -> list[tuple[Fact, AnswerSentence]]:
    """Returns which quotations several outlets print alike, each with its speaker and who prints it.

    Args:
        facts: Of quotations, by salience.
        limit: Most sentences.
        desk: Checks each outlet's words alone.
    """
    found: list[tuple[Fact, AnswerSentence]] = []
    for fact in facts:
        if len(found) >= limit:
            break
        quoted = _common_quotation(fact)
        if not quoted or not fact.speaker:
            continue
        by_outlet = {t.outlet: t for t in reversed(fact.tellings) if f" {' '.join(keys(quoted))} " in _spelled(t)}
        names = [t.publisher for t in by_outlet.values()]
        if len(names) < 2:
            continue
        text = f"{fact.speaker}: “{_begun(quoted)}”"
        sources = [(t.passage, t.span) for t in by_outlet.values()]
        sources += [t.voice for t in by_outlet.values() if t.voice]
        pieces = [(f"“{quoted}”", t) for t in by_outlet.values()]
        if sentence := desk.composed(text, sources, pieces):
            found.append((fact, sentence))
    return found


def _common_quotation(fact: Fact) -> str:
    """Returns the longest quotation of one outlet that another prints whole; empty when there is none."""
    quoted = [(t, q.text) for t in fact.tellings for q in find_quotations(plain(t.text))]
    shared = [
        text.strip(" ,.")
        for telling, text in quoted
        if len(keys(text)) >= _LEAST_WORDS
        and text[:1].isupper()  # else it is the middle of a sentence
        and any(f" {' '.join(keys(text))} " in _spelled(t) for t in fact.tellings if t.outlet != telling.outlet)
    ]
    return max(shared, key=len, default="")


def _spelled(telling: Telling) -> str:
    return f" {' '.join(keys(telling.text))} "


def _begun(quoted: str) -> str:
    words = quoted.split()
    return quoted if len(words) <= _MOST_QUOTED else f"{' '.join(words[:_MOST_QUOTED]).rstrip(',;')} …"


# -- what may be agreed on ------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Read:
    telling: Telling
    stems: frozenset[str]

    @classmethod
    def of(cls, telling: Telling) -> _Read:
        return cls(telling, telling.stems)


def _candidates(fact: Fact, tellings: Sequence[_Read], facts: Sequence[Fact]) -> Iterator[_Candidate]:
    story = {id(t) for f in facts if f.story == fact.story for t in f.tellings}
    near = [r for r in tellings if id(r.telling) in story]
    texts = [r.telling.text for r in near]
    shown: set[str] = set()
    for telling in sorted(fact.tellings, key=lambda t: -t.fitness)[:_MOST_TELLINGS]:
        headline = headline_as_sentence(telling.passage.title, texts) if telling.place == 0 else ""
        for text in (*parts(placed_in_time(telling)), *(parts(headline) if headline else ())):
            if text in shown or fitness(text) < _STANDS or find_quotations(text) or _TO_A_PAPER.search(text):
                continue
            shown.add(text)
            if others := _bearing(text, telling, near):
                yield _Candidate(text, telling, others)


def _bearing(text: str, own: Telling, near: Sequence[_Read]) -> tuple[tuple[Telling, ...], ...]:
    """Returns, for each other outlet that has most of the words, the sentence that has them, or that and another."""
    wanted = frozenset(content_stems(plain(text)))
    windows: dict[str, tuple[Telling, ...]] = {}
    for outlet in {r.telling.outlet for r in near} - {own.outlet}:
        ranked = sorted(
            (r for r in near if r.telling.outlet == outlet), key=lambda r: (-len(r.stems & wanted), r.telling.place)
        )
        best = ranked[0]
        added = max(
            (r for r in ranked[1:] if r.telling.article_id == best.telling.article_id),
            key=lambda r: len((r.stems - best.stems) & wanted),
            default=None,
        )
        window = [best]
        if added is not None and len(best.stems & wanted) < len(wanted) and (added.stems - best.stems) & wanted:
            window.append(added)
        if len(frozenset[str]().union(*(r.stems for r in window)) & wanted) >= _SHARED * len(wanted):
            windows[outlet] = tuple(r.telling for r in sorted(window, key=lambda r: r.telling.place))
    return tuple(windows[outlet] for outlet in sorted(windows))


def _agreed(candidate: _Candidate, desk: Desk, close: Cosine) -> AnswerSentence | None:
    """Returns the statement with the citations of all that bear it out, one other outlet at least."""
    text, own = candidate.text, candidate.own
    if not desk.supports(text, own):
        return None
    bearing = [window for window in candidate.others if _bears(text, window, desk, close)]
    if not bearing:
        return None
    places = [(t.passage, t.span) for window in bearing for t in window]
    return desk.composed(text, [(own.passage, own.span), *places], [(text, own)])


def _bears(text: str, window: Sequence[Telling], desk: Desk, close: Cosine) -> bool:
    given = " ".join(t.text for t in window)
    if (count_negations(plain(text)) > 0) != (count_negations(plain(given)) > 0) and count_negations(plain(text)):
        return False
    if bool(_WISHED.search(plain(given))) != bool(_WISHED.search(plain(text))):
        return False
    if _only_planned(text, given):
        return False
    return close(text, given) >= _MEANS_THE_SAME and desk.supports(text, *window)


def _only_planned(text: str, given: str) -> bool:
    """Tells whether what a statement tells as done stands behind "will" or "set to" in what is to bear it out."""
    if _AHEAD.search(plain(text)):
        return False
    source, wanted = plain(given), set(content_stems(plain(text)))
    ahead = (_CLAUSE_END.split(source[m.end() :], maxsplit=1)[0] for m in _AHEAD.finditer(source))
    return any(len(wanted & set(content_stems(clause))) >= _BEHIND * len(wanted) for clause in ahead)


def _repeats(one: str, other: str) -> bool:
    mine, theirs = set(content_stems(plain(one))), set(content_stems(plain(other)))
    return len(mine & theirs) >= _REPEATED * min(len(mine), len(theirs))
