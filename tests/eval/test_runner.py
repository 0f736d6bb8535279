"""Asking: every answer once, whatever happens."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eval.answers import AnswerStore, key_of
from eval.runner import Response, ask_all
from eval.suites import Item
from rag.errors import ModelTimeoutError, ModelUnavailableError, StoreError
from rag.types import Answer, Article, Filters, Turn
from tests.eval.builders import TEXTS, answer, article, citation, item, sentence

ROOT = Path(__file__).parents[2]
MADE = {"model": "embedded", "code": "1"}
NINE = citation(1, "a.md", "Mayor Anna Kask said the work took nine years.")


class Desk:
    """A system that answers everything alike and remembers what it was asked; some questions break it."""

    def __init__(self, failure: str = "") -> None:
        self.asked: list[tuple[str, Filters | None, Sequence[Turn]]] = []
        self.loads = 0
        self.closed = 0
        self.failure = failure
        self.together = 0
        self._inside = 0
        self._lock = threading.Lock()

    def load(self) -> Desk:
        with self._lock:
            self.loads += 1
        return self

    def ask(self, question: str, *, filters: Filters | None = None, history: Sequence[Turn] = ()) -> Answer:
        with self._lock:
            self.asked.append((question, filters, history))
            self._inside += 1
            self.together = max(self.together, self._inside)
        try:
            time.sleep(0.02)
            if "crash" in question:
                raise ZeroDivisionError("a bug")
            if "slow" in question:
                raise ModelTimeoutError("the model did not answer in 120 s")
            if "nobody" in question:
                raise ModelUnavailableError("there is no model 'x'; choose another")
            given = answer(sentence(f"Re: {question}", 1), citations=[NINE])
            return replace(given, failure=self.failure)
        finally:
            with self._lock:
                self._inside -= 1

    def article(self, article_id: str) -> tuple[Article, int]:
        return article(article_id), 1

    def close(self) -> None:
        self.closed += 1


def items(*questions: str) -> list[Item]:
    return [item(id=f"{n}", question=question) for n, question in enumerate(questions)]


def texts(responses: Sequence[Response]) -> list[str]:
    return [r.answer.sentences[0].text if r.answer else r.error for r in responses]


def test_what_fails_is_one_row_and_a_bug_keeps_its_traceback() -> None:
    desk = Desk()
    found = ask_all(items("one", "crash", "slow", "two"), desk.load, MADE, [])
    assert texts(found) == ["Re: one", "ZeroDivisionError: a bug", "the model did not answer in 120 s", "Re: two"]
    assert "in ask" in found[1].trace
    assert not found[2].trace
    assert desk.closed == desk.loads == 1


def test_a_model_that_does_not_exist_ends_the_run() -> None:
    with pytest.raises(ModelUnavailableError):
        ask_all(items("nobody", "two"), Desk().load, MADE, [])


def test_each_is_asked_with_its_scope_and_history() -> None:
    desk = Desk()
    wanted = item(question="x", as_of="2024-03-01", history=[{"question": "Who?", "answer": "Kask."}])
    ask_all([wanted], desk.load, MADE, [])
    assert desk.asked == [("x", wanted.scope, (Turn("Who?", "Kask."),))]


def test_stored_answers_are_not_asked_again_and_every_store_gets_them(tmp_path: Path) -> None:
    run, cache = AnswerStore(tmp_path / "run" / "a.sqlite"), AnswerStore(tmp_path / "cache.sqlite")
    desk, progress = Desk(), []
    first = ask_all(items("one", "two"), desk.load, MADE, [run, cache], progress=progress.append)
    again = ask_all(items("one", "two", "three"), desk.load, MADE, [AnswerStore(None), cache], progress=progress.append)
    assert [r.stored for r in again] == [True, True, False]
    assert again[0].answer == first[0].answer
    assert len(desk.asked) == 3
    assert sum(progress) == 5
    fresh = AnswerStore(tmp_path / "fresh.sqlite")
    assert all(r.stored for r in ask_all(items("one", "two"), desk.load, MADE, [fresh, cache]))
    assert fresh.get(key_of(items("one")[0], 0, MADE)) is not None


def test_repeats_and_whatever_decides_an_answer_are_stored_apart() -> None:
    store, desk = AnswerStore(None), Desk()
    ask_all(items("one"), desk.load, MADE, [store], repeats=3)
    assert len(desk.asked) == 3
    for made in ({**MADE, "model": "extractive"}, {**MADE, "code": "2"}):
        assert not ask_all(items("one"), desk.load, made, [store])[0].stored
    for other in (
        item(id="0", question="one", as_of="2024-01-01"), item(id="0", question="one", filters={"publishers": ["x"]}),
        item(id="0", question="one", history=[{"question": "Who?", "answer": ""}]), item(id="0", question="One"),
    ):  # fmt: skip
        assert not ask_all([other], desk.load, MADE, [store])[0].stored
    expecting = item(id="other", question="one", answers=["x"], tags=["y"])
    assert ask_all([expecting], desk.load, MADE, [store])[0].stored, "what is expected decides no answer"


def test_neither_errors_nor_what_stood_in_for_a_model_is_stored() -> None:
    store = AnswerStore(None)
    found = ask_all(items("crash", "one"), Desk(failure="it timed out").load, MADE, [store])
    assert texts(found) == ["ZeroDivisionError: a bug", "the model failed: it timed out"]
    desk = Desk()
    ask_all(items("crash", "one"), desk.load, MADE, [store])
    assert len(desk.asked) == 2
    last = Desk()
    ask_all(items("crash", "one"), last.load, MADE, [store])
    assert [question for question, *_ in last.asked] == ["crash"]


def test_several_are_asked_at_a_time_in_the_order_of_the_suite() -> None:
    desk = Desk()
    found = ask_all(items(*"abcdefgh"), desk.load, MADE, [AnswerStore(None)], jobs=4)
    assert texts(found) == [f"Re: {letter}" for letter in "abcdefgh"]
    assert 1 < desk.together <= 4
    assert desk.loads == desk.closed <= 4


def test_a_store_that_is_something_else_is_one_line(tmp_path: Path) -> None:
    (tmp_path / "a.sqlite").write_text("not a database " * 100, encoding="utf-8")
    with pytest.raises(StoreError, match="answers cannot be kept"):
        AnswerStore(tmp_path / "a.sqlite")
    (tmp_path / "file").write_text("", encoding="utf-8")
    with pytest.raises(StoreError):
        AnswerStore(tmp_path / "file" / "a.sqlite")


@given(st.text(max_size=40))
def test_answers_come_back_as_they_were(text: str) -> None:
    store = AnswerStore(None)
    given_ = answer(sentence(text.encode("utf-8", "replace").decode(), 1), citations=[NINE])
    store.put("k", given_)
    assert store.get("k") == given_
    assert store.get("other") is None


SLOW_RUN = """
import sys, time
from rag import Dateline
from rag.cli.main import main
ask = Dateline.ask
def slow(self, question, **more):
    time.sleep(0.3)
    return ask(self, question, **more)
