"""``/api/v1/articles``: what is in the index."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Query, Request

from rag.encoding import encode_article, encode_history, encode_summary
from ui.api import REST
from ui.api.connection import while_connected
from ui.api.desk import Desk
from ui.api.documents import Article, Removed, SourcePage
from ui.api.errors import refusals
from ui.api.requests import Page

# An id is a path or an address of up to any length; what the catalog does not have, it says.
_ID = "/articles/{article_id:path}"


def articles(desk: Desk) -> APIRouter:
    """Returns the routes to articles."""
    router = APIRouter(prefix=REST, tags=["articles"])

    @router.get("/articles", response_model=SourcePage, summary="List the articles", responses=refusals(504))
    async def list_articles(request: Request, page: Annotated[Page, Query()]) -> Any:
        def work() -> dict[str, Any]:
            found = desk.dateline.sources()
            shown = found[page.offset : page.offset + page.limit]
            sources = [encode_summary(summary) for summary in shown]
            return {"sources": sources, "total": len(found), "offset": page.offset, "limit": page.limit}

        return await while_connected(request, desk.run(work))

    @router.get(
        _ID, response_model=Article, summary="Show one article with the text that citations point into",
        responses=refusals(404, 504),
    )  # fmt: skip
    async def get_article(
        request: Request, article_id: str, version: Annotated[str | None, Query(max_length=64)] = None
    ) -> Any:
        def work() -> dict[str, Any]:
            article, passages = desk.dateline.article(article_id, version)
            history = encode_history(desk.dateline.versions(article.id), desk.dateline.given_answers(article.id))
            return {**encode_article(article, passages), **history}

        return await while_connected(request, desk.run(work))

    @router.delete(
        _ID, response_model=Removed, summary="Remove an article from the index", responses=refusals(404, 504)
    )
    async def remove_article(article_id: str) -> Any:
        def work() -> dict[str, Any]:
            desk.dateline.remove([article_id])
            return {"removed": [article_id]}

        return await desk.run(work)  # also when its caller leaves: half a removal is none

    return router
