"""What the sources of a story tell: their sentences, those that tell the same thing together, the weightiest first."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
from numpy.typing import NDArray

from rag.brief.days import EventDay, event_day
from rag.brief.fitness import fitness, is_usable
from rag.brief.selection import Story
from rag.brief.voices import naming, person, runs_on, speaker_at
from rag.check.quotations import find_quotations
from rag.check.speakers import is_speech, same_person
from rag.check.words import content_stems, keys, plain
from rag.index.embedding import Embedder
from rag.types import RetrievedPassage, Span

_SAME_FACT = 0.72
"""Mean cosine of sentences above which they are taken to tell the same thing; the check has the last word."""
_QUOTED_WORDS = 5
_NEAR_BEFORE = 1
_FATHER_AND_SON = re.compile(r"\b(?:(?:his|whose|the president['’]s|elde(?:st|r)) (?:father|son)|Sr\.)")
_SHARED_QUOTATION = 30
"""Characters of a quotation by which it is known again."""


@dataclass(frozen=True, slots=True)
class Telling:
    """A sentence of a source, with what is known of it.

    Attributes:
        text: Its words, as they stand in the source.
        place: How many sentences of its article come before it.
        day: When what it tells took place; ``None`` when it does not say.
        speaker: Who speaks in it; empty when nobody does or it is not plain who.
        quotes: Whether it quotes more than a phrase.
        speaks: Whether it quotes or reports speech.
        fitness: In [0, 1], how well it can stand alone.
        voice: The sentence of the article nearest to it that names the speaker, where it does not do so itself.
        stems: Its content words, as stems.
    """

    passage: RetrievedPassage
    span: Span
    text: str
    place: int
    day: EventDay | None
    speaker: str
    quotes: bool
    speaks: bool
    fitness: float
    voice: tuple[RetrievedPassage, Span] | None = None
    stems: frozenset[str] = frozenset()

    @property
    def article_id(self) -> str:
        """The article it stands in."""
        return self.passage.passage.article_id

    @property
    def outlet(self) -> str:
        """Who speaks for the article: its publisher, or itself where none is known."""
        return self.passage.publisher.casefold() or self.article_id

    @property
    def publisher(self) -> str:
        """The publisher as shown, or what stands in for it."""
        return self.passage.publisher or self.passage.title or self.article_id

    @property
    def published(self) -> date | None:
        """When its article came out."""
        return self.passage.published

    @property
    def headline(self) -> str:
        """The headline of its article, for a sentence that may begin with it; else empty."""
        return "" if self.place else self.passage.title


@dataclass(frozen=True, slots=True, eq=False)
class Fact:
    """What one or more sources tell alike.

    Attributes:
        tellings: The best to show first.
        salience: How much it matters in its story, above 0; comparable within one briefing.
        vector: Mean of the embedded sentences, of length 1.
        story: Which story it belongs to, from 0.
    """

    tellings: tuple[Telling, ...]
    salience: float
    vector: NDArray[np.float32]
    story: int = 0

    @property
    def best(self) -> Telling:
        """The sentence that says it best."""
        return self.tellings[0]

    @property
    def outlets(self) -> frozenset[str]:
        """The publishers that tell it."""
        return frozenset(t.outlet for t in self.tellings)

    @property
    def speaker(self) -> str:
        """The person who says it, where the telling shown is plain about it and no other contradicts; else empty."""
        own = person(self.best.speaker)
        others = [name for t in self.tellings if (name := person(t.speaker))]
        return own if own and all(same_person(own, other) for other in others) else ""

    @property
    def day(self) -> EventDay | None:
        """When it took place, by the telling shown or else by another."""
        return next((t.day for t in self.tellings if t.day), None)

    def passages(self) -> list[RetrievedPassage]:
        """Returns the passages its tellings stand in, each once."""
        return list({t.passage.passage.id: t.passage for t in self.tellings}.values())


def find_facts(stories: Sequence[Story], topic: str, embedder: Embedder, notice: Callable[[str], None]) -> list[Fact]:
    """Returns the facts of all stories, by salience.

    Args:
        stories: Their passages are read.
        topic: In words, or empty.
        embedder: Compares sentences.
        notice: Told about the work.
    """
    facts: list[Fact] = []
    for number, story in enumerate(stories):
        tellings = list(_tellings(story))
        if not tellings:
            continue
        notice(f"comparing {len(tellings)} sentences of {len(story.articles)} articles")
        vectors = embedder.embed_passages([plain(t.text) for t in tellings])
        aim = embedder.embed_query(topic) if topic else _unit(vectors[[t.place < 3 for t in tellings]].sum(axis=0))
        groups = _with_quotations(_by_day(_alike(tellings, vectors), tellings), tellings)
        outlets = len({t.outlet for t in tellings})
        for group in groups:
            center = _unit(vectors[group].sum(axis=0))
            members = [tellings[i] for i in group]
            near = {id(tellings[i]): float(vectors[i] @ center) for i in group}
            longest = max((_longest_quotation(t.text) for t in members), key=len)
            members.sort(
                key=lambda t: -(
                    t.fitness + 0.5 * near[id(t)] + 0.3 * math.exp(-t.place / 5)
                    + 0.6 * (len(longest) >= _SHARED_QUOTATION and longest in f" {' '.join(keys(t.text))} ")
                )
            )  # fmt: skip
            salience = _salience(members, float(center @ aim), outlets) * story.weight
            facts.append(Fact(tuple(members), salience, center, number))
    return sorted(facts, key=lambda f: (-f.salience, f.best.article_id, f.best.span.start))


def _tellings(story: Story) -> Iterator[Telling]:
    by_article: dict[str, dict[Span, RetrievedPassage]] = {}
    for passage in story.passages:
        for span in passage.passage.sentences:
            by_article.setdefault(passage.passage.article_id, {}).setdefault(span, passage)
    shared = _of_father_and_son(p.passage.text for p in story.passages)
    for places in by_article.values():
        spans = sorted(places, key=lambda span: span.start)
        texts = [places[span].passage.words(span) for span in spans]
        for place, (span, text) in enumerate(zip(spans, texts, strict=True)):
            # Inside a quotation of several sentences: alone it would read as the paper's own words.
            if not is_usable(text) or ('"' not in plain(text) and runs_on(texts[:place])):
                continue
            passage = places[span]
            quotes = any(len(keys(q.text)) >= _QUOTED_WORDS for q in find_quotations(plain(text)))
            speaks = quotes or is_speech(text)
            speaker = speaker_at(texts, place, passage.title) if speaks else ""
            named = naming(texts, place, speaker)
            if named is not None and (place - named > _NEAR_BEFORE or f"{speaker.split()[-1]} Jr" in texts[named]):
                speaker = ""  # too far off to be sure of, or the son
            if speaker and speaker.split()[-1] in shared:
                speaker = ""
            voice = None if named is None or named == place else (places[spans[named]], spans[named])
            day = event_day(text, passage.published)
            stems = frozenset(content_stems(plain(text)))
            yield Telling(passage, span, text, place, day, speaker, quotes, speaks, fitness(text), voice, stems)


def _of_father_and_son(texts: Iterable[str]) -> frozenset[str]:
    """Returns the surnames that a father and a son of a story share: "Mr. Trump" may be either."""
    whole = " ".join(texts)
    juniors = set(re.findall(r"([A-Z][\w'’-]+),? Jr\b", whole))
    return frozenset(juniors) if juniors and _FATHER_AND_SON.search(whole) else frozenset()


def _alike(tellings: Sequence[Telling], vectors: NDArray[np.float32]) -> list[list[int]]:
    """Groups sentences that tell the same thing: average linkage (scikit-learn)."""
    if len(tellings) == 1:
        return [[0]]
    from sklearn.cluster import AgglomerativeClustering

    distances = np.clip(1.0 - vectors @ vectors.T, 0.0, 2.0)
    model = AgglomerativeClustering(
        n_clusters=None, metric="precomputed", linkage="average", distance_threshold=1.0 - _SAME_FACT
    )
    found: dict[int, list[int]] = {}
    for i, label in enumerate(model.fit_predict(distances).tolist()):
        found.setdefault(label, []).append(i)
    return list(found.values())


def _by_day(groups: list[list[int]], tellings: Sequence[Telling]) -> list[list[int]]:
    """Parts sentences that tell of different days, however alike their words; those without a day stay together."""
    parted: list[list[int]] = []
    for group in groups:
        days: dict[tuple[int, int, int] | None, list[int]] = {}
        for i in group:
            day = tellings[i].day
            days.setdefault(day.sort_key() if day and day.day else None, []).append(i)
        undated = days.pop(None, [])
        first = max(days, key=lambda d: len(days[d]), default=None)
        if first is None:
            parted.append(undated)
        else:
            days[first] += undated
            parted += days.values()
    return parted


def _longest_quotation(text: str) -> str:
    """Returns the longest quotation of a sentence as comparable words."""
    # Of any style: papers open with one kind of mark and close with another.
    found = [" ".join(keys(q.text)) for q in find_quotations(plain(text))]
    return max(found, key=len, default="")


def _with_quotations(groups: list[list[int]], tellings: Sequence[Telling]) -> list[list[int]]:
    """Joins groups in which one sentence prints the quotation of another, whole or in part."""
    whole = {i: f" {' '.join(keys(t.text))} " for i, t in enumerate(tellings) if t.quotes or '"' in plain(t.text)}
    parts = {i: quoted for i in whole if len(quoted := _longest_quotation(tellings[i].text)) >= _SHARED_QUOTATION}
    home = {i: number for number, group in enumerate(groups) for i in group}
    for i, quoted in parts.items():
        for j, text in whole.items():
            if tellings[i].outlet != tellings[j].outlet and home[i] != home[j] and f" {quoted} " in text:
                old, new = home[i], home[j]
                home = {k: new if number == old else number for k, number in home.items()}
    joined: dict[int, list[int]] = {}
    for i, number in sorted(home.items()):
        joined.setdefault(number, []).append(i)
    return list(joined.values())


def _salience(members: Sequence[Telling], fit: float, outlets: int) -> float:
    told_by = len({t.outlet for t in members})
    lead = max(math.exp(-t.place / 4) for t in members)
    best = members[0]
    solid = 0.15 * bool(re.search(r"\d", best.text)) + 0.1 * bool(best.day)
    shared = (told_by - 1) / (outlets - 1) if outlets > 1 else 0.0
    return (0.9 * shared + 0.8 * lead + 1.2 * max(fit, 0.0) + solid) * (0.35 + 0.65 * best.fitness)


def _unit(vector: NDArray[np.float32]) -> NDArray[np.float32]:
    norm = float(np.linalg.norm(vector))
    unit: NDArray[np.float32] = vector / norm if norm else vector
    return unit


def shares_content(one: Telling, other: Telling, least: float) -> bool:
    """Tells whether two sentences share at least so great a part of the content words of the shorter."""
    smaller = min(len(one.stems), len(other.stems))
    return smaller > 0 and len(one.stems & other.stems) >= least * smaller
