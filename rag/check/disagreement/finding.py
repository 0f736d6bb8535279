"""Finds where independent sources differ about what a question asks, and what one of them has since put right.

A publisher is one source, and so are the papers that carry one report. Precision comes first: a value counts only where
wording shows that it answers the question, an article that gives two is not heard, and what can be true together is
no disagreement.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from rag.check.disagreement.amounts import amount_statements, bounds
from rag.check.disagreement.days import date_statements, days_in
from rag.check.disagreement.fillers import answer_phrase, asks_for_one, filler_statements
from rag.check.disagreement.intervals import asks_for_interval, interval_statements
from rag.check.disagreement.question import Asked, read_question
from rag.check.disagreement.stances import stance_statements
from rag.check.disagreement.statements import (
    Amount,
    Kind,
    Label,
    SourceSentence,
    Statement,
    agree,
    source_sentences,
)
from rag.check.disagreement.updates import apply_updates
from rag.check.disagreement.wordings import is_quotation, quotation_statements
from rag.check.expectations import Expectation, expectations
from rag.check.quantities import find_quantities
from rag.check.words import content_stems, plain
from rag.types import AnswerSentence, Citation, Disagreement, Position, RetrievedPassage, Span

Search = Callable[[str], Sequence[RetrievedPassage]]
"""Finds passages that have the given words."""

Cite = Callable[[RetrievedPassage, Span], int | None]
"""Numbers a sentence of a passage as a citation; ``None`` when its article has changed meanwhile."""

_POPULATION = re.compile(r"\bpopulation\b|\bmedian age\b", re.IGNORECASE)
_WORDS_ASKED = re.compile(r"\b(?:sa(?:y|id|ys)|tell|told|words|quot\w+|put it)\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Findings:
    """Disagreements between sources, and one line for each value that a source corrected or brought up to date."""

    disagreements: tuple[Disagreement, ...] = ()
    updates: tuple[str, ...] = ()

    def __add__(self, other: Findings) -> Findings:
        """Returns both together, nothing twice."""
        return Findings(
            tuple(dict.fromkeys((*self.disagreements, *other.disagreements))),
            tuple(dict.fromkeys((*self.updates, *other.updates))),
        )


def find_disagreements(
    question: str,
    passages: Sequence[RetrievedPassage],
    shown: Sequence[AnswerSentence],
    citations: Sequence[Citation],
    cite: Cite,
    search: Search | None = None,
    *,
    words_asked: bool = False,
) -> Findings:
    """Compares what the retrieved passages and the shown sentences say in answer to a question.

    Args:
        question: The standalone question.
        passages: Everything retrieved: a source that disagrees counts even when no answer sentence came of it.
        shown: The sentences of the answer; without any there is nothing to disagree about.
        citations: The citations of those sentences.
        cite: Gives a citation to each sentence that a position rests on.
        search: Looks for other papers with a quotation that the answer cites; ``None`` leaves it at the passages.
        words_asked: Whether somebody's words are asked for, although the question itself does not say so.

    Returns:
        The disagreements, each with at least two positions, and the updates.
    """
    if not shown:
        return Findings()
    asked = read_question(question)
    sentences = list(source_sentences(passages))
    found = expectations(question)
    lines: list[str] = []
    disagreements: list[Disagreement] = []
    about = question.strip()

    def compare(kind: Kind, statements: Sequence[Statement], topic: str = about) -> None:
        if positions := _positions(statements, cite, own=kind in (Kind.NUMERIC, Kind.DATE)):
            disagreements.append(Disagreement(kind.value, topic, positions))

    if asks_for_interval(asked):
        compare(Kind.DATE, [s for sentence in sentences for s in interval_statements(asked, sentence)])
    elif Expectation.NUMBER in found or _POPULATION.search(question):
        amounts = [s for sentence in sentences for s in amount_statements(asked, sentence)]
        standing, lines = apply_updates([*amounts, *_shown_amounts(asked, shown, citations, sentences, amounts)])
        for group in _by_scope(standing):
            compare(Kind.NUMERIC, group)
    elif Expectation.DATE in found:
        dates = [s for sentence in sentences for s in date_statements(asked, sentence)]
        standing, lines = apply_updates([*dates, *_shown_dates(asked, shown, citations, sentences, dates)])
        compare(Kind.DATE, standing)
    elif asks_for_one(asked):
        labels = [s for sentence in sentences for s in filler_statements(asked, sentence)]
        standing, lines = apply_updates([*labels, *_shown_labels(asked, shown, citations, sentences, labels)])
        compare(Kind.STANCE, standing)
    else:
        compare(Kind.STANCE, list(stance_statements(asked, sentences)))
    if words_asked or _WORDS_ASKED.search(question):
        cited = {(c.article_id, Span(c.start, c.end)) for c in citations}
        quoted = [s for s in sentences if (s.passage.passage.article_id, s.span) in cited and is_quotation(s)]
        more = [hit for s in quoted for hit in (search(s.text) if search else ())]
        for group in quotation_statements(list(source_sentences([*passages, *more]))):
            if any((s.sentence.passage.passage.article_id, s.sentence.span) in cited for s in group):
                compare(Kind.ATTRIBUTION, group, f"the wording of a quotation: {about}")
    return Findings(tuple(disagreements), tuple(lines))


# -- what the shown sentences answer, where nothing is known of their article otherwise -----------------------


def _phrases(
    asked: Asked,
    shown: Sequence[AnswerSentence],
    citations: Sequence[Citation],
    sentences: Sequence[SourceSentence],
    known: Iterable[Statement],
) -> Iterable[tuple[str, SourceSentence]]:
    by_place = {(s.passage.passage.article_id, s.span): s for s in sentences}
    heard = {s.sentence.passage.passage.article_id for s in known}
    cited = {c.n: c for c in citations}
    for sentence in shown:
        phrase = answer_phrase(asked, sentence.text)
        for citation in (cited[n] for n in sentence.citations if phrase):
            place = by_place.get((citation.article_id, Span(citation.start, citation.end)))
            if place is not None and citation.article_id not in heard:
                yield phrase, place


def _shown_amounts(
    asked: Asked,
    shown: Sequence[AnswerSentence],
    citations: Sequence[Citation],
    sentences: Sequence[SourceSentence],
    known: Sequence[Statement],
) -> list[Statement]:
    out = []
    scopes = {s.value.scope for s in known if isinstance(s.value, Amount)} or {("",)}
    for phrase, place in _phrases(asked, shown, citations, sentences, known):
        quantities = find_quantities(phrase)
        if len(quantities) == 1 and len(scopes) == 1 and "time" not in next(iter(scopes)):
            low, high = bounds(quantities[0], phrase)
            out.append(Statement(Amount(low, high, next(iter(scopes))), quantities[0].text, place))
    return out


def _shown_dates(
    asked: Asked,
    shown: Sequence[AnswerSentence],
    citations: Sequence[Citation],
    sentences: Sequence[SourceSentence],
    known: Sequence[Statement],
) -> list[Statement]:
    out = []
    for phrase, place in _phrases(asked, shown, citations, sentences, known):
        days = days_in(phrase, place.published)
        out += [Statement(day, text, place) for day, text in days if len(days) == 1]
    return out


def _shown_labels(
    asked: Asked,
    shown: Sequence[AnswerSentence],
    citations: Sequence[Citation],
    sentences: Sequence[SourceSentence],
    known: Sequence[Statement],
) -> list[Statement]:
    phrases = _phrases(asked, shown, citations, sentences, known)
    return [Statement(Label(tuple(content_stems(phrase))), phrase, place) for phrase, place in phrases]


# -- from statements to positions -----------------------------------------------------------------------------


def _by_scope(statements: Sequence[Statement]) -> list[list[Statement]]:
    groups: dict[tuple[str, ...], list[Statement]] = {}
    for statement in statements:
        if isinstance(statement.value, Amount):
            groups.setdefault(statement.value.scope, []).append(statement)
    return list(groups.values())


def _positions(statements: Sequence[Statement], cite: Cite, *, own: bool) -> tuple[Position, ...]:
    """Returns two positions or more between which independent sources differ; else nothing.

    ``own`` says that a source speaks for itself, so that one with two values is not heard; what others want, or are
    called, it may well report in two versions.
    """
    clear = _unambiguous(statements) if own else list(statements)
    groups: list[list[Statement]] = []
    for statement in sorted(clear, key=_width):
        matching = [group for group in groups if any(agree(statement.value, s.value) for s in group)]
        if len(matching) > 1:
            continue  # "more than an hour" bears out two hours as much as three
        if matching:
            matching[0].append(statement)
        else:
            groups.append([statement])
    if len(groups) < 2 or len({s.sentence.source for group in groups for s in group}) < 2:
        return ()
    order = {id(s): i for i, s in enumerate(clear)}
    groups = [sorted(group, key=lambda s: order[id(s)]) for group in groups]
    groups.sort(key=lambda group: (-len({s.sentence.source for s in group}), order[id(group[0])]))
    positions = [position for group in groups if (position := _position(group, cite))]
    return tuple(positions) if len(positions) > 1 else ()


def _width(statement: Statement) -> float:
    value = statement.value
    if isinstance(value, Amount):
        return float((value.high - value.low) / (value.high or 1))
    if isinstance(value, Label):
        return -len(value.keys)
    return -sum(part is not None for part in (value.month, value.day))


def _unambiguous(statements: Sequence[Statement]) -> list[Statement]:
    """Leaves out every source that gives two values itself: it speaks of two things, or has changed its mind."""
    out = []
    for statement in statements:
        own = [s for s in statements if s.sentence.source == statement.sentence.source]
        if all(agree(statement.value, s.value) for s in own):
            out.append(statement)
    return out


def _position(group: Sequence[Statement], cite: Cite) -> Position | None:
    publishers: dict[str, int] = {}
    for statement in group:
        name = statement.sentence.publisher
        if name not in publishers:
            number = cite(statement.sentence.passage, statement.sentence.span)
            if number is not None:
                publishers[name] = number
    if not publishers:
        return None
    return Position(plain(group[0].text), tuple(publishers), tuple(sorted(set(publishers.values()))))
