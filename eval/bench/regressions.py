"""Whether a gate blocks: seeds faults one at a time, asks the suite, and says which the gate or the comparison notices.

Run as::

    python -m eval.bench.regressions SUITE --gate FILE --baseline REPORT [--only NAME]… [--unchanged 20]

A fault is noticed when ``dateline eval run --gate --baseline`` would exit 1. ``--unchanged`` adds runs without any
fault and without stored answers, which must all pass. Everything is in the extractive mode, which needs no model.
"""

from __future__ import annotations

import argparse
import tempfile
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import replace
from pathlib import Path
from unittest.mock import patch

import numpy as np
from numpy.typing import NDArray

from eval.compare import regressions
from eval.corpora import bring_up_to_date, settings_for
from eval.evaluation import evaluate
from eval.gate import Gate, read_gate
from eval.report.document import Report, read_report
from eval.session import held_to
from eval.suites import Suite, read_suite
from rag.check.builtin import BuiltinVerifier
from rag.config import Settings, load_settings
from rag.service import Dateline
from rag.types import Answer, AnswerSentence, Check, Citation, Filters, Turn, Verdict

_ELSEWHERE = (
    "The city council of Springfield met on Thursday to talk about the new bridge.",
    "Heavy rain closed three schools in the valley, the county said.",
)


class Altered(Dateline):
    """Dateline whose answers are changed on their way out."""

    def __init__(self, settings: Settings, alter: Callable[[Answer], Answer]) -> None:
        super().__init__(settings)
        self._alter = alter

    def ask(self, question: str, *, filters: Filters | None = None, history: Sequence[Turn] = ()) -> Answer:
        """Answers, changed."""
        return self._alter(super().ask(question, filters=filters, history=history))


class Forgetful(Dateline):
    """Dateline that forgets filters or the conversation."""

    def __init__(self, settings: Settings, *, filters: bool = False, history: bool = False) -> None:
        super().__init__(settings)
        self._filters, self._history = filters, history

    def ask(self, question: str, *, filters: Filters | None = None, history: Sequence[Turn] = ()) -> Answer:
        """Answers without what it forgets."""
        kept = None if self._filters else filters
        return super().ask(question, filters=kept, history=() if self._history else history)


def shifted_spans(answer: Answer) -> Answer:
    """Moves every citation on by one character."""
    return replace(answer, citations=tuple(replace(c, start=c.start + 1, end=c.end + 1) for c in answer.citations))


def shifted_numbers(answer: Answer) -> Answer:
    """Lets every sentence cite the next citation instead of its own, or the nearest evidence where there is none."""
    last = max((c.n for c in answer.citations), default=0)
    if last < 2:
        return answer
    moved = tuple(replace(s, citations=tuple(n % last + 1 for n in s.citations)) for s in answer.sentences)
    return replace(answer, sentences=moved)


def stale_versions(answer: Answer) -> Answer:
    """Cites versions of articles that are not there any more."""
    return replace(answer, citations=tuple(replace(c, version="0" * 64) for c in answer.citations))


def never_abstains(answer: Answer) -> Answer:
    """Shows the nearest evidence as if it were the answer."""
    if not answer.abstained or not answer.nearest:
        return answer
    shown: tuple[Citation, ...] = answer.nearest
    sentences = tuple(AnswerSentence(c.quote, Verdict.SUPPORTED, 1.0, (c.n,)) for c in shown)
    text = " ".join(f"{s.text} [{s.citations[0]}]" for s in sentences)
    return replace(answer, abstained=False, reason=None, text=text, sentences=sentences, citations=shown, nearest=())


def no_disagreements(answer: Answer) -> Answer:
    """Keeps quiet about what sources differ on."""
    return replace(answer, disagreements=())


def embellished(answer: Answer) -> Answer:
    """Adds to every answer a sentence of the model's own, under the last citation."""
    if answer.abstained:
        return answer
    added = AnswerSentence("Observers called it a turning point for 1,250 families.", Verdict.SUPPORTED, 0.9,
                           (answer.citations[-1].n,))  # fmt: skip
    return replace(answer, sentences=(*answer.sentences, added), text=f"{answer.text} {added.text}")


class Lenient(BuiltinVerifier):
    """A verifier that has been switched off."""

    def verify_many(self, claims: Sequence[object]) -> list[Check]:
        """Calls everything supported."""
        return [Check(Verdict.SUPPORTED, 1.0) for _ in claims]


def no_evidence() -> AbstractContextManager[object]:
    """Lets the answerer draft from nothing."""
    from rag.generate.extractive import ExtractiveAnswerer

    draft = ExtractiveAnswerer.draft
    return patch.object(
        ExtractiveAnswerer, "draft", lambda self, question, passages, trace: draft(self, question, (), trace)
    )


def deaf_embedder() -> AbstractContextManager[object]:
    """Gives every question the same vector, as a broken export of a model would."""
    from rag.index import embedding

    def same(self: object, text: str) -> NDArray[np.float32]:
        return np.full(384, 384**-0.5, np.float32)

    return patch.object(embedding.PackagedEmbedder, "embed_query", same)


