"""A child process that parses one hostile format after another, and is killed when it takes too long or too much.

HTML, PDF, Word, mail and feed parsers are large, partly native, and meet files nobody has checked. Whatever they do,
hang, eat memory or crash, costs the one file; the child is replaced. It is reused from file to file, so that its
start is paid once.
"""

from __future__ import annotations

import json
import os
import signal
import struct
import subprocess
import sys
import threading
from contextlib import suppress
from types import TracebackType
from typing import Any

from rag.errors import SourceError
from rag.ingest.readers.parsing import decode_documents
from rag.types import SourceDocument

_LENGTH = struct.Struct(">Q")
_MOST_REPLY = 256 << 20
_WALL = 1.5  # seconds by the clock for each second of processor time: the machine may be busy
_START = 2.0


class Sandbox:
    """Parses data in a child process; may be used from several threads, one file at a time.

    Args:
        seconds: Processor time that one file may take.
        memory: Address space of the child, in bytes.
    """

    def __init__(self, seconds: float = 5.0, memory: int = 2 << 30) -> None:
        self._seconds = seconds
        self._memory = memory
        self._lock = threading.Lock()
        self._child: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Sandbox:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Ends the child; it is started again when it is needed."""
        with self._lock:
            self._stop()

    def parse(
        self, form: str, data: bytes, key: str, *, address: str = "", charset: str = ""
    ) -> tuple[SourceDocument, ...]:
        """Returns the articles in a file.

        Args:
            form: One of ``rag.ingest.readers.worker.PARSERS``.
            data: The whole file.
            key: Key of the documents.
            address: Where the file was fetched, if it was.
            charset: Encoding that the sender states.

        Raises:
            SourceError: The file cannot be read, or not within the limits.
        """
        job = json.dumps({"form": form, "key": key, "address": address, "charset": charset, "seconds": self._seconds})
        with self._lock:
            reply = self._exchange(job.encode(), data)
            if reply.get("last"):
                self._stop()
        if "error" in reply:
            raise SourceError(str(reply["error"]))
        return decode_documents(reply["documents"])

    def _exchange(self, job: bytes, data: bytes) -> dict[str, Any]:
        late = threading.Event()
        is_fresh = self._child is None or self._child.poll() is not None
        child = self._running()

        def end() -> None:
            late.set()
            child.kill()

        alarm = threading.Timer(self._seconds * _WALL + _START * is_fresh, end)
        alarm.daemon = True
        alarm.start()
        try:
            _send(child, job, data)
            body = _receive(child)
        finally:
            alarm.cancel()
        if body is not None:
            found: dict[str, Any] = json.loads(body)
            return found
        code = self._stop()
        if late.is_set() or code == -getattr(signal, "SIGPROF", signal.SIGTERM):
            return {"error": f"takes longer than {self._seconds:g} seconds to read; split it, or save it as plain text"}
        return {"error": "is damaged: it crashes the library that reads this format"}

    def _running(self) -> subprocess.Popen[bytes]:
        if self._child is not None and self._child.poll() is not None:
            self._stop()
        if self._child is None:
            # The child finds the same modules as we do, and none in the current folder that we would not.
            environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path), "OPENBLAS_NUM_THREADS": "1"}
            self._child = subprocess.Popen(
                [sys.executable, "-P", "-m", "rag.ingest.readers.worker", str(self._memory)],
                stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env=environment,
            )  # fmt: skip
        return self._child

    def _stop(self) -> int:
        child, self._child = self._child, None
        if child is None:
            return 0
        for stream in (child.stdin, child.stdout):
            with suppress(OSError):  # what was not flushed is of no use to a child that has ended
                if stream:
                    stream.close()
        try:
            return child.wait(timeout=1)
        except subprocess.TimeoutExpired:
            child.kill()
            return child.wait()


def _send(child: subprocess.Popen[bytes], *parts: bytes) -> None:
    assert child.stdin
    with suppress(BrokenPipeError):  # it has ended; that it gives no reply says so
        for part in parts:
            child.stdin.write(_LENGTH.pack(len(part)))
            child.stdin.write(part)
        child.stdin.flush()


def _receive(child: subprocess.Popen[bytes]) -> bytes | None:
    """Returns the reply, or ``None`` when the child ended before it was complete."""
    assert child.stdout
    head = child.stdout.read(_LENGTH.size)
    size = _LENGTH.unpack(head)[0] if len(head) == _LENGTH.size else _MOST_REPLY + 1
    if size > _MOST_REPLY:
        return None
    body = child.stdout.read(size)
    return body if len(body) == size else None
