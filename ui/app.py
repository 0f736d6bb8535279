"""The pages put together."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import gradio as gr

from rag.service import Dateline
from ui.ask import AskPage
from ui.history import History
from ui.lines import Lines

_HEADER = """
<div class="masthead"><h1>Dateline</h1><p>Answers from the news that you can check</p>
<button type="button" class="quiet" data-theme-toggle aria-pressed="false" aria-label="Dark colours"
 title="Dark colours">◐</button>
</div>
"""


def build_page(
    dateline: Dateline, history: History, examples: Callable[[], Sequence[str]], lines: Lines | None = None
) -> gr.Blocks:
    """Returns the application.

    Args:
        dateline: What every page asks.
        history: Keeps conversations.
        examples: Returns questions that the corpus answers.
        lines: Who waits for which model.
    """
    page: gr.Blocks
    with gr.Blocks(title="Dateline", analytics_enabled=False, fill_width=True) as page:
        gr.HTML(_HEADER, elem_id="masthead")
        with gr.Tabs(elem_id="pages"), gr.Tab("Ask", id="ask"):
            AskPage(dateline, history, examples, lines).build(page)
    return page
