"""Where the sources of a briefing differ: questions that their own words raise, and statements told otherwise.

``rag.check.disagreement`` compares answers to a question; a briefing has no question, so it asks those that two sources
or more speak to: how many were killed, hurt, displaced or held, how long it lasted, in which words it was said. What is
compared must also speak of the same thing, which the closeness of the sentences shows.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import combinations

from rag.brief.alignment import longest_run
from rag.brief.desk import Desk
from rag.brief.details import NAMED, Cosine, Placed, figures_apart, names_apart
from rag.brief.facts import Fact, Telling
from rag.brief.utterances import days_apart, one_utterance, quotations_apart
from rag.check.disagreement.finding import find_disagreements
from rag.check.support import figures
from rag.check.words import content_stems, keys, plain, stem_keys, vocabulary
from rag.types import AnswerSentence, Citation, Disagreement, Position, RetrievedPassage, Span, Verdict

_QUESTIONS = (
    (r"\b(?:kill(?:s|ed|ing)?|dead|deaths?|died|lives)\b", "How many people have been killed?", "people killed"),
    (r"\b(?:injur\w+|hurt|wounded)\b", "How many people were injured?", "people injured"),
    (r"\b(?:displac\w+|from their homes|fled)\b", "How many people have been displaced?", "people displaced"),
    (r"\b(?:arrest\w+|detain\w+|in custody)\b", "How many people were arrested?", "people arrested"),
    (r"\b(?:last(?:ed|ing)?|spoke|talked|spent)\b[^.]{0,40}\b(?:hours?|minutes?)\b", "How long did the talks last?",
     "length of the talks"),
)  # fmt: skip
_CLOSE, _CLOSE_WITH_WORD = 0.5, 0.3
"""Least cosine of two sentences whose figures are compared, and of those that share a further word beside."""
_CLAUSE_LEFT = re.compile(r"(?:^|[;:,(—–]\s*|\b(?:that|and|but|which|who|while)\s+)(?=[^;:,(—–]*$)")
_CLAUSE_RIGHT = re.compile(r"[;:,)—–.]|\s(?:and|but|while|which|who)\s")
_STANDS = 0.5
_GENERAL = frozenset(
    stem_keys(
        list(
            vocabulary(
                """people person number million thousand hundred dead killed injured displaced arrested hours minutes
                talks police officials"""
            )
        )
    )
)

_RUN = 3

_Stated = tuple[str, tuple[str, Span]]


@dataclass(frozen=True, slots=True)
class Differing:
    """What sources differ on, as values and as sentences to show, and what was brought up to date."""

    disagreements: tuple[Disagreement, ...]
    sentences: tuple[AnswerSentence, ...]
    updates: tuple[str, ...]
    places: frozenset[tuple[str, Span]]


def find_differences(facts: Sequence[Fact], desk: Desk, close: Cosine) -> Differing:
    """Compares the tellings of independent outlets, story by story."""
    stories = [[f for f in facts if f.story == story] for story in dict.fromkeys(f.story for f in facts)]
    found = [_of_one_story(story, desk, close) for story in stories]
    return Differing(
        tuple(d for each in found for d in each.disagreements),
        tuple(s for each in found for s in each.sentences),
        tuple(dict.fromkeys(u for each in found for u in each.updates)),
        frozenset[tuple[str, Span]]().union(*(each.places for each in found)),
    )


def _of_one_story(facts: Sequence[Fact], desk: Desk, close: Cosine) -> Differing:
    tellings = [t for fact in facts for t in fact.tellings]
    by_place = {(t.article_id, t.span): t for t in tellings}
    found: list[Disagreement] = []
    shown: list[AnswerSentence] = []
    updates: list[str] = []
    compared: set[frozenset[tuple[str, Span]]] = set()

    disputed: set[tuple[str, Span]] = set()

    def add(kind: str, topic: str, placed: Sequence[tuple[str, Telling]]) -> None:
        disagreement, sentence = _told(kind, topic, placed, desk)
        if disagreement and sentence and sentence.citations not in {s.citations for s in shown}:
            found.append(disagreement)
            shown.append(sentence)
            disputed.update((t.article_id, t.span) for _, t in placed)

    for kind, topic, group in _asked(tellings, updates):
        placed = [(value, by_place[place]) for value, place in group if place in by_place]
        if len({t.outlet for _, t in placed}) < 2 or not _all_close(placed, close, kind):
            continue
        if kind == "attribution" and not any(
            one_utterance(a.text, b.text) for (_, a), (_, b) in combinations(placed, 2) if a.outlet != b.outlet
        ):
            continue
        compared.add(frozenset((t.article_id, t.span) for _, t in placed))
        add(kind, topic, placed)
    details = (
        *figures_apart(facts, close), *names_apart(tellings, close), *quotations_apart(tellings),
        *days_apart(tellings, close),
    )  # fmt: skip
    for kind, topic, placed in _joined(details):
        places = frozenset((t.article_id, t.span) for _, t in placed)
        if any(len(places & other) > 1 for other in compared):
            continue
        compared.add(places)
        add(kind, topic, placed)
    return Differing(tuple(found), tuple(shown), tuple(dict.fromkeys(updates)), frozenset(disputed))


def _joined(details: Sequence[Placed]) -> list[Placed]:
    """Joins pairs in which the same words stand against the same words, so that all who print them stand together."""
    found: dict[tuple[str, str, frozenset[str]], dict[tuple[str, str, Span], tuple[str, Telling]]] = {}
    for kind, topic, placed in details:
        values = frozenset(" ".join(keys(value)) for value, _ in placed)
        group = found.setdefault((kind, topic, values), {})
        for value, telling in placed:
            known = next((v for v, _ in group.values() if keys(v) == keys(value)), value)
            group.setdefault((known, telling.article_id, telling.span), (known, telling))
    return [(kind, topic, list(group.values())) for (kind, topic, _), group in found.items()]


# -- questions that the sources raise -------------------------------------------------------------------------


def _asked(
    tellings: Sequence[Telling], updates: list[str]
) -> Iterator[tuple[str, str, list[tuple[str, tuple[str, Span]]]]]:
    passages = list({t.passage.passage.id: t.passage for t in tellings}.values())
    places: dict[int, tuple[str, Span]] = {}

    def note(passage: RetrievedPassage, span: Span) -> int | None:
        place = (passage.passage.article_id, span)
        number = next((n for n, known in places.items() if known == place), len(places) + 1)
        places[number] = place
        return number

    anything = (AnswerSentence("", Verdict.SUPPORTED, 1.0, ()),)
    for pattern, question, topic in _QUESTIONS:
        raised = {t.outlet for t in tellings if re.search(pattern, plain(t.text), re.IGNORECASE)}
        if len(raised) < 2:
            continue
        findings = find_disagreements(question, passages, anything, (), note)
        updates.extend(findings.updates)
        for each in findings.disagreements:
            yield each.kind, topic, [(p.value, places[n]) for p in each.positions for n in p.citations]
    quoted = [t for t in tellings if t.quotes]
    if len({t.outlet for t in quoted}) > 1:
        citations = tuple(
            Citation(n, t.article_id, "", "", "", None, t.span.start, t.span.end, t.text)
            for n, t in enumerate(quoted, 1)
        )
        findings = find_disagreements("What was said?", passages, anything, citations, note)
        for each in findings.disagreements:
            if each.kind == "attribution":
                stated = [(p.value, places[n]) for p in each.positions for n in p.citations]
                for group in _of_one_quotation(stated):
                    yield each.kind, "wording of a quotation", group


def _of_one_quotation(stated: Sequence[_Stated]) -> list[list[_Stated]]:
    """Parts wordings of several quotations: those that share a run of words are of one."""
    groups: list[list[_Stated]] = []
    for value, place in stated:
        own = keys(value)
        alike = [g for g in groups if any(longest_run(own, keys(other)) >= _RUN for other, _ in g)]
        rest = [g for g in groups if all(g is not one for one in alike)]
        groups = [*rest, [*(each for g in alike for each in g), (value, place)]]
    return [group for group in groups if any(_differ(a, b) for (a, _), (b, _) in combinations(group, 2))]


def _differ(one: str, other: str) -> bool:
    """Tells whether two wordings part in more than function words, endings, brackets and how numbers are written."""
    mine, theirs = (content_stems(figures(plain(re.sub(r"[\[\]]", "", text)))) for text in (one, other))
    matcher = SequenceMatcher(None, mine, theirs, autojunk=False)
    blocks = [block for block in matcher.get_matching_blocks() if block.size]
    if not blocks:
        return False
    inner = mine[blocks[0].a : blocks[-1].a + blocks[-1].size], theirs[blocks[0].b : blocks[-1].b + blocks[-1].size]
    ends = bool(mine[blocks[-1].a + blocks[-1].size :]) and bool(theirs[blocks[-1].b + blocks[-1].size :])
    return inner[0] != inner[1] or ends


def _all_close(placed: Sequence[tuple[str, Telling]], close: Cosine, kind: str) -> bool:
    """Tells whether statements speak of one thing: each comes close to another, directly or by a third."""
    if kind == "attribution":
        return True
    linked, waiting = {0}, [0]
    while waiting:
        one = placed[waiting.pop()][1]
        for at, (_, other) in enumerate(placed):
            near = _CLOSE_WITH_WORD if _share_a_word(one.text, other.text) else _CLOSE
            if at not in linked and close(_in_context(one), _in_context(other)) >= near:
                linked.add(at)
                waiting.append(at)
    return len(linked) == len(placed)


def _in_context(telling: Telling) -> str:
    """Returns a sentence, behind the one before it where it points back to that."""
    before = telling.passage.passage.before(telling.span)[-1:] if telling.fitness < _STANDS else []
    return " ".join([*before, telling.text])


def _share_a_word(one: str, other: str) -> bool:
    """Tells whether two sentences share a content word besides those that the questions ask with."""
    shared = set(content_stems(plain(one))) & set(content_stems(plain(other)))
    return any(not any(re.match(pattern, stem) for pattern, _, _ in _QUESTIONS) for stem in shared - _GENERAL)


# -- as sentences ---------------------------------------------------------------------------------------------


def _told(
    kind: str, topic: str, placed: Sequence[tuple[str, Telling]], desk: Desk
) -> tuple[Disagreement | None, AnswerSentence | None]:
    """Returns a disagreement with its sentence: each side in the source's own words, behind its publisher."""
    sides: dict[str, list[Telling]] = {}
    for value, telling in placed:
        sides.setdefault(value, []).append(telling)
    pieces: list[str] = []
    parts: list[tuple[str, Telling]] = []
    for value, group in sides.items():
        whose = ", ".join(dict.fromkeys(t.publisher for t in group))
        clause = value if topic == NAMED else _clause(group[0].text, value)
        if kind == "attribution":
            clause = value.strip('“”" ').removeprefix("... ").removesuffix(" ...").strip("… ")
            clause = _whole_word(clause, group[0].text)
        pieces.append(f"{whose}: {_quoted(clause)}")
        parts.append((_quoted(clause) if kind == "attribution" else clause, group[0]))
    frame = "" if kind == "attribution" else f"{topic[:1].upper()}{topic[1:]} – "
    text = f"{frame}{'; '.join(pieces)}."
    sentence = desk.composed(text, [(t.passage, t.span) for _, t in placed], parts)
    if sentence is None:
        return None, None
    positions = []
    for value, group in sides.items():
        numbers = [n for t in group if (n := desk.cite(t.passage, t.span)) is not None]
        publishers = tuple(dict.fromkeys(t.publisher for t in group))
        positions.append(Position(value, publishers, tuple(sorted(set(numbers)))))
    return Disagreement(kind, topic, tuple(positions)), sentence


