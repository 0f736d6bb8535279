"""Which models a reader of the page may choose."""

from __future__ import annotations

from pathlib import Path

from rag.config import Settings
from rag.errors import SettingsError
from ui.asking import EXTRACTIVE


def model_choices(settings: Settings) -> list[tuple[str, str]]:
    """Returns what is offered, as label and name; others can be typed."""
    known = [("Embedded language model", "embedded"), ("Source sentences, no model", EXTRACTIVE)]
    chosen = settings.model
    return known if chosen in dict(known).values() else [(chosen, chosen), *known]


def allowed_model(settings: Settings, wanted: str) -> str:
    """Returns the model that is meant; the one of the settings when none is named.

    Raises:
        SettingsError: It is a file: that is for the operator to set, not for a visitor.
    """
    chosen = wanted.strip() or settings.model
    if chosen != settings.model and (chosen.lower().endswith(".gguf") or Path(chosen).exists()):
        raise SettingsError("a model file can only be set by whoever runs this server, with --model")
    return chosen
