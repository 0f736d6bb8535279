"""``dateline serve``: where it listens, what it says, how it ends."""

from __future__ import annotations

import re
import signal
import subprocess
import sys
from pathlib import Path

import httpx

ARTICLE = "---\ntitle: Bridge\npublisher: Post\n---\nThe bridge of Tartu was closed on Monday because of cracks.\n"


def test_it_does_not_open_itself_to_other_machines(tmp_path: Path) -> None:
    found = subprocess.run(
        [sys.executable, "-m", "rag.cli", "serve", "--host", "0.0.0.0", "--index", str(tmp_path / "index")],
        capture_output=True, text=True, timeout=60,
    )  # fmt: skip
    assert found.returncode == 2
    assert len(found.stderr.splitlines()) == 1
    assert "dateline user add" in found.stderr
    assert not (tmp_path / "index").exists()


def test_it_says_its_address_answers_there_and_ends_on_an_interrupt(tmp_path: Path) -> None:
    (tmp_path / "articles").mkdir()
    (tmp_path / "articles" / "bridge.md").write_text(ARTICLE, encoding="utf-8")
    serving = subprocess.Popen(
        [sys.executable, "-m", "rag.cli", "serve", "--port", "0", "--model", "extractive", "--index",
         str(tmp_path / "index")],
        stderr=subprocess.PIPE, text=True, env={"DATELINE_CORPUS": str(tmp_path / "articles"), "PATH": ""},
        cwd=Path(__file__).parents[2],
    )  # fmt: skip
    try:
        assert serving.stderr is not None
        address = re.fullmatch(r"Dateline is at (http://127\.0\.0\.1:\d+)\n", serving.stderr.readline())
        assert address is not None
        assert "models are loaded" in serving.stderr.readline()
        assert httpx.get(f"{address[1]}/healthz").json() == {"status": "ok"}
        page = httpx.get(address[1])
        assert "Dateline" in page.text
        assert "connect-src 'self'" in page.headers["content-security-policy"]
        serving.send_signal(signal.SIGINT)
        assert serving.wait(20) == 130
    finally:
        serving.kill()
        serving.wait()