def _clause(text: str, value: str) -> str:
    """Returns the words of the source around a value, up to the clause's ends; the whole when it is not found."""
    bare = value.strip('“”"… ')
    first = bare.split(", ")[0]
    at = text.find(first)
    if at < 0:
        return text.strip().rstrip(".")
    end = max(text.find(part, at) + len(part) for part in bare.split(", ")) if ", " in bare else at + len(first)
    left = [m.end() for m in _CLAUSE_LEFT.finditer(text[:at])]
    right = _CLAUSE_RIGHT.search(text, end)
    start, stop = (left[-1] if left else 0), (right.start() if right else len(text))
    clause = text[start:stop].strip()
    return clause if len(clause.split()) >= 3 else text.strip().rstrip(".")


def _whole_word(clause: str, text: str) -> str:
    """Returns a stretch of a text with the rest of the hyphenated word that it begins in."""
    source = plain(text)
    at = source.find(plain(clause))
    start = source.rfind(" ", 0, at) + 1
    return source[start:at].lstrip("\"'(") + clause if at > 0 and source[at - 1] == "-" else clause


def _quoted(clause: str) -> str:
    bare = clause.strip('“”" ').rstrip(".")
    return f"“{bare.replace('“', '‘').replace('”', '’').replace(chr(34), chr(39))}”"
