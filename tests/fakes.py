"""Stand-ins for what tests must not depend on: language models and the network; and for a slow embedder."""

from __future__ import annotations

import hashlib
import json
import threading
import time
from collections.abc import Callable, Generator, Iterable, Sequence
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from rag.generate.llm import Completion, Message
from rag.index.embedding import Embedder
from rag.types import Usage

Reply = Callable[[BaseHTTPRequestHandler, dict[str, Any]], None]


@dataclass
class ScriptedModel:
    """A ``LanguageModel`` whose answers are written beforehand.

    ``replies`` and ``yes`` are lists that are used up in order (an exception in them is raised), or functions of
    the messages. What was asked is kept in ``asked``.
    """

    replies: list[str | Exception] | Callable[[Sequence[Message]], str] = field(default_factory=list)
    yes: list[float | Exception] | Callable[[Sequence[Message]], float] = field(default_factory=list)
    name: str = "scripted"
    strength: Literal["small", "large"] = "small"
    context: int = 4096
    asked: list[list[Message]] = field(default_factory=list)
    schemas: list[dict[str, Any] | None] = field(default_factory=list)
    closed: bool = False
    finish_reason: str = "stop"

    def complete(
        self,
        messages: Sequence[Message],
        *,
        max_tokens: int,
        stop: Sequence[str] = (),
        schema: dict[str, Any] | None = None,
        grammar: str | None = None,
    ) -> Completion:
        self.schemas.append(schema)
        text = self._next(self.replies, messages)
        return Completion(text, self._usage(messages, text), self.finish_reason)

    def stream(
        self,
        messages: Sequence[Message],
        *,
        max_tokens: int,
        stop: Sequence[str] = (),
        schema: dict[str, Any] | None = None,
    ) -> Generator[str, None, Completion]:
        self.schemas.append(schema)
        text = self._next(self.replies, messages)
        for word in text.split(" "):
            yield word if text.startswith(word) else f" {word}"
        return Completion(text, self._usage(messages, text), self.finish_reason)

    def probability_of_yes(self, messages: Sequence[Message]) -> tuple[float, Usage]:
        return self._next(self.yes, messages), self._usage(messages, "yes")

    def close(self) -> None:
        self.closed = True

    def _next(self, script: Any, messages: Sequence[Message]) -> Any:
        self.asked.append(list(messages))
        value = script(messages) if callable(script) else script.pop(0)
        if isinstance(value, Exception):
            raise value
        return value

    def _usage(self, messages: Sequence[Message], text: str) -> Usage:
        return Usage(sum(len(m["content"].split()) for m in messages), len(text.split()))


class HashEmbedder:
    """An ``Embedder`` that hashes words into a few dimensions, for tests that write the index hundreds of times."""

    fingerprint = "hash:64"
    dimension = 64

    def embed_passages(self, texts: Sequence[str]) -> NDArray[np.float32]:
        return np.array([self.embed_query(text) for text in texts], np.float32).reshape(len(texts), self.dimension)

    def embed_query(self, text: str) -> NDArray[np.float32]:
        vector = np.full(self.dimension, 0.01, np.float32)
        for word in text.casefold().split():
            vector[hashlib.sha256(word.encode()).digest()[0] % self.dimension] += 1
        unit: NDArray[np.float32] = vector / np.linalg.norm(vector)
        return unit


class CountingEmbedder:
    """Passes everything on to another embedder and keeps the passages it was given in ``embedded``."""

    def __init__(self, embedder: Embedder) -> None:
        self._embedder = embedder
        self.embedded: list[str] = []
        self.fingerprint = embedder.fingerprint
        self.dimension = embedder.dimension

    def embed_passages(self, texts: Sequence[str]) -> NDArray[np.float32]:
        self.embedded.extend(texts)
        return self._embedder.embed_passages(texts)

    def embed_query(self, text: str) -> NDArray[np.float32]:
        return self._embedder.embed_query(text)


