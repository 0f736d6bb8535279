"""What a model has drafted for a briefing before, on disk: a briefing that was cut off goes on where it stopped.

A draft depends on the model, on what it is asked and on the passage, and is kept by their digest as soon as it is
there. What was drafted from a passage that has changed, by another model or for another question is not used.
"""

from __future__ import annotations

import hashlib
import json
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing, suppress
from pathlib import Path

from rag.generate.drafting import Answerer, Draft, Trace
from rag.generate.prompts import prompts_digest
from rag.types import RetrievedPassage, Span, Turn

_FILE = "drafts.sqlite"
_WAIT = 10.0

_FORM = "3"  # of what is kept
_Kept = tuple[str, list[tuple[int, int]], int, float | None]
"""A draft: text, spans of its passage that it cites, how many sources it invented, and how sure its author is."""


class RememberingAnswerer:
    """Asks an answerer for the first sentence from one passage, and only where that was not asked before.

    Args:
        answerer: Asks the model; closed by whoever made it.
        folder: Where drafts are kept; created when absent. Where it cannot be written nothing is kept.
    """

    def __init__(self, answerer: Answerer, folder: Path) -> None:
        self._answerer = answerer
        self._folder = folder

    @property
    def name(self) -> str:
        """The model, as shown."""
        return self._answerer.name

    def draft(self, question: str, passages: Sequence[RetrievedPassage], trace: Trace) -> Iterator[Draft]:
        """Yields at most one sentence, as drafted now or before; several passages are not remembered."""
        if len(passages) != 1:
            yield from self._answerer.draft(question, passages, trace)
            return
        (passage,) = passages
        key = _key(self.name, question, passage)
        known = self._get(key)
        if known is None:
            drafts = self._answerer.draft(question, passages, trace)
            with closing(drafts):  # type: ignore[type-var]
                first = next(drafts, None)
            if trace.failure:  # what stands in for the model must not be taken for it next time
                yield from () if first is None else (first,)
                return
            known = [] if first is None else [_encoded(first, passage)]
            self._put(key, known)
        for text, cited, invented, sure in known:
            places = tuple((passage, Span(start, end)) for start, end in cited)
            yield Draft(text, (passage,), places, invented, sure)

    def rewrite(self, question: str, history: Sequence[Turn], trace: Trace) -> str | None:
        """Returns what the answerer makes of a follow-up."""
        return self._answerer.rewrite(question, history, trace)

    def close(self) -> None:
        """Releases the model."""
        self._answerer.close()

    def _get(self, key: str) -> list[_Kept] | None:
        with suppress(OSError, sqlite3.Error), closing(self._opened()) as database:
            row = database.execute("SELECT kept FROM drafts WHERE key = ?", (key,)).fetchone()
            if row is not None:
                return [
                    (str(t), [(int(a), int(b)) for a, b in c], int(n), None if s is None else float(s))
                    for t, c, n, s in json.loads(row[0])
                ]
        return None

    def _put(self, key: str, kept: Sequence[_Kept]) -> None:
        with suppress(OSError, sqlite3.Error), closing(self._opened()) as database:
            database.execute("INSERT OR REPLACE INTO drafts VALUES (?, ?)", (key, json.dumps(list(kept))))

    def _opened(self) -> sqlite3.Connection:
        self._folder.mkdir(parents=True, exist_ok=True)
        database = sqlite3.connect(self._folder / _FILE, timeout=_WAIT, isolation_level=None)
        database.execute("CREATE TABLE IF NOT EXISTS drafts (key TEXT PRIMARY KEY, kept TEXT NOT NULL) STRICT")
        return database


def _encoded(draft: Draft, passage: RetrievedPassage) -> _Kept:
    inside = passage.passage.id
    cited = [(at.start, at.end) for p, at in draft.cited if p.passage.id == inside]
    return draft.text, cited, draft.invented, draft.sure


def _key(model: str, question: str, passage: RetrievedPassage) -> str:
    inside = passage.passage
    shown = (passage.title, passage.publisher, str(passage.published), inside.text)
    parts = (_FORM, model, prompts_digest(), question, inside.id, inside.version, *shown)
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()
