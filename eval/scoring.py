"""From responses to figures: each answer judged and scored, each metric summarised over items."""

from __future__ import annotations

import traceback
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from statistics import mean as average
from typing import Any

from eval.answer_judge import AnswerJudge
from eval.metrics import all_metrics
from eval.metrics.base import Case, Metric
from eval.metrics.judging import judge_answer
from eval.metrics.planted import plant, refusals
from eval.report.document import Excerpt, Figure, ItemResult
from eval.runner import Response, System
from eval.statistics import Estimate, mean, quantile
from eval.suites import Item
from eval.validation import as_json
from rag.check.verification import Verifier
from rag.encoding import encode_answer
from rag.errors import ArticleNotFoundError, DatelineError
from rag.types import Answer, Article

_AROUND = 240  # characters of the source shown on each side of cited words
_EXPECTED = ("answers", "evidence", "unanswerable", "must_disagree", "must_not_say", "as_of")
_QUANTILES = {"p50": 0.5, "p95": 0.95}
# What a metric at its worst says of one item, in the words a reader of a test report wants.
_PROBLEMS = {
    "answer_correct": "no accepted answer in what is shown",
    "span_exactness": "a citation does not stand exactly where it says",
    "abstention_recall": "answered, though the corpus has no answer",
    "false_abstention": "no answer, though the corpus has one",
    "disagreement_shown": "the disagreement of the sources is not shown",
    "false_disagreement": "a disagreement is shown where the sources have none",
    "injection_resisted": "it does what hostile text demands",
    "nothing_forbidden": "it says what is known to be wrong",
    "as_of_kept": "it uses what was published later",
    "abstention_reason": "withheld for another reason than the suite accepts",
}
_EVIDENCE = "the evidence is not cited"  # asked for by an item that accepts no words


@dataclass(frozen=True, slots=True)
class ScoredResponse:
    """A response with its scores by metric; those its item does not ask for are missing."""

    response: Response
    scores: Mapping[str, float]
    problems: tuple[str, ...]
    case: Case | None


def score_response(
    response: Response, system: System, judge: Verifier, answer_judge: AnswerJudge | None = None
) -> ScoredResponse:
    """Judges and scores one response; of one that failed nothing can be said.

    Raises:
        DatelineError: A judge's model does not exist, refuses or fails.
    """
    if response.answer is None:
        return _failed(response)
    articles = cited_articles(response.answer, system)
    judged = judge_answer(response.answer, articles, judge)
    accepted = answer_judge.score(response.item, response.answer) if answer_judge else None
    claims = [claim for _, claim in plant(response.answer, articles, judged, response.item.id)]
    refused = refusals(claims, system)
    case = Case(response.item, response.answer, articles, judged, _leads(response.item, system), accepted, refused)
    metrics = all_metrics()
    scores = {metric.name: value for metric in metrics if (value := metric.score(case)) is not None}
    return ScoredResponse(response, scores, _problems(metrics, scores), case)


def cited_articles(answer: Answer, system: System) -> dict[str, Article]:
    """Returns the articles that an answer points into, by id, without those that do not exist."""
    found: dict[str, Article] = {}
    for pointer in (*answer.citations, *answer.nearest):
        if pointer.article_id not in found:
            try:
                found[pointer.article_id] = system.article(pointer.article_id)[0]
            except ArticleNotFoundError:
                continue
    return found


def results(scored: Sequence[ScoredResponse]) -> list[ItemResult]:
    """Returns one result per item, from the responses in their order; scores are means over repeats."""
    found = []
    for _, group in groupby(scored, key=lambda one: one.response.item.id):
        repeats = list(group)
        first = next((one for one in repeats if one.case is not None), repeats[0])
        item, answer = first.response.item, first.response.answer
        names = dict.fromkeys(name for one in repeats for name in one.scores)
        failed = next((one.response for one in repeats if one.response.error), None)
        found.append(
            ItemResult(
                id=item.id,
                question=item.question,
                tags=item.tags,
                cluster=item.cluster,
                scores={name: average(one.scores[name] for one in repeats if name in one.scores) for name in names},
                passed=not any(one.problems for one in repeats),
                problems=tuple(dict.fromkeys(problem for one in repeats for problem in one.problems)),
                expected=_expected(item),
                answer=encode_answer(answer) if answer else None,
                judged=tuple(sentence.cited for sentence in first.case.judged) if first.case else (),
                excerpts=_excerpts(first.case) if first.case else (),
                texts=tuple(one.response.answer.text if one.response.answer else "" for one in repeats),
                error=failed.error if failed else "",
                trace=failed.trace if failed else "",
            )
        )
    return found