Dateline.ask = slow
main()
"""


def test_killed_in_the_middle_and_resumed_it_is_the_same_report(tmp_path: Path) -> None:
    import json

    corpus, suite = tmp_path / "corpus", tmp_path / "suite.jsonl"
    corpus.mkdir()
    for name, text in TEXTS.items():
        (corpus / name).write_text(text, encoding="utf-8")
    questions = ["When did the harbour of Tallinn open?", "How long did the work on the harbour take?",
                 "Where did ships come from?", "When did the bridge of Narva close?", "Who is the mayor?",
                 "Who won the World Cup?"]  # fmt: skip
    lines: list[dict[str, object]] = [{"suite": "s", "corpus": "corpus"}]
    lines += [{"id": str(n), "question": q, "answers": ["nine years"]} for n, q in enumerate(questions)]
    suite.write_text("".join(json.dumps(line) + "\n" for line in lines), encoding="utf-8")
    environment = {k: v for k, v in os.environ.items() if not k.startswith("DATELINE_")}
    environment |= {"DATELINE_CACHE": str(tmp_path / "cache"), "PYTHONPATH": str(ROOT)}

    def command(out: str, *more: str) -> list[str]:
        arguments = [
            "eval",
            "run",
            str(suite),
            "--model",
            "extractive",
            "--no-cache",
            "--out",
            str(tmp_path / out),
            *more,
        ]
        return [sys.executable, "-c", SLOW_RUN, *arguments]

    whole = subprocess.run(
        command("whole"), env=environment, cwd=tmp_path, capture_output=True, timeout=120, check=True
    )
    assert whole.returncode == 0
    process = subprocess.Popen(command("broken"), env=environment, cwd=tmp_path, stderr=subprocess.DEVNULL)
    store = tmp_path / "broken" / "answers.sqlite"
    deadline = time.monotonic() + 60
    while stored(store) < 2:
        assert process.poll() is None and time.monotonic() < deadline
        time.sleep(0.05)
    process.send_signal(signal.SIGKILL)
    process.wait()
    kept = stored(store)
    assert 2 <= kept < len(questions)
    subprocess.run(
        command("broken", "--resume"), env=environment, cwd=tmp_path, capture_output=True, timeout=120, check=True
    )
    first, second = (json.loads((tmp_path / out / "report.json").read_text()) for out in ("whole", "broken"))
    assert second["run"]["stored"] == kept
    assert comparable(first) == comparable(second)


def stored(path: Path) -> int:
    import sqlite3

    if not path.exists():
        return 0
    try:
        return int(sqlite3.connect(path).execute("SELECT count(*) FROM answers").fetchone()[0])
    except sqlite3.Error:
        return 0


def comparable(document: object) -> object:
    """A report without clocks: two runs of the same questions differ in nothing else."""
    clocks = {"finished", "seconds", "stored", "seconds_p50", "seconds_p95", "overhead_p50"}
    if isinstance(document, dict):
        return {name: comparable(value) for name, value in document.items() if name not in clocks}
    return [comparable(one) for one in document] if isinstance(document, list) else document
