"""Fields that several pages share."""

from __future__ import annotations

import gradio as gr


def day_field(label: str, name: str) -> gr.Textbox:
    """Returns a field for a calendar date.

    Gradio's own date field has neither a label nor a name for its button that a screen reader could tell. This one is
    an ordinary input, which ``page.js`` turns into the browser's own field for dates.
    """
    return gr.Textbox(
        label=label, placeholder="YYYY-MM-DD", elem_id=name, elem_classes="day-field", min_width=150,
        max_lines=1,
    )  # fmt: skip
