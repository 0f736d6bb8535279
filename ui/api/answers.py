"""``/api/v1/ask``, ``search``, ``quote`` and ``verify``."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated, Any

from fastapi import APIRouter, Header, Query, Request, UploadFile

from rag.answering import Notice, SentenceReady
from rag.brief.encoding import encode_quotations
from rag.check.bundle import verify_bundle
from rag.encoding import encode_answer, encode_citation, encode_results
from rag.types import AnswerSentence, SearchMode
from ui.access.identity import caller_of
from ui.api import REST
from ui.api.connection import EVENT_SCHEMA, Sent, error_event, event, event_stream, while_connected
from ui.api.desk import Desk, Event, Inquiry
from ui.api.documents import Answer, Quotations, SearchResults, Verification
from ui.api.errors import refusals
from ui.api.requests import AskRequest, QuoteQuery, QuoteRequest, SearchQuery, SearchRequest
from ui.asking import Answered, Waiting

_EVENTS = (
    "With `stream`, server-sent events: `notice` `{message}`; `sentence` `{place, sentence, citations}`, only of"
    " checked sentences, a later one of the same place replacing the earlier; last `answer`, the whole document, or"
    " `error`."
)


def answers(desk: Desk) -> APIRouter:
    """Returns the routes that answer questions."""
    router = APIRouter(prefix=REST, tags=["questions"])

    @router.post(
        "/ask",
        response_model=Answer,
        summary="Answer a question, with a citation for every sentence",
        description=_EVENTS,
        responses={
            200: {"content": {"text/event-stream": {"schema": EVENT_SCHEMA}}},
            **refusals(400, 404, 504),
        },
    )
    async def ask(
        request: Request, asked: AskRequest, accept: Annotated[str, Header(include_in_schema=False)] = ""
    ) -> Any:
        inquiry = Inquiry(asked.question, asked.filters(), asked.turns(), asked.model)
        caller = caller_of(request.scope)
        if asked.stream or "text/event-stream" in accept:
            return await event_stream(desk.follow(inquiry, caller), _Told().events, error_event)
        return encode_answer(await while_connected(request, desk.answer(inquiry, caller)))

    @router.get(
        "/search", response_model=SearchResults, summary="Find the passages that best match a query",
        responses=refusals(400, 504),
    )  # fmt: skip
    async def search_by_address(request: Request, wanted: Annotated[SearchQuery, Query()]) -> Any:
        return await _search(request, wanted)

    @router.post(
        "/search", response_model=SearchResults, summary="Find the passages that best match a query",
        responses=refusals(400, 504),
    )  # fmt: skip
    async def search(request: Request, wanted: SearchRequest) -> Any:
        return await _search(request, wanted)

    async def _search(request: Request, wanted: SearchRequest) -> dict[str, Any]:
        def work() -> dict[str, Any]:
            began = time.perf_counter()
            mode = SearchMode(wanted.mode)
            found = desk.dateline.search(wanted.query, wanted.k, filters=wanted.filters(), mode=mode)
            return encode_results(found, time.perf_counter() - began)

        return await while_connected(request, desk.run(work))

    @router.get(
        "/quote", response_model=Quotations, summary="Show who carries a quotation, the earliest first",
        responses=refusals(400, 504),
    )  # fmt: skip
    async def quote_by_address(request: Request, wanted: Annotated[QuoteQuery, Query()]) -> Any:
        return await _quote(request, wanted)

    @router.post(
        "/quote", response_model=Quotations, summary="Show who carries a quotation, the earliest first",
        responses=refusals(400, 504),
    )  # fmt: skip
    async def quote(request: Request, wanted: QuoteRequest) -> Any:
        return await _quote(request, wanted)

    async def _quote(request: Request, wanted: QuoteRequest) -> dict[str, Any]:
        def work() -> dict[str, Any]:
            return encode_quotations(desk.dateline.quote(wanted.words, filters=wanted.filters()))

        return await while_connected(request, desk.run(work))

    @router.post(
        "/verify", response_model=Verification, summary="Check a bundle again, without a model",
        responses=refusals(400, 504),
    )  # fmt: skip
    async def verify(request: Request, bundle: UploadFile) -> Any:
        content = await bundle.read()

        def work() -> dict[str, Any]:
            with TemporaryDirectory() as folder:
                path = Path(folder) / "bundle.json"
                path.write_bytes(content)
                problems = verify_bundle(path)
            return {"valid": not problems, "problems": problems}

        return await while_connected(request, desk.run(work))

    return router


class _Told:
    """What one reader has been told of an answer, so that each sentence is sent once and again when it changes."""

    def __init__(self) -> None:
        self._sentences: list[AnswerSentence] = []
        self._citations: set[int] = set()

    async def events(self, happened: Event) -> AsyncIterator[Sent]:
        """Yields what is sent of an event."""
        match happened:
            case Notice(message):
                yield event("notice", {"message": message})
            case Waiting(before):
                yield event("notice", {"message": f"{before} before this one"})
            case Answered(answer):
                yield event("answer", encode_answer(answer))
            case SentenceReady(sentences, citations):
                for place, sentence in enumerate(sentences):
                    if self._sentences[place : place + 1] == [sentence]:
                        continue
                    self._sentences[place : place + 1] = [sentence]
                    fresh = [c for c in citations if c.n in sentence.citations and c.n not in self._citations]
                    self._citations.update(c.n for c in fresh)
                    told = {
                        "text": sentence.text, "verdict": sentence.verdict.value,
                        "support": round(sentence.support, 4), "citations": list(sentence.citations),
                    }  # fmt: skip
                    document = {"place": place, "sentence": told, "citations": [encode_citation(c) for c in fresh]}
                    yield event("sentence", document)
