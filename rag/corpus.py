"""The corpus behind the questions: what it holds, and how it is brought in step, removed, rebuilt and moved."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from contextlib import suppress
from functools import partial
from pathlib import Path
from threading import Event
from typing import TYPE_CHECKING

from rag.config import Settings
from rag.errors import StoreError
from rag.index.store import IndexStore
from rag.parts import Notice, Parts
from rag.types import Article, Citation, EventDate, IngestFailure, IngestReport, SourceSummary

if TYPE_CHECKING:
    from rag.index.portable import Manifest
    from rag.index.records import ArticleVersion, GivenAnswer


class Corpus(Parts):
    """The articles of one index.

    Args:
        settings: See ``rag.config.load_settings``.
        notice: Told in a few words about work that takes seconds, such as loading a model.
    """

    def __init__(self, settings: Settings, notice: Notice | None = None) -> None:
        super().__init__(settings, notice)
        self._first_ingest = threading.Lock()

    # -- articles ---------------------------------------------------------------------------------------------

    def create(self) -> None:
        """Makes an empty index where there is none yet."""
        if not IndexStore.exists(self.settings.index):
            self.ingest([])

    def ingest(
        self,
        places: Sequence[Path | str],
        *,
        prune: bool = False,
        pages: bool = False,
        fields: Sequence[str] = (),
        progress: Callable[[int, int], None] | None = None,
    ) -> IngestReport:
        """Brings the index in step with files, folders and addresses; see ``rag.ingest.sync.ingest``.

        Args:
            places: Files and folders; and as text, addresses of pages and feeds.
            prune: Also remove articles whose file or record is gone.
            pages: Fetch the page of each entry of a feed.
            fields: Which fields of foreign JSON are ours, such as ``title=headline``.
            progress: Called with the articles read and the passages written so far.
        """
        from rag.ingest.pages import visit_urls
        from rag.ingest.readers.mapping import parse_field_map
        from rag.ingest.readers.sandbox import Sandbox
        from rag.ingest.sync import ingest
        from rag.ingest.web import Web

        paths, urls = _apart(places)
        limit = self.settings.max_record_bytes
        web = Web(limit=limit, seconds=self.settings.web_timeout, allow_private=self.settings.allow_private_addresses)
        field_map = parse_field_map(fields)
        with Sandbox() as sandbox:
            return ingest(
                self._opened(create=True),
                self._embed(),
                paths,
                web=partial(visit_urls, urls=urls, web=web, sandbox=sandbox, pages=pages),
                sandbox=sandbox,
                fields=field_map,
                prune=prune,
                max_record_bytes=limit,
                progress=progress,
            )

    def count_articles(self, places: Sequence[Path | str]) -> int:
        """Returns about how many articles places hold, each address one, to tell how long an ingest will take."""
        from rag.ingest.readers.counting import count_articles

        paths, urls = _apart(places)
        return count_articles(paths) + len(urls)

    def watch(
        self,
        places: Sequence[Path | str],
        told: Callable[[IngestReport], None],
        *,
        every: float = 300.0,
        prune: bool = False,
        pages: bool = False,
        fields: Sequence[str] = (),
        complain: Callable[[str], None],
        stop: Event | None = None,
    ) -> None:
        """Keeps the index in step with places until interrupted; see ``rag.ingest.watching.watch``.

        Args:
            places: As for ``ingest``.
            told: Told of the first ingest, and of each that changed something or failed anew.
            every: Seconds between two looks when nothing seems to change.
            prune: As for ``ingest``, and so ``pages`` and ``fields``.
            pages: See there.
            fields: See there.
            complain: Told what went wrong, in one line.
            stop: Ends the watch when set.
        """
        from rag.ingest.watching import watch

        failed: list[tuple[IngestFailure, ...]] = []

        def again() -> None:
            report = self.ingest(places, prune=prune, pages=pages, fields=fields)
            if not failed or report.added or report.updated or report.removed or report.failed != failed[-1]:
                told(report)
            failed[:] = [report.failed]

        watch(again, _apart(places)[0], every=every, index=self.settings.index, complain=complain, stop=stop)

    def generation(self) -> int:
        """Returns a number that grows whenever the corpus changes, by this process or another."""
        return self._opened().catalog.generation()

    def sources(self) -> list[SourceSummary]:
        """Returns one line per article, by publication date."""
        return self._opened().catalog.summaries()

    def article(self, article_id: str, version: str | None = None) -> tuple[Article, int]:
        """Returns an article, by default in its current version, and the number of its passages.

        Raises:
            ArticleNotFoundError: There is none with this id, or it never had this version.
        """
        catalog = self._opened().catalog
        return catalog.article(article_id, version), len(catalog.passages_of(article_id))

    def versions(self, article_id: str) -> list[ArticleVersion]:
        """Returns the versions of an article, the latest first."""
        return self._opened().catalog.versions(article_id)

    def given_answers(self, article_id: str) -> list[GivenAnswer]:
        """Returns the answers and briefings that cited an article, the latest first."""
        return self._opened().catalog.given.citing(article_id)

    def record(self, kind: str, question: str, citations: Sequence[Citation]) -> None:
        """Keeps what an answer or briefing cited, so that it can be told when its sources change.

        An index that cannot be written is no reason to withhold an answer: then nothing is kept.
        """
        if citations and self.settings.keep_answers:
            with suppress(StoreError):
                self._opened().catalog.given.record(kind, question, [(c.article_id, c.version) for c in citations])

    def event_dates(self, article_id: str, version: str | None = None) -> list[EventDate]:
        """Returns the dates that an article speaks of, in reading order; see ``rag.ingest.event_dates``."""
        return self._opened().catalog.event_dates(article_id, version)

    def remove(self, article_ids: Sequence[str]) -> None:
        """Removes articles from the index; all or, when an id is unknown, none."""
        from rag.ingest.sync import remove

        remove(self._opened(), article_ids)

    # -- the index --------------------------------------------------------------------------------------------

    def reindex(self, progress: Callable[[int, int], None] | None = None) -> int:
        """Rebuilds vectors and lexical index from the catalog; see ``rag.index.rebuilding.reindex``."""
        from rag.index.rebuilding import reindex

        return reindex(self._opened(), self._embed(), progress)

    def export(self, file: Path, *, overwrite: bool = False) -> Manifest:
        """Writes the index to one file; see ``rag.index.portable.export_index``."""
        from rag.index.portable import export_index

        return export_index(self._opened(), file, overwrite=overwrite)

    def restore(self, file: Path) -> Manifest:
        """Makes the index folder of an exported file; see ``rag.index.portable.import_index``."""
        from rag.index.portable import import_index

        return import_index(file, self.settings.index)

    def _ingest_default_corpus(self) -> None:
        with self._first_ingest:
            self._ingest_corpus_if_empty()

    def _ingest_corpus_if_empty(self) -> None:
        # An index without articles is what a mistyped path or an early Ctrl-C leaves: no reason to know nothing.
        if IndexStore.exists(self.settings.index) and self._opened().catalog.counts()[0]:
            return
        if not self.settings.corpus.exists():
            raise StoreError(
                f"there is no index in {self.settings.index} and no corpus at {self.settings.corpus};"
                " run `dateline ingest PATH` first"
            )
        self.notice(f"reading {self.settings.corpus}")
        self.ingest([self.settings.corpus])


def _apart(places: Sequence[Path | str]) -> tuple[list[Path], list[str]]:
    """Returns the paths and the addresses among places."""
    paths = [place for place in places if isinstance(place, Path)]
    return paths, [place for place in places if isinstance(place, str)]
