"""One line for each model, for all who ask it: the page and programs wait behind one another."""

from __future__ import annotations

import threading

from ui.asking import EXTRACTIVE, Line


class Lines:
    """The lines of one server."""

    def __init__(self) -> None:
        self._lines: dict[str, Line] = {}
        self._guard = threading.Lock()

    def of(self, model: str) -> Line | None:
        """Returns who waits for a model; ``None`` where nobody needs to."""
        if model == EXTRACTIVE:
            return None
        with self._guard:
            return self._lines.setdefault(model, Line())
