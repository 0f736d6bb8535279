"""How long an answer takes, and where the time goes: to the first checked sentence and to the whole, warm and cold.

Run as::

    python -m eval.bench.speed [SUITE] [--questions 20] [--cold 3] [--model embedded] [--index DIR]

Warm is a process that has answered a question before, as ``dateline serve``; cold is a new process for each question,
as ``dateline ask``, counted from the moment it is asked for, with the files in the page cache. The stages are those of
the answers' own ``seconds``; ``rest`` is what is left of the whole, such as comparing the sources. Answers that abstain
have no first sentence and count for the whole alone.
"""

from __future__ import annotations

import argparse
import multiprocessing
import os
import tempfile
import time
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from eval.suites import read_suite
from rag.answering import Finished, SentenceReady
from rag.config import load_settings
from rag.service import Dateline
from rag.types import Answer

SAMPLE = Path("eval/suites/sample.jsonl")
_STAGES = ("retrieve", "generate", "check", "rest")


@dataclass(frozen=True, slots=True)
class Timed:
    """The seconds of one answer.

    Attributes:
        first: To the first checked sentence; ``None`` when nothing was shown.
        whole: To the end.
        stages: By stage, as the answer says.
        loading: Before the question could be asked: starting, importing, loading models.
    """

    first: float | None
    whole: float
    stages: dict[str, float]
    loading: float = 0.0


def main() -> None:
    """Reads the arguments, asks, and prints."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("suite", type=Path, nargs="?", default=SAMPLE)
    parser.add_argument("--questions", type=int, default=20, help="asked of a warm process, evenly over the suite")
    parser.add_argument("--cold", type=int, default=3, help="asked of a new process each")
    parser.add_argument("--model", default="embedded")
    parser.add_argument("--index", type=Path, help="an index of the suite's corpus; by default a new one")
    arguments = parser.parse_args()
    os.environ["OMP_WAIT_POLICY"] = "PASSIVE"
    suite = read_suite(arguments.suite)
    if suite.corpus is None:
        parser.error(f"{arguments.suite} names no corpus")
    plain = [item.question for item in suite.items if not (item.history or item.scope)]
    step = max(1, len(plain) / arguments.questions)
    questions = [plain[int(place * step)] for place in range(min(arguments.questions, len(plain)))]
    with tempfile.TemporaryDirectory() as folder:
        index = arguments.index or Path(folder) / "index"
        dateline = Dateline(load_settings(index=index, model=arguments.model))
        if not index.exists():
            dateline.ingest([suite.corpus])
        dateline.warm()
        ask(dateline, questions[-1])
        print(f"{len(dateline.sources()):,} articles, model {arguments.model}")
        _print("warm", [ask(dateline, question) for question in questions])
        dateline.close()
        cold = []
        for question in questions[: arguments.cold]:
            with ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("spawn")) as pool:
                cold.append(pool.submit(ask_anew, time.time(), index, arguments.model, question).result())
        _print("cold", cold)


def ask_anew(asked_for: float, index: Path, model: str, question: str) -> Timed:
    """Asks a question in a process that has loaded nothing; for a process of its own."""
    dateline = Dateline(load_settings(index=index, model=model))
    dateline.warm()
    loading = time.time() - asked_for
    timed = ask(dateline, question)
    dateline.close()
    first = None if timed.first is None else loading + timed.first
    return Timed(first, loading + timed.whole, timed.stages, loading)


def ask(dateline: Dateline, question: str) -> Timed:
    """Asks a question and returns what its answer took."""
    answer, first, whole = answer_timed(dateline, question)
    seconds = answer.seconds
    stages = {"retrieve": seconds.retrieve, "generate": seconds.generate, "check": seconds.check}
    return Timed(first, whole, {**stages, "rest": whole - sum(stages.values())})


def answer_timed(dateline: Dateline, question: str) -> tuple[Answer, float | None, float]:
    """Asks a question; returns its answer, and the seconds to its first checked sentence, if any, and to its end."""
    began, first = time.perf_counter(), None
    for event in dateline.ask_stream(question):
        if isinstance(event, SentenceReady) and first is None:
            first = time.perf_counter() - began
        if isinstance(event, Finished):
            answer = event.answer
    whole = time.perf_counter() - began
    if first is None and not answer.abstained:  # what was only settled at the end
        first = whole
    return answer, first, whole


def _print(name: str, timed: Sequence[Timed]) -> None:
    if not timed:
        return
    print(f"\n{name}, {len(timed)} questions, seconds{'p50':>22}{'p95':>9}")
    _row("first checked sentence", [t.first for t in timed if t.first is not None])
    _row("whole answer", [t.whole for t in timed])
    if any(t.loading for t in timed):
        _row("  of it loading", [t.loading for t in timed])
    for stage in _STAGES:
        _row(f"  of it {stage}", [t.stages[stage] for t in timed])


def _row(name: str, seconds: Sequence[float]) -> None:
    if seconds:
        p50, p95 = np.percentile(seconds, [50, 95])
        print(f"{name:36} n {len(seconds):3}{p50:9.2f}{p95:9.2f}", flush=True)


if __name__ == "__main__":
    main()
