"""Briefings: written in line with whoever else asks the model, and kept to be had in several forms."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

from eval.validation import as_text, from_text
from rag.brief.encoding import encode_briefing
from rag.brief.export import Format, exported
from rag.brief.types import Briefing, Request
from rag.check.bundle import write_sealed
from rag.errors import ArticleNotFoundError, ModelError
from rag.service import Dateline
from rag.types import Article
from ui.access.figures import Figures
from ui.api.errors import ApiError
from ui.asking import EXTRACTIVE
from ui.briefing.stages import Stages
from ui.jobs.board import Board
from ui.jobs.store import Job
from ui.jobs.worker import Progress
from ui.lines import Lines
from ui.markup import day

KIND = "briefing"
TYPES: Final[Mapping[Format, str]] = {
    Format.MARKDOWN: "text/markdown; charset=utf-8",
    Format.HTML: "text/html; charset=utf-8",
    Format.DOCX: "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    Format.PDF: "application/pdf",
    Format.JSON: "application/json",
}
_FOLDER = "briefings"
_LOOK = 0.2
_GONE = 410


@dataclass(frozen=True, slots=True)
class Kept:
    """A briefing as it is kept, with the versions of what made it."""

    briefing: Briefing
    made_with: Mapping[str, str]


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

    def begin(self, board: Board, request: Request, owner: str, *, session: str = "", model: str = "") -> Job:
        """Has a briefing written by a job.

        Args:
            board: Has it written when those before it are.
            request: What it is to be about.
            owner: Name of the caller.
            session: The secret of the browser; empty for a program.
            model: As in the setting of this name, which is used when it is empty.

        Raises:
            ApiError: Too many jobs are waiting.
        """

        def work(progress: Progress) -> Mapping[str, Any]:
            briefing = self.write(request, Stages(progress, request), owner, model)
            self._keep(progress.job, briefing)
            return encode_briefing(briefing)

        return board.begin(board.reading, KIND, owner, work, session=session, about=title_of(request))

    def write(self, request: Request, told: Callable[[str], None], caller: str = "", model: str = "") -> Briefing:
        """Returns a briefing; of source sentences, where the model fails.

        Args:
            request: What it is to be about.
            told: Told what is going on, often; an exception from it ends the work.
            caller: Name of who asks for it, by which its cost is counted.
            model: As for ``begin``.
        """
        model = model or self._dateline.settings.model
        line = self._lines.of(model)
        if line is None:
            return self._written(request, told, caller, model)
        place = line.join()
        try:
            while before := line.before(place):
                told(f"{before} before this one")
                line.wait(place, _LOOK)
            return self._written(request, told, caller, model)
        finally:
            line.leave(place)

    def _written(self, request: Request, told: Callable[[str], None], caller: str, model: str) -> Briefing:
        try:
            briefing = self._dateline.brief(request, told, model=model)
        except ModelError as error:
            if model == EXTRACTIVE:
                raise
            told("the model failed; writing from source sentences instead")
            briefing = self._dateline.brief(request, told, model=EXTRACTIVE)
            said = f"{error}; these are source sentences, chosen without a language model"
            briefing = replace(briefing, warnings=(said, *briefing.warnings))
        self._figures.briefing(briefing, caller)
        self._dateline.record("briefing", request.topic, briefing.citations)
        return briefing

    def _keep(self, name: str, briefing: Briefing) -> None:
        self._folder.mkdir(exist_ok=True)
        kept = Kept(briefing, self._dateline.made_with(briefing))
        self._path(name).write_text(as_text(Kept, kept), encoding="utf-8")

    def kept(self, name: str) -> Kept | None:
        """Returns a briefing that is kept under a name; ``None`` when there is none that can be read."""
        try:
            return from_text(Kept, self._path(name).read_text(encoding="utf-8"))
        except (FileNotFoundError, ValueError):  # removed, or written by another version of this program
            return None

    def forget(self, name: str) -> None:
        """Removes a kept briefing."""
        self._path(name).unlink(missing_ok=True)

    def file(self, name: str, form: Format) -> bytes:
        """Returns a kept briefing as a file.

        Raises:
            ApiError: There is none of this name, or an article it cites is gone.
        """
        found = self._found(name)
        return exported(found.briefing, self._articles(found.briefing), form)

    def bundle(self, name: str) -> bytes:
        """Returns a kept briefing as a bundle that can be verified without a model.

        Raises:
            ApiError: There is none of this name, or an article it cites is gone or has changed.
        """
        found = self._found(name)
        articles = self._articles(found.briefing)
        versions = {article.id: article.version for article in articles}
        changed = [c.article_id for c in found.briefing.citations if versions[c.article_id] != c.version]
        if changed:
            raise ApiError(_GONE, "gone", f"{changed[0]} has changed since; ask for a new briefing")
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "bundle.json"
            write_sealed(path, KIND, encode_briefing(found.briefing), articles, dict(found.made_with))
            return path.read_bytes()

    def _found(self, name: str) -> Kept:
        found = self.kept(name)
        if found is None:
            raise ApiError(404, "not_found", "there is no such briefing")
        return found

    def _articles(self, briefing: Briefing) -> list[Article]:
        try:
            return self._dateline.cited_articles(briefing)
        except ArticleNotFoundError as error:
            raise ApiError(_GONE, "gone", f"{error}; ask for a new briefing") from error

    def _path(self, name: str) -> Path:
        return self._folder / f"{name}.json"


def title_of(request: Request) -> str:
    """Returns what a briefing is about, in a few words."""
    said = request.topic.strip() or "Main stories"
    filters = request.filters
    if request.compare:
        said += f": {request.compare[0]} and {request.compare[1]} compared"
    elif filters.publishers:
        said += f", {', '.join(filters.publishers[:2])}{' …' if len(filters.publishers) > 2 else ''}"
    if filters.after or filters.before:
        said += f", {day(filters.after) if filters.after else '…'} to {day(filters.before) if filters.before else '…'}"
    return said
