"""One evaluation from suite to report: ask, judge, score, summarise."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from eval.answer_judge import AnswerJudge
from eval.answers import AnswerStore
from eval.fingerprint import fingerprint
from eval.inference import noticeable_drop
from eval.metrics import all_metrics
from eval.report.document import SCHEMA, Figure, ItemResult, MetricFacts, Report, Run
from eval.runner import System, ask_all
from eval.scoring import flip_rate, models_of, results, score_all, summarised, summarised_by_tag
from eval.suites import Suite
from rag.check.verification import Verifier

Progress = Callable[[int], None]


def _silent(done: int) -> None:
    """Tells nobody."""


@dataclass(frozen=True, slots=True)
class Plan:
    """How to ask.

    Attributes:
        repeats: How often each question is asked.
        jobs: Questions asked at a time.
        stores: Where answers are kept and looked up, in this order.
    """

    repeats: int = 1
    jobs: int = 1
    stores: tuple[AnswerStore, ...] = ()


def evaluate(
    suite: Suite,
    load: Callable[[], System],
    made_with: Mapping[str, str],
    judge: Verifier,
    plan: Plan | None = None,
    *,
    answer_judge: AnswerJudge | None = None,
    asked: Progress = _silent,
    judged: Progress = _silent,
    warnings: Sequence[str] = (),
) -> Report:
    """Runs a suite and returns its report, without comparison and gate.

    Args:
        suite: The questions.
        load: Gives a system to ask; see ``eval.runner.ask_all``.
        made_with: What the answers depend on.
        judge: Decides what is borne out, for faithfulness and citations.
        plan: How to ask.
        answer_judge: Decides whether answers say what is accepted, for ``answer_judged``.
        asked: Told how many more answers there are.
        judged: Told how many more answers are judged.
        warnings: What the reader of the report should know beside.
    """
    plan = plan or Plan()
    began = time.perf_counter()
    responses = ask_all(suite.items, load, made_with, plan.stores, repeats=plan.repeats, jobs=plan.jobs, progress=asked)
    system = load()
    try:
        scored = score_all(responses, system, judge, answer_judge, judged)
    finally:
        system.close()
    items = results(scored)
    figures = summarised(items)
    unscored = sum(sentence.cited is None for one in scored if one.case for sentence in one.case.judged)
    run = Run(
        finished=datetime.now(UTC).isoformat(timespec="seconds"),
        seconds=round(time.perf_counter() - began, 2),
        items=len(items),
        repeats=plan.repeats,
        answers=len(responses),
        stored=sum(response.stored for response in responses),
        errors=sum(bool(item.error) for item in items),
        unscored=unscored,
        flip_rate=Figure.of(flip_rate(scored)) if plan.repeats > 1 else None,
        models=models_of(responses),
    )
    return Report(
        schema=SCHEMA,
        suite=suite.name,
        description=suite.description,
        fingerprint=fingerprint(dict(made_with), suite, judge.name, answer_judge.name if answer_judge else ""),
        run=run,
        metrics=figures,
        facts={m.name: MetricFacts(m.definition, m.better, m.is_quality) for m in all_metrics()},
        by_tag=summarised_by_tag(items),
        noticeable_drop=_noticeable(items),
        corrected={},
        items=tuple(items),
        warnings=(*warnings, *_warnings(run, judge)),
    )


def _noticeable(items: Sequence[ItemResult]) -> dict[str, float | None]:
    """Returns by quality metric the least drop that a comparison with this run as its base would notice."""
    found = {}
    metrics = [m for m in all_metrics() if m.is_quality and any(m.name in item.scores for item in items)]
    for metric in metrics:
        chosen = [item for item in items if metric.name in item.scores]
        found[metric.name] = noticeable_drop(
            [item.scores[metric.name] for item in chosen], [item.cluster for item in chosen],
            better=metric.better, among=len(metrics),
        )  # fmt: skip
    return found


def _warnings(run: Run, judge: Verifier) -> list[str]:
    found = []
    if run.unscored:
        found.append(f"{judge.name} gave no verdict on {run.unscored} sentences; they count neither way")
    if run.errors:
        found.append(f"{run.errors} items failed and are in no figure")
    return found
