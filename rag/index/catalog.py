"""The catalog: one SQLite file that is the truth about articles, versions and passages.

Vectors and the lexical index are derived from it. A passage counts only while the catalog lists it, so a search
joins every hit with the catalog, and one catalog transaction is the instant at which an article appears, changes
or disappears. The journal names passages that may exist in the derived indexes although the catalog does not list
them; whoever holds the write lock next removes them there (write-ahead intent, as in a recovery log).
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path

from rag.index.catalog_reader import CatalogReader
from rag.index.database import Database
from rag.index.event_dates import drop_event_dates, put_event_dates
from rag.index.records import IndexedArticle, publisher_key
from rag.index.signatures import add_bands, drop_bands
from rag.index.sources import forget_sources


class Catalog(CatalogReader):
    """Articles, versions, passages and the journal in ``catalog.sqlite``.

    One instance may be used from several threads. Writers must hold the index lock.

    Args:
        path: The SQLite file; created with its tables when absent.

    Raises:
        StoreError: The file is not a catalog of this version; raised by every method when it is damaged.
    """

    def __init__(self, path: Path) -> None:
        super().__init__(Database(path))

    def copy_to(self, path: Path) -> None:
        """Writes the catalog as it is at one instant to a new file, while others may read and write it."""
        self._database.copy_to(path)

    def close(self) -> None:
        """Closes the file; the catalog must not be used afterwards."""
        self._database.close()

    def set_meta(self, key: str, value: str) -> None:
        """Stores a fact about the index."""
        self._database.set_meta(key, value)

    def announce(self, passage_ids: Iterable[str]) -> None:
        """Journals passages that are about to be added to the derived indexes; current ones are there to stay."""
        sql = "INSERT OR IGNORE INTO journal SELECT ?1 WHERE NOT EXISTS (SELECT 1 FROM passages WHERE id = ?1)"
        with self._database.transaction() as db:
            db.executemany(sql, ((i,) for i in passage_ids))

    def commit(
        self, written: Sequence[IndexedArticle], removed: Sequence[str], leads: Mapping[str, str | None]
    ) -> list[str]:
        """Makes articles current, removes others and regroups copies, in one transaction.

        The passages of ``written`` leave the journal; passages that are no longer current enter it.

        Args:
            written: New and changed articles.
            removed: Ids of articles to remove.
            leads: The new lead copy, or ``None`` for a lead, of articles that change groups but are not written.

        Returns:
            Ids of the passages that must now leave the derived indexes.
        """
        now = datetime.now(UTC).isoformat(timespec="seconds")
        with self._database.transaction() as db:
            touched = list(dict.fromkeys([*(item.article.id for item in written), *removed]))
            old = self._passage_ids(db, touched)
            forget_sources(db, touched)
            for article_id in touched:
                drop_bands(db, article_id)
            db.executemany("DELETE FROM passages WHERE article_id = ?", ((i,) for i in touched))
            db.executemany("DELETE FROM articles WHERE id = ?", ((i,) for i in touched))
            db.executemany("DELETE FROM authors WHERE article_id = ?", ((i,) for i in touched))
            db.executemany("DELETE FROM versions WHERE article_id = ?", ((i,) for i in removed))
            drop_event_dates(db, removed)
            new: set[str] = set()
            for item in written:
                self._insert(db, item, now)
                new.update(passage.id for passage in item.passages)
            db.executemany("UPDATE articles SET duplicate_of = ? WHERE id = ?", ((v, k) for k, v in leads.items()))
            db.executemany("DELETE FROM journal WHERE passage_id = ?", ((i,) for i in new))
            gone = [i for i in old if i not in new]
            db.executemany("INSERT OR IGNORE INTO journal VALUES (?)", ((i,) for i in gone))
            self._bump(db)
        return gone

    def switch(self, facts: Mapping[str, str]) -> None:
        """Stores facts about rebuilt derived indexes in one transaction; what the journal named is not in them."""
        with self._database.transaction() as db:
            db.executemany("INSERT OR REPLACE INTO meta VALUES (?, ?)", facts.items())
            db.execute("DELETE FROM journal")
            self._bump(db)

    def _bump(self, db: sqlite3.Connection) -> None:
        db.execute("INSERT OR REPLACE INTO meta VALUES ('generation', ?)", (str(self.generation() + 1),))

    @staticmethod
    def _insert(db: sqlite3.Connection, item: IndexedArticle, now: str) -> None:
        article = item.article
        day = None if article.published is None else article.published.toordinal()
        db.execute(
            "INSERT INTO articles VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (article.id, item.root, item.key, article.version, item.digest, article.title, article.publisher,
             publisher_key(article.publisher), day, article.url, article.language, article.duplicate_of,
             item.signature, now),
        )  # fmt: skip
        if article.authors:
            names = json.dumps(article.authors, ensure_ascii=False)
            db.execute("INSERT INTO authors VALUES (?, ?)", (article.id, names))
        removed = json.dumps([[piece.text, piece.rule] for piece in article.removed], ensure_ascii=False)
        db.execute(
            "INSERT INTO versions VALUES (?, ?, ?, ?, ?)"
            " ON CONFLICT (article_id, version) DO UPDATE SET removed = excluded.removed",
            (article.id, article.version, article.text, removed, now),
        )
        db.executemany(
            "INSERT INTO passages VALUES (?, ?, ?, ?, ?, ?)",
            (
                (p.id, p.article_id, p.version, p.span.start, p.span.end,
                 json.dumps([[s.start, s.end] for s in p.sentences], separators=(",", ":")))
                for p in item.passages
            ),
        )  # fmt: skip
        put_event_dates(db, article.id, article.version, item.dates)
        add_bands(db, article.id, item.signature)

    def journal(self) -> list[str]:
        """Returns the passages that must not exist in the derived indexes."""
        return [row[0] for row in self._database.rows("SELECT passage_id FROM journal")]

    def clear_journal(self, passage_ids: Iterable[str]) -> None:
        """Strikes passages off the journal once the derived indexes have forgotten them."""
        with self._database.transaction() as db:
            db.executemany("DELETE FROM journal WHERE passage_id = ?", ((i,) for i in passage_ids))

    @staticmethod
    def _passage_ids(db: sqlite3.Connection, article_ids: Sequence[str]) -> list[str]:
        found: list[str] = []
        for article_id in article_ids:
            found.extend(r[0] for r in db.execute("SELECT id FROM passages WHERE article_id = ?", (article_id,)))
        return found
