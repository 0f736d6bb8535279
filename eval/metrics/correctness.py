"""Answer correctness: does the answer hold what people accept, and how near do its words come?

Exact inclusion and token F1 follow SQuAD (Rajpurkar et al., EMNLP 2016); see ``eval.matching``. An abstention from a
question that has an answer is wrong: 0.
"""

from __future__ import annotations

from eval.matching import holds_any, token_f1
from eval.metrics.base import Case, Metric


def answer_correct(case: Case) -> float | None:
    """Returns 1 when the answer, or a position of a disagreement it shows, holds an accepted answer."""
    if not case.item.answers or not case.is_answerable:
        return None
    return float(not case.answer.abstained and holds_any(case.shown(), case.item.answers))


def answer_first(case: Case) -> float | None:
    """Returns 1 when the first sentence alone holds an accepted answer.

    ``answer_correct`` forgives an answer that says three things of which one is right; this does not.
    """
    if not case.item.answers or not case.is_answerable:
        return None
    shown = case.answer.sentences
    return float(bool(shown) and holds_any(shown[0].text, case.item.answers))


def answer_f1(case: Case) -> float | None:
    """Returns the best token F1 of a sentence of the answer and an accepted answer in words."""
    accepted = [answer for answer in case.item.answers if isinstance(answer, str)]
    if not accepted or not case.is_answerable:
        return None
    shown = [sentence.text for sentence in case.answer.sentences]
    return max((token_f1(text, answer) for text in shown for answer in accepted), default=0.0)


METRICS = (
    Metric(
        "answer_judged", lambda case: case.accepted, "higher",
        "mean probability, by the model given as --answer-judge, that the answer states an accepted one (G-Eval, 2023)",
    ),
    Metric(
        "answer_correct", answer_correct, "higher",
        "answers that hold an accepted answer, words normalised and numbers by value; an abstention is wrong",
    ),
    Metric("answer_first", answer_first, "higher", "answers whose first sentence alone holds an accepted answer"),
    Metric(
        "answer_f1", answer_f1, "higher",
        "token F1 of the nearest sentence and accepted answer (SQuAD, Rajpurkar et al. 2016)",
    ),
)  # fmt: skip
