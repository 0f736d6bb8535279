"""Counters and latencies in the form that Prometheus reads."""

from __future__ import annotations

from collections.abc import Callable

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from prometheus_client.exposition import CONTENT_TYPE_LATEST
from prometheus_client.gc_collector import GCCollector
from prometheus_client.process_collector import ProcessCollector

from rag.brief.types import Briefing
from rag.types import Answer, Usage

_SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0, 120.0, 300.0)


def outcome(answer: Answer) -> str:
    """Returns what became of a question, in one word."""
    return "fallen_back" if answer.failure else "abstained" if answer.abstained else "answered"


class Figures:
    """What one server has done so far, in a registry of its own."""

    content_type = CONTENT_TYPE_LATEST

    def __init__(self) -> None:
        self._registry = CollectorRegistry()
        for collector in (ProcessCollector, GCCollector):
            collector(registry=self._registry)
        self._requests = Counter(
            "dateline_http_requests_total", "Requests by route, method and status.", ["route", "method", "status"],
            registry=self._registry,
        )  # fmt: skip
        self._latency = Histogram(
            "dateline_http_request_seconds", "Seconds until a response was complete.", ["route"], buckets=_SECONDS,
            registry=self._registry,
        )  # fmt: skip
        self._answers = Counter(
            "dateline_answers_total", "Answers by outcome: answered, abstained, or fallen back from a failed model.",
            ["outcome"], registry=self._registry,
        )  # fmt: skip
        self._stages = Histogram(
            "dateline_answer_stage_seconds", "Seconds that each stage of an answer took.", ["stage"], buckets=_SECONDS,
            registry=self._registry,
        )  # fmt: skip
        self._briefings = Histogram(
            "dateline_briefing_seconds", "Seconds that a briefing took.", buckets=_SECONDS, registry=self._registry
        )
        self._tokens = Counter(
            "dateline_tokens_total", "Tokens by kind, model and caller.", ["kind", "model", "caller"],
            registry=self._registry,
        )  # fmt: skip
        self._cost = Counter(
            "dateline_cost_usd_total", "US dollars by model and caller.", ["model", "caller"], registry=self._registry
        )
        self._turned_away = Counter(
            "dateline_turned_away_total", "Requests answered with 429, by reason.", ["reason"], registry=self._registry
        )

    def watch(self, name: str, about: str, value: Callable[[], float]) -> None:
        """Shows a value as it is whenever the figures are read."""
        Gauge(name, about, registry=self._registry).set_function(value)

    def request(self, route: str, method: str, status: int, seconds: float) -> None:
        """Counts a request that is over."""
        self._requests.labels(route, method, str(status)).inc()
        self._latency.labels(route).observe(seconds)

    def turned_away(self, reason: str) -> None:
        """Counts a request that was refused because there are too many."""
        self._turned_away.labels(reason).inc()

    def answer(self, answer: Answer, caller: str) -> None:
        """Counts an answer, what it took, and for whom."""
        self._answers.labels(outcome(answer)).inc()
        for stage in ("retrieve", "generate", "check", "total"):
            self._stages.labels(stage).observe(getattr(answer.seconds, stage))
        self._spent(answer.usage, answer.model, caller)

    def briefing(self, briefing: Briefing, caller: str) -> None:
        """Counts a briefing, what it took, and for whom."""
        self._briefings.observe(briefing.seconds)
        self._spent(briefing.usage, briefing.model, caller)

    def _spent(self, usage: Usage, model: str, caller: str) -> None:
        self._tokens.labels("prompt", model, caller).inc(usage.prompt_tokens)
        self._tokens.labels("completion", model, caller).inc(usage.completion_tokens)
        self._cost.labels(model, caller).inc(usage.cost_usd)

    def text(self) -> bytes:
        """Returns all figures."""
        return generate_latest(self._registry)
