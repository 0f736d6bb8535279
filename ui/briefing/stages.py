"""How far a briefing is: what its writer says it is doing, as steps and sections that are finished."""

from __future__ import annotations

import re
from typing import Final

from rag.brief.types import Request
from rag.brief.writing import TITLES
from ui.jobs.store import Outcome
from ui.jobs.worker import Progress

_READING: Final = ("finding", "sorting", "comparing", "looking", "checking", "asking")
"""How the notices before the first section begin, in order."""
_SECTION = re.compile(r"(?P<title>.+): (?P<said>\d+ sentences?)")


class Stages:
    """Passes what the writer of a briefing says on to its job.

    Args:
        progress: The job.
        request: What is written; a comparison has sections of its own.
    """

    def __init__(self, progress: Progress, request: Request) -> None:
        self._progress, self._is_comparison = progress, request.compare is not None
        self._finished: list[Outcome] = []
        self._reading = 0

    def __call__(self, message: str) -> None:
        """Takes note; an exception from it ends the work."""
        found = _SECTION.fullmatch(message)
        if found and (found["title"] in TITLES or self._is_comparison):
            self._finished.append(Outcome(found["title"], "good", found["said"]))
        self._reading = max(
            self._reading, next((n for n, start in enumerate(_READING, 1) if message.startswith(start)), 0)
        )
        done = len(_READING) + len(self._finished) if self._finished else self._reading - 1
        total = len(_READING) + len(TITLES)
        said = f"{message[:1].upper()}{message[1:]}"
        self._progress.tell(said, max(0, min(done, total)), total, self._finished)
