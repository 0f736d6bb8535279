"""Jobs on the page: how far one is as HTML, followed until it ends."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence

from ui.jobs.board import Board
from ui.jobs.store import CANCELLED, DONE, WAITING, Job, Outcome
from ui.markup import button, plural, text

_POLL = 0.15  # seconds
_NAMES = {"ingest": "Adding articles", "evaluation": "Running the suite", "briefing": "Writing the briefing"}

Shown = Callable[[Job], str]
"""Returns what is shown below a job's progress."""


def progress(job: Job | None, *, before: int = 0, below: Shown = lambda job: "") -> str:
    """Returns a job's progress as HTML.

    Args:
        job: The job; ``None`` shows nothing.
        before: How many are to be done before it.
        below: Returns what is shown below.
    """
    if job is None:
        return ""
    name = _NAMES.get(job.kind, job.kind)
    bar = ""
    if not job.is_over:
        amount = f' value="{job.step.done}" max="{job.step.total}"' if job.step.total else ""
        cancel = button("Cancel", "cancel", classes="plain", job=job.id)
        bar = f'<progress aria-label="{text(name)}"{amount}></progress>{cancel}'
    state = "running" if not job.is_over else job.state
    said = f'<p role="status">{text(_said(job, name, before))}</p>'
    return f'<div class="job {state}">{said}{bar}</div>{outcomes(job.step.outcomes)}{below(job)}'


def outcomes(found: Sequence[Outcome]) -> str:
    """Returns what became of each file as a list."""
    lines = "".join(
        f'<li class="{o.state}"><span class="name">{text(o.name)}</span> <span>{text(o.said)}</span></li>'
        for o in found
    )
    return f'<ul class="outcomes" aria-label="What became of each file">{lines}</ul>' if lines else ""


async def follow(board: Board, job: Job | None, below: Shown = lambda job: "") -> AsyncIterator[str]:
    """Yields a job's progress as HTML each time it changes, until it ends."""
    shown = ""
    while job is not None:
        before = board.store.before(job) if job.state == WAITING else 0
        if (now := progress(job, before=before, below=below)) != shown:
            shown = now
            yield shown
        if job.is_over:
            return
        await asyncio.sleep(_POLL)
        job = board.store.get(job.id)


def _said(job: Job, name: str, before: int) -> str:
    if job.state == WAITING:
        return f"Waiting: {plural(before, 'job')} before this one" if before else f"{name}: about to begin"
    if job.state == CANCELLED:
        return f"{name} was cancelled; what was finished is kept"
    if job.is_over and job.state != DONE:
        return job.message
    counted = f"{name}: {plural(job.articles, 'article')}, {plural(job.passages, 'passage')}"
    return job.step.said or (counted if job.articles else name)
