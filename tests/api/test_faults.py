"""What breaks while the server runs: what its callers are told, and that nothing stored is lost.

docs/FAULTS.md is the table of it.
"""

from __future__ import annotations

import errno
import json
import re
import shutil
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any

import httpx
import pytest
from filelock import FileLock

from rag.index.audit import audit
from rag.index.store import IndexStore
from tests.api.served import QUESTION, Served, events_of, serving
from tests.fakes import FakeModelServer, Reply, fails, hangs, sends, streams

ARTICLE = b"The harbour of Tallinn opened on Monday after nine years of work, the port authority said."


def dies(handler: BaseHTTPRequestHandler, body: dict[str, Any]) -> None:
    """Is killed in the middle of its answer."""
    handler.send_response(200)
    handler.send_header("Content-Type", "application/json")
    handler.send_header("Content-Length", "5000")
    handler.end_headers()
    handler.wfile.write(b'{"id": "1", "choices": [{"message": {"content": "{\\"sentences\\": [')
    handler.wfile.flush()
    handler.connection.shutdown(2)
    handler.close_connection = True


class Asked:
    """A server with a network model whose reply can be exchanged."""

    def __init__(self, served: Served, model: FakeModelServer) -> None:
        self.served, self.model = served, model
        self.reply: Reply = hangs()


@pytest.fixture(scope="module")
def asked(sample_index: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Asked]:
    def current(handler: BaseHTTPRequestHandler, body: dict[str, Any]) -> None:
        found.reply(handler, body)

    with FakeModelServer(current) as model:
        settings = {"model": "openai/fake", "model_api_base": model.url, "model_timeout": 2.0, "model_retries": 1}
        with serving(sample_index, tmp_path_factory.mktemp("network"), **settings) as running:
            found = Asked(running, model)
            yield found


FAILURES: dict[str, tuple[Reply, str]] = {
    "killed": (dies, "broke off|no connection|cannot be reached|did not answer"),
    "hangs": (hangs(), "did not answer within 2 s"),
    "garbage": (sends("<html>gateway</html>"), "did not answer usefully|cannot be read|failed"),
    "no schema": (streams(["Certainly! I think"]), "does not follow the schema"),
    "busy": (fails(429, "slow down", retry_after=0), "overloaded"),
    "broken": (fails(500, "out of memory", retry_after=0), "out of order"),
}  # fmt: skip


@pytest.mark.parametrize("failure", FAILURES)
def test_a_model_that_fails_is_replaced_and_that_is_said(asked: Asked, failure: str) -> None:
    asked.reply, said = FAILURES[failure]
    asked.model.requests.clear()
    with asked.served.client() as client:
        response = client.post("/api/v1/ask", json={"question": QUESTION})
        figures = client.get("/metrics").text
    assert response.status_code == 200
    answer = response.json()
    assert answer["model"] == "extractive"
    assert answer["citations"]
    assert re.search(said, answer["warnings"][0]), answer["warnings"]
    assert "source sentences, chosen without a language model" in answer["warnings"][0]
    assert 'dateline_answers_total{outcome="fallen_back"}' in figures
    assert len(asked.model.requests) <= 2
    if failure in ("busy", "broken"):  # what may pass is tried again
        assert len(asked.model.requests) == 2


def test_a_reader_of_a_stream_is_told_too(asked: Asked) -> None:
    asked.reply = dies
    with asked.served.client() as client, client.stream(
        "POST", "/api/v1/ask", json={"question": QUESTION, "stream": True}
    ) as response:  # fmt: skip
        events = events_of(response.iter_lines())
    assert events[-1][0] == "answer"
    assert json.loads(events[-1][1])["warnings"]


def test_whoever_leaves_stops_the_model_in_the_middle_of_its_answer(asked: Asked) -> None:
    one = json.dumps({"text": "Russia was asked for guarantees.", "sources": [1]})
    asked.reply = streams(['{"abstain": false, "reason": "none", "sentences": ['] + [f"{one}, "] * 400, pause=0.02)
    asked.model.disconnected.clear()
    asked.model.requests.clear()
    with asked.served.client() as client, client.stream(
        "POST", "/api/v1/ask", json={"question": QUESTION, "stream": True}
    ) as response:  # fmt: skip
        next(response.iter_lines())
        while not asked.model.requests:
            time.sleep(0.01)
        assert not asked.model.disconnected.is_set()
    assert asked.model.disconnected.wait(1.5)  # less than the two seconds that the model may take


