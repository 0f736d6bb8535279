"""Nothing reaches the network: not refused, but never tried."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from eval.bench.samples import html, samples
from rag.config import Settings
from rag.errors import ModelUnavailableError
from rag.generate.gguf import describe_model

ARTICLES = Path(__file__).parents[1] / "corpus" / "articles"
QUESTION = "What did Assad ask Russia for?"
# Every way of Python's to a socket or a name server raises an audit event. Child processes inherit the guard.
GUARD = """
import os, sys
LOOPBACK = ("127.0.0.1", "::1", "localhost") if os.environ["GUARD_ALLOWS"] == "loopback" else ()
def guard(event, arguments):
    if event not in ("socket.connect", "socket.getaddrinfo", "socket.gethostbyname", "socket.gethostbyaddr",
                     "socket.sendto", "socket.sendmsg"):
        return
    target = arguments[0] if event.startswith("socket.get") else arguments[1]
    if (target[0] if isinstance(target, tuple) else target) in LOOPBACK:
        return
    with open(os.environ["GUARD_RECORD"], "a") as record:
        record.write(f"{event} {target!r}\\n")
    raise OSError(f"refused by the test: {event} {target!r}")
sys.addaudithook(guard)
"""


class Guarded:
    """Runs commands in a folder of their own, with every attempt at a connection recorded and refused."""

    def __init__(self, folder: Path, allows: str = "nothing") -> None:
        self.folder = folder
        self.record = folder / "attempts"
        (folder / "guard").mkdir()
        (folder / "guard" / "sitecustomize.py").write_text(GUARD)
        kept = {name: value for name, value in os.environ.items() if not name.startswith(("DATELINE_", "HF_"))}
        home = {"HF_HOME": str(folder / "hf")}
        root = str(Path(__file__).parents[1])
        self.environment = {
            **kept, **home, "PYTHONPATH": os.pathsep.join([str(folder / "guard"), root]),
            "GUARD_RECORD": str(self.record), "GUARD_ALLOWS": allows,
        }  # fmt: skip

    def run(self, *command: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, *command], cwd=self.folder, env=self.environment,
            capture_output=True, text=True, timeout=240, check=False,
        )  # fmt: skip

    def dateline(self, *arguments: str) -> Any:
        found = self.run("-m", "rag.cli", *arguments, "--json")
        assert (found.returncode, found.stderr) == (0, "")
        return json.loads(found.stdout)

    def attempts(self) -> str:
        return self.record.read_text() if self.record.exists() else ""


@pytest.mark.parametrize(
    "attempt",
    [
        "import socket; socket.create_connection(('127.0.0.1', 9))",
        "import socket; socket.socket().connect(('192.0.2.1', 9))",
        "import urllib.request; urllib.request.urlopen('http://news.example/')",
        "import subprocess, sys; subprocess.check_call([sys.executable, '-c', 'import socket; "
        'socket.gethostbyname("news.example")\'])',
    ],
)
def test_the_guard_guards(tmp_path: Path, attempt: str) -> None:
    guarded = Guarded(tmp_path)
    assert guarded.run("-c", attempt).returncode != 0
    assert guarded.attempts()


def test_from_articles_to_an_answer_without_trying(tmp_path: Path) -> None:
    guarded = Guarded(tmp_path)
    assert guarded.dateline("ingest", str(ARTICLES))["articles"]["added"] == len(list(ARTICLES.glob("*.md")))
    assert guarded.dateline("search", QUESTION)["results"]
    assert not guarded.dateline("ask", QUESTION, "--model", "extractive", "--bundle", "b.json")["abstained"]
    assert guarded.dateline("verify", "b.json")["valid"]
    assert guarded.dateline("sources")["sources"]
    guarded.run("-m", "rag.cli", "doctor")
    assert guarded.attempts() == ""


def test_no_library_gathers_what_it_would_report(tmp_path: Path) -> None:
    """What native code sends the guard cannot see, but onnxruntime first keeps its events in the user's home."""
    guarded = Guarded(tmp_path)
    home = tmp_path / "home"
    home.mkdir()
    guarded.environment |= {"HOME": str(home), "XDG_CACHE_HOME": str(home / "cache")}
    (tmp_path / "harbour.txt").write_text("The harbour of Tallinn opened on Monday.", encoding="utf-8")
    guarded.dateline("ingest", "harbour.txt")
    assert guarded.dateline("search", "harbour")["results"]
    assert [str(path) for path in home.rglob("*") if path.is_file()] == []


def test_every_format_is_read_without_trying(tmp_path: Path) -> None:
    guarded = Guarded(tmp_path)
    (tmp_path / "news").mkdir()
    outside = '<link rel="stylesheet" href="https://cdn.example/a.css"><img src="https://cdn.example/a.png">'
    for ending, data in {**samples(), ".htm": html(head=outside, body=outside)}.items():
        (tmp_path / "news" / f"a{ending}").write_bytes(data)
    report = guarded.dateline("ingest", "news")["articles"]
    assert (report["failed"], report["added"] > len(samples())) == ([], True)
    assert guarded.attempts() == ""


def test_a_corpus_large_enough_for_torch_without_trying(tmp_path: Path) -> None:
    guarded = Guarded(tmp_path)
    lines = (json.dumps({"id": f"{n}", "text": f"Ferry number {n} sails at noon."}) for n in range(300))
    (tmp_path / "many.jsonl").write_text("\n".join(lines), encoding="utf-8")
    assert guarded.dateline("ingest", "many.jsonl")["passages"] == 300
    assert guarded.attempts() == ""


def test_from_articles_to_an_answer_without_a_network(tmp_path: Path) -> None:
    unshare = shutil.which("unshare")
    alone = [unshare or "", "--map-root-user", "--net"]
    if not unshare or subprocess.run([*alone, "true"], capture_output=True, check=False).returncode:
        pytest.skip("this system does not let us take the network away")
    command = [*alone, sys.executable, "-m", "rag.cli", "ask", QUESTION, "--model", "extractive", "--json"]
    environment = {**os.environ, "DATELINE_CORPUS": str(ARTICLES), "DATELINE_INDEX": str(tmp_path / "index")}
    found = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=240, check=False)
    assert found.returncode == 0, found.stderr
    assert not json.loads(found.stdout)["abstained"]


@pytest.mark.model
def test_the_embedded_model_talks_to_this_machine_only(tmp_path: Path) -> None:
    try:
        describe_model(Settings())
    except ModelUnavailableError as error:
        pytest.skip(str(error))
    guarded = Guarded(tmp_path, allows="loopback")
    (tmp_path / "harbour.txt").write_text("The harbour of Tallinn opened on Monday.", encoding="utf-8")
    guarded.dateline("ingest", "harbour.txt")
    answer = guarded.dateline("ask", "When did the harbour of Tallinn open?", "--model", "embedded")
    assert answer["model"] != "extractive"
    assert guarded.attempts() == ""
