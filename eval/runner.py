"""Asks the questions of a suite: in parallel where that helps, once each, whatever happens to the process."""

from __future__ import annotations

import threading
import traceback
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass
from typing import Protocol

from eval.answers import AnswerStore, key_of
from eval.suites import Item
from rag.errors import DatelineError, ModelUnavailableError, StoreError
from rag.types import Answer, Article, Filters, Turn


class System(Protocol):
    """What is evaluated; ``rag.Dateline`` is one."""

    def ask(self, question: str, *, filters: Filters | None = None, history: Sequence[Turn] = ()) -> Answer:
        """Answers a question or abstains."""

    def article(self, article_id: str) -> tuple[Article, int]:
        """Returns an article that an answer may cite; raises ``ArticleNotFoundError``."""

    def close(self) -> None:
        """Releases files and models."""


@dataclass(frozen=True, slots=True)
class Response:
    """What became of one question.

    Attributes:
        answer: ``None`` when asking failed, also when the model did and source sentences stood in for it.
        error: Why it failed, in one line.
        trace: Of a bug, where it happened.
        stored: Whether the answer was there already.
    """

    item: Item
    repeat: int
    answer: Answer | None
    error: str = ""
    trace: str = ""
    stored: bool = False


def ask_all(
    items: Sequence[Item],
    load: Callable[[], System],
    made_with: Mapping[str, str],
    stores: Sequence[AnswerStore],
    *,
    repeats: int = 1,
    jobs: int = 1,
    progress: Callable[[int], None] = lambda done: None,
) -> list[Response]:
    """Asks every item, ``repeats`` times each; a failure costs one response, and every answer is stored at once.

    Args:
        items: The questions.
        load: Gives a system; called once in each thread, and only when something has to be asked.
        made_with: What the answers depend on; see ``eval.fingerprint``.
        stores: Where answers are kept. Each is looked up in turn, and all get what they lack.
        repeats: How often each question is asked.
        jobs: Threads, each with its own system.
        progress: Told how many more responses there are.

    Returns:
        Responses by item in the given order, then by repeat.

    Raises:
        ModelUnavailableError: The model that was asked for does not exist or refuses: no question can be answered.
        StoreError: Answers cannot be kept.
    """
    wanted = [(item, repeat) for item in items for repeat in range(repeats)]
    found: dict[tuple[str, int], Response] = {}
    for item, repeat in wanted:
        if (stored := _stored(key_of(item, repeat, made_with), stores)) is not None:
            found[item.id, repeat] = Response(item, repeat, stored, stored=True)
            progress(1)
    left = [(item, repeat) for item, repeat in wanted if (item.id, repeat) not in found]
    if left:
        for response in _Asking(load, made_with, stores, jobs).run(left, progress):
            found[response.item.id, response.repeat] = response
    return [found[item.id, repeat] for item, repeat in wanted]


class _Asking:
    """The threads of one run and their systems."""

    def __init__(
        self, load: Callable[[], System], made_with: Mapping[str, str], stores: Sequence[AnswerStore], jobs: int
    ) -> None:
        self._load, self._made_with, self._stores, self._jobs = load, made_with, stores, jobs
        self._local = threading.local()
        self._systems: list[System] = []
        self._stopped = threading.Event()

    def run(self, left: Sequence[tuple[Item, int]], progress: Callable[[int], None]) -> list[Response]:
        pool = ThreadPoolExecutor(self._jobs, thread_name_prefix="ask")
        futures: set[Future[Response | None]] = {pool.submit(self._ask, item, repeat) for item, repeat in left}
        responses: list[Response] = []
        interrupted = False
        try:
            while futures:
                # A short wait, because a wait without end cannot be interrupted from the keyboard everywhere.
                done, futures = wait(futures, timeout=0.5, return_when=FIRST_COMPLETED)
                for response in filter(None, (future.result() for future in done)):
                    responses.append(response)
                    progress(1)
        except KeyboardInterrupt:
            interrupted = True
            raise
        finally:
            self._stopped.set()
            # A model's answer can take a minute: who presses Ctrl-C does not wait for it.
            pool.shutdown(wait=not interrupted, cancel_futures=True)
            for system in () if interrupted else self._systems:
                system.close()
        return responses

    def _ask(self, item: Item, repeat: int) -> Response | None:
        if self._stopped.is_set():
            return None
        try:
            answer = self._system().ask(item.question, filters=item.scope, history=item.history)
        except (ModelUnavailableError, StoreError):
            raise
        except DatelineError as error:
            return Response(item, repeat, None, str(error))
        except Exception as error:  # a crash of one item is a row of the report
            return Response(item, repeat, None, f"{type(error).__name__}: {error}", traceback.format_exc())
        if answer.failure:  # what stood in for the model says nothing of the model
            return Response(item, repeat, None, f"the model failed: {answer.failure}")
        for store in self._stores:
            store.put(key_of(item, repeat, self._made_with), answer)
        return Response(item, repeat, answer)

    def _system(self) -> System:
        if not hasattr(self._local, "system"):
            self._local.system = self._load()
            self._systems.append(self._local.system)
        system: System = self._local.system
        return system


def _stored(key: str, stores: Sequence[AnswerStore]) -> Answer | None:
    found = [store.get(key) for store in stores]
    answer = next((answer for answer in found if answer is not None), None)
    if answer is not None:
        for store, own in zip(stores, found, strict=True):
            if own is None:
                store.put(key, answer)
    return answer
