"""The child process of ``Sandbox``: parses what comes in, and answers.

Run as ``python -m rag.ingest.readers.worker BYTES``, the address space it may use.
"""

from __future__ import annotations

import importlib
import json
import logging
import os
import signal
import struct
import sys
import warnings
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any, BinaryIO

from rag.errors import SourceError
from rag.ingest.readers.parsing import Hints, Parser, encode_documents

PARSERS: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        "HTML": ("rag.ingest.readers.html", "parse_html"),
        "PDF": ("rag.ingest.readers.pdf", "parse_pdf"),
        "Word": ("rag.ingest.readers.word", "parse_word"),
        "Markdown": ("rag.ingest.readers.markdown", "parse_markdown"),
        "mail": ("rag.ingest.readers.mail", "parse_mail"),
        "feed": ("rag.ingest.readers.feed", "parse_feed"),
    }
)
"""The module and function that parse each format; a child imports only those it needs."""

_LENGTH = struct.Struct(">Q")
_GROWN = 600 << 20  # a child that still holds this much after a file is replaced


def main() -> None:
    """Answers jobs from standard input until it ends."""
    stdin, stdout = sys.stdin.buffer, os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # what a library prints is no answer
    logging.disable()
    warnings.simplefilter("ignore")
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent decides
    _limit_memory(int(sys.argv[1]))
    while True:
        job, data = _part(stdin), _part(stdin)
        if job is None or data is None:
            return
        reply = json.dumps(_answer(json.loads(job), data)).encode()
        stdout.write(_LENGTH.pack(len(reply)) + reply)
        stdout.flush()


def _answer(job: dict[str, Any], data: bytes) -> dict[str, Any]:
    form = job["form"]
    hints = Hints(job["key"], job["address"], job["charset"])
    _limit_time(job["seconds"])
    try:
        module, function = PARSERS[form]
        parse: Parser = getattr(importlib.import_module(module), function)
        return {"documents": encode_documents(parse(data, hints)), "last": _has_grown()}
    except SourceError as error:
        return {"error": str(error), "last": _has_grown()}
    except MemoryError:
        return {"error": "needs too much memory to read; split it, or save it as plain text", "last": True}
    except RecursionError:
        return {"error": f"is not usable {form}: nested too deeply", "last": _has_grown()}
    except Exception as error:  # no file may end an ingest, whichever of the libraries it breaks
        reason = " ".join(f"{type(error).__name__}: {error}".split())[:200]
        return {"error": f"is damaged {form}: {reason}", "last": _has_grown()}
    finally:
        _limit_time(0)


def _part(stream: BinaryIO) -> bytes | None:
    head = stream.read(_LENGTH.size)
    return stream.read(_LENGTH.unpack(head)[0]) if len(head) == _LENGTH.size else None


def _limit_time(seconds: float) -> None:
    """Lets the system end this process, also inside a native library, when it has computed for so long."""
    if hasattr(signal, "setitimer"):
        signal.setitimer(signal.ITIMER_PROF, seconds)


def _limit_memory(most: int) -> None:
    try:
        import resource
    except ImportError:  # not a Unix system
        return
    for what, value in ((resource.RLIMIT_AS, most), (resource.RLIMIT_CORE, 0)):
        try:
            resource.setrlimit(what, (value, value))
        except (OSError, ValueError):  # this system has no such limit, or a lower one already
            continue


def _has_grown() -> bool:
    # Not the peak that getrusage tells: a new process starts with its parent's.
    try:
        pages = int(Path("/proc/self/statm").read_text().split()[1])
    except OSError:  # not Linux
        return False
    return pages * os.sysconf("SC_PAGE_SIZE") > _GROWN


if __name__ == "__main__":
    main()
