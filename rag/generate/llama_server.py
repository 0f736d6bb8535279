"""The process that runs llama.cpp: started by ``embedded.py`` as a script, ends with the process that started it.

It imports nothing of the house, so that it starts at once. Standard input carries one line of JSON, the order
(``model``, ``context``, ``threads``, ``key``), and then stays open for as long as the server is wanted. Standard output
carries one line of JSON back: ``address`` and ``context``, or ``error``.
"""

from __future__ import annotations

import json
import os
import sys
import threading
import urllib.request
from typing import Any

_BATCH = 128
"""Prompt tokens read at a time; llama.cpp notices that a caller has gone only between two batches."""


def main() -> int:
    """Serves until standard input is closed; returns 1 when the model cannot be loaded."""
    reply = os.fdopen(os.dup(sys.stdout.fileno()), "w", encoding="utf-8")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    order = json.loads(sys.stdin.readline())
    threading.Thread(target=_leave_with_parent, daemon=True).start()
    try:
        server = _serve(order)
        answer: dict[str, Any] = {
            "address": server.listening_address,
            "context": _context(server.listening_address, order["key"]),
        }
    except (ImportError, RuntimeError, OSError) as error:
        answer = {"error": str(error) or type(error).__name__}
    print(json.dumps(answer), file=reply, flush=True)
    if "error" in answer:
        return 1
    threading.Event().wait()
    return 0


def _leave_with_parent() -> None:
    # A closed pipe is the one sign that also comes when the parent was killed.
    sys.stdin.read()
    os._exit(0)


def _serve(order: dict[str, Any]) -> Any:
    import xllamacpp

    params = xllamacpp.CommonParams()
    params.model.path = order["model"]
    params.hostnames = ["127.0.0.1"]
    params.port = 0
    params.api_keys = [order["key"]]
    params.cors_origins = ""
    params.ui = False
    params.n_parallel = 1
    params.n_ctx = order["context"]
    params.n_batch = params.n_ubatch = _BATCH
    params.cpuparams.n_threads = params.cpuparams_batch.n_threads = order["threads"]
    params.cache_ram_mib = 256
    params.fit_params = False
    # Pings would keep a stalled stream from ever running into the caller's time limit.
    params.sse_ping_interval = -1
    params.verbosity = 1
    return xllamacpp.Server(params)


def _context(address: str, key: str) -> int:
    request = urllib.request.Request(f"{address}/props", headers={"Authorization": f"Bearer {key}"})
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    with opener.open(request, timeout=10) as response:
        return int(json.load(response)["default_generation_settings"]["n_ctx"])


if __name__ == "__main__":
    sys.exit(main())
