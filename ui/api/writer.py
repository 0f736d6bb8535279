"""Briefings: written in line with whoever else asks the model, and kept to be had in several forms."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from eval.validation import as_text, from_text
from rag.brief.export import Format, exported
from rag.brief.types import Briefing, Request
from rag.errors import ArticleNotFoundError
from rag.service import Dateline
from ui.access.figures import Figures
from ui.api.errors import ApiError
from ui.lines import Lines

_FOLDER = "briefings"
_LOOK = 0.2


class Writer:
    """Writes briefings.

    Args:
        dateline: Writes them.
        lines: Who waits for which model.
        figures: Counts briefings and what they cost.
    """

    def __init__(self, dateline: Dateline, lines: Lines, figures: Figures) -> None:
        self._dateline, self._lines, self._figures = dateline, lines, figures
        self._folder = dateline.settings.index / _FOLDER

    def write(self, request: Request, told: Callable[[str], None], caller: str = "") -> Briefing:
        """Returns a briefing.

        Args:
            request: What it is to be about.
            told: Told what is going on, often; an exception from it ends the work.
            caller: Name of who asks for it, by which its cost is counted.
        """
        line = self._lines.of(self._dateline.settings.model)
        if line is None:
            return self._written(request, told, caller)
        place = line.join()
        try:
            while before := line.before(place):
                told(f"{before} before this one")
                line.wait(place, _LOOK)
            return self._written(request, told, caller)
        finally:
            line.leave(place)

    def _written(self, request: Request, told: Callable[[str], None], caller: str) -> Briefing:
        briefing = self._dateline.brief(request, told)
        self._figures.briefing(briefing, caller)
        self._dateline.record("briefing", request.topic, briefing.citations)
        return briefing

    def keep(self, name: str, briefing: Briefing) -> None:
        """Keeps a briefing under a name."""
        self._folder.mkdir(exist_ok=True)
        self._path(name).write_text(as_text(Briefing, briefing), encoding="utf-8")

    def file(self, name: str, form: Format) -> bytes:
        """Returns a kept briefing as a file.

        Raises:
            ApiError: There is none of this name, or an article it cites is gone.
        """
        try:
            briefing = from_text(Briefing, self._path(name).read_text(encoding="utf-8"))
        except FileNotFoundError as error:
            raise ApiError(404, "not_found", "there is no such briefing") from error
        try:
            articles = self._dateline.cited_articles(briefing)
        except ArticleNotFoundError as error:
            raise ApiError(410, "gone", f"{error}; ask for a new briefing") from error
        return exported(briefing, articles, form)

    def _path(self, name: str) -> Path:
        return self._folder / f"{name}.json"
