"""``dateline serve`` as a process of its own, for the benchmarks that ask a real server."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

_PATIENCE = 300.0


class ServerProcess:
    """A server that answers.

    Attributes:
        process: Its process.
        url: Its address.
        lines: What it has said so far.
    """

    def __init__(self, process: subprocess.Popen[str], url: str, lines: list[str]) -> None:
        self.process, self.url, self.lines = process, url, lines


@contextmanager
def server(index: Path, *, model: str = "extractive", settings: Mapping[str, str] | None = None,
           wait: bool = True) -> Iterator[ServerProcess]:  # fmt: skip
    """Serves an index while the block runs.

    Args:
        index: Its folder; without articles it gets those of the sample corpus.
        model: What answers.
        settings: Variables of the server's environment beside those of this process.
        wait: Whether to wait until models are loaded.

    Raises:
        RuntimeError: It does not start.
    """
    command = [sys.executable, "-m", "rag.cli", "serve", "--port", "0", "--model", model, "--index", str(index),
               "--log-requests"]  # fmt: skip
    environment = {**os.environ, "DATELINE_SERVE_PER_MINUTE": "0", **(settings or {})}
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, env=environment)
    lines: list[str] = []
    reading = threading.Thread(target=lambda: lines.extend(process.stderr or ()), daemon=True)
    reading.start()
    try:
        until, awaited = time.monotonic() + _PATIENCE, "models are loaded" if wait else "Dateline is at"
        while not any(awaited in line for line in lines):
            if process.poll() is not None or time.monotonic() > until:
                raise RuntimeError(f"the server does not start: {''.join(lines)}")
            time.sleep(0.1)
        address = re.search(r"http://[\d.:]+", "".join(lines))
        assert address is not None
        yield ServerProcess(process, address[0], lines)
    finally:
        process.kill()
        process.wait()
        reading.join(5)
