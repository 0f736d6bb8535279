"""Near-duplicates: finds copies of one report among articles, by MinHash over word shingles and then by sentence.

Broder, "On the resemblance and containment of documents" (1997): the share of equal minima of random
permutations estimates the Jaccard similarity of two shingle sets. The minima come from ``datasketch``; candidates for
comparison from the bands in the catalog. The estimate settles what is nearly the same or has nearly nothing in common;
in between, where a copy cut by a third lies beside two reports that quote one speech, ``alignment`` reads both texts.
"""

from __future__ import annotations

import heapq
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from rag.index.alignment import Sentences, is_copy, read_sentences
from rag.index.catalog import Catalog
from rag.index.records import IndexedArticle, Signature, publisher_key
from rag.index.signatures import bands, shingles

_PERMUTATIONS = 128
_SCHEME: Literal["affine32"] = "affine32"
# Estimated resemblance from which two texts are copies, and below which they are not, without reading them.
_SAME, _FOREIGN = 0.7, 0.08
_MIN_SHINGLES = 20
# Copies are printed within days; what resembles an article of last month is a series, or the same background again.
_MOST_DAYS = 14


@dataclass(frozen=True, slots=True)
class Grouping:
    """Articles ready to be written, and what that changes for those already stored.

    Attributes:
        items: The articles with signature and lead copy.
        leads: The new lead copy, or ``None`` for a lead, of stored articles that change groups.
    """

    items: tuple[IndexedArticle, ...]
    leads: dict[str, str | None]


def group_copies(catalog: Catalog, items: Sequence[IndexedArticle], removed: Sequence[str] = ()) -> Grouping:
    """Groups articles that are about to be written, or removed, with their copies.

    The lead copy is the earliest, then the longest; articles without a date come last. In that order each article
    follows the lead it resembles most, or leads. Two articles of one publisher are copies only when their texts are
    equal: otherwise the later one is an update, and what it changed must stay answerable. The groups depend on what is
    stored and not on the order in which it arrived.

    Args:
        catalog: As it is before the change.
        items: New and changed articles.
        removed: Ids of articles that are about to go.
    """
    signed = [replace(item, signature=None if (m := _minima(item.article.text)) is None else m.tobytes())
              for item in items]  # fmt: skip
    groups = _Groups(catalog, signed)
    leads = groups.settle([*(item.article.id for item in items), *removed])
    written = {item.article.id for item in items}
    return Grouping(
        tuple(replace(item, article=replace(item.article, duplicate_of=leads.get(item.article.id))) for item in signed),
        {article_id: lead for article_id, lead in leads.items() if article_id not in written},
    )


