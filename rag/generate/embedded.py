"""llama.cpp in a process of its own, reached over loopback.

A separate process rather than a thread: a call inside llama.cpp holds Ctrl-C back until it is done, and a crash or a
full memory there must not take the answer with it.
"""

from __future__ import annotations

import importlib.util
import json
import os
import secrets
import subprocess
import sys
import tempfile
from contextlib import suppress
from pathlib import Path
from typing import Any

from rag.errors import ModelUnavailableError
from rag.index.embedding import usable_cores

_SCRIPT = Path(__file__).with_name("llama_server.py")


class EmbeddedServer:
    """A llama.cpp server for one GGUF file, which only this process can use.

    It listens on a random port of 127.0.0.1 and asks for a random key. It ends with ``close`` and, because it watches
    a pipe, also when this process ends in any other way.
    """

    def __init__(self, model: Path, *, context: int, threads: int = 0) -> None:
        """Starts loading ``model`` and returns at once; ``wait`` for it before use.

        Args:
            model: The GGUF file.
            context: Context window wanted, in tokens; llama.cpp lowers it to what the model was trained for.
            threads: Threads to compute with; 0 uses the cores this process may use.

        Raises:
            ModelUnavailableError: The file is missing or is not a GGUF file.
        """
        self.model = model
        self.key = secrets.token_urlsafe(24)
        self.url = ""
        self.context = context
        check_is_gguf(model)
        order = {
            "model": str(model.resolve()),
            "context": context,
            "threads": threads or usable_cores(),
            "key": self.key,
        }
        self._log = tempfile.TemporaryFile()  # noqa: SIM115 - lives as long as the server
        # -P: no module of the current folder may be imported. New session: Ctrl-C is this process's to handle.
        self._process = subprocess.Popen(
            [sys.executable, "-P", str(_SCRIPT)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._log,
            env={"OMP_WAIT_POLICY": "PASSIVE", **os.environ},
            start_new_session=True,
        )
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps(order).encode() + b"\n")
        self._process.stdin.flush()

    @property
    def pid(self) -> int:
        """Process id of the server."""
        return self._process.pid

    def wait(self) -> None:
        """Waits until the model is loaded; ``url`` and ``context`` are then those of the running server.

        Raises:
            ModelUnavailableError: llama.cpp cannot load the file.
        """
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        answer: dict[str, Any] = json.loads(line) if line else {"error": self.failure() or "its process ended"}
        if "error" in answer:
            # llama.cpp writes its log from a thread of its own, which is done when the process has ended.
            with suppress(subprocess.TimeoutExpired):
                self._process.wait(timeout=2)
            why = self._last_complaint() or answer["error"]
            self.close()
            raise ModelUnavailableError(f"{self.model.name} cannot be loaded: {why}")
        self.url = f"{answer['address']}/v1"
        self.context = answer["context"]

    def failure(self) -> str:
        """Returns why the server no longer runs, or an empty string while it does."""
        try:
            code = self._process.wait(timeout=0.05)
        except subprocess.TimeoutExpired:
            return ""
        return "its process was killed; memory may be short" if code == -9 else f"its process ended with code {code}"

    def close(self) -> None:
        """Ends the server, also in the middle of a call. Does nothing when it has ended."""
        for stream in (self._process.stdin, self._process.stdout):
            if stream is not None:
                stream.close()
        try:
            self._process.wait(timeout=2)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._log.close()

    def _last_complaint(self) -> str:
        self._log.seek(0)
        log = self._log.read().decode("utf-8", "replace")
        return log.partition("error loading model: ")[2].partition("\n")[0].strip()


def require_llama() -> None:
    """Checks that llama.cpp is installed, without loading it.

    Raises:
        ModelUnavailableError: It is not.
    """
    if importlib.util.find_spec("xllamacpp") is None:
        raise ModelUnavailableError(
            "models on this machine need llama.cpp; run: pip install 'dateline[local]', or choose --model extractive"
        )


def check_is_gguf(path: Path) -> None:
    """Checks that ``path`` can be read and begins as a GGUF file does.

    Raises:
        ModelUnavailableError: It cannot, or does not.
    """
    try:
        with path.open("rb") as file:
            magic = file.read(4)
    except OSError as error:
        raise ModelUnavailableError(f"model file {path} cannot be read: {error.strerror}") from error
    if magic != b"GGUF":
        raise ModelUnavailableError(f"model file {path} is not a GGUF file; give one made for llama.cpp")
