"""Conversations as the page leads them: asking, following, stopping, and the source behind a citation."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncGenerator, Sequence
from dataclasses import dataclass

from rag.answering import Notice, SentenceReady
from rag.errors import ArticleNotFoundError, SettingsError
from rag.question.knowing import latest_of
from rag.service import Dateline
from rag.types import Answer, Article, Turn
from ui import answers, source
from ui.asking import Answered, Asking, Failed, Waiting
from ui.cited import NEAREST
from ui.history import History, Scope, StoredTurn
from ui.lines import Lines
from ui.markup import plural
from ui.models import allowed_model

_LONGEST = 4000  # as on the command line: reading a question costs time that grows with the square of its length
_POLL = 0.03
_LOOKING = "Looking for evidence"


@dataclass(frozen=True, slots=True)
class Run:
    """A question under way."""

    conversation: str
    n: int
    question: str
    scope: Scope
    asking: Asking


class Talk:
    """All conversations of one server.

    Args:
        dateline: Answers.
        history: Keeps what was said.
        lines: Who waits for which model, shared with others who ask the same ones.
    """

    def __init__(self, dateline: Dateline, history: History, lines: Lines | None = None) -> None:
        self._dateline, self._history = dateline, history
        self._lines = lines or Lines()
        self._running: dict[tuple[str, int], Run] = {}
        self._guard = threading.Lock()

    def begin(self, owner: str, conversation: str, question: str, scope: Scope, at: int | None = None) -> Run:
        """Begins to answer a question.

        Args:
            owner: Who asks.
            conversation: Where; empty begins a new one.
            question: As asked.
            scope: What it is asked of.
            at: The turn it takes the place of, with all after it.

        Raises:
            SettingsError: The question is empty or too long, or the model or the dates cannot be used.
        """
        question = question.strip()
        if not any(character.isalnum() for character in question):
            raise SettingsError("ask something in words")
        if len(question) > _LONGEST:
            raise SettingsError(f"the question has {len(question):,} characters; ask in at most {_LONGEST:,}")
        latest = scope.filters().latest
        if scope.after and latest and scope.after > latest:
            raise SettingsError("the first day is later than the last")
        model = allowed_model(self._dateline.settings, scope.model)
        conversation, n = self._history.ask(owner, conversation, question, scope, at=at)
        before = [_told(turn) for turn in self._history.turns(owner, conversation) if turn.n < n]
        with self._guard:
            asking = Asking(self._dateline, self._lines.of(model), question, scope.filters(), before, model)
            run = Run(conversation, n, question, scope, asking)
            self._running[(conversation, n)] = run
        return run

    async def follow(self, run: Run) -> AsyncGenerator[str]:
        """Yields the growing turn as HTML; what became of it is kept when this ends, however it ends."""
        shown, status = SentenceReady((), ()), _LOOKING
        state, answer, made_with = "stopped", None, {}
        try:
            yield answers.live(run.n, run.question, run.scope, (), (), status)
            while not run.asking.is_stopped:
                match run.asking.poll():
                    case None:
                        await asyncio.sleep(_POLL)
                        continue
                    case Answered(found, made):
                        state, answer, made_with = "answered", found, dict(made)
                        return
                    case Failed(message):
                        state, made_with = "failed", {"failure": message}
                        return
                    case Waiting(before):
                        status = f"Waiting for the model: {plural(before, 'question')} before this one"
                    case Notice(message):
                        status = message[:1].upper() + message[1:]
                    case SentenceReady() as shown:
                        status = "Reading on"
                yield answers.live(run.n, run.question, run.scope, shown.sentences, shown.citations, status)
        finally:
            run.asking.stop()
            if state == "stopped" and shown.sentences:
                answer = run.asking.so_far()
            self._history.settle(run.conversation, run.n, state, answer, made_with)
            with self._guard:
                self._running.pop((run.conversation, run.n), None)

    def stop(self, owner: str, conversation: str) -> None:
        """Stops what is being answered in a conversation of the owner's."""
        own = {turn.n for turn in self._history.turns(owner, conversation)}
        with self._guard:
            runs = [run for (place, n), run in self._running.items() if place == conversation and n in own]
        for run in runs:
            run.asking.stop()

    def transcript(self, owner: str, conversation: str, *, until: int | None = None) -> str:
        """Returns the turns of a conversation as HTML, those before ``until`` when it is given."""
        turns = self._history.turns(owner, conversation)
        shown = [turn for turn in turns if until is None or turn.n < until]
        return "".join(answers.turn(turn, conversation, is_last=turn is turns[-1]) for turn in shown)

    def source(self, owner: str, conversation: str, turn: int, n: int, kind: str) -> str:
        """Returns the source behind a citation as HTML; of a citation that is not there, the empty panel."""
        answer = self._answer(owner, conversation, turn)
        among = () if answer is None else answer.nearest if kind == NEAREST else answer.citations
        citation = next((citation for citation in among if citation.n == n), None)
        if citation is None:
            return source.EMPTY
        return source.cited_source(source.Place(turn, kind, citation, among), self._article(citation.article_id))

    def question(self, owner: str, conversation: str, n: int) -> str:
        """Returns a question that was asked; empty when there is none."""
        turn = self._history.turn(owner, conversation, n)
        return turn.question if turn else ""

    def _answer(self, owner: str, conversation: str, n: int) -> Answer | None:
        turn = self._history.turn(owner, conversation, n)
        if turn is None or turn.answer is not None:
            return turn.answer if turn else None
        with self._guard:
            run = self._running.get((conversation, n))
        return run.asking.so_far() if run else None

    def _article(self, article_id: str) -> Article | None:
        try:
            return self._dateline.article(article_id)[0]
        except ArticleNotFoundError:
            return None


def _told(turn: StoredTurn) -> Turn:
    if turn.answer is None:
        return Turn(turn.question)
    return Turn(turn.question, turn.answer.text, latest_of(turn.answer.citations))


def publishers(dateline: Dateline) -> Sequence[str]:
    """Returns the publishers of the corpus in alphabetical order."""
    return sorted({summary.publisher for summary in dateline.sources() if summary.publisher}, key=str.casefold)
