"""Too much, too often, too large, too long, and callers who leave."""

from __future__ import annotations

import json
import socket
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from tests.api.served import QUESTION, SLOW, Served, SlowModel, serving
from ui.access.identity import Scope


@pytest.fixture(scope="module")
def narrow(sample_index: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """A server with little room: one request at a time, one that waits, and little patience."""
    settings = {"serve_active": 1, "serve_waiting": 1, "serve_seconds": 3.0, "serve_body_bytes": 5_000,
                "serve_upload_bytes": 20_000}  # fmt: skip
    with serving(sample_index, tmp_path_factory.mktemp("narrow"), **settings) as running:
        yield running


def ask(served: Served, model: str = SLOW) -> httpx.Response:
    with served.client() as client:
        return client.post("/api/v1/ask", json={"question": QUESTION, "model": model})


@pytest.fixture
def slow(narrow: Served) -> Iterator[SlowModel]:
    model = narrow.slow_model()
    yield model
    model.released.set()
    model.ended.wait(5)


def test_when_too_many_wait_the_next_is_told_when_to_come_back(narrow: Served, slow: SlowModel) -> None:
    replies: list[int] = []
    threads = [threading.Thread(target=lambda: replies.append(ask(narrow).status_code)) for _ in range(2)]
    for thread in threads:
        thread.start()
    assert slow.begun.wait(5)
    for _ in range(100):
        with narrow.client() as client:
            if "dateline_queue_length 1.0" in client.get("/metrics").text:
                break
        time.sleep(0.02)
    response = ask(narrow)
    assert response.status_code == 429
    assert 1 <= int(response.headers["retry-after"]) <= 60
    with narrow.client() as client:  # what needs no turn is still answered
        assert client.get("/healthz").status_code == 200
    slow.released.set()
    for thread in threads:
        thread.join(10)
    assert replies == [200, 200]


def test_what_takes_too_long_is_ended(narrow: Served, slow: SlowModel) -> None:
    began = time.monotonic()
    response = ask(narrow)
    assert (response.status_code, response.json()["error"]["code"]) == (504, "timeout")
    assert time.monotonic() - began < 8
    slow.released.set()
    assert slow.ended.wait(5)


def test_a_stream_that_takes_too_long_ends_with_an_error(narrow: Served, slow: SlowModel) -> None:
    with narrow.client() as client:
        body = {"question": QUESTION, "model": SLOW, "stream": True}
        text = client.post("/api/v1/ask", json=body).text
    last = text.strip().rpartition("data: ")[2]
    assert json.loads(last)["error"]["code"] == "timeout"


@pytest.mark.parametrize("stream", [True, False])
def test_a_caller_who_leaves_ends_the_answer(served: Served, stream: bool) -> None:
    slow = served.slow_model()
    body = json.dumps({"question": QUESTION, "model": SLOW, "stream": stream}).encode()
    host, port = served.url.removeprefix("http://").split(":")
    with socket.create_connection((host, int(port))) as connection:
        head = f"POST /api/v1/ask HTTP/1.1\r\nHost: {host}\r\nContent-Type: application/json\r\n"
        connection.sendall(f"{head}Content-Length: {len(body)}\r\n\r\n".encode() + body)
        assert slow.begun.wait(5)
        time.sleep(0.3)
    time.sleep(1)
    slow.released.set()  # its step is done; a second would follow if nobody had told it to stop
    assert slow.ended.wait(5)
    with served.client() as client:
        for _ in range(100):
            if "dateline_queue_length 0.0" in client.get("/metrics").text:
                break
            time.sleep(0.05)
        figures = client.get("/metrics").text
    assert f'dateline_tokens_total{{caller="local",kind="prompt",model="{SLOW}"}}' not in figures  # no answer was given


def test_bodies_have_a_largest_size(narrow: Served) -> None:
    with narrow.client() as client:
        for response in (
            client.post("/api/v1/ask", json={"question": "x" * 6_000}),
            client.post("/v1/chat/completions", json={"model": "dateline", "messages": [], "x": "y" * 6_000}),
            client.post("/mcp", json={"x": "y" * 6_000}),
            client.post("/api/v1/articles", files=[("files", ("a.txt", b"x" * 30_000))]),
        ):
            assert response.status_code == 413
            assert response.json()["error"]["code"] == "too_large"


def test_a_body_of_unknown_length_has_a_largest_size_too(narrow: Served) -> None:
    def pieces() -> Iterator[bytes]:
        for _ in range(20):
            yield b" " * 1_000

    with narrow.client() as client:
        response = client.post("/api/v1/ask", content=pieces(), headers={"Content-Type": "application/json"})
        assert response.status_code == 413


def test_a_key_has_so_many_requests_a_minute_of_its_own(sample_index: Path, tmp_path: Path) -> None:
    with serving(sample_index, tmp_path, serve_per_minute=5) as running:
        one, other = (running.accounts.add_key(name, Scope.READ) for name in ("one", "other"))
        with running.client(one) as client:
            statuses = [client.get("/v1/models").status_code for _ in range(6)]
            assert statuses == [200] * 5 + [429]
            refused = client.get("/v1/models")
            assert 1 <= int(refused.headers["retry-after"]) <= 60
            assert refused.json()["error"]["code"] == "too_many_requests"
            assert client.get("/healthz").status_code == 200  # whoever watches the server is not counted
        with running.client(other) as client:
            assert client.get("/v1/models").status_code == 200
        with running.client("dl_guess") as client:
            statuses = [client.get("/v1/models").status_code for _ in range(30)]
            assert statuses[0] == 401
            assert statuses[-1] == 429  # and guessing keys is slow


def test_a_request_that_never_ends_is_told_so(served: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ui.access.gate._BODY_SECONDS", 0.3)
    host, port = served.url.removeprefix("http://").split(":")
    with socket.create_connection((host, int(port)), timeout=20) as half:
        half.sendall(
            b"POST /api/v1/ask HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n"
            b"Content-Length: 100\r\n\r\n{"
        )
        told = half.recv(65_536).decode()
    assert told.startswith("HTTP/1.1 408")
    with served.client() as client:
        assert client.get("/healthz").status_code == 200


def test_a_hundred_half_open_connections_keep_nobody_out(served: Served) -> None:
    host, port = served.url.removeprefix("http://").split(":")
    halves = [socket.create_connection((host, int(port))) for _ in range(100)]
    try:
        for half in halves:
            half.sendall(b"POST /api/v1/ask HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 100\r\n\r\n{")
        with served.client() as client:
            assert client.post("/api/v1/ask", json={"question": QUESTION}).status_code == 200
    finally:
        for half in halves:
            half.close()