def test_a_key_that_the_model_refuses_is_told_to_whoever_asks(asked: Asked) -> None:
    asked.reply = fails(401, "wrong key")
    with asked.served.client() as client:
        answer = client.post("/api/v1/ask", json={"question": QUESTION}).json()
    assert (answer["model"], "refused the key" in answer["warnings"][0]) == ("extractive", True)


def finished(client: httpx.Client, job: str) -> dict[str, Any]:
    until = time.monotonic() + 60
    while time.monotonic() < until:
        found: dict[str, Any] = client.get(f"/api/v1/jobs/{job}").json()
        if found["state"] not in ("waiting", "running"):
            return found
        time.sleep(0.05)
    raise AssertionError(found)


def upload(client: httpx.Client, name: str = "harbour.txt", content: bytes = ARTICLE) -> httpx.Response:
    return client.post("/api/v1/articles", files=[("files", (name, content))])


def test_while_another_process_writes_readers_read_and_writers_are_told(served: Served) -> None:
    with served.client() as client, FileLock(served.dateline.settings.index / "write.lock"):
        answer = client.post("/api/v1/ask", json={"question": QUESTION}).json()
        job = finished(client, upload(client).json()["id"])
        some = client.get("/api/v1/articles").json()["sources"][0]["id"]
        removal = client.delete(f"/api/v1/articles/{some}")
    assert answer["citations"]
    assert (job["state"], job["error"]["code"]) == ("failed", "index_locked")
    assert (removal.status_code, removal.json()["error"]["code"]) == (503, "index_locked")
    assert removal.headers["retry-after"]
    with served.client() as client:
        assert client.get(f"/api/v1/articles/{some}").status_code == 200
        assert finished(client, upload(client).json()["id"])["state"] == "done"


@contextmanager
def small_disk(folder: Path, megabytes: int) -> Iterator[Path]:
    command = ["mount", "-t", "tmpfs", "-o", f"size={megabytes}m", "tmpfs", str(folder)]
    if not shutil.which("mount") or subprocess.run(command, capture_output=True, check=False).returncode:
        pytest.skip("this system does not let us mount a small disk")
    try:
        yield folder
    finally:
        subprocess.run(["umount", "--lazy", str(folder)], check=True)


def fill(path: Path) -> None:
    """Writes until nothing more fits."""
    with path.open("wb", buffering=0) as file:
        for size in (1 << 16, 1 << 10, 1):
            try:
                while file.write(b"x" * size) == size:
                    pass
            except OSError as error:
                assert error.errno == errno.ENOSPC


def test_a_full_disk_refuses_what_is_new_and_loses_nothing(sample_index: Path, tmp_path: Path) -> None:
    with small_disk(tmp_path, 48), serving(sample_index, tmp_path) as running, running.client() as client:
        before = client.get("/api/v1/articles").json()
        assert client.post("/api/v1/ask", json={"question": QUESTION}).status_code == 200  # all is open now
        filler = tmp_path / "filler"
        fill(filler)
        response = upload(client, content=ARTICLE * 500)
        assert response.status_code == 503, response.text
        assert response.json()["error"]["code"] in ("storage_unavailable", "index_unavailable")
        answer = client.post("/api/v1/ask", json={"question": QUESTION}).json()
        assert answer.get("citations"), answer
        assert client.get("/api/v1/search", params={"query": "ceasefire"}).json()["results"]
        assert client.get("/api/v1/articles").json() == before
        # Full in the middle of an ingest: what was laid aside fits, what it becomes does not.
        filler.write_bytes(b"")
        many = "\n".join(json.dumps({"id": f"{n}", "text": f"Ferry {n} sails at noon. " * 40}) for n in range(400))
        job = upload(client, "many.jsonl", many.encode()).json()["id"]
        while client.get(f"/api/v1/jobs/{job}").json()["state"] == "waiting":
            time.sleep(0.01)
        fill(filler)
        failed = finished(client, job)
        assert failed["state"] == "failed"
        assert failed["error"]["code"] in ("storage_unavailable", "index_unavailable"), failed
        assert client.post("/api/v1/ask", json={"question": QUESTION}).status_code == 200
        filler.unlink()
        assert finished(client, upload(client).json()["id"])["state"] == "done"
        now = {source["id"] for source in client.get("/api/v1/articles", params={"limit": 1000}).json()["sources"]}
        assert {source["id"] for source in before["sources"]} <= now
        store = IndexStore(running.dateline.settings.index)
        assert audit(store, None) == []
        store.close()
