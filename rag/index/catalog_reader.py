"""Reading the catalog: articles, their versions and passages, and what ranking needs to know of them."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from typing import Any

from rag.errors import ArticleNotFoundError
from rag.index.database import Database
from rag.index.event_dates import event_dates_of
from rag.index.given import GivenAnswers
from rag.index.records import ArticleHead, ArticleVersion, PassageEntry, StoredArticle, publisher_key
from rag.index.signatures import Signatures
from rag.index.sources import ReadSources
from rag.types import Article, EventDate, Filters, Passage, RemovedText, SourceSummary, Span

_MAX_VARIABLES = 30_000
_Row = tuple[Any, ...]
# Published then, without a date, or speaking of a day then.
_DURING = (
    "(a.published IS NULL OR a.published BETWEEN ? AND ? OR EXISTS (SELECT 1 FROM event_dates d"
    " WHERE d.article_id = a.id AND d.version = a.version AND d.first <= ? AND d.last >= ?))"
)


class CatalogReader:
    """What can be read of a catalog. One instance may be used from several threads.

    Args:
        database: The catalog's file.

    Attributes:
        signatures: What finding near-duplicates needs of the current articles.
        given: What answers and briefings cited.
        sources: What was read, and what it was when it was.
    """

    def __init__(self, database: Database) -> None:
        self._database = database
        self.signatures = Signatures(database)
        self.given = GivenAnswers(database)
        self.sources = ReadSources(database)

    def get_meta(self, key: str) -> str | None:
        """Returns a stored fact about the index, such as ``embedder``; ``None`` when absent."""
        return self._database.get_meta(key)

    def generation(self) -> int:
        """Returns a number that grows with every change a reader could notice."""
        return int(self.get_meta("generation") or 0)

    def counts(self) -> tuple[int, int]:
        """Returns the number of articles and of passages."""
        row = self._database.rows("SELECT (SELECT count(*) FROM articles), (SELECT count(*) FROM passages)")[0]
        return int(row[0]), int(row[1])

    def find(self, root: str, key: str) -> StoredArticle | None:
        """Returns the article read from ``key`` of the corpus ``root``."""
        return next(iter(self._stored("root = ? AND key = ?", root, key)), None)

    def get_stored(self, article_id: str) -> StoredArticle | None:
        """Returns where an article came from."""
        return next(iter(self._stored("id = ?", article_id)), None)

    def namesakes(self, key: str) -> list[StoredArticle]:
        """Returns the articles of all corpora that have this key."""
        return self._stored("key = ? ORDER BY id", key)

    def _stored(self, where: str, *values: str) -> list[StoredArticle]:
        rows = self._database.rows(f"SELECT id, root, key, version, digest FROM articles WHERE {where}", values)
        return [StoredArticle(*row) for row in rows]

    def places(self) -> list[tuple[str, str, str]]:
        """Returns ``(root, key, article id)`` of every article."""
        return [(r[0], r[1], r[2]) for r in self._database.rows("SELECT root, key, id FROM articles ORDER BY id")]

    def versions(self, article_id: str) -> list[ArticleVersion]:
        """Returns the versions of an article, the latest first; none for an unknown id."""
        rows = self._database.rows(
            "SELECT v.version, v.first_seen, v.version = a.version FROM versions v JOIN articles a"
            " ON a.id = v.article_id WHERE a.id = ?"
            " ORDER BY v.version = a.version DESC, v.first_seen DESC, v.rowid DESC",
            (article_id,),
        )
        return [ArticleVersion(row[0], row[1], bool(row[2])) for row in rows]

    def article(self, article_id: str, version: str | None = None) -> Article:
        """Returns an article in its current version, or the text of another one that it had.

        Args:
            article_id: Its identity.
            version: The version, or the beginning of it that no other has; title and date are always the current.

        Raises:
            ArticleNotFoundError: There is none with this id, or it never had this version.
        """
        rows = self._database.rows(
            "SELECT a.id, v.version, v.text, a.title, a.publisher, a.published, a.url, a.language, v.removed,"
            " a.duplicate_of, w.names FROM articles a JOIN versions v ON v.article_id = a.id"
            " LEFT JOIN authors w ON w.article_id = a.id"
            " WHERE a.id = ?1 AND substr(v.version, 1, length(coalesce(?2, a.version))) = coalesce(?2, a.version)",
            (article_id, version),
        )  # fmt: skip
        if version is not None and len(rows) != 1 and self.get_stored(article_id) is not None:
            raise ArticleNotFoundError(f"{article_id!r} has no version {version!r}; `dateline sources show` lists them")
        if not rows:
            raise ArticleNotFoundError(f"no article has the id {article_id!r}; `dateline sources` lists them")
        found = rows[0]
        removed = tuple(RemovedText(text, rule) for text, rule in json.loads(found[8]))
        return Article(
            id=found[0], version=found[1], text=found[2], title=found[3], publisher=found[4],
            published=_date(found[5]), url=found[6], language=found[7], removed=removed, duplicate_of=found[9],
            authors=tuple(json.loads(found[10] or "[]")),
        )  # fmt: skip

    def event_dates(self, article_id: str, version: str | None = None) -> list[EventDate]:
        """Returns the dates that a version of an article speaks of, by default the current, in reading order."""
        return event_dates_of(self._database, article_id, version)

    def passage_ids(self) -> list[str]:
        """Returns the ids of all current passages, by article id and place."""
        return [row[0] for row in self._database.rows("SELECT id FROM passages ORDER BY article_id, start")]

    def passages_of(self, article_id: str) -> list[Passage]:
        """Returns the current passages of an article in reading order."""
        sql = "SELECT id FROM passages WHERE article_id = ? ORDER BY start"
        return self.passages([row[0] for row in self._database.rows(sql, (article_id,))])

    def passages(self, passage_ids: Sequence[str]) -> list[Passage]:
        """Returns current passages with their text, in the order asked; ids that are not current are left out."""
        found: dict[str, Passage] = {}
        sql = (
            "SELECT p.id, p.article_id, p.version, p.start, p.stop, p.sentences, v.text FROM passages p"
            " JOIN versions v ON v.article_id = p.article_id AND v.version = p.version WHERE"
        )
        for row in self._select(sql, passage_ids, "p.id"):
            span = Span(row[3], row[4])
            sentences = tuple(Span(start, end) for start, end in json.loads(row[5]))
            found[row[0]] = Passage(row[0], row[1], row[2], span, sentences, span.of(row[6]))
        return [found[i] for i in passage_ids if i in found]

    def first_passages(self, article_ids: Sequence[str]) -> dict[str, str]:
        """Returns the id of the first passage of each of these articles that has one, by article id."""
        # SQLite takes the other columns from the row of the minimum.
        sql = "SELECT article_id, id, min(start) FROM passages WHERE"
        found: dict[str, str] = {}
        for row in self._select(sql, list(dict.fromkeys(article_ids)), "article_id", after="GROUP BY article_id"):
            found[row[0]] = row[1]
        return found

    def entries(self, passage_ids: Sequence[str], filters: Filters) -> dict[str, PassageEntry]:
        """Returns what ranking needs of those passages that are current and pass the filters."""
        where, values = _condition(filters)
        # CROSS JOIN has SQLite begin with the ids; otherwise it may begin with all that pass the filter.
        sql = (
            "SELECT p.id, p.article_id, coalesce(a.duplicate_of, a.id), a.publisher, a.published"
            f" FROM passages p CROSS JOIN articles a ON a.id = p.article_id WHERE {where} AND"
        )
        found = self._select(sql, passage_ids, "p.id", values)
        return {row[0]: PassageEntry(row[0], row[1], row[2], row[3], _date(row[4])) for row in found}

    def _select(
        self, sql: str, ids: Sequence[str], column: str = "id", values: Sequence[Any] = (), after: str = ""
    ) -> Iterator[_Row]:
        for start in range(0, len(ids), _MAX_VARIABLES):
            batch = ids[start : start + _MAX_VARIABLES]
            marks = ",".join("?" * len(batch))
            yield from self._database.rows(f"{sql} {column} IN ({marks}) {after}", (*values, *batch))

    def heads(self, article_ids: Iterable[str]) -> dict[str, ArticleHead]:
        """Returns title, publisher and date of articles, by id."""
        rows = self._select("SELECT id, title, publisher, published FROM articles WHERE", list(article_ids))
        return {row[0]: ArticleHead(row[1], row[2], _date(row[3])) for row in rows}

    def carriers(self, article_id: str, as_of: date | None = None) -> list[str]:
        """Returns who else carries an article: publishers of its other copies, or ids where unknown, sorted.

        Copies published after ``as_of``, or at an unknown date, are left out: as of that day they are not known.
        """
        where, values = _condition(Filters(before=as_of))
        own = "SELECT coalesce(duplicate_of, id), publisher_key FROM articles WHERE id = ?"
        for lead, publisher in self._database.rows(own, (article_id,)):
            rows = self._database.rows(
                "SELECT a.publisher, a.publisher_key, a.id FROM articles a"
                f" WHERE (a.id = ? OR a.duplicate_of = ?) AND a.id != ? AND {where}",
                (lead, lead, article_id, *values),
            )
            return sorted({name or other for name, key, other in rows if not key or key != publisher})
        return []

    def leads(self, article_ids: Iterable[str]) -> dict[str, str]:
        """Returns the lead copies of those articles that follow one."""
        rows = self._select("SELECT id, duplicate_of FROM articles WHERE", list(article_ids))
        return {row[0]: row[1] for row in rows if row[1] is not None}

    def publishers(self) -> list[str]:
        """Returns the known publishers, sorted."""
        rows = self._database.rows("SELECT DISTINCT publisher FROM articles WHERE publisher != '' ORDER BY 1")
        return [row[0] for row in rows]

    def newest(self) -> date | None:
        """Returns the latest day of publication."""
        return _date(self._database.rows("SELECT max(published) FROM articles")[0][0])

    def matching(self, filters: Filters) -> int:
        """Returns how many articles pass the filters."""
        where, values = _condition(filters)
        return int(self._database.rows(f"SELECT count(*) FROM articles a WHERE {where}", values)[0][0])

    def passing(self, filters: Filters, limit: int) -> list[str]:
        """Returns the ids of passages that pass the filters, at most ``limit`` of them."""
        where, values = _condition(filters)
        sql = f"SELECT p.id FROM articles a JOIN passages p ON p.article_id = a.id WHERE {where} LIMIT {limit:d}"
        return [row[0] for row in self._database.rows(sql, values)]

    def summaries(self) -> list[SourceSummary]:
        """Returns one line per article, by publication date, publisher and id; undated ones last."""
        rows = self._database.rows(
            "SELECT a.id, a.version, a.title, a.publisher, a.published, a.language,"
            " (SELECT count(*) FROM passages p WHERE p.article_id = a.id), a.duplicate_of FROM articles a"
            " ORDER BY a.published IS NULL, a.published, a.publisher, a.id"
        )
        return [SourceSummary(row[0], row[1], row[2], row[3], _date(row[4]), row[5], row[6], row[7]) for row in rows]


def _condition(filters: Filters) -> tuple[str, list[str | int]]:
    where, values = ["1"], list[str | int]()
    if filters.publishers:
        where.append(f"a.publisher_key IN ({','.join('?' * len(filters.publishers))})")
        values.extend(publisher_key(name) for name in filters.publishers)
    if filters.after:
        where.append("a.published >= ?")
        values.append(filters.after.toordinal())
    if filters.latest:
        where.append("a.published <= ?")
        values.append(filters.latest.toordinal())
    if filters.during:
        where.append(_DURING)
        first, last = (day.toordinal() for day in filters.during)
        values.extend((first, last, last, first))
    return " AND ".join(where), values


def _date(day: int | None) -> date | None:
    return None if day is None else date.fromordinal(day)
