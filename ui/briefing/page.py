"""The Briefing page: what it is to be about, how far it is, and the briefing beside its sources."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from datetime import datetime
from typing import Any

import gradio as gr

from rag.brief.types import Length, Request
from rag.errors import ArticleNotFoundError, DatelineError, SettingsError
from rag.service import Dateline
from rag.types import Article, Filters
from ui import source
from ui.access.identity import Reader, reader_of
from ui.api.errors import ApiError
from ui.briefing.shown import briefing_html
from ui.briefing.writer import KIND, Writer
from ui.cited import CITED
from ui.dates import read_day
from ui.events import listening
from ui.fields import day_field
from ui.jobs.board import Board
from ui.jobs.shown import follow, progress
from ui.jobs.store import DONE, Job
from ui.markup import button, text
from ui.models import allowed_model, model_choices

_NEW = "New briefing"
_LISTED = 200
_LONGEST = 4000  # as on the command line
_LENGTHS = [("Short", "short"), ("Standard", "standard"), ("Long", "long")]
_UNWRITTEN = (
    '<div class="greeting"><h2>A briefing you can check</h2><p>Name a topic, a period or publishers. Without any, it is'
    " about the main stories of the newest week. Every sentence carries the words it rests on, and it says where the"
    " sources agree, where they differ and what is not known.</p></div>"
)


class BriefingPage:
    """The page and its handlers.

    Args:
        dateline: Has the articles.
        board: Has briefings written, here and for programs.
        writer: Writes and keeps them.
    """

    def __init__(self, dateline: Dateline, board: Board, writer: Writer) -> None:
        self._dateline, self._board, self._writer = dateline, board, writer

    def build(self, page: gr.Blocks) -> None:
        """Adds the page to the blocks that are being built."""
        self._lay_out()
        self._wire(page)

    @property
    def publishers(self) -> Sequence[gr.Dropdown]:
        """The choices of publishers, for whoever knows that the corpus has changed."""
        return self._publishers, self._one, self._other

    # -- what is where ----------------------------------------------------------------------------------------

    def _lay_out(self) -> None:
        self._open = gr.State("")
        with gr.Row(elem_id="briefing-page", equal_height=False):
            with gr.Column(scale=3, min_width=320, elem_id="briefing-main"):
                with gr.Row(elem_id="briefing-bar", elem_classes="talkbar"):
                    self._chosen = gr.Dropdown([(_NEW, "")], value="", label="Briefing", elem_id="briefings",
                                               show_label=False, container=False, scale=3, min_width=120)  # fmt: skip
                    self._take = gr.HTML("", elem_id="briefing-take", elem_classes="take", scale=0, min_width=60,
                                         js_on_load=listening(["forget"]))  # fmt: skip
                with gr.Row(elem_id="briefing-order", elem_classes="composer", equal_height=True):
                    self._topic = gr.Textbox(
                        label="Topic", show_label=False, container=False, max_lines=1, scale=8, elem_id="topic",
                        placeholder="A topic, or none",
                    )  # fmt: skip
                    self._write = gr.Button("Write", variant="primary", scale=0, min_width=90, elem_id="write")
                with gr.Accordion("Period, publishers and length", open=False, elem_id="briefing-scope",
                                  elem_classes="scope-box"):  # fmt: skip
                    with gr.Row():
                        self._after = day_field("Published from", "brief-after")
                        self._before = day_field("Published until", "brief-before")
                        self._since = day_field("Mark what is new since", "brief-since")
                    with gr.Row():
                        self._publishers = gr.Dropdown([], multiselect=True, label="Publishers", min_width=220,
                                                       elem_id="brief-publishers", scale=2)  # fmt: skip
                        self._length = gr.Dropdown(_LENGTHS, value="standard", label="Length", min_width=120,
                                                   elem_id="brief-length")  # fmt: skip
                        self._model = gr.Dropdown(
                            model_choices(self._dateline.settings), value=self._dateline.settings.model, label="Model",
                            allow_custom_value=True, elem_id="brief-model", min_width=200,
                        )  # fmt: skip
                    with gr.Row():
                        self._one = gr.Dropdown([], value=None, label="Compare", elem_id="compare-one", min_width=180)
                        self._other = gr.Dropdown([], value=None, label="with", elem_id="compare-other", min_width=180)
                self._progress = gr.HTML("", elem_id="briefing-progress", js_on_load=listening(["cancel"]))
                self._shown = gr.HTML("", elem_id="briefing-shown", js_on_load=listening(["cite"]))
            with gr.Column(scale=2, min_width=320, elem_id="briefing-panel", elem_classes="source-panel"):
                self._source = gr.HTML(source.EMPTY, elem_id="briefing-source", js_on_load=listening(["cite"]))

    # -- what happens when ------------------------------------------------------------------------------------

    def _wire(self, page: gr.Blocks) -> None:
        quick: dict[str, Any] = {"queue": False, "show_progress": "hidden", "api_visibility": "private"}
        slow: dict[str, Any] = {"show_progress": "hidden", "api_visibility": "private", "concurrency_limit": None}
        view = [self._open, self._chosen, self._take, self._progress, self._shown, self._source]
        order = [self._topic, self._publishers, self._after, self._before, self._since, self._length, self._model,
                 self._one, self._other]  # fmt: skip
        gr.on([self._write.click, self._topic.submit], self._begin, order, view, **slow)
        self._progress.cancel(self._cancel, None, None, **quick)
        for component in (self._shown, self._source):
            component.cite(self._cite, None, self._source, **quick)
        self._chosen.input(self._opened, self._chosen, view, **slow)
        self._take.forget(self._forget, self._open, view, **slow)
        page.load(self._arrive, None, view, **slow)

    # -- handlers ---------------------------------------------------------------------------------------------

    async def _begin(
        self, topic: str, publishers: list[str], after: str, before: str, since: str, length: str, model: str,
        one: str | None, other: str | None, request: gr.Request,
    ) -> AsyncIterator[Any]:  # fmt: skip
        reader = reader_of(request)
        try:
            wanted = _request(topic, publishers, after, before, since, length, one, other)
            chosen = allowed_model(self._dateline.settings, model or "")
            job = self._writer.begin(self._board, wanted, reader.name, session=reader.session, model=chosen)
        except (ApiError, DatelineError) as error:
            gr.Warning(text(error))
            yield [gr.skip()] * 6
            return
        async for update in self._followed(reader, job):
            yield update

    async def _arrive(self, request: gr.Request) -> AsyncIterator[Any]:
        reader = reader_of(request)
        async for update in self._followed(reader, next(iter(self._jobs(reader)), None)):
            yield update

    async def _opened(self, chosen: str, request: gr.Request) -> AsyncIterator[Any]:
        reader = reader_of(request)
        async for update in self._followed(reader, self._job(reader, chosen)):
            yield update

    async def _forget(self, opened: str, request: gr.Request) -> AsyncIterator[Any]:
        reader = reader_of(request)
        if job := self._job(reader, opened):
            self._board.cancel(job.id)
            self._board.store.remove(job.id)
            self._writer.forget(job.id)
        async for update in self._followed(reader, None):
            yield update

    async def _followed(self, reader: Reader, job: Job | None) -> AsyncIterator[list[Any]]:
        """Shows a briefing, or how far it is until it is written."""
        if job is None:
            yield ["", self._list(reader, ""), "", "", _UNWRITTEN, source.EMPTY]
            return
        yield [job.id, self._list(reader, job.id), _take(job), *self._now(job), source.EMPTY]
        if job.is_over:
            return
        async for shown in follow(self._board, job):
            yield [gr.skip(), gr.skip(), gr.skip(), shown, gr.skip(), gr.skip()]
        job = self._board.store.get(job.id) or job
        yield [gr.skip(), self._list(reader, job.id), _take(job), *self._now(job), gr.skip()]

    def _now(self, job: Job) -> tuple[str, str]:
        """Returns the progress and the briefing of a job."""
        if job.state != DONE:
            return progress(job, before=self._board.store.before(job)), ""
        kept = self._writer.kept(job.id)
        if kept is None:
            gone = (
                "This briefing was kept by another version of the program and cannot be shown; have it written again."
            )
            return "", f'<div class="notice" role="note"><p>{gone}</p></div>'
        return "", briefing_html(kept.briefing, job.id)

    def _cancel(self, request: gr.Request, event: gr.EventData) -> None:
        if job := self._job(reader_of(request), str(event._data.get("job", ""))):
            self._board.cancel(job.id)

    def _cite(self, request: gr.Request, event: gr.EventData) -> str:
        job = self._job(reader_of(request), str(event._data.get("turn", "")))
        kept = self._writer.kept(job.id) if job else None
        number = str(event._data.get("n", ""))
        among = kept.briefing.citations if kept else ()
        citation = next((citation for citation in among if str(citation.n) == number), None)
        if job is None or citation is None:
            return source.EMPTY
        return source.cited_source(source.Place(job.id, CITED, citation, among), self._article(citation.article_id))

    # -- what is there ----------------------------------------------------------------------------------------

    def _jobs(self, reader: Reader) -> list[Job]:
        return self._board.store.of_kind(KIND, reader.name, reader.session)

    def _job(self, reader: Reader, wanted: str) -> Job | None:
        """Returns a briefing of the reader's; ``None`` when there is none of this id."""
        return next((job for job in self._jobs(reader) if wanted and job.id == wanted), None)

    def _list(self, reader: Reader, chosen: str) -> Any:
        known = [(_label(job), job.id) for job in self._jobs(reader)[:_LISTED]]
        return gr.update(choices=[(_NEW, ""), *known], value=chosen)

    def _article(self, article_id: str) -> Article | None:
        try:
            return self._dateline.article(article_id)[0]
        except ArticleNotFoundError:
            return None


