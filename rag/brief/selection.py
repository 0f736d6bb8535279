"""Which articles a briefing draws on: those about the topic, or the main stories of the newest days."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

import numpy as np

from rag.brief.types import Length, Request
from rag.index.catalog import Catalog
from rag.index.embedding import Embedder
from rag.retrieve.hybrid import Retriever
from rag.retrieve.untrusted import set_aside_orders
from rag.types import Filters, RetrievedPassage, SourceSummary

_PASSAGES = 60
_PER_ARTICLE = 4
_ARTICLES = {Length.SHORT: 12, Length.STANDARD: 20, Length.LONG: 40}
_STORIES = {Length.SHORT: 2, Length.STANDARD: 4, Length.LONG: 6}
_COSINE_AT_LEAST = 0.3
_BELOW_BEST = 0.38
"""How far below the best passage the best passage of an article may lie, in cosine."""
_GOOD = 0.75
_SAME_STORY = 0.52
"""Mean cosine of titles and leads above which two articles tell one story."""
_WEEK = 6
_MOST_CLUSTERED = 1_000
_SENTENCES_READ = 600
_LEAD_CHARACTERS = 600

Notice = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Story:
    """Articles about one event: lead copies only, with the passages a briefing may cite.

    Attributes:
        articles: By date, oldest first.
        passages: In reading order, article by article; how well each fits the topic is its ``cosine``.
        weight: In (0, 1], the largest story having 1.
    """

    articles: tuple[SourceSummary, ...]
    passages: tuple[RetrievedPassage, ...]
    weight: float = 1.0


def choose_stories(
    request: Request, catalog: Catalog, retriever: Retriever, embedder: Embedder, notice: Notice
) -> tuple[list[Story], list[str]]:
    """Returns the stories of a briefing, the largest first, and what the reader should know of the choice."""
    filters = request.filters
    if request.compare:
        filters = replace(filters, publishers=request.compare)
    heads = {s.id: s for s in _lead_copies(catalog, filters)}
    if request.topic:
        notice("finding articles")
        hits = retriever.search(request.topic, _PASSAGES, filters=filters, per_article=_PER_ARTICLE)
        chosen = _about_topic(hits, _ARTICLES[request.length])
        articles = [heads[i] for i in chosen if i in heads]
        if not articles:
            return [], []
        return [_story(articles, catalog, request, found=frozenset(hit.passage.id for hit in hits))], []
    newest = max((s.published for s in heads.values() if s.published), default=None)
    if not filters and newest is not None:
        floor = newest - timedelta(days=_WEEK)
        heads = {s.id: s for s in heads.values() if s.published and s.published >= floor}
    warnings = []
    if len(heads) > _MOST_CLUSTERED:
        kept = sorted(heads.values(), key=lambda s: s.published or date.min)[-_MOST_CLUSTERED:]
        warnings.append(f"{len(heads) - len(kept)} older articles of {len(heads)} were left out; give a topic or dates")
        heads = {s.id: s for s in kept}
    notice(f"sorting {len(heads)} articles into stories")
    groups = _groups(list(heads.values()), catalog, embedder)
    groups.sort(key=lambda g: (-_outlets(g), -len(g), _latest(g), g[0].id))
    if request.compare:
        # What two publishers tell differently is one story; what each tells alone needs no comparing.
        groups = [g for g in groups if _outlets(g) > 1] or groups
    largest = max((_outlets(g) for g in groups), default=1)
    shown = groups[: _STORIES[request.length]]
    if len(groups) > 1 and largest > 1:
        shown = [g for g in shown if _outlets(g) > 1 or g is groups[0]]
    if left := len(groups) - len(shown):
        warnings.append(f"{left} smaller stories of {len(groups)} were left out")
    per_story = max(2, _ARTICLES[request.length] * 2 // max(len(shown), 1))
    stories = [_story(_spread(group, per_story), catalog, request, weight=_outlets(group) / largest) for group in shown]
    return stories, warnings


def _lead_copies(catalog: Catalog, filters: Filters) -> list[SourceSummary]:
    """Returns one article for each report: the lead copy, or the first copy where the filters exclude that."""
    passing = [s for s in catalog.summaries() if _passes(s, filters)]
    present = {s.id for s in passing}
    kept: dict[str, SourceSummary] = {}
    for summary in passing:
        group = summary.duplicate_of or summary.id
        if summary.duplicate_of is None or group not in present:
            kept.setdefault(group, summary)
    return list(kept.values())


def _passes(summary: SourceSummary, filters: Filters) -> bool:
    if filters.publishers and summary.publisher.casefold() not in {p.casefold() for p in filters.publishers}:
        return False
    if (filters.after or filters.latest) and summary.published is None:
        return False
    return not (
        (filters.after and summary.published and summary.published < filters.after)
        or (filters.latest and summary.published and summary.published > filters.latest)
    )


def _about_topic(hits: Sequence[RetrievedPassage], limit: int) -> list[str]:
    best: dict[str, float] = {}
    for hit in hits:
        cosine = hit.cosine if hit.cosine is not None else 0.0
        best[hit.passage.article_id] = max(best.get(hit.passage.article_id, 0.0), cosine)
    top = max(best.values(), default=0.0)
    # A topic that is the headline of one article must not shut out the others.
    floor = max(_COSINE_AT_LEAST, min(top, _GOOD) - _BELOW_BEST)
    return [article_id for article_id, cosine in best.items() if cosine >= floor][:limit]


def _story(
    articles: Sequence[SourceSummary],
    catalog: Catalog,
    request: Request,
    weight: float = 1.0,
    found: frozenset[str] = frozenset(),
) -> Story:
    ordered = sorted(articles, key=lambda s: (s.published or date.max, s.id))
    budget = max(3, _SENTENCES_READ // max(len(ordered), 1))
    passages: list[RetrievedPassage] = []
    for summary in ordered:
        carriers = tuple(catalog.carriers(summary.id, request.filters.latest))
        taken = 0
        for passage in catalog.passages_of(summary.id):
            if taken >= budget and passage.id not in found:
                continue
            taken += len(passage.sentences)
            passages.append(
                RetrievedPassage(
                    passage, summary.title, summary.publisher, summary.published, 1.0, also_carried_by=carriers
                )
            )
    fair, _ = set_aside_orders(passages)
    return Story(tuple(ordered), tuple(fair), weight)


def _groups(heads: Sequence[SourceSummary], catalog: Catalog, embedder: Embedder) -> list[list[SourceSummary]]:
    """Groups articles that tell one story: average linkage over title and lead (scikit-learn)."""
    if len(heads) < 2:
        return [list(heads)] if heads else []
    from sklearn.cluster import AgglomerativeClustering

    leads = [f"{s.title}. {catalog.article(s.id).text[:_LEAD_CHARACTERS]}" for s in heads]
    vectors = embedder.embed_passages(leads)
    distances = np.clip(1.0 - vectors @ vectors.T, 0.0, 2.0)
    model = AgglomerativeClustering(
        n_clusters=None, metric="precomputed", linkage="average", distance_threshold=1.0 - _SAME_STORY
    )
    labels = model.fit_predict(distances)
    found: dict[int, list[SourceSummary]] = {}
    for label, head in zip(labels.tolist(), heads, strict=True):
        found.setdefault(label, []).append(head)
    return list(found.values())


def _spread(group: Sequence[SourceSummary], limit: int) -> list[SourceSummary]:
    """Returns at most ``limit`` articles of a story, taking the newest of each publisher in turn."""
    by_publisher: dict[str, list[SourceSummary]] = {}
    for summary in sorted(group, key=lambda s: s.published or date.min, reverse=True):
        by_publisher.setdefault(summary.publisher.casefold() or summary.id, []).append(summary)
    chosen: list[SourceSummary] = []
    while len(chosen) < limit and any(by_publisher.values()):
        for waiting in by_publisher.values():
            if waiting and len(chosen) < limit:
                chosen.append(waiting.pop(0))
    return chosen


def _outlets(group: Sequence[SourceSummary]) -> int:
    return len({s.publisher.casefold() or s.id for s in group})


def _latest(group: Sequence[SourceSummary]) -> int:
    return -max((s.published.toordinal() for s in group if s.published), default=0)
