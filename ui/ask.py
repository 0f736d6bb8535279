"""The Ask page: the conversation, its sources beside it, and what a question is asked of."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from typing import Any

import gradio as gr

from rag.errors import DatelineError
from rag.service import Dateline
from ui import source
from ui.access.identity import reader_of
from ui.dates import read_day
from ui.events import listening
from ui.fields import day_field
from ui.history import History, Scope
from ui.lines import Lines
from ui.markup import button, text
from ui.models import model_choices
from ui.talk import Talk, publishers

_NEW = "New conversation"
_LISTED = 200


class AskPage:
    """The page and its handlers.

    Args:
        dateline: Answers.
        history: Keeps conversations.
        examples: Returns questions that the corpus answers; asked when a page is opened.
        lines: Who waits for which model.
    """

    def __init__(self, dateline: Dateline, history: History, examples: Any, lines: Lines | None = None) -> None:
        self._dateline, self._history, self._examples = dateline, history, examples
        self._talk = Talk(dateline, history, lines)

    def build(self, page: gr.Blocks) -> None:
        """Adds the page to the blocks that are being built."""
        self._lay_out()
        self._wire(page)

    # -- what is where ----------------------------------------------------------------------------------------

    def _lay_out(self) -> None:
        settings = self._dateline.settings
        self._conversation, self._editing = gr.State(""), gr.State(0)
        with gr.Row(elem_id="ask", equal_height=False):
            with gr.Column(scale=3, min_width=320, elem_id="talk"):
                with gr.Row(elem_id="talkbar", elem_classes="talkbar"):
                    self._chosen = gr.Dropdown([(_NEW, "")], value="", label="Conversation", elem_id="conversations",
                                               show_label=False, container=False,
                                               scale=3, min_width=120)  # fmt: skip
                    self._new = gr.Button("New", size="sm", min_width=60, scale=0, elem_id="new")
                    self._take = gr.HTML(
                        "", elem_id="take", elem_classes="take", scale=0, min_width=60, js_on_load=listening(["forget"])
                    )
                with gr.Column(elem_id="scroller"):
                    self._welcome = gr.HTML("", elem_id="welcome", js_on_load=listening(["example"]))
                    self._transcript = gr.HTML(
                        "", elem_id="transcript", js_on_load=listening(["cite", "retry", "edit"])
                    )
                    self._live = gr.HTML("", elem_id="live", js_on_load=listening(["cite"]))
                self._banner = gr.HTML("", elem_id="banner", js_on_load=listening(["leave"]))
                with gr.Row(elem_id="composer", elem_classes="composer", equal_height=True):
                    self._question = gr.Textbox(
                        label="Question", show_label=False, container=False, lines=1, max_lines=6, scale=8,
                        autofocus=True, elem_id="question", placeholder="Ask the articles a question",
                        html_attributes=gr.InputHTMLAttributes(enterkeyhint="send"),
                    )  # fmt: skip
                    self._send = gr.Button("Ask", variant="primary", scale=0, min_width=80, elem_id="send")
                    self._stop = gr.Button("Stop", scale=0, min_width=80, elem_id="stop", visible=False)
                with gr.Accordion("Filters and model", open=False, elem_id="scope", elem_classes="scope-box"):
                    with gr.Row():
                        self._publishers = gr.Dropdown([], multiselect=True, label="Publishers", elem_id="publishers",
                                                       min_width=220, scale=2)  # fmt: skip
                        self._model = gr.Dropdown(model_choices(settings), value=settings.model, label="Model",
                                                  allow_custom_value=True, elem_id="model", min_width=200, scale=2,
                                                  info="or any litellm name, such as ollama/llama3")  # fmt: skip
                    with gr.Row():
                        self._after = day_field("Published from", "after")
                        self._before = day_field("Published until", "before")
                        self._as_of = day_field("As known on", "as-of")
            with gr.Column(scale=2, min_width=320, elem_id="source-panel", elem_classes="source-panel"):
                self._source = gr.HTML(source.EMPTY, elem_id="source", js_on_load=listening(["cite"]))

    # -- what happens when ------------------------------------------------------------------------------------

    def _wire(self, page: gr.Blocks) -> None:
        view = [self._conversation, self._chosen, self._take, self._welcome, self._transcript, self._live]
        rest = [self._banner, self._editing, self._question, self._send, self._stop]
        scope = [self._publishers, self._after, self._before, self._as_of, self._model]
        quick: dict[str, Any] = {"queue": False, "show_progress": "hidden", "api_visibility": "private"}
        slow: dict[str, Any] = {"show_progress": "hidden", "api_visibility": "private", "concurrency_limit": None}
        asked = {"inputs": [self._question, self._conversation, self._editing, *scope], "outputs": view + rest}
        gr.on([self._question.submit, self._send.click], self._ask, **asked, **slow)
        self._transcript.retry(self._retry, [self._conversation, *scope], view + rest, **slow)
        self._welcome.example(self._example, [self._conversation, *scope], view + rest, **slow)
        self._stop.click(self._stopped, self._conversation, None, **quick)
        self._transcript.edit(self._edit, self._conversation, [self._banner, self._editing, self._question], **quick)
        self._banner.leave(lambda: ("", 0, ""), None, [self._banner, self._editing, self._question], **quick)
        for component in (self._transcript, self._live, self._source):
            component.cite(self._cite, self._conversation, self._source, **quick)
        self._chosen.input(self._opened, self._chosen, [*view, *rest, self._source], **quick)
        self._new.click(self._opened, gr.State(""), [*view, *rest, self._source], **quick)
        self._take.forget(self._forget, self._conversation, [*view, *rest, self._source], **quick)
        page.load(self._arrive, None, [*view, *rest, self._source, self._publishers], **quick)

    @property
    def publishers(self) -> gr.Dropdown:
        """The choice of publishers, for whoever knows that the corpus has changed."""
        return self._publishers

    # -- handlers ---------------------------------------------------------------------------------------------

    async def _ask(
        self, question: str, conversation: str, editing: int, publishers: list[str], after: str, before: str,
        as_of: str, model: str, request: gr.Request,
    ) -> AsyncIterator[Any]:  # fmt: skip
        owner = owner_of(request)
        try:
            scope = Scope(tuple(publishers or ()), read_day(after), read_day(before), read_day(as_of), model or "")
            run = self._talk.begin(owner, conversation, question, scope, at=editing or None)
        except DatelineError as error:
            gr.Warning(text(error))
            yield [gr.skip()] * 11
            return
        # What stands there already need not be sent again: a long conversation is half a megabyte.
        is_next = run.conversation == conversation and not editing
        before_it = gr.skip() if is_next else self._talk.transcript(owner, run.conversation, until=run.n)
        chosen, take = self._list(owner, run.conversation)
        following = self._talk.follow(run)
        try:
            first = await anext(following)
            busy = [gr.update(visible=False), gr.update(visible=True)]
            yield [run.conversation, chosen, take, "", before_it, first, "", 0, "", *busy]
            async for live in following:
                yield [*[gr.skip()] * 5, live, *[gr.skip()] * 5]
        finally:
            await following.aclose()
        whole = self._talk.transcript(owner, run.conversation)
        idle = [gr.update(visible=True), gr.update(visible=False)]
        yield [*[gr.skip()] * 4, whole, "", *[gr.skip()] * 3, *idle]

    async def _retry(
        self, conversation: str, publishers: list[str], after: str, before: str, as_of: str, model: str,
        request: gr.Request, event: gr.EventData,
    ) -> AsyncIterator[Any]:  # fmt: skip
        n = _number(event, "n")
        question = self._talk.question(owner_of(request), conversation, n)
        async for update in self._ask(question, conversation, n, publishers, after, before, as_of, model, request):
            yield update

    async def _example(
        self, conversation: str, publishers: list[str], after: str, before: str, as_of: str, model: str,
        request: gr.Request, event: gr.EventData,
    ) -> AsyncIterator[Any]:  # fmt: skip
        question = str(event._data.get("question", ""))
        async for update in self._ask(question, conversation, 0, publishers, after, before, as_of, model, request):
            yield update

    def _stopped(self, conversation: str, request: gr.Request) -> None:
        self._talk.stop(owner_of(request), conversation)

    def _edit(self, conversation: str, request: gr.Request, event: gr.EventData) -> tuple[str, int, str]:
        n = _number(event, "n")
        leave = button("Leave as it was", "leave")
        said = f'<p role="status">Asking question {n} anew replaces it and what came after it. {leave}</p>'
        return said, n, self._talk.question(owner_of(request), conversation, n)

    def _cite(self, conversation: str, request: gr.Request, event: gr.EventData) -> str:
        kind = str(event._data.get("kind", ""))
        return self._talk.source(owner_of(request), conversation, _number(event, "turn"), _number(event, "n"), kind)

    def _arrive(self, request: gr.Request) -> list[Any]:
        latest = next((c.id for c in self._history.conversations(owner_of(request))), "")
        return [*self._opened(latest, request), gr.update(choices=_or_none(self._dateline))]

    def _opened(self, conversation: str, request: gr.Request) -> list[Any]:
        owner = owner_of(request)
        transcript = self._talk.transcript(owner, conversation)
        chosen, take = self._list(owner, conversation)
        idle = ["", 0, "", gr.update(visible=True), gr.update(visible=False)]
        return [conversation, chosen, take, "" if transcript else self._greeting(), transcript, "", *idle, source.EMPTY]

    def _forget(self, conversation: str, request: gr.Request) -> list[Any]:
        self._talk.stop(owner_of(request), conversation)
        self._history.remove(owner_of(request), conversation)
        return self._opened("", request)

    def _list(self, owner: str, conversation: str) -> tuple[Any, str]:
        known = self._history.conversations(owner)[:_LISTED]
        choices = [(_NEW, ""), *((c.title, c.id) for c in known)]
        chosen = conversation if conversation in dict(choices).values() else ""
        return gr.update(choices=choices, value=chosen), _take_away(chosen)

    def _greeting(self) -> str:
        questions: Sequence[str] = self._examples()
        tried = "".join(
            f"<li>{button(text(question), 'example', classes='example', question=question)}</li>"
            for question in questions
        )
        asked = f'<h3>Try one</h3><ul class="examples">{tried}</ul>' if tried else ""
        return (
            "<div class='greeting'><h2>Ask the articles</h2><p>Every sentence of an answer carries the exact words it"
            " rests on. Click a number to read them in their source. What the articles do not say is not answered.</p>"
            f"{asked}</div>"
        )


def owner_of(request: gr.Request) -> str:
    """Returns who asks: the secret under which conversations are kept."""
    return reader_of(request).session


def _take_away(conversation: str) -> str:
    if not conversation:
        return ""
    place = f"conversations/{text(conversation)}/export"
    return (
        '<details class="menu"><summary aria-label="What to do with this conversation">⋯</summary><div>'
        f'<a href="{place}.md" download>Download as Markdown</a><a href="{place}.json" download>Download as JSON</a>'
        "<details><summary>Delete this conversation</summary>"
        f"{button('Delete for good', 'forget', classes='quiet danger')}</details></div></details>"
    )


def _number(event: gr.EventData, name: str) -> int:
    try:
        return int(event._data.get(name, 0))
    except (TypeError, ValueError):
        return 0


def _or_none(dateline: Dateline) -> Sequence[str]:
    try:
        return publishers(dateline)
    except DatelineError:  # there is no index yet
        return ()