def deaf_words() -> AbstractContextManager[object]:
    """Searches by words find nothing."""
    from rag.index.lexical import LexicalIndex

    return patch.object(LexicalIndex, "search", lambda self, *arguments, **options: [])


def orders_obeyed() -> AbstractContextManager[object]:
    """Leaves in what gives orders to software."""
    return patch("rag.answering.set_aside_orders", lambda passages: (list(passages), []))


def lenient_verifier() -> AbstractContextManager[object]:
    """Calls every sentence supported by whatever it cites."""
    return patch("rag.generate.verifiers.BuiltinVerifier", Lenient)


Load = Callable[[Settings], Dateline]
Fault = tuple[Callable[[], AbstractContextManager[object]], Load, Mapping[str, object]]


def _altering(alter: Callable[[Answer], Answer]) -> Fault:
    return nullcontext, lambda settings: Altered(settings, alter), {}


FAULTS: Mapping[str, Fault] = {
    "citations shifted by one character": _altering(shifted_spans),
    "sentences cite their neighbour's citation": _altering(shifted_numbers),
    "citations of versions that are gone": _altering(stale_versions),
    "an invented sentence in every answer": _altering(embellished),
    "abstention off": _altering(never_abstains),
    "disagreements not shown": _altering(no_disagreements),
    "verifier off": (lenient_verifier, Dateline, {}),
    "answers that ignore the evidence": (no_evidence, Dateline, {}),
    "question vectors all the same": (deaf_embedder, Dateline, {}),
    "word search finds nothing": (deaf_words, Dateline, {}),
    "one passage instead of eight": (nullcontext, Dateline, {"passages": 1}),
    "filters and as-of ignored": (nullcontext, lambda settings: Forgetful(settings, filters=True), {}),
    "conversation ignored": (nullcontext, lambda settings: Forgetful(settings, history=True), {}),
    "hostile orders left in": (orders_obeyed, Dateline, {}),
}
WRONG_INDEX = "index of another corpus"


def main() -> None:
    """Reads the arguments, seeds the faults, and prints what noticed each."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("suite", type=Path)
    parser.add_argument("--gate", type=Path, required=True)
    parser.add_argument("--baseline", type=Path, required=True)
    parser.add_argument("--only", action="append", help="seed only this fault")
    parser.add_argument("--unchanged", type=int, default=1, help="runs without a fault")
    arguments = parser.parse_args()
    suite, base = read_suite(arguments.suite), read_report(arguments.baseline)
    gate = read_gate(arguments.gate)
    settings = settings_for(suite.corpus, load_settings(model="extractive"), None)
    bring_up_to_date(suite.corpus, settings, None)
    passed = 0
    for _ in range(arguments.unchanged):
        why = _noticed(_held(suite, settings, Dateline, gate, base))
        passed += not why
        print(f"no change: {'; '.join(why) or 'passes'}", flush=True)
    noticed = 0
    names = arguments.only or [*FAULTS, WRONG_INDEX]
    for name in names:
        report = (
            _wrong_index(suite, settings, gate, base)
            if name == WRONG_INDEX
            else _faulty(name, suite, settings, gate, base)
        )
        why = _noticed(report)
        noticed += bool(why)
        print(f"{'noticed' if why else 'MISSED '} {name}: {'; '.join(why)}", flush=True)
    print(f"\n{noticed} of {len(names)} faults noticed; {passed} of {arguments.unchanged} runs without a fault pass")


def _faulty(name: str, suite: Suite, settings: Settings, gate: Gate, base: Report) -> Report:
    broken, load, changed = FAULTS[name]
    with broken():
        return _held(suite, settings.model_copy(update=dict(changed)), load, gate, base)


def _wrong_index(suite: Suite, settings: Settings, gate: Gate, base: Report) -> Report:
    with tempfile.TemporaryDirectory() as folder:
        other = settings.model_copy(update={"index": Path(folder) / "index"})
        for number, text in enumerate(_ELSEWHERE):
            (Path(folder) / f"{number}.txt").write_text(text, encoding="utf-8")
        dateline = Dateline(other)
        dateline.ingest(sorted(Path(folder).glob("*.txt")))
        dateline.close()
        return _held(suite, other, Dateline, gate, base)


def _held(suite: Suite, settings: Settings, load: Load, gate: Gate, base: Report) -> Report:
    report = evaluate(suite, lambda: load(settings), {}, BuiltinVerifier())
    return held_to(report, gate, base, "the baseline")


def _noticed(report: Report) -> list[str]:
    """Returns the bars that are not met and the metrics that are significantly worse, each metric once."""
    assert report.gate is not None and report.comparison is not None
    bars = [bar.bar for bar in report.gate.bars if not bar.met]
    return bars + [m for m in regressions(report.comparison) if not any(bar.startswith(m) for bar in bars)]


if __name__ == "__main__":
    main()
