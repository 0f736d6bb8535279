"""Questions to begin with, each of which the corpus as it is now can answer."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from rag.answering import Finished
from rag.errors import DatelineError
from rag.service import Dateline
from ui.asking import EXTRACTIVE

_SHOWN = 5
_TRIED = 12
_FILE = "questions.txt"


class Examples:
    """Finds questions and remembers them.

    Candidates are the lines of ``questions.txt`` beside the configured corpus, then what the latest headlines suggest.
    Those that source sentences do not answer are left out.
    """

    def __init__(self, dateline: Dateline) -> None:
        self._dateline = dateline
        self._found: tuple[str, ...] = ()

    def __call__(self) -> Sequence[str]:
        """Returns what ``find`` has found so far."""
        return self._found

    def find(self) -> None:
        """Looks for questions; takes a second or two."""
        found: list[str] = []
        for number, question in enumerate(self._candidates()):
            if number >= _TRIED or len(found) >= _SHOWN:
                break
            try:
                if self._is_answered(question):
                    found.append(question)
                    self._found = tuple(found)
            except DatelineError:
                return

    def _is_answered(self, question: str) -> bool:
        events = self._dateline.ask_stream(question, model=EXTRACTIVE)
        return any(isinstance(event, Finished) and not event.answer.abstained for event in events)

    def _candidates(self) -> Iterator[str]:
        try:
            lines = (self._dateline.settings.corpus.parent / _FILE).read_text(encoding="utf-8").splitlines()
        except (OSError, UnicodeDecodeError):
            lines = []
        yield from (line.strip() for line in lines if line.strip() and not line.startswith("#"))
        leads = [s for s in self._dateline.sources() if s.duplicate_of is None and s.title]
        for summary in sorted(leads, key=lambda s: str(s.published or ""), reverse=True):
            yield f"What is reported about this: {summary.title}?"
