"""The Evaluate page: run a suite of questions, see the scores with their intervals, compare with a baseline."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import gradio as gr

from rag.errors import DatelineError
from rag.service import Dateline
from ui import evaluations
from ui.access.identity import Scope, page_allows
from ui.asking import EXTRACTIVE
from ui.events import listening
from ui.jobs import Job, follow
from ui.markup import text

_NONE = "nothing"
_UNSEEN = '<div class="empty"><p>Run a suite, or choose an earlier run, to see its report here.</p></div>'


class EvaluationPage:
    """The page and its handlers.

    Args:
        dateline: Gives the settings; the runs open the index anew.
    """

    def __init__(self, dateline: Dateline) -> None:
        self._settings = dateline.settings
        self._job: Job | None = None
        self._report: Path | None = None

    def build(self, page: gr.Blocks) -> None:
        """Adds the page to the blocks that are being built."""
        names = list(evaluations.suites())
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
            with gr.Accordion("A suite of your own (JSON Lines; it is asked of this index)", open=False, elem_id="own"):
                upload = gr.File(
                    label="Suite", file_types=[".jsonl"], type="filepath", height=110, elem_id="suite-file"
                )
            shown = gr.HTML("", elem_id="evaluation-progress", js_on_load=listening(["cancel"]))
            report = gr.HTML(_UNSEEN, elem_id="report")
        quick: dict[str, Any] = {"queue": False, "show_progress": "hidden", "api_visibility": "private"}
        slow: dict[str, Any] = {"show_progress": "hidden", "api_visibility": "private", "concurrency_limit": None}
        choices = [baseline, earlier]
        ran = begin.click(self._run, [suite, upload, model, own, baseline], shown, **slow)
        ran.then(self._finished, None, [report, *choices], **quick)
        shown.cancel(self._cancel, None, None, **quick)
        earlier.input(self._show, earlier, report, **quick)
        page.load(self._choices, None, choices, **quick)
        page.load(self._follow, None, shown, **slow)

    # -- handlers ---------------------------------------------------------------------------------------------

    async def _run(
        self,
        suite: str | None,
        upload: str | None,
        model: str,
        own: bool,
        baseline: str | None,
        request: gr.Request,
    ) -> AsyncIterator[str]:
        if not page_allows(request, Scope.ADMIN):
            gr.Warning("Only an administrator may run evaluations here.")
            return
        if self._job is not None and self._job.is_running:
            gr.Warning("A suite is being run already; wait for that to end, or cancel it.")
            return
        file = Path(upload) if upload else evaluations.suites().get(suite or "")
        if file is None:
            gr.Warning("Choose a suite first.")
            return
        base = evaluations.baselines(self._settings).get(baseline or "")
        # An uploaded suite may name any folder as its corpus; only the operator may have that read.
        order = evaluations.Order(file, model or EXTRACTIVE, own or upload is not None, base)
        self._report = None

        def work(job: Job) -> str:
            said, self._report = evaluations.run(self._settings, order, job)
            return said

        self._job = Job("Running the suite", work)
        async for status in self._follow():
            yield status

    async def _follow(self) -> AsyncIterator[str]:
        """Shows the run that is under way, whoever began it, until it ends."""
        async for shown in follow(self._job):
            yield shown

    def _finished(self) -> list[Any]:
        return [self._frame(self._report) if self._report else gr.skip(), *self._choices()]

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

    def _cancel(self) -> None:
        if self._job is not None:
            self._job.cancel()
