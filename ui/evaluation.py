"""The Evaluate page: run a suite of questions, see the scores with their intervals, compare with a baseline."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import gradio as gr

from rag.errors import DatelineError
from rag.service import Dateline
from ui import evaluations
from ui.access.identity import Scope, page_allows, reader_of
from ui.api.errors import ApiError
from ui.asking import EXTRACTIVE
from ui.events import listening
from ui.jobs.board import Board
from ui.jobs.shown import follow
from ui.jobs.store import DONE
from ui.markup import text

_KIND = "evaluation"
_NONE = "nothing"
_UNSEEN = '<div class="empty"><p>Run a suite, or choose an earlier run, to see its report here.</p></div>'


class EvaluationPage:
    """The page and its handlers.

    Args:
        dateline: Gives the settings; the runs open the index anew.
        board: Has suites run, here and for programs.
    """

    def __init__(self, dateline: Dateline, board: Board) -> None:
        self._settings, self._board = dateline.settings, board

    def build(self, page: gr.Blocks) -> None:
        """Adds the page to the blocks that are being built."""
        names, job = list(evaluations.suites()), gr.State("")
        with gr.Column(elem_id="evaluate"):
            with gr.Row(elem_id="order-run"):
                suite = gr.Dropdown(names, value="sample" if "sample" in names else None, label="Suite",
                                    elem_id="suite", min_width=180)  # fmt: skip
                model = gr.Dropdown([EXTRACTIVE, "embedded"], value=EXTRACTIVE, label="Model", min_width=180,
                                    allow_custom_value=True, elem_id="suite-model")  # fmt: skip
                baseline = gr.Dropdown([_NONE], value=_NONE, label="Compare with", elem_id="baseline", min_width=220)
                earlier = gr.Dropdown([], label="Earlier runs", elem_id="runs", min_width=220)
            with gr.Row(elem_id="order-more"):
                own = gr.Checkbox(label="Ask this index, whatever corpus the suite names", elem_id="own-index",
                                  min_width=260)  # fmt: skip
                begin = gr.Button("Run", variant="primary", scale=0, min_width=100, elem_id="run-suite")
            with gr.Accordion("A suite of your own", open=False, elem_id="own"):
                upload = gr.File(
                    label="JSON Lines; it is asked of this index",
                    file_types=[".jsonl"],
                    type="filepath",
                    height=110,
                    elem_id="suite-file",
                )
            shown = gr.HTML("", elem_id="evaluation-progress", js_on_load=listening(["cancel"]))
            report = gr.HTML(_UNSEEN, elem_id="report")
        quick: dict[str, Any] = {"queue": False, "show_progress": "hidden", "api_visibility": "private"}
        slow: dict[str, Any] = {"show_progress": "hidden", "api_visibility": "private", "concurrency_limit": None}
        choices = [baseline, earlier]
        ran = begin.click(self._run, [suite, upload, model, own, baseline], [shown, job], **slow)
        ran.then(self._finished, job, [report, *choices], **quick)
        shown.cancel(self._cancel, None, None, **quick)
        earlier.input(self._show, earlier, report, **quick)
        page.load(self._choices, None, choices, **quick)
        followed = page.load(self._follow, None, [shown, job], **slow)
        followed.then(self._finished, job, [report, *choices], **quick)

    # -- handlers ---------------------------------------------------------------------------------------------

    async def _run(
        self,
        suite: str | None,
        upload: str | None,
        model: str,
        own: bool,
        baseline: str | None,
        request: gr.Request,
    ) -> AsyncIterator[tuple[str, str]]:
        if not page_allows(request, Scope.ADMIN):
            gr.Warning("Only an administrator may run evaluations here.")
            return
        file = Path(upload) if upload else evaluations.suites().get(suite or "")
        if file is None:
            gr.Warning("Choose a suite first.")
            return
        base = evaluations.baselines(self._settings).get(baseline or "")
        # An uploaded suite may name any folder as its corpus; only the operator may have that read.
        order = evaluations.Order(file, model or EXTRACTIVE, own or upload is not None, base)
        reader, board = reader_of(request), self._board
        try:
            job = board.begin(board.measuring, _KIND, reader.name, evaluations.work(self._settings, order),
                              session=reader.session, about=file.stem)  # fmt: skip
        except (ApiError, DatelineError) as error:
            gr.Warning(text(error))
            return
        async for status in follow(board, job):
            yield status, job.id

    async def _follow(self) -> AsyncIterator[tuple[str, str]]:
        """Shows the run that is under way, whoever began it, until it ends."""
        job = self._board.store.active(_KIND)
        async for shown in follow(self._board, job):
            yield shown, job.id if job else ""

    def _finished(self, ran: str) -> list[Any]:
        job = self._board.store.get(ran) if ran else None
        report = next(iter(evaluations.runs(self._settings).values()), None)
        shown = self._frame(report) if job and job.state == DONE and report else gr.skip()
        return [shown, *self._choices()]

    def _show(self, name: str | None) -> str:
        found = evaluations.runs(self._settings).get(name or "")
        return self._frame(found) if found else _UNSEEN

    def _frame(self, report: Path) -> str:
        try:
            return evaluations.framed(report)
        except DatelineError as error:
            return f'<div class="notice failed" role="alert"><p>{text(error)}</p></div>'

    def _choices(self) -> list[Any]:
        compared = [_NONE, *evaluations.baselines(self._settings)]
        return [gr.update(choices=compared), gr.update(choices=list(evaluations.runs(self._settings)))]

    def _cancel(self, request: gr.Request, event: gr.EventData) -> None:
        job = self._board.store.get(str(event._data.get("job", "")))
        if job is not None and job.kind == _KIND and page_allows(request, Scope.ADMIN):
            self._board.cancel(job.id)