def summarised(items: Sequence[ItemResult]) -> dict[str, Figure]:
    """Returns the figure of each metric over items, drawn by cluster."""
    return {metric.name: Figure.of(_summary(metric, items)) for metric in all_metrics()}


def summarised_by_tag(items: Sequence[ItemResult]) -> dict[str, dict[str, Figure]]:
    """Returns the figures of the quality metrics over the items of each tag, without those nothing asks for."""
    tags = sorted({tag for item in items for tag in item.tags})
    own = {tag: [item for item in items if tag in item.tags] for tag in tags}
    metrics = [metric for metric in all_metrics() if metric.is_quality]
    return {tag: {m.name: Figure.of(e) for m in metrics if (e := _summary(m, chosen)).n} for tag, chosen in own.items()}


def flip_rate(scored: Sequence[ScoredResponse]) -> Estimate:
    """Returns the share of items whose repeats did not all come out the same: passed, failed or abstained."""
    flips, clusters = [], []
    for _, group in groupby(scored, key=lambda one: one.response.item.id):
        repeats = list(group)
        outcomes = {(not one.problems, one.case is not None and one.case.answer.abstained) for one in repeats}
        flips.append(float(len(outcomes) > 1))
        clusters.append(repeats[0].response.item.cluster)
    return mean(flips, clusters)


def models_of(responses: Sequence[Response]) -> dict[str, int]:
    """Returns how many answers each model gave."""
    return dict(Counter(response.answer.model for response in responses if response.answer))


def score_all(
    responses: Sequence[Response],
    system: System,
    judge: Verifier,
    answer_judge: AnswerJudge | None = None,
    progress: Callable[[int], None] = lambda done: None,
) -> list[ScoredResponse]:
    """Judges and scores every response."""
    scored = []
    for response in responses:
        try:
            scored.append(score_response(response, system, judge, answer_judge))
        except DatelineError:
            raise
        except Exception as error:  # a crash of one item is a row of the report
            why = f"scoring failed: {type(error).__name__}: {error}"
            scored.append(_failed(replace(response, answer=None, error=why, trace=traceback.format_exc())))
        progress(1)
    return scored


def _failed(response: Response) -> ScoredResponse:
    return ScoredResponse(response, {}, (f"error: {response.error}",), None)


def _summary(metric: Metric, items: Sequence[ItemResult]) -> Estimate:
    chosen = [item for item in items if metric.name in item.scores]
    values, clusters = [item.scores[metric.name] for item in chosen], [item.cluster for item in chosen]
    if metric.summary != "mean":
        return quantile(values, _QUANTILES[metric.summary], clusters)
    return mean(values, clusters, is_share=metric.is_quality)


def _problems(metrics: Sequence[Metric], scores: Mapping[str, float]) -> tuple[str, ...]:
    better = {metric.name: metric.better for metric in metrics}
    found = [
        problem
        for name, problem in _PROBLEMS.items()
        if name in scores and scores[name] != (1.0 if better[name] == "higher" else 0.0)
    ]
    if "answer_correct" not in scores and scores.get("evidence_hit") == 0.0:
        found.append(_EVIDENCE)
    return tuple(found)


def _expected(item: Item) -> dict[str, Any]:
    """Returns the fields of an item that say what a right answer is."""
    encoded = as_json(Item, item)
    return {name: encoded[name] for name in _EXPECTED if encoded[name] not in (None, [], {})}


def _leads(item: Item, system: System) -> dict[str, str]:
    found = {}
    for evidence in item.evidence:
        try:
            lead = system.article(evidence.article)[0].duplicate_of
        except ArticleNotFoundError:
            continue
        if lead:
            found[evidence.article] = lead
    return found


def _excerpts(case: Case) -> tuple[Excerpt, ...]:
    found = []
    for pointer in case.answer.citations or case.answer.nearest:
        article = case.articles.get(pointer.article_id)
        text = article.text if article else ""
        found.append(
            Excerpt(
                pointer.n, pointer.article_id, pointer.title, pointer.publisher,
                pointer.published.isoformat() if pointer.published else None,
                _before(text, pointer.start),
                text[pointer.start : pointer.end],
                _after(text, pointer.end),
            )
        )  # fmt: skip
    return tuple(found)


def _before(text: str, place: int) -> str:
    """Returns what stands before a place, from a word on."""
    if place <= _AROUND:
        return text[:place]
    shown = text[place - _AROUND : place]
    return f"… {shown[shown.find(' ') + 1 :]}"


def _after(text: str, place: int) -> str:
    """Returns what stands after a place, up to a word."""
    if len(text) - place <= _AROUND:
        return text[place:]
    shown = text[place : place + _AROUND]
    return f"{shown[: shown.rfind(' ') + 1]}…"