class FakeModelServer:
    """An OpenAI-compatible server on loopback that follows a script, one reply per request.

    The last reply is repeated. ``requests`` holds the bodies received, ``headers`` their headers;
    ``disconnected`` is set when a client leaves a ``stream`` before its end.
    """

    def __init__(self, *replies: Reply) -> None:
        self.requests: list[dict[str, Any]] = []
        self.headers: list[dict[str, str]] = []
        self.disconnected = threading.Event()
        self.stopping = threading.Event()
        owner, script = self, list(replies)

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self) -> None:
                body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                owner.requests.append(body)
                owner.headers.append({name.lower(): value for name, value in self.headers.items()})
                reply = script.pop(0) if len(script) > 1 else script[0]
                try:
                    reply(self, body)
                except (BrokenPipeError, ConnectionResetError):
                    owner.disconnected.set()
                    self.close_connection = True

            def log_message(self, format: str, *args: Any) -> None:
                pass

        self._http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._http.daemon_threads = True
        self._http.fake = self  # type: ignore[attr-defined]
        self.url = f"http://127.0.0.1:{self._http.server_port}/v1"

    def __enter__(self) -> FakeModelServer:
        threading.Thread(target=self._http.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stopping.set()
        self._http.shutdown()
        self._http.server_close()


def says(text: str, *, top: dict[str, float] | None = None, finish: str = "stop") -> Reply:
    """Answers ``text``; ``top`` gives the log probabilities of the first token."""

    def reply(handler: BaseHTTPRequestHandler, body: dict[str, Any]) -> None:
        choice: dict[str, Any] = {
            "index": 0,
            "finish_reason": finish,
            "message": {"role": "assistant", "content": text},
        }
        if top is not None:
            ranked = [{"token": t, "logprob": p, "bytes": None} for t, p in top.items()]
            choice["logprobs"] = {"content": [{**ranked[0], "top_logprobs": ranked}]}
        _send(handler, 200, json.dumps(_completion(choices=[choice])))

    return reply


def fails(status: int, message: str, *, retry_after: float | None = None, code: str | None = None) -> Reply:
    """Answers with an HTTP error in the form OpenAI gives it."""

    def reply(handler: BaseHTTPRequestHandler, body: dict[str, Any]) -> None:
        headers = {} if retry_after is None else {"Retry-After": str(retry_after)}
        _send(handler, status, json.dumps({"error": {"message": message, "type": "x", "code": code}}), **headers)

    return reply


def sends(text: str, content_type: str = "application/json") -> Reply:
    """Answers 200 with ``text`` as the body, whatever it is."""
    return lambda handler, body: _send(handler, 200, text, content_type)


def hangs() -> Reply:
    """Accepts the request and never answers."""

    def reply(handler: BaseHTTPRequestHandler, body: dict[str, Any]) -> None:
        handler.server.fake.stopping.wait(30)  # type: ignore[attr-defined]
        handler.close_connection = True

    return reply


def streams(
    pieces: Iterable[str], *, then: Literal["end", "die", "garbage", "hang", "stop short"] = "end", pause: float = 0.0
) -> Reply:
    """Streams ``pieces`` as server-sent events, then ends properly or in one of four bad ways."""

    def reply(handler: BaseHTTPRequestHandler, body: dict[str, Any]) -> None:
        handler.send_response(200)
        handler.send_header("Content-Type", "text/event-stream")
        handler.send_header("Transfer-Encoding", "chunked")
        handler.end_headers()
        for piece in pieces:
            _event(handler, _completion(choices=[{"index": 0, "delta": {"content": piece}, "finish_reason": None}]))
            time.sleep(pause)
        if then == "die":
            handler.connection.shutdown(2)
            handler.close_connection = True
        elif then == "garbage":
            _chunk(handler, "data: {this is not JSON\n\n")
        elif then == "hang":
            handler.server.fake.stopping.wait(30)  # type: ignore[attr-defined]
        elif then == "end":
            _event(handler, _completion(choices=[{"index": 0, "delta": {}, "finish_reason": "stop"}]))
            _chunk(handler, "data: [DONE]\n\n")
        if then != "die":
            handler.wfile.write(b"0\r\n\r\n")

    return reply


def _completion(**fields: Any) -> dict[str, Any]:
    usage = {"prompt_tokens": 11, "completion_tokens": 3, "total_tokens": 14}
    return {"id": "1", "object": "chat.completion", "created": 1, "model": "fake", "usage": usage, **fields}


def _event(handler: BaseHTTPRequestHandler, value: dict[str, Any]) -> None:
    _chunk(handler, f"data: {json.dumps({**value, 'object': 'chat.completion.chunk'})}\n\n")


def _chunk(handler: BaseHTTPRequestHandler, text: str) -> None:
    data = text.encode()
    handler.wfile.write(f"{len(data):x}\r\n".encode() + data + b"\r\n")
    handler.wfile.flush()


def _send(
    handler: BaseHTTPRequestHandler, status: int, text: str, content_type: str = "application/json", **headers: str
) -> None:
    data = text.encode()
    handler.send_response(status)
    handler.send_header("Content-Type", content_type)
    handler.send_header("Content-Length", str(len(data)))
    for name, value in headers.items():
        handler.send_header(name, value)
    handler.end_headers()
    handler.wfile.write(data)
