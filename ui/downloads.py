"""Files to take away, over plain addresses, so that a link is all the page needs."""

from __future__ import annotations

import json
import re
import tempfile
from pathlib import Path
from typing import Any
from urllib.parse import quote

from fastapi import APIRouter, HTTPException, Request, Response

from rag.brief.export import Format
from rag.check.bundle import write_bundle
from rag.errors import ArticleNotFoundError
from rag.service import Dateline
from rag.types import Answer, Article
from ui.access.identity import caller_of
from ui.api.errors import ApiError
from ui.briefing.writer import KIND, TYPES, Writer
from ui.footnotes import as_json, as_markdown
from ui.guard import session_of
from ui.history import History, StoredTurn
from ui.jobs.board import Board

_UNSAFE = re.compile(r"[^\w-]+")
_ABSENT = 404
_GONE = 410


def downloads(dateline: Dateline, history: History, board: Board, writer: Writer) -> APIRouter:
    """Returns the routes to conversations, audit bundles, and briefings in every form. Each to its owner only."""
    router = APIRouter(include_in_schema=False)

    @router.get("/conversations/{conversation}/export.{form}")
    def export(request: Request, conversation: str, form: str) -> Response:
        title, turns = _owned(request, history, conversation)
        if form == "md":
            return _file(as_markdown(title, turns), TYPES[Format.MARKDOWN], f"{_named(title)}.md")
        if form == "json":
            content = json.dumps(as_json(title, turns), ensure_ascii=False, indent=1) + "\n"
            return _file(content, TYPES[Format.JSON], f"{_named(title)}.json")
        raise HTTPException(_ABSENT, "a conversation is exported as md or json")

    @router.get("/conversations/{conversation}/turns/{n}/bundle.json")
    def bundle(request: Request, conversation: str, n: int) -> Response:
        title, turns = _owned(request, history, conversation)
        turn = next((turn for turn in turns if turn.n == n), None)
        if turn is None or turn.answer is None or turn.state != "answered":
            raise HTTPException(_ABSENT, "there is no such answer")
        articles = _as_cited(dateline, turn.answer)
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "bundle.json"
            write_bundle(path, turn.answer, articles, dict(turn.made_with))
            return _file(path.read_text(encoding="utf-8"), TYPES[Format.JSON], f"{_named(title)}-{n}.bundle.json")

    @router.get("/briefings/{job}/briefing.{form}")
    def briefing(request: Request, job: str, form: str) -> Response:
        title = _of_reader(request, board, job)
        if form not in TYPES:
            raise HTTPException(_ABSENT, f"a briefing is had as {', '.join(TYPES)}")
        try:
            return _file(writer.file(job, Format(form)), TYPES[Format(form)], f"{_named(title)}.{form}")
        except ApiError as error:
            raise HTTPException(error.status, error.message) from error

    @router.get("/briefings/{job}/bundle.json")
    def sealed(request: Request, job: str) -> Response:
        title = _of_reader(request, board, job)
        try:
            return _file(writer.bundle(job), TYPES[Format.JSON], f"{_named(title)}.bundle.json")
        except ApiError as error:
            raise HTTPException(error.status, error.message) from error

    return router


def _of_reader(request: Request, board: Board, job: str) -> str:
    """Returns what a briefing of the reader's is about."""
    owner, session = caller_of(request.scope).name, session_of(request.headers.get("cookie", ""))
    found = next((one for one in board.store.of_kind(KIND, owner, session) if one.id == job), None)
    if found is None:
        raise HTTPException(_ABSENT, "there is no such briefing")
    return found.about or "briefing"


def _owned(request: Request, history: History, conversation: str) -> tuple[str, list[StoredTurn]]:
    owner = session_of(request.headers.get("cookie", ""))
    title = next((c.title for c in history.conversations(owner) if c.id == conversation), None)
    if title is None:
        raise HTTPException(_ABSENT, "there is no such conversation")
    return title, history.turns(owner, conversation)


def _as_cited(dateline: Dateline, answer: Answer) -> list[Article]:
    """Returns the cited articles in the versions that were cited."""
    try:
        articles = dateline.cited_articles(answer)
    except ArticleNotFoundError as error:
        raise HTTPException(_GONE, f"{error}; ask again for a new bundle") from error
    versions = {article.id: article.version for article in articles}
    changed = [c.article_id for c in (*answer.citations, *answer.nearest) if versions[c.article_id] != c.version]
    if changed:
        raise HTTPException(_GONE, f"{changed[0]} has changed since; ask again for a new bundle")
    return articles


def _named(title: str) -> str:
    return _UNSAFE.sub("-", title).strip("-").lower()[:60] or "conversation"


def _file(content: str | bytes, kind: str, name: str) -> Response:
    headers: dict[str, Any] = {"content-disposition": f"attachment; filename*=UTF-8''{quote(name)}"}
    data = content if isinstance(content, bytes) else content.encode("utf-8", "replace")
    return Response(data, media_type=kind, headers=headers)
