"""Near-duplicates: finds copies of one report among articles, by MinHash over word shingles.

Broder, "On the resemblance and containment of documents" (1997): the share of equal minima of random
permutations estimates the Jaccard similarity of two shingle sets; locality-sensitive hashing finds candidates without
comparing all pairs. Both come from ``datasketch``.
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING, Literal

import numpy as np

from rag.index.catalog import Catalog
from rag.index.records import IndexedArticle, Signature

if TYPE_CHECKING:
    from datasketch import MinHash

_PERMUTATIONS = 128
_SCHEME: Literal["affine32"] = "affine32"
_SHINGLE_WORDS = 3
_THRESHOLD = 0.45
_MIN_SHINGLES = 20
_WORD = re.compile(r"\w+")


class NearDuplicates:
    """Places articles among their copies. The lead copy is the earliest, then the longest.

    Two articles of one publisher are copies only when their texts are equal: otherwise the later one is an update,
    and what it changed must stay answerable.

    Args:
        catalog: Source of the signatures of the articles already stored.
    """

    def __init__(self, catalog: Catalog) -> None:
        from datasketch import MinHashLSH

        self._catalog = catalog
        self._lsh = MinHashLSH(threshold=_THRESHOLD, num_perm=_PERMUTATIONS)
        self._known: dict[str, Signature] = {}
        self._moves: list[tuple[str, str]] = []
        self._found: list[tuple[str, str]] = []
        for signature in catalog.signatures():
            self._remember(signature)

    def place(self, item: IndexedArticle) -> IndexedArticle:
        """Returns the article with its signature, and with ``duplicate_of`` set when an earlier copy is known."""
        article = item.article
        self._forget(article.id)
        minima = _minima(article.text)
        if minima is None:
            return item
        mine = Signature(
            article.id, article.id, article.publisher, article.published, len(article.text), article.version, minima
        )
        leads = {self._known[other].lead for other in self._copies(mine)} & self._known.keys()
        duplicate_of = None
        if leads:
            lead = min((self._known[i] for i in leads), key=_precedence)
            if _precedence(mine) < _precedence(lead):
                self._follow(lead.article_id, article.id)
                self._moves.append((lead.article_id, article.id))
            else:
                duplicate_of = lead.article_id
                mine = replace(mine, lead=lead.article_id)
                self._found.append((article.id, lead.article_id))
        self._remember(mine)
        return replace(item, article=replace(article, duplicate_of=duplicate_of), signature=minima.tobytes())

    def settle(self) -> list[tuple[str, str]]:
        """Stores lead copies that arrived after their followers; call it after the articles were written.

        Returns:
            ``(article id, lead id)`` of every duplicate found since the last call.
        """
        for old, new in self._moves:
            self._catalog.move_group(old, new)
            self._found.append((old, new))
        found, self._moves, self._found = self._found, [], []
        return found

    def _copies(self, mine: Signature) -> list[str]:
        sketch = _sketch(mine.minima)
        copies = []
        for other_id in self._lsh.query(sketch):
            other = self._known[other_id]
            same_text = other.version == mine.version
            if mine.publisher and other.publisher == mine.publisher and not same_text:
                continue
            if same_text or float(np.mean(other.minima == mine.minima)) >= _THRESHOLD:
                copies.append(other_id)
        return copies

    def _remember(self, signature: Signature) -> None:
        self._known[signature.article_id] = signature
        self._lsh.insert(signature.article_id, _sketch(signature.minima))

    def _forget(self, article_id: str) -> None:
        if self._known.pop(article_id, None) is None:
            return
        self._lsh.remove(article_id)
        followers = [known for known in self._known.values() if known.lead == article_id]
        if followers:  # as the catalog does when the changed article is written
            self._follow(article_id, min(followers, key=_precedence).article_id)

    def _follow(self, old: str, new: str) -> None:
        for article_id, known in list(self._known.items()):
            if known.lead == old:
                self._known[article_id] = replace(known, lead=new)


def _precedence(signature: Signature) -> tuple[bool, int, int, str]:
    day = signature.published.toordinal() if signature.published else 0
    return (signature.published is None, day, -signature.length, signature.article_id)


def _minima(text: str) -> np.ndarray | None:
    """Returns the MinHash minima of a text, or ``None`` when it is too short to be told from chance."""
    from datasketch import MinHash

    words = _WORD.findall(text.casefold())
    shingles = {" ".join(words[i : i + _SHINGLE_WORDS]).encode() for i in range(len(words) - _SHINGLE_WORDS + 1)}
    if len(shingles) < _MIN_SHINGLES:
        return None
    sketch = MinHash(num_perm=_PERMUTATIONS, scheme=_SCHEME)
    sketch.update_batch(list(shingles))
    return np.asarray(sketch.hashvalues, dtype=np.uint32)


def _sketch(minima: np.ndarray) -> MinHash:
    from datasketch import MinHash

    return MinHash(num_perm=_PERMUTATIONS, hashvalues=minima, scheme=_SCHEME)
