"""Producing items in another thread, a little ahead of their use."""

from __future__ import annotations

import queue
import threading
from collections.abc import Generator, Iterator
from typing import TypeVar, cast

_T = TypeVar("_T")


def ahead(items: Iterator[_T], depth: int = 256) -> Generator[_T, None, None]:
    """Yields the same items, produced in another thread at most ``depth`` ahead; errors are raised here."""
    ready: queue.Queue[tuple[str, _T | BaseException | None]] = queue.Queue(depth)
    stopped = threading.Event()

    def put(kind: str, value: _T | BaseException | None) -> bool:
        while not stopped.is_set():
            try:
                ready.put((kind, value), timeout=0.2)
                return True
            except queue.Full:
                continue
        return False

    def produce() -> None:
        try:
            for item in items:
                if not put("item", item):
                    return
            put("end", None)
        except BaseException as error:  # handed to the consumer, whose caller decides
            put("error", error)

    thread = threading.Thread(target=produce, name="dateline-reader", daemon=True)
    thread.start()
    try:
        while True:
            kind, value = ready.get()
            if kind == "end":
                return
            if kind == "error":
                raise cast(BaseException, value)
            yield cast(_T, value)
    finally:
        stopped.set()
        thread.join()