def _request(
    topic: str, publishers: list[str], after: str, before: str, since: str, length: str, one: str | None,
    other: str | None,
) -> Request:  # fmt: skip
    """Returns what is asked for.

    Raises:
        SettingsError: It cannot be done as asked, with what to do about it.
    """
    topic = topic.strip()
    if topic and not any(character.isalnum() for character in topic):
        raise SettingsError("name the topic in words, or leave it empty")
    if len(topic) > _LONGEST:
        raise SettingsError(f"the topic has {len(topic):,} characters; name it in at most {_LONGEST:,}")
    filters = Filters(tuple(publishers or ()), read_day(after), read_day(before))
    if filters.after and filters.before and filters.after > filters.before:
        raise SettingsError("the first day is later than the last")
    if bool(one) != bool(other):
        raise SettingsError("choose two publishers to compare, or none")
    if one and other and one.casefold() == other.casefold():
        raise SettingsError("choose two different publishers to compare")
    return Request(
        topic, filters, Length(length or "standard"), read_day(since), (one, other) if one and other else None
    )


def _label(job: Job) -> str:
    when = datetime.fromisoformat(job.created).astimezone()
    state = "" if job.state == DONE else f" ({job.state if job.is_over else 'being written'})"
    return f"{job.about or 'Briefing'}, {when:%-d %b %H:%M}{state}"


def _take(job: Job) -> str:
    if not job.is_over:
        return ""
    sure = button("Delete for good", "forget", classes="quiet danger")
    return (
        '<details class="menu"><summary aria-label="What to do with this briefing">⋯</summary><div>'
        f"<details><summary>Delete this briefing</summary>{sure}</details></div></details>"
    )
