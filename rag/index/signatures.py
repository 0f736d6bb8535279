"""Near-duplicate signatures in the catalog, found by their bands, so that no comparison needs them all in memory.

Locality-sensitive hashing (Indyk and Motwani 1998; Leskovec, Rajaraman and Ullman, "Mining of Massive Datasets",
3.4): two signatures are compared only when all minima of one band are equal.
"""

from __future__ import annotations

import hashlib
import re
import sqlite3
from collections.abc import Collection, Iterator
from datetime import date
from typing import Any

import numpy as np
from numpy.typing import NDArray

from rag.index.database import Database
from rag.index.records import Signature

# 64 bands of 2 minima: one is equal with a probability of .93 at a similarity of .2, where copies without 40% of their
# sentences lie, and of .006 at .01, where most pairs of articles do. What meets is then compared word for word.
_BAND_ROWS = 2
_FORMER_BAND_ROWS = 4

_COLUMNS = (
    "SELECT a.id, coalesce(a.duplicate_of, a.id), a.publisher_key, a.published, length(v.text), a.version, a.signature"
    " FROM articles a JOIN versions v ON v.article_id = a.id AND v.version = a.version"
    " WHERE a.signature IS NOT NULL AND "
)
_BATCH = 1_000
_WORD = re.compile(r"\w+")
_SHINGLE_WORDS = 3


def shingles(text: str) -> set[str]:
    """Returns the runs of three words of a text, without regard to case: what resemblance is measured by."""
    words = _WORD.findall(text.casefold())
    return {" ".join(words[i : i + _SHINGLE_WORDS]) for i in range(len(words) - _SHINGLE_WORDS + 1)}


def bands(minima: NDArray[np.uint32], rows_each: int = _BAND_ROWS) -> list[int]:
    """Returns a key of 63 bits for every band of a signature."""
    rows = minima.astype("<u4").reshape(-1, rows_each)
    digests = (
        hashlib.blake2b(row.tobytes(), digest_size=8, salt=number.to_bytes(2, "little")).digest()
        for number, row in enumerate(rows)
    )
    return [int.from_bytes(digest, "little") >> 1 for digest in digests]


class Signatures:
    """The signatures of the current articles.

    Args:
        database: The catalog's file.
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    def of(self, article_ids: Collection[str]) -> list[Signature]:
        """Returns the signatures of those articles that have one."""
        return [_signature(row) for row in self._select("a.id", list(article_ids))]

    def text(self, article_id: str, version: str) -> str:
        """Returns the canonical text of a stored version."""
        sql = "SELECT text FROM versions WHERE article_id = ? AND version = ?"
        return str(self._database.rows(sql, (article_id, version))[0][0])

    def meeting(self, keys: list[int]) -> list[str]:
        """Returns the ids of the articles whose signature has one of these bands."""
        sql = f"SELECT DISTINCT article_id FROM bands WHERE band IN ({','.join('?' * len(keys))})"
        return [row[0] for row in self._database.rows(sql, keys)]

    def in_groups_of(self, article_ids: Collection[str]) -> list[Signature]:
        """Returns the signatures of all articles in the groups of copies, of two or more, that these belong to."""
        found = {s.article_id: s for s in self.of(article_ids)}
        leads = {s.lead for s in found.values()}
        followers = [_signature(row) for row in self._select("a.duplicate_of", list(leads))]
        shared = {s.lead for s in followers}
        members = [*self.of(leads & shared), *followers]
        return list({s.article_id: s for s in members}.values())

    def _select(self, column: str, values: list[str]) -> Iterator[tuple[Any, ...]]:
        for start in range(0, len(values), _BATCH):
            batch = values[start : start + _BATCH]
            yield from self._database.rows(f"{_COLUMNS} {column} IN ({','.join('?' * len(batch))})", batch)


def add_bands(db: sqlite3.Connection, article_id: str, signature: bytes | None) -> None:
    """Makes an article findable by the bands of its signature."""
    db.executemany("INSERT OR IGNORE INTO bands VALUES (?, ?)", _entries(article_id, signature))


def drop_bands(db: sqlite3.Connection, article_id: str) -> None:
    """Undoes ``add_bands`` for the signature that the article has, also as an earlier release added them."""
    for (signature,) in db.execute("SELECT signature FROM articles WHERE id = ?", (article_id,)).fetchall():
        for rows in (_BAND_ROWS, _FORMER_BAND_ROWS):
            entries = _entries(article_id, signature, rows)
            db.executemany("DELETE FROM bands WHERE band = ? AND article_id = ?", entries)


def _entries(article_id: str, signature: bytes | None, rows: int = _BAND_ROWS) -> list[tuple[int, str]]:
    if signature is None:
        return []
    return [(band, article_id) for band in bands(np.frombuffer(signature, dtype=np.uint32), rows)]


def _signature(row: tuple[Any, ...]) -> Signature:
    published = None if row[3] is None else date.fromordinal(row[3])
    minima = np.frombuffer(row[6], dtype=np.uint32)
    return Signature(row[0], row[1], row[2], published, row[4], row[5], minima)
