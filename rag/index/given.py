"""What answers and briefings cited, so that those resting on words that have changed since can be found."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime

from rag.index.database import Database
from rag.index.records import GivenAnswer


class GivenAnswers:
    """The answers given from an index. Needs no index lock: nothing that is searched changes.

    Args:
        database: The catalog's file.
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    def record(self, kind: str, question: str, cited: Iterable[tuple[str, str]]) -> None:
        """Keeps that an answer was given.

        Args:
            kind: ``answer`` or ``briefing``.
            question: The question, or the topic of a briefing.
            cited: ``(article id, version)`` of every article it cites.

        Raises:
            StoreError: The index cannot be written.
        """
        now = datetime.now(UTC).isoformat(timespec="seconds")
        with self._database.transaction() as db:
            added = db.execute("INSERT INTO answers (kind, question, given) VALUES (?, ?, ?)", (kind, question, now))
            rows = [(added.lastrowid, article_id, version) for article_id, version in dict.fromkeys(cited)]
            db.executemany("INSERT INTO answer_citations VALUES (?, ?, ?)", rows)

    def citing(self, article_id: str) -> list[GivenAnswer]:
        """Returns what cited an article, the latest first; stale is what cited another version than the current."""
        rows = self._database.rows(
            "SELECT g.kind, g.question, g.given, c.version, c.version IS NOT a.version FROM answer_citations c"
            " JOIN answers g ON g.id = c.answer_id LEFT JOIN articles a ON a.id = c.article_id"
            " WHERE c.article_id = ? ORDER BY g.given DESC, g.id DESC",
            (article_id,),
        )
        return [GivenAnswer(row[0], row[1], row[2], row[3], bool(row[4])) for row in rows]
