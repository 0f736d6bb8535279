"""How the page looks: system fonts, one accent, light and dark. No asset comes from the network."""

from __future__ import annotations

from importlib.resources import files
from typing import Any

import gradio as gr

_SANS = ("system-ui", "-apple-system", "Segoe UI", "Roboto", "Noto Sans", "sans-serif")
_MONO = ("ui-monospace", "SFMono-Regular", "Menlo", "Consolas", "monospace")


def theme() -> Any:
    """Returns the theme of Gradio's own components; ``page.css`` dresses ours in the same colours."""
    base = gr.themes.Base(
        primary_hue=gr.themes.colors.blue, neutral_hue=gr.themes.colors.stone, font=_SANS, font_mono=_MONO,
        radius_size=gr.themes.sizes.radius_md,
    )  # fmt: skip
    return base.set(
        body_background_fill="var(--paper)",
        body_background_fill_dark="var(--paper)",
        body_text_color="var(--ink)",
        body_text_color_dark="var(--ink)",
        body_text_color_subdued="var(--soft)",
        body_text_color_subdued_dark="var(--soft)",
        background_fill_primary="var(--card)",
        background_fill_primary_dark="var(--card)",
        background_fill_secondary="var(--tint)",
        background_fill_secondary_dark="var(--tint)",
        block_background_fill="transparent",
        block_background_fill_dark="transparent",
        block_border_width="0px",
        block_padding="0px",
        block_shadow="none",
        block_info_text_color="var(--soft)",
        block_info_text_color_dark="var(--soft)",
        block_label_text_color="var(--soft)",
        block_label_text_color_dark="var(--soft)",
        block_title_text_color="var(--soft)",
        block_title_text_color_dark="var(--soft)",
        block_title_text_size="var(--text-sm)",
        block_title_text_weight="500",
        border_color_primary="var(--line)",
        border_color_primary_dark="var(--line)",
        input_background_fill="var(--card)",
        input_background_fill_dark="var(--card)",
        input_border_color="var(--edge)",
        input_border_color_dark="var(--edge)",
        input_border_width="1px",
        input_placeholder_color="var(--soft)",
        input_placeholder_color_dark="var(--soft)",
        button_primary_background_fill="var(--accent)",
        button_primary_background_fill_dark="var(--accent)",
        button_primary_background_fill_hover="var(--accentdeep)",
        button_primary_background_fill_hover_dark="var(--accentdeep)",
        button_primary_text_color="var(--onaccent)",
        button_primary_text_color_dark="var(--onaccent)",
        button_secondary_background_fill="var(--card)",
        button_secondary_background_fill_dark="var(--card)",
        button_secondary_background_fill_hover="var(--tint)",
        button_secondary_background_fill_hover_dark="var(--tint)",
        button_secondary_border_color="var(--edge)",
        button_secondary_border_color_dark="var(--edge)",
        button_secondary_text_color="var(--ink)",
        button_secondary_text_color_dark="var(--ink)",
        button_border_width="1px",
        button_transition="none",
        link_text_color="var(--accent)",
        link_text_color_dark="var(--accent)",
    )


def css() -> str:
    """Returns the style sheet of the page."""
    return (files("ui") / "assets" / "page.css").read_text(encoding="utf-8")


def head() -> str:
    """Returns what goes into the head of the page: its script, inline, so that nothing need be fetched."""
    script = (files("ui") / "assets" / "page.js").read_text(encoding="utf-8")
    return f'<meta name="color-scheme" content="light dark"><script>{script}</script>'
