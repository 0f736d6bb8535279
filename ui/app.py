"""The pages put together."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import gradio as gr

from rag.service import Dateline
from ui.ask import AskPage
from ui.briefing.page import BriefingPage
from ui.briefing.writer import Writer
from ui.corpus import CorpusPage
from ui.evaluation import EvaluationPage
from ui.history import History
from ui.jobs.board import Board
from ui.lines import Lines

_LOOK = 5.0
_UPLOADS_KEPT = (3600, 24 * 3600)  # seconds: how often, and how old
_HEADER = """
<div class="masthead"><h1>Dateline</h1><p>Answers from the news that you can check</p>
<button type="button" class="quiet" data-theme-toggle aria-pressed="false" aria-label="Dark colours"
 title="Dark colours">◐</button>
</div>
"""


def build_page(
    dateline: Dateline,
    history: History,
    examples: Callable[[], Sequence[str]],
    board: Board,
    writer: Writer,
    lines: Lines | None = None,
) -> gr.Blocks:
    """Returns the application.

    Args:
        dateline: What every page asks.
        history: Keeps conversations.
        examples: Returns questions that the corpus answers.
        board: All jobs of the server.
        writer: Writes briefings.
        lines: Who waits for which model.
    """
    page: gr.Blocks
    with gr.Blocks(title="Dateline", analytics_enabled=False, fill_width=True, delete_cache=_UPLOADS_KEPT) as page:
        gr.HTML(_HEADER, elem_id="masthead")
        clock = gr.Timer(_LOOK)  # outside the tabs: what stands in a tab lives only while that is open
        ask, corpus = AskPage(dateline, history, examples, lines), CorpusPage(dateline, board)
        briefing = BriefingPage(dateline, board, writer)
        with gr.Tabs(elem_id="pages"):
            with gr.Tab("Ask", id="ask"):
                ask.build(page)
            with gr.Tab("Briefing", id="briefing"):
                briefing.build(page)
            with gr.Tab("Corpus", id="corpus"):
                corpus.build(page, clock, [ask.publishers, *briefing.publishers])
            with gr.Tab("Evaluate", id="evaluate"):
                EvaluationPage(dateline, board).build(page)
    return page
