"""What every metric is: a figure per item, or nothing where the item does not ask for it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from statistics import mean
from typing import Literal

from eval.metrics.judging import JudgedSentence
from eval.suites import Item
from rag.types import Answer, Article, Citation


@dataclass(frozen=True, slots=True)
class Case:
    """One answer beside what its item expects.

    Attributes:
        articles: What the citations point into, by id; an article that does not exist is missing.
        judged: What the judge makes of each shown sentence, in order.
        accepted: What a model that judges answers makes of it, in [0, 1]; ``None`` without one or without a verdict.
        leads: Of articles named as evidence that are copies: the article that leads their group, and is retrieved.
        refusals: Whether the system's check refuses each planted error, see ``eval.metrics.planted``.
    """

    item: Item
    answer: Answer
    articles: Mapping[str, Article]
    judged: tuple[JudgedSentence, ...] = ()
    leads: Mapping[str, str] = field(default_factory=dict)
    accepted: float | None = None
    refusals: tuple[bool | None, ...] = ()

    def report_of(self, article_id: str) -> str:
        """Returns the article that stands for this one and all its copies."""
        article = self.articles.get(article_id)
        return (article.duplicate_of if article else None) or self.leads.get(article_id, article_id)

    @property
    def is_answerable(self) -> bool:
        """Whether the item says what a right answer is."""
        return bool(self.item.answers or self.item.must_disagree or self.item.evidence) and not self.item.unanswerable

    def stated(self) -> str:
        """Returns the words of the answer without citation markers."""
        return " ".join(sentence.text for sentence in self.answer.sentences)

    def shown(self) -> str:
        """Returns what a reader is told: the answer and the positions of its disagreements."""
        positions = (position.value for d in self.answer.disagreements for position in d.positions)
        return "\n".join((self.stated(), *positions))

    def pointers(self) -> tuple[Citation, ...]:
        """Returns every pointer into an article that the reader gets."""
        return (*self.answer.citations, *self.answer.nearest)


def share_of(verdicts: Iterable[bool | None]) -> float | None:
    """Returns the share of true verdicts; what was not decided counts neither way, and of nothing there is no share."""
    decided = [verdict for verdict in verdicts if verdict is not None]
    return mean(decided) if decided else None


Better = Literal["higher", "lower"]
Score = Callable[[Case], float | None]
Summary = Literal["mean", "p50", "p95"]


@dataclass(frozen=True, slots=True)
class Metric:
    """A measure of answers.

    Attributes:
        score: Figure of one answer; ``None`` where the item does not ask for it, which is not zero.
        better: Which way is good.
        definition: What it says, with the source of the definition where one is published.
        summary: How the figures of items become one.
        is_quality: Whether it speaks of the answers rather than of the machine they were made on.
    """

    name: str
    score: Score
    better: Better
    definition: str
    summary: Summary = "mean"
    is_quality: bool = True
