"""``dateline serve`` as a process: told to end, it ends in order."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import httpx

from tests.api.served import QUESTION
from ui.jobs.store import FILE, JobStore

ROOT = Path(__file__).parents[2]


def waiting(client: httpx.Client) -> int:
    found = re.search(r"^dateline_queue_length ([\d.]+)", client.get("/metrics").text, re.MULTILINE)
    assert found is not None
    return int(float(found[1]))


def test_told_to_end_it_finishes_what_is_under_way_and_marks_its_jobs(sample_index: Path, tmp_path: Path) -> None:
    index = tmp_path / "index"
    shutil.copytree(sample_index, index)
    command = [sys.executable, "-m", "rag.cli", "serve", "--port", "0", "--model", "extractive", "--index", str(index),
               "--log-requests"]  # fmt: skip
    environment = {**os.environ, "DATELINE_SERVE_ACTIVE": "1", "DATELINE_SERVE_PER_MINUTE": "0"}
    process = subprocess.Popen(command, cwd=ROOT, stderr=subprocess.PIPE, text=True, env=environment)
    lines: list[str] = []
    assert process.stderr is not None
    reading = threading.Thread(target=lambda: lines.extend(process.stderr or ()), daemon=True)
    reading.start()
    try:
        for _ in range(1200):
            if any("models are loaded" in line for line in lines):
                break
            assert process.poll() is None, lines
            time.sleep(0.1)
        address = re.search(r"http://[\d.:]+", "".join(lines))
        assert address
        replies: list[int] = []
        with httpx.Client(base_url=address[0], timeout=60) as client:
            assert client.get("/readyz").status_code == 200
            article = "\n".join(
                f'{{"id": "{n}", "text": "The bridge {n} of Narva closed in May."}}' for n in range(3000)
            )
            job = client.post("/api/v1/articles", files={"files": ("many.jsonl", article.encode())}).json()["id"]
            while client.get(f"/api/v1/jobs/{job}").json()["state"] == "waiting":
                time.sleep(0.05)
            body = {"question": QUESTION}

            def ask() -> None:
                replies.append(httpx.post(f"{address[0]}/api/v1/ask", json=body, timeout=60).status_code)

            asking = [threading.Thread(target=ask) for _ in range(4)]
            for thread in asking:
                thread.start()
            until = time.monotonic() + 30  # until all are inside: whom it has not let in yet, it need not answer
            while len(replies) + waiting(client) + 1 < 4 and time.monotonic() < until:
                time.sleep(0.02)
            process.send_signal(signal.SIGTERM)
        for thread in asking:
            thread.join(60)
        assert process.wait(60) in (0, -signal.SIGTERM, 130, 143)
        assert replies == [200] * 4
    finally:
        process.kill()
        process.wait()
    reading.join(10)
    assert not any("Traceback" in line for line in lines), lines
    requests = [json.loads(line) for line in lines if line.startswith("{")]
    assert {"request_id", "route", "status", "milliseconds", "caller"} <= set(requests[0])
    store = JobStore(index / FILE)
    found = store.get(job)
    store.close()
    assert found is not None
    assert found.state == "interrupted"
    assert not list((index / "uploads").iterdir())