class _Groups:
    """The articles around a change, loaded from the catalog as they are met."""

    def __init__(self, catalog: Catalog, items: Sequence[IndexedArticle]) -> None:
        pending = [_signature(item) for item in items if item.signature]
        self._catalog = catalog
        self._texts = {(item.article.id, item.article.version): item.article.text for item in items}
        self._sentences: dict[tuple[str, str], Sentences] = {}
        self._compared: dict[frozenset[tuple[str, str]], bool] = {}
        self._pending = {signature.article_id: signature for signature in pending}
        self._known: dict[str, Signature] = dict(self._pending)
        self._gone: set[str] = set()
        self._lead: dict[str, str] = {}
        self._near: dict[str, list[tuple[Signature, float]]] = {}
        self._by_band: dict[int, list[str]] = {}
        for signature in pending:
            for band in bands(signature.minima):
                self._by_band.setdefault(band, []).append(signature.article_id)

    def settle(self, touched: Sequence[str]) -> dict[str, str | None]:
        """Returns the lead copy, ``None`` for a lead, of every article whose group changes."""
        self._gone = set(touched) - self._pending.keys()
        # What a changed article was may have kept others in or out of a group.
        before = self._catalog.signatures.in_groups_of(touched)
        around = {s.article_id: s for s in before}
        for signature in before:
            if signature.article_id in touched:
                around |= {s.article_id: s for s, _ in self._resembling(signature)}
        first = [*self._pending.values(), *(s for i, s in around.items() if i not in touched)]
        waiting = [(_precedence(s), s.article_id) for s in first]
        heapq.heapify(waiting)
        queued = {article_id for _, article_id in waiting}
        changed: dict[str, str | None] = {}
        self._known |= {i: s for i, s in around.items() if i not in touched}
        # In order of precedence, so that everything a decision rests on is decided before it.
        while waiting:
            place, article_id = heapq.heappop(waiting)
            mine = self._known[article_id]
            is_new = article_id in self._pending
            lead = self._choose(mine)
            self._lead[article_id] = lead
            if lead == mine.lead and not is_new:
                continue
            changed[article_id] = None if lead == article_id else lead
            was_lead = mine.lead == article_id and not is_new
            for other, _ in self._near_to(mine):
                concerned = was_lead or lead == article_id or _is_update(mine, other)
                if concerned and other.article_id not in queued and _precedence(other) > place:
                    queued.add(other.article_id)
                    heapq.heappush(waiting, (_precedence(other), other.article_id))
        return changed

    def _choose(self, mine: Signature) -> str:
        place = _precedence(mine)
        earlier = [(other, likeness) for other, likeness in self._near_to(mine) if _precedence(other) < place]
        updated = {self._lead_of(other) for other, _ in earlier if _is_update(other, mine)}
        leads = [
            (-likeness, _precedence(other), other.article_id)
            for other, likeness in earlier
            if self._lead_of(other) == other.article_id and other.article_id not in updated
        ]
        return min(leads)[2] if leads else mine.article_id

    def _lead_of(self, signature: Signature) -> str:
        return self._lead.get(signature.article_id, signature.lead)

    def _near_to(self, mine: Signature) -> list[tuple[Signature, float]]:
        if mine.article_id not in self._near:
            self._near[mine.article_id] = list(self._resembling(mine))
        return self._near[mine.article_id]

    def _resembling(self, mine: Signature) -> Iterable[tuple[Signature, float]]:
        keys = bands(mine.minima)
        stored = set(self._catalog.signatures.meeting(keys)) - self._pending.keys() - self._gone
        self._known |= {s.article_id: s for s in self._catalog.signatures.of(stored - self._known.keys())}
        pending = {article_id for band in keys for article_id in self._by_band.get(band, ())}
        others = [self._known[i] for i in (stored | pending) - {mine.article_id}]
        if others:
            likeness = (np.stack([other.minima for other in others]) == mine.minima).mean(axis=1)
            for other, value in zip(others, likeness, strict=True):
                if value >= _SAME or (value >= _FOREIGN and self._are_copies(mine, other, float(value))):
                    yield other, float(value)

    def _are_copies(self, one: Signature, other: Signature, likeness: float) -> bool:
        places = (one.article_id, one.version), (other.article_id, other.version)
        key = frozenset(places)
        if key not in self._compared:
            known = bool(one.publisher and other.publisher)
            self._compared[key] = _days_apart(one, other) <= _MOST_DAYS and is_copy(
                self._read(places[0]), self._read(places[1]), likeness, publishers_known=known
            )
        return self._compared[key]

    def _read(self, place: tuple[str, str]) -> Sentences:
        if place not in self._sentences:
            text = self._texts.get(place)
            self._sentences[place] = read_sentences(self._catalog.signatures.text(*place) if text is None else text)
        return self._sentences[place]


def _signature(item: IndexedArticle) -> Signature:
    article = item.article
    return Signature(
        article.id, article.id, publisher_key(article.publisher), article.published, len(article.text),
        article.version, np.frombuffer(item.signature or b"", dtype=np.uint32),
    )  # fmt: skip


def _days_apart(one: Signature, other: Signature) -> int:
    return abs((one.published - other.published).days) if one.published and other.published else 0


def _precedence(signature: Signature) -> tuple[bool, int, int, str]:
    day = signature.published.toordinal() if signature.published else 0
    return (signature.published is None, day, -signature.length, signature.article_id)


def _is_update(earlier: Signature, later: Signature) -> bool:
    return bool(later.publisher) and earlier.publisher == later.publisher and earlier.version != later.version


def _minima(text: str) -> NDArray[np.uint32] | None:
    """Returns the MinHash minima of a text, or ``None`` when it is too short to be told from chance."""
    from datasketch import MinHash

    found = shingles(text)
    if len(found) < _MIN_SHINGLES:
        return None
    sketch = MinHash(num_perm=_PERMUTATIONS, scheme=_SCHEME)
    sketch.update_batch([shingle.encode() for shingle in found])
    return np.asarray(sketch.hashvalues, dtype=np.uint32)
