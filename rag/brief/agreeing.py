"""What independent outlets report alike: the longest part of a sentence that the words of another outlet bear out too.

Two papers seldom put the same details into one sentence, so that whole sentences rarely agree although the papers do.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from rag.brief.desk import Desk
from rag.brief.facts import Fact, Telling
from rag.brief.fitness import fitness
from rag.brief.wording import placed_in_time
from rag.check.quotations import find_quotations
from rag.check.words import content_stems, keys, plain
from rag.types import AnswerSentence

_CUT = re.compile(
    r"\s*(?:[;:–—]|\s-\s|,\s+(?:which|who|where|when|after|as|and|but|while|during|according|including|saying|with|shortly)\b"
    r"|\s(?:after|while|during|because|before|when|where|as|amid|following|to (?:discuss|talk|strengthen)|but)\s|,\s)",
    re.IGNORECASE,
)
_OPENING = re.compile(
    r"^(?:In|With|During|After|Before|Asked|Faced|As|Since|At|On|While|Following|Despite|Amid|By|Under)\b[^,“\"]{3,80},\s+"
)
_LEAST_WORDS, _LEAST_CONTENT = 6, 5
_SHARED = 0.85
_STANDS = 0.7
_NEAR = 0.45
_MOST_OTHERS = 3
_MOST_FACTS = 24
_MOST_TELLINGS = 3
_MOST_QUOTED = 14
_REPEATED = 0.6
_VERB = re.compile(
    r"\b(?:is|are|was|were|has|have|had|will|would|can|could|may|might|must|should|did|does|do|said|says|told|met|[a-z]{3,}ed|[a-z]{3,}s)\b"
)


def agreements(facts: Sequence[Fact], limit: int, desk: Desk) -> list[tuple[Fact, AnswerSentence]]:
    """Returns what at least two outlets report, each with citations of all that do.

    Args:
        facts: By salience; those of quotations are for another section.
        limit: Most sentences.
        desk: Checks each outlet's words alone.
    """
    found: list[tuple[Fact, AnswerSentence]] = []
    for fact in [f for f in facts if not f.best.quotes][:_MOST_FACTS]:
        if len(found) >= limit:
            break
        tellings = sorted(fact.tellings, key=lambda t: -t.fitness)[:_MOST_TELLINGS]
        tried = (_agreed(t, _others(fact, t, facts), desk) for t in tellings)
        sentence = next((each for each in tried if each), None)
        if sentence and not any(_repeats(sentence.text, known.text) for _, known in found):
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
        and any(f" {' '.join(keys(text))} " in _spelled(t) for t in fact.tellings if t.outlet != telling.outlet)
    ]
    return max(shared, key=len, default="")


def _spelled(telling: Telling) -> str:
    return f" {' '.join(keys(telling.text))} "


def _begun(quoted: str) -> str:
    words = quoted.split()
    return quoted if len(words) <= _MOST_QUOTED else f"{' '.join(words[:_MOST_QUOTED]).rstrip(',;')} …"


def _agreed(best: Telling, others: Sequence[Sequence[Telling]], desk: Desk) -> AnswerSentence | None:
    for text in _parts(placed_in_time(best)):
        if fitness(text) < _STANDS or not desk.supports(text, best):
            continue
        bearing = {window[0].outlet: window for window in reversed(others) if _bears(text, window, desk)}
        if bearing:
            places = [(t.passage, t.span) for window in bearing.values() for t in window]
            return desk.composed(text, [(best.passage, best.span), *places], [(text, best)])
    return None


def _bears(text: str, window: Sequence[Telling], desk: Desk) -> bool:
    given = " ".join([window[0].passage.title, *(t.text for t in window)])
    wanted = set(content_stems(plain(text)))
    return len(wanted & set(content_stems(plain(given)))) >= _SHARED * len(wanted) and desk.supports(text, *window)


def _others(fact: Fact, best: Telling, facts: Sequence[Fact]) -> list[list[Telling]]:
    """Returns the closest sentences of other outlets, each alone and with the one that follows it, nearest first."""
    near = sorted(
        ((float(f.vector @ fact.vector), t) for f in facts if f.story == fact.story for t in f.tellings),
        key=lambda pair: -pair[0],
    )
    following = {(t.article_id, t.place): t for _, t in near}
    taken: dict[str, int] = {}
    chosen: list[list[Telling]] = []
    for cosine, telling in near:
        if telling.outlet == best.outlet or cosine < _NEAR or taken.get(telling.outlet, 0) >= _MOST_OTHERS:
            continue
        taken[telling.outlet] = taken.get(telling.outlet, 0) + 1
        chosen.append([telling])
        if after := following.get((telling.article_id, telling.place + 1)):
            chosen.append([telling, after])
    return chosen


def _parts(text: str) -> Iterator[str]:
    """Yields a sentence and what can be cut from it to stand alone, the longest first."""
    whole = text.strip()
    starts = [whole]
    if opening := _OPENING.match(whole):
        rest = whole[opening.end() :]
        starts.append(rest[:1].upper() + rest[1:])
    seen: dict[str, None] = {}
    for start in starts:
        seen[start] = None
        for cut in _CUT.finditer(start):
            part = start[: cut.start()].rstrip(" ,;:–—-")
            if part.count("“") == part.count("”") and part.count('"') % 2 == 0:
                seen[f"{part}."] = None
    for part in sorted(seen, key=len, reverse=True):
        enough = len(keys(part)) >= _LEAST_WORDS and len(set(content_stems(part))) >= _LEAST_CONTENT
        if enough and _VERB.search(plain(part)):
            yield part


def _repeats(one: str, other: str) -> bool:
    mine, theirs = set(content_stems(plain(one))), set(content_stems(plain(other)))
    return len(mine & theirs) >= _REPEATED * min(len(mine), len(theirs))
