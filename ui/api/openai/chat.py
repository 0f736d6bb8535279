"""``/v1/chat/completions`` and ``/v1/models``."""

from __future__ import annotations

import json
import secrets
import time
from collections.abc import AsyncIterator
from typing import Any

from fastapi import APIRouter, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, Response
from fastapi.routing import APIRoute

from rag.answering import SentenceReady
from rag.types import Filters
from ui.access.identity import caller_of
from ui.api.connection import EVENT_SCHEMA, Sent, event_stream, while_connected
from ui.api.desk import Desk, Event, Inquiry
from ui.api.errors import LOG, told
from ui.api.openai.documents import ChatCompletion, Model, ModelList, refusals
from ui.api.openai.message import Message
from ui.api.openai.wire import ChatRequest, error_document, usage
from ui.asking import Answered

_OURS = "dateline"


class _Route(APIRoute):
    """A route that tells its errors in OpenAI's form, with 400 for what does not fit."""

    def get_route_handler(self) -> Any:
        handler = super().get_route_handler()

        async def handle(request: Request) -> Response:
            try:
                response: Response = await handler(request)
                return response
            except Exception as error:
                found = told(error, request.scope.get("dateline.request", ""))
                if found.status == 500:
                    LOG.error("fault", exc_info=error)
                status = 400 if isinstance(error, RequestValidationError) else found.status
                return JSONResponse(error_document(found), status, headers=dict(found.headers))

        return handle


def chat(desk: Desk, started: int) -> APIRouter:
    """Returns the routes.

    Args:
        desk: Takes questions.
        started: When the server was started, in seconds since 1970; models are as old as that.
    """
    router = APIRouter(prefix="/v1", tags=["openai"], route_class=_Route)

    @router.post(
        "/chat/completions",
        summary="Answer the last message of a conversation",
        response_model=ChatCompletion,
        responses={
            200: {"content": {"text/event-stream": {"schema": EVENT_SCHEMA}}},
            **refusals(404, 413, 504),
        },
    )
    async def complete(request: Request, asked: ChatRequest) -> Any:
        question, turns = asked.question()
        model = None if asked.model == _OURS else asked.model
        inquiry = Inquiry(question, Filters(), turns, model)
        caller = caller_of(request.scope)
        head = {"id": f"chatcmpl-{secrets.token_hex(12)}", "created": int(time.time()), "model": asked.model}
        if asked.stream:
            with_usage = asked.stream_options is not None and asked.stream_options.include_usage
            chunks = _Chunks(head, with_usage=with_usage)
            return await event_stream(desk.follow(inquiry, caller), chunks.events, _failed)
        answer = await while_connected(request, desk.answer(inquiry, caller))
        message = Message()
        message.end(answer)
        content = {
            "role": "assistant",
            "content": message.text,
            "refusal": None,
            "annotations": message.annotations(answer),
        }
        choice = {"index": 0, "message": content, "logprobs": None, "finish_reason": "stop"}
        return {**head, "object": "chat.completion", "choices": [choice], "usage": usage(answer)}

    @router.get("/models", summary="List the models that may be named", response_model=ModelList, responses=refusals())
    async def models() -> dict[str, Any]:
        names = dict.fromkeys((_OURS, *desk.models))
        return {"object": "list", "data": [_model(name) for name in names]}

    @router.get("/models/{name:path}", summary="Show one model", response_model=Model, responses=refusals(404))
    async def model(name: str) -> dict[str, Any]:
        if name != _OURS:
            desk.model_for(name)
        return _model(name)

    def _model(name: str) -> dict[str, Any]:
        return {"id": name, "object": "model", "created": started, "owned_by": _OURS}

    return router


class _Chunks:
    """An answer as chunks. Sentences are sent as they are checked; annotations and reason to end come last."""

    def __init__(self, head: dict[str, Any], *, with_usage: bool) -> None:
        self._head = {**head, "object": "chat.completion.chunk"}
        self._message = Message()
        self._with_usage = with_usage
        self._has_begun = False

    async def events(self, happened: Event) -> AsyncIterator[Sent]:
        """Yields what is sent of an event."""
        if not self._has_begun:
            self._has_begun = True
            yield self._chunk({"role": "assistant", "content": ""})
        match happened:
            case SentenceReady(sentences, _):
                if added := self._message.add(sentences):
                    yield self._chunk({"content": added})
            case Answered(answer):
                if added := self._message.end(answer):
                    yield self._chunk({"content": added})
                yield self._chunk({"annotations": self._message.annotations(answer)}, "stop")
                if self._with_usage:
                    yield _data({**self._head, "choices": [], "usage": usage(answer)})
                yield Sent("[DONE]")

    def _chunk(self, delta: dict[str, Any], finish_reason: str | None = None) -> Sent:
        choice = {"index": 0, "delta": delta, "logprobs": None, "finish_reason": finish_reason}
        return _data({**self._head, "choices": [choice]})


def _failed(error: BaseException) -> Sent:
    return _data(error_document(told(error)))


def _data(document: dict[str, Any]) -> Sent:
    return Sent(json.dumps(document, ensure_ascii=False, separators=(",", ":")))
