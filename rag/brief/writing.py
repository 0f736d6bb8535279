"""From a request to a briefing: choose stories → find facts → plan sections → check and cite every sentence."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace

from rag.brief.agreeing import agreements, shared_words
from rag.brief.clauses import shortened
from rag.brief.comparing import comparison
from rag.brief.condensing import condensed
from rag.brief.desk import Desk
from rag.brief.details import Cosine, closeness
from rag.brief.differing import Differing, find_differences
from rag.brief.facts import Fact, find_facts
from rag.brief.heading import Heading
from rag.brief.hearing import confirmed, unheard
from rag.brief.news import News
from rag.brief.numbering import renumbered
from rag.brief.ordering import (
    adds_little,
    alike,
    all_heard,
    others_first,
    repeats,
    told_again,
    told_elsewhere,
    varied,
)
from rag.brief.plan import SIZES, STANDS, Plan, in_time_order, plan
from rag.brief.selection import Story, choose_stories
from rag.brief.types import Briefing, BriefingSource, Request, Section
from rag.brief.wording import attributed, dated, placed_in_time, shown
from rag.check.support import Idf
from rag.check.verification import Verifier
from rag.generate.drafting import Answerer, Trace
from rag.index.catalog import Catalog
from rag.index.embedding import Embedder
from rag.retrieve.hybrid import Retriever
from rag.types import AnswerSentence, RetrievedPassage, Span

_EXTRACTIVE = "extractive"
HEADLINE = "Headline"
BOTTOM_LINE = "Bottom line"
DEVELOPMENTS = "Key developments"
QUOTATIONS = "Who said what"
AGREED = "What sources agree on"
DIFFER = "Where sources differ"
ALONE = "Only one outlet reports"
UNKNOWN = "What is not known"
TITLES = (HEADLINE, BOTTOM_LINE, DEVELOPMENTS, QUOTATIONS, AGREED, DIFFER, ALONE, UNKNOWN)

_BOTTOM = 2
_HEADLINE_FROM = 3
_MOST_KIN = 3

Wording = Callable[[Fact], Sequence[str]]
"""Returns how a fact may be shown, the best first."""

Repeats = Callable[[Fact, Fact], bool]


class _Writer:
    """Takes facts to the desk, each once, until a section is full."""

    def __init__(self, facts: Sequence[Fact], desk: Desk) -> None:
        self._facts = facts
        self._desk = desk
        self._used: set[int] = set()

    def write(
        self, facts: Iterable[Fact], limit: int, wording: Wording, *, keep: bool = True, repeats: Repeats | None = None
    ) -> list[tuple[Fact, AnswerSentence]]:
        """Returns the first ``limit`` facts that pass their check, with their sentences.

        Args:
            facts: The best first.
            limit: Most sentences.
            wording: How a fact is shown.
            keep: Whether a fact shown here may be shown again elsewhere.
            repeats: Tells whether two facts are too alike for one section.
        """
        written: list[tuple[Fact, AnswerSentence]] = []
        for fact in facts:
            if len(written) >= limit:
                break
            if id(fact) in self._used or any((repeats or alike)(fact, other) for other, _ in written):
                continue
            sentence = self._sentence(fact, wording)
            if sentence is None:
                continue
            written.append((fact, sentence))
            if not keep:
                self._used.add(id(fact))
        return written

    def _sentence(self, fact: Fact, wording: Wording) -> AnswerSentence | None:
        for text in dict.fromkeys(wording(fact)):
            if (sentence := self._desk.told(text, fact.best, self._carriers(fact))) is not None:
                return sentence
        return None

    def _carriers(self, fact: Fact) -> list[RetrievedPassage]:
        """Returns the passages of all who may tell a fact: who is not shown with it is cited with it."""
        kin = [g for g in self._facts if not g.outlets <= fact.outlets and told_again(fact, g)]
        return [*fact.passages(), *(p for g in kin[:_MOST_KIN] for p in g.passages())]


def write_briefing(
    request: Request,
    *,
    catalog: Catalog,
    retriever: Retriever,
    embedder: Embedder,
    answerer: Answerer | None,
    verifier: Verifier,
    idf: Idf,
    notice: Callable[[str], None],
) -> Briefing:
    """Writes a briefing from the source sentences; a language model, if there is one, condenses the most important.

    Args:
        request: What is asked for.
        catalog: Source of the canonical texts that citations point into.
        retriever: Finds passages about a topic.
        embedder: Compares sentences.
        answerer: Draws short sentences from passages; ``None`` to show source sentences only.
        verifier: Decides whether cited words support a sentence.
        idf: Weight of a word stem in the corpus.
        notice: Told in a few words what is going on, and of each section that is finished, as ``TITLE: N sentences``.

    Returns:
        The briefing; without sections when no article is about the topic or passes the filters.
    """
    started = time.perf_counter()
    stories, warnings = choose_stories(request, catalog, retriever, embedder, notice)
    facts = find_facts(stories, request.topic, embedder, notice)
    desk, trace = Desk(catalog, verifier, idf), Trace()
    if answerer is not None and answerer.name == _EXTRACTIVE:
        trace.warnings.append("there is no language model here; these are source sentences")
    outlets = len({outlet for fact in facts for outlet in fact.outlets})
    notice("looking for what the sources differ on")
    close = closeness(embedder)
    differing = find_differences(facts, desk, close)
    notice("checking every sentence")
    if request.compare:
        sections = comparison(request.compare, facts, differing, desk, SIZES[request.length])
        for section in sections:
            _finished(section.title, section.sentences, notice)
    else:
        news = News(request.since, facts, desk)
        facts = news.preferred(facts)
        sections = _sections(
            request, facts, plan(facts, outlets), differing, desk, news, answerer, trace, notice, close
        )
    used, citations, disagreements = renumbered(sections, desk.citations(), differing.disagreements)
    headline = next((s.sentences[0].text for s in used if s.title == HEADLINE), "")
    sources = _sources(stories, {c.article_id for c in citations}, catalog)
    if stale := desk.stale():
        warnings.append(f"changed or removed while the briefing was made: {', '.join(stale)}; run it again")
    return Briefing(
        request=request,
        model=trace.model or (answerer.name if answerer else _EXTRACTIVE),
        headline=headline,
        sections=used,
        citations=citations,
        disagreements=disagreements,
        sources=sources,
        independent=len({s.publisher.casefold() or s.article_id for s in sources}),
        dropped=desk.dropped(),
        warnings=(*warnings, *differing.updates, *trace.warnings),
        usage=trace.usage,
        seconds=time.perf_counter() - started,
    )


def _sections(
    request: Request,
    facts: Sequence[Fact],
    planned: Plan,
    differing: Differing,
    desk: Desk,
    news: News,
    answerer: Answerer | None,
    trace: Trace,
    notice: Callable[[str], None],
    close: Cosine,
) -> list[Section]:
    sizes, writer = SIZES[request.length], _Writer(facts, desk)
    top = Heading(facts)
    candidates = top.first(planned.lead) or list(facts)
    short = condensed(candidates, request, answerer, desk, trace, notice)
    headline = [pair for pair in short if any(pair[0] is f for f in candidates[:_HEADLINE_FROM])][:1]
    headline = headline or writer.write(candidates, 1, _briefly)
    _finished(HEADLINE, headline, notice)
    _finished(DIFFER, differing.sentences, notice)
    first = [fact for fact, _ in headline]
    bottom = [(fact, sentence) for fact, sentence in short if not any(repeats(fact, h) for h in first)][:_BOTTOM]
    standing = [f for f in facts if f.best.fitness >= STANDS and not f.best.quotes]
    for others, strict in ((planned.lead, True), (standing, True), (standing, False)):
        for fact in others_first(others, [*first, *(f for f, _ in bottom)], top.weight):
            taken = [*headline, *bottom]
            known = any(repeats(fact, f) or told_again(fact, f) for f, _ in taken)
            known = known or adds_little(fact, [sentence.text for _, sentence in taken])
            if len(bottom) < _BOTTOM and all(fact is not f for f, _ in taken) and not (strict and known):
                bottom += writer.write([fact], 1, _plainly)
    _finished(BOTTOM_LINE, bottom, notice)
    unknown = writer.write(planned.unknown, sizes.unknown, _plainly, keep=False)
    _finished(UNKNOWN, unknown, notice)
    briefly = {id(fact): sentence.text for fact, sentence in short}
    developments = writer.write(
        all_heard(top.plainest(planned.developments)),
        sizes.developments,
        lambda f: _dated(f, briefly),
        keep=False,
        repeats=told_again,
    )
    quotations = writer.write(
        varied(planned.quotations), sizes.quotations, lambda f: [attributed(f.best, f.speaker)], keep=False
    )
    quotations = [(fact, desk.with_voice(sentence, fact.best)) for fact, sentence in quotations]
    quotations = sorted(quotations, key=lambda pair: _first_of(pair[0].speaker, quotations))
    _finished(QUOTATIONS, quotations, notice)
    agreed = agreements(planned.developments, sizes.agreed, desk, close)
    agreed += shared_words(planned.quotations, min(3, sizes.agreed - len(agreed)), desk)
    _finished(AGREED, agreed, notice)
    disputed = differing.places
    shared = [fact for fact, _ in (*headline, *bottom, *agreed)]
    alone = writer.write(
        [
            f
            for f in planned.alone
            if not _touches(f, disputed) and all(f is not s for s in shared) and not told_elsewhere(f, facts)
        ],
        sizes.alone,
        _marked,
        keep=False,
    )
    _finished(ALONE, alone, notice)
    elsewhere = [*quotations, *agreed, *alone]
    more = unheard(top.plainest(facts), [*headline, *bottom, *developments, *elsewhere])
    developments += writer.write(more, sizes.unheard, lambda f: _dated(f, briefly))
    at_top, opening = [*headline, *bottom], len(headline)
    confirmed_all = confirmed(facts, [*at_top, *developments], elsewhere, desk)
    headline, bottom = confirmed_all[:opening], confirmed_all[opening : len(at_top)]
    developments = confirmed_all[len(at_top) :]
    _finished(DEVELOPMENTS, developments, notice)
    ordered = [(f, s) for f in in_time_order(f for f, _ in developments) for g, s in developments if g is f]
    parts = [
        (HEADLINE, headline), (BOTTOM_LINE, bottom), (DEVELOPMENTS, ordered), (QUOTATIONS, quotations),
        (AGREED, agreed),
    ]  # fmt: skip
    sections = [_section(title, pairs, news) for title, pairs in parts if pairs]
    if differing.sentences:
        sections.append(Section(DIFFER, differing.sentences))
    sections += [_section(title, pairs, news) for title, pairs in ((ALONE, alone), (UNKNOWN, unknown)) if pairs]
    return sections


def _finished(title: str, told: Sequence[object], notice: Callable[[str], None]) -> None:
    if told:
        notice(f"{title}: {len(told)} {'sentence' if len(told) == 1 else 'sentences'}")


def _section(title: str, pairs: Sequence[tuple[Fact, AnswerSentence]], news: News) -> Section:
    new = tuple(place for place, (fact, sentence) in enumerate(pairs) if news.is_new(fact, sentence.text))
    return Section(title, tuple(sentence for _, sentence in pairs), new)


def _touches(fact: Fact, places: frozenset[tuple[str, Span]]) -> bool:
    return any((t.article_id, t.span) in places for t in fact.tellings)


def _dated(fact: Fact, briefly: Mapping[int, str]) -> list[str]:
    return [dated(fact.best, briefly.get(id(fact), "")), dated(fact.best)]


def _plainly(fact: Fact) -> list[str]:
    return [placed_in_time(fact.best), shown(fact.best.text, fact.best.headline)]


def _briefly(fact: Fact) -> list[str]:
    return [shortened(placed_in_time(fact.best)), *_plainly(fact)]


def _marked(fact: Fact) -> list[str]:
    return [f"{fact.best.publisher} only: {text}" for text in _plainly(fact)]


def _first_of(speaker: str, pairs: Sequence[tuple[Fact, AnswerSentence]]) -> int:
    last = speaker.split()[-1:] or [""]
    return next(i for i, (fact, _) in enumerate(pairs) if (fact.speaker.split()[-1:] or [""]) == last)


def _sources(stories: Sequence[Story], cited: set[str], catalog: Catalog) -> tuple[BriefingSource, ...]:
    found = []
    for story in stories:
        for summary in story.articles:
            article = catalog.article(summary.id)
            carriers = tuple(catalog.carriers(summary.id))
            found.append(
                BriefingSource(
                    summary.id, summary.title, summary.publisher, summary.published, article.url, carriers,
                    summary.id in cited,
                )
            )  # fmt: skip
    return tuple(replace(source) for source in dict.fromkeys(found))
