"""Keeps an index in step: runs an ingest whenever files change, and now and then for what gives no sign of change."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from rag.errors import DatelineError

_SETTLING_MS = 1_000  # an editor or a copy writes a file in several steps
_LOOK = 0.5  # seconds


def watch(
    ingest: Callable[[], None],
    paths: Sequence[Path],
    *,
    every: float,
    index: Path,
    complain: Callable[[str], None],
    stop: threading.Event | None = None,
) -> None:
    """Calls ``ingest`` at once, after every change under ``paths``, and at least every so many seconds.

    The first call's errors are raised. Later ones, such as a folder that has gone or another writer, are told, and the
    next change or the next period tries again.

    Args:
        ingest: Brings the index in step; must cost little when nothing has changed.
        paths: Files and folders to watch; may be empty when only addresses are polled.
        every: Seconds after which ``ingest`` is called without a sign of change.
        index: The index folder, whose own changes are no sign.
        complain: Told what went wrong, in one line.
        stop: Ends the watch when set; by default only an interrupt does.
    """
    stop, changed = stop or threading.Event(), threading.Event()
    own = threading.Event()  # ends the thread however the watch ends
    watcher = threading.Thread(target=_note_changes, args=(paths, index, changed, own), daemon=True)
    watcher.start()
    try:
        ingest()
        while not _wait(changed, stop, every):
            changed.clear()  # before the ingest: what changes while it reads is for the next
            try:
                ingest()
            except DatelineError as error:
                complain(str(error))
    finally:
        own.set()
        watcher.join()


def _wait(changed: threading.Event, stop: threading.Event, seconds: float) -> bool:
    """Waits for a change or the time, and returns whether to stop."""
    until = time.monotonic() + seconds
    while not stop.is_set() and (left := until - time.monotonic()) > 0:
        if changed.wait(min(left, _LOOK)):
            break
    return stop.is_set()


def _note_changes(paths: Sequence[Path], index: Path, changed: threading.Event, stop: threading.Event) -> None:
    # watchfiles rather than watchdog: one call for files and folders on every system, with the settling time built in.
    from watchfiles import Change, watch

    own = index.resolve()
    while not stop.is_set():
        roots = [path.resolve() for path in paths if path.exists()]

        def is_sign(change: Change, name: str, roots: Sequence[Path] = tuple(roots)) -> bool:
            path = Path(name)
            if path.is_relative_to(own):
                return False
            inside = next((path.relative_to(root) for root in roots if path.is_relative_to(root)), path)
            return not any(part.startswith(".") for part in inside.parts)  # hidden files are not read

        try:
            for _ in watch(*roots, watch_filter=is_sign, debounce=_SETTLING_MS, stop_event=stop) if roots else ():
                changed.set()
                if not all(root.exists() for root in roots):
                    break
        except OSError:  # a folder went between two looks
            changed.set()
        stop.wait(_LOOK)  # a folder that has gone may come back
