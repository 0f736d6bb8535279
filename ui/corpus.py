"""The Corpus page: what the articles are, adding and removing them, reading one."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from pathlib import Path
from typing import Any

import gradio as gr

from rag.errors import ArticleNotFoundError, DatelineError
from rag.service import Dateline
from rag.types import SourceSummary
from ui import source
from ui.access.identity import Scope, page_allows, reader_of
from ui.api.errors import ApiError
from ui.coverage import coverage
from ui.dates import read_day
from ui.events import listening
from ui.fields import day_field
from ui.jobs.board import Board
from ui.jobs.shown import follow, progress
from ui.jobs.store import Job
from ui.jobs.worker import Work
from ui.listing import ORDERS, Wanted, table
from ui.markup import button, plural, text
from ui.uploads import LARGEST, MOST, add_addresses, add_files

_KIND = "ingest"
_NAMED = 5
_READ_ONLY = "You may read and ask here, but not change the corpus."
_READ = '<div class="empty"><p>Click a title to read the article as it is cited.</p></div>'


class CorpusPage:
    """The page and its handlers.

    Args:
        dateline: Whose corpus.
        board: Has articles added, here and for programs.
    """

    def __init__(self, dateline: Dateline, board: Board) -> None:
        self._dateline, self._board = dateline, board

    def build(self, page: gr.Blocks, clock: gr.Timer, others: Sequence[gr.Dropdown]) -> None:
        """Adds the page to the blocks that are being built.

        Args:
            page: The blocks.
            clock: Says when to look whether the corpus has changed.
            others: The choices of publishers elsewhere.
        """
        self._lay_out()
        self._wire(page, clock, others)

    def _lay_out(self) -> None:
        self._chosen, self._start, self._seen = gr.State([]), gr.State(0), gr.State(-1)
        self._watched = gr.State("")
        with gr.Row(elem_id="corpus", equal_height=False):
            with gr.Column(scale=3, min_width=320, elem_id="articles"):
                with gr.Accordion("Add articles", open=False, elem_id="add"):
                    with gr.Row(elem_id="by-address", equal_height=True):
                        self._address = gr.Textbox(
                            label="Address of a page or feed", placeholder="https://", elem_id="address", scale=5,
                            min_width=200, max_lines=1,
                        )  # fmt: skip
                        self._fetch = gr.Button("Add", scale=0, min_width=80, elem_id="fetch")
                    self._files = gr.File(
                        label=f"Drop files here: at most {MOST} at a time, {LARGEST // 1_000_000} MB each",
                        file_count="multiple", type="filepath", height=120, elem_id="files",
                    )  # fmt: skip
                self._progress = gr.HTML("", elem_id="progress", js_on_load=listening(["cancel"]))
                with gr.Accordion("Coverage", open=True, elem_id="coverage-box"):
                    self._coverage = gr.HTML("", elem_id="coverage")
                with gr.Row(elem_id="narrow"):
                    self._words = gr.Textbox(label="Words in title, publisher or id", elem_id="words", min_width=180,
                                             scale=3, max_lines=1)  # fmt: skip
                    self._publishers = gr.Dropdown([], multiselect=True, label="Publishers", elem_id="of",
                                                   min_width=180, scale=3)  # fmt: skip
                    self._order = gr.Dropdown(list(ORDERS), value="Newest first", label="Order", elem_id="order",
                                              min_width=140, scale=2)  # fmt: skip
                with gr.Row(elem_id="narrow-dates"):
                    self._after = day_field("Published from", "list-after")
                    self._before = day_field("Published until", "list-before")
                    self._copies = gr.Checkbox(label="Only near-duplicates", elem_id="copies", min_width=140)
                self._confirm = gr.HTML("", elem_id="confirm", js_on_load=listening(["confirmed", "kept"]))
                self._table = gr.HTML("", elem_id="table", js_on_load=listening(["open", "turn", "remove"]))
            with gr.Column(scale=2, min_width=320, elem_id="viewer"):
                self._viewer = gr.HTML(_READ, elem_id="article")

    def _wire(self, page: gr.Blocks, clock: gr.Timer, others: Sequence[gr.Dropdown]) -> None:
        quick: dict[str, Any] = {"queue": False, "show_progress": "hidden", "api_visibility": "private"}
        slow: dict[str, Any] = {"show_progress": "hidden", "api_visibility": "private", "concurrency_limit": None}
        wanted = [self._words, self._publishers, self._after, self._before, self._copies, self._order]
        shown = [self._table, self._coverage, self._seen, self._publishers, *others]
        self._choices = 1 + len(others)
        # Not ``input``: the first of those is lost in a tab that was opened just now.
        narrowed = [self._words.change, self._publishers.change, self._after.change, self._before.change,
                    self._copies.change, self._order.change]  # fmt: skip
        gr.on(narrowed, self._narrow, wanted, [self._table, self._start], trigger_mode="always_last", **quick)
        self._table.turn(self._turn, wanted, [self._table, self._start], **quick)
        self._table.open(self._open, None, self._viewer, **quick)
        self._table.remove(self._ask_first, None, [self._confirm, self._chosen], **quick)
        self._confirm.kept(lambda: ("", []), None, [self._confirm, self._chosen], **quick)
        removed = self._confirm.confirmed(
            self._remove, self._chosen, [self._confirm, self._chosen, self._viewer], **quick
        )
        removed.then(self._look, [self._seen, self._start, *wanted], shown, **quick)
        added = self._files.upload(self._add, self._files, [self._files, self._progress], **slow)
        added.then(self._look, [self._seen, self._start, *wanted], shown, **quick)
        fetched = gr.on([self._fetch.click, self._address.submit], self._add_address, self._address,
                        [self._address, self._progress], **slow)  # fmt: skip
        fetched.then(self._look, [self._seen, self._start, *wanted], shown, **quick)
        self._progress.cancel(self._cancel, None, None, **quick)
        clock.tick(self._look, [self._seen, self._start, *wanted], shown, **quick)
        clock.tick(self._watch, self._watched, [self._progress, self._watched], **quick)
        page.load(self._look, [self._seen, self._start, *wanted], shown, **quick)
        page.load(self._follow, None, self._progress, **slow)

    # -- handlers ---------------------------------------------------------------------------------------------

    def _sources(self) -> list[SourceSummary]:
        try:
            return self._dateline.sources()
        except DatelineError:  # there is no index yet
            return []

    def _narrow(self, *wanted: Any) -> tuple[str, int]:
        return self._rows(0, *wanted), 0

    def _turn(self, event: gr.EventData, *wanted: Any) -> tuple[str, int]:
        start = int(event._data.get("start", 0))
        return self._rows(start, *wanted), start

    def _rows(
        self, start: int, words: str, publishers: list[str], after: str, before: str, copies: bool, order: str
    ) -> str:
        try:
            wanted = Wanted(
                words or "", tuple(publishers or ()), read_day(after), read_day(before), copies, order, start
            )
        except DatelineError as error:
            return f'<p class="nothing" role="status">{text(error)}</p>'
        return table(self._sources(), wanted)

    def _look(self, seen: int, start: int, *wanted: Any) -> list[Any]:
        """Shows the corpus again, if it has changed since it was shown."""
        try:
            now = self._dateline.generation()
        except DatelineError:
            now = 0
        if now == seen:
            return [gr.skip()] * (3 + self._choices)
        sources = self._sources()
        names = sorted({s.publisher for s in sources if s.publisher}, key=str.casefold)
        return [self._rows(start, *wanted), coverage(sources), now, *[gr.update(choices=names)] * self._choices]

    def _open(self, event: gr.EventData) -> str:
        try:
            return source.whole_article(self._dateline.article(str(event._data.get("id", "")))[0])
        except ArticleNotFoundError:
            return '<div class="notice"><p>This article has been removed.</p></div>'

    def _ask_first(self, event: gr.EventData) -> tuple[str, list[str]]:
        ids = [str(one) for one in event._data.get("chosen", [])]
        if not ids:
            return '<div class="confirm" role="status"><p>Choose articles first.</p></div>', []
        titles = {s.id: s.title or s.id for s in self._sources()}
        named = "".join(f"<li>{text(titles.get(one, one))}</li>" for one in ids[:_NAMED])
        more = f"<li>and {len(ids) - _NAMED:,} more</li>" if len(ids) > _NAMED else ""
        sure = button(f"Remove {plural(len(ids), 'article')}", "confirmed", classes="plain danger")
        keep = button("Keep", "kept", classes="plain")
        return (
            f'<div class="confirm" role="alertdialog" aria-label="Remove?"><p>Remove from the corpus? They will no'
            f" longer be found or cited.</p><ul>{named}{more}</ul>{sure}{keep}</div>"
        ), ids

    def _remove(self, ids: list[str], request: gr.Request) -> tuple[str, list[str], str]:
        if not page_allows(request, Scope.WRITE):
            return f'<div class="notice failed" role="alert"><p>{_READ_ONLY}</p></div>', [], _READ
        try:
            self._dateline.remove(ids)
        except DatelineError as error:
            return f'<div class="notice failed" role="alert"><p>{text(error)}</p></div>', ids, _READ
        return f'<div class="confirm" role="status"><p>{plural(len(ids), "article")} removed.</p></div>', [], _READ

    async def _add(self, files: list[str] | None, request: gr.Request) -> AsyncIterator[Any]:
        if not files:
            yield gr.skip(), gr.skip()
            return
        paths = [Path(file) for file in files]
        about = plural(len(paths), "file")
        job = self._begin(request, about, lambda progress: add_files(self._dateline, paths, progress))
        yield None, gr.skip()
        async for shown in follow(self._board, job):
            yield None, shown

    async def _add_address(self, address: str, request: gr.Request) -> AsyncIterator[Any]:
        wanted = (address or "").split()
        if not wanted or not all(one.startswith(("http://", "https://")) for one in wanted):
            gr.Warning("Give the address of a page or feed; it begins with http:// or https://.")
            yield gr.skip(), gr.skip()
            return
        about = plural(len(wanted), "address", "addresses")
        job = self._begin(request, about, lambda progress: add_addresses(self._dateline, wanted, progress))
        yield gr.skip(), gr.skip()
        async for shown in follow(self._board, job):
            yield "", shown

    def _begin(self, request: gr.Request, about: str, work: Work) -> Job | None:
        if not page_allows(request, Scope.WRITE):
            gr.Warning(_READ_ONLY)
            return None
        reader = reader_of(request)
        try:
            return self._board.begin(
                self._board.writing, _KIND, reader.name, work, session=reader.session, about=about
            )  # fmt: skip
        except (ApiError, DatelineError) as error:
            gr.Warning(text(error))
            return None

    async def _follow(self) -> AsyncIterator[str]:
        """Shows the job that runs, whoever began it, until it ends."""
        async for shown in follow(self._board, self._board.store.active(_KIND)):
            yield shown

    def _watch(self, watched: str) -> tuple[Any, str]:
        """Shows the job that runs, such as one that a program has begun meanwhile, and once more when it has ended."""
        job = self._board.store.active(_KIND) or (self._board.store.get(watched) if watched else None)
        if job is None:
            return gr.skip(), ""
        return progress(job, before=self._board.store.before(job)), "" if job.is_over else job.id

    def _cancel(self, request: gr.Request, event: gr.EventData) -> None:
        job = self._board.store.get(str(event._data.get("job", "")))
        if job is not None and job.kind == _KIND and page_allows(request, Scope.WRITE):
            self._board.cancel(job.id)
