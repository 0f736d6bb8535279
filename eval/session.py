"""A whole evaluation of Dateline as settings describe it: the way in for the command line and for pytest."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Protocol

from eval.answer_judge import AnswerJudge
from eval.answers import AnswerStore
from eval.calibration import Calibration, corrected
from eval.compare import compare
from eval.corpora import bring_up_to_date, jobs_for, missing_evidence, settings_for
from eval.evaluation import Plan, evaluate
from eval.fingerprint import made_with
from eval.gate import Gate, judge_gate, require_baseline
from eval.report.document import Report
from eval.suites import Suite
from rag.config import Settings
from rag.errors import SourceError
from rag.generate.judgements import JudgementCache
from rag.generate.llm import load_model
from rag.generate.verifiers import load_verifier
from rag.service import Dateline

STORED = "answers.sqlite"
_NAMED = 3


class Teller(Protocol):
    """Hears of progress."""

    def begin(self, label: str, length: int) -> Callable[[int], None]:
        """Says that a stage begins and how many steps it has; the function returned is told how many more are done."""


class Silence:
    """A teller that tells nobody."""

    def begin(self, label: str, length: int) -> Callable[[int], None]:
        """Returns a function that does nothing."""
        return lambda done: None


@dataclass(frozen=True, slots=True)
class Options:
    """How to evaluate.

    Attributes:
        index: Index to ask, whatever corpus the suite names.
        judge: Verifier that judges faithfulness and citations, in the words of the setting ``verifier``.
        answer_judge: Model that judges whether answers say what is accepted, as in the setting ``model``; or empty.
        repeats: How often each question is asked.
        jobs: Questions asked at a time; 0 chooses.
        folder: Where answers of this run are kept; ``None`` keeps them nowhere.
        resume: Whether answers that are in ``folder`` count.
        cache: Whether answers of earlier runs count.
        calibration: The judge's sensitivity and specificity, to correct rates by.
    """

    index: Path | None = None
    judge: str = "builtin"
    answer_judge: str = ""
    repeats: int = 1
    jobs: int = 0
    folder: Path | None = None
    resume: bool = False
    cache: bool = True
    calibration: Calibration | None = None


def run_suite(suite: Suite, settings: Settings, options: Options, teller: Teller | None = None) -> Report:
    """Asks a suite of Dateline and returns the report, without comparison and gate.

    Raises:
        SourceError: The suite's corpus cannot be read, or the calibration is of another judge.
        StoreError: There is no index, or answers cannot be kept.
        ModelUnavailableError: A model that was asked for by name does not exist or refuses.
    """
    teller = teller or Silence()
    chosen = settings_for(suite.corpus, settings, options.index)
    unread = bring_up_to_date(suite.corpus, chosen, options.index, _reading(suite.corpus, options, chosen, teller))
    with ExitStack() as stack:
        dateline = Dateline(chosen)
        stack.callback(dateline.close)
        made, missing = made_with(dateline), missing_evidence(suite, dateline)
        judge = load_verifier(settings.model_copy(update={"verifier": options.judge}))
        if options.calibration is not None:
            options.calibration.require(judge.name)
        answer_judge = _answer_judge(options, settings, stack)
        stores = stack.enter_context(_stores(options, chosen))
        answers = len(suite.items) * options.repeats
        report = evaluate(
            suite,
            lambda: Dateline(chosen),
            made,
            judge,
            Plan(options.repeats, options.jobs or jobs_for(chosen), stores),
            answer_judge=answer_judge,
            asked=teller.begin("asking", answers),
            judged=teller.begin("judging", answers),
            warnings=[*unread, *_missing(missing)],
        )
    if options.calibration is not None:
        report = replace(report, corrected=corrected(report, options.calibration))
    return report


def _reading(
    corpus: Path | None, options: Options, settings: Settings, teller: Teller
) -> Callable[[int, int], None] | None:
    if corpus is None or options.index is not None or not corpus.exists():
        return None
    advance, before = teller.begin("reading the corpus", Dateline(settings).count_articles([corpus])), 0

    def read(articles: int, passages: int) -> None:
        nonlocal before
        advance(articles - before)
        before = articles

    return read


def check_plan(suite: Suite, gate: Gate | None, baseline: Report | None) -> None:
    """Refuses what could only fail after everything has been asked.

    Raises:
        SourceError: The gate needs a baseline and there is none, or the baseline shares no item with the suite.
    """
    if gate is not None:
        require_baseline(gate, baseline)
    if baseline is not None and {item.id for item in suite.items}.isdisjoint(item.id for item in baseline.items):
        raise SourceError("the baseline shares no item with the suite; give a report of the same suite")


def held_to(report: Report, gate: Gate | None, baseline: Report | None, name: str) -> Report:
    """Returns a report with its comparison and the outcome of a gate.

    Args:
        report: Of this run.
        gate: What it must clear, if anything.
        baseline: An earlier run, if any.
        name: What to call that.

    Raises:
        SourceError: The gate needs a baseline and there is none, or the two runs share no item.
    """
    metrics = list(gate.no_drop) if gate and gate.no_drop else None
    comparison = compare(baseline, report, name, metrics) if baseline else None
    outcome = judge_gate(gate, report, comparison) if gate else None
    return replace(report, comparison=comparison, gate=outcome)


def _answer_judge(options: Options, settings: Settings, stack: ExitStack) -> AnswerJudge | None:
    if not options.answer_judge:
        return None
    model = load_model(settings.model_copy(update={"model": options.answer_judge}))
    stack.callback(model.close)
    return AnswerJudge(model, JudgementCache(settings.cache))


@contextmanager
def _stores(options: Options, settings: Settings) -> Iterator[tuple[AnswerStore, ...]]:
    opened = []
    if options.folder is not None:
        opened.append(AnswerStore(options.folder / STORED, fresh=not options.resume))
    if options.cache:
        opened.append(AnswerStore(settings.cache / STORED))
    try:
        yield tuple(opened)
    finally:
        for store in opened:
            store.close()


def _missing(articles: list[str]) -> list[str]:
    if not articles:
        return []
    named = ", ".join(articles[:_NAMED]) + (" …" if len(articles) > _NAMED else "")
    lacking = f"{len(articles)} articles that the suite names as evidence are not in this index ({named})"
    return [f"{lacking}; is it the right one?"]
