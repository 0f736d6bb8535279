"""What whoever runs a server sees of it: traces, log lines and figures that belong together, and what it all costs."""

from __future__ import annotations

import json
import logging
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from opentelemetry.sdk.trace import ReadableSpan
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from rag.config import Settings
from rag.telemetry import load_telemetry
from tests.api.served import QUESTION, Served, serving
from ui.access.identity import Scope
from ui.access.logs import log_as_lines

TRACE = "4bf92f3577b34da6a3ce929d0e0e4736"
EXPORTER = InMemorySpanExporter()


@pytest.fixture(scope="module")
def traced(sample_index: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    telemetry = load_telemetry(Settings(), EXPORTER)
    with serving(sample_index, tmp_path_factory.mktemp("traced"), telemetry=telemetry) as running:
        yield running


def spans_of(trace: str, last: str) -> list[ReadableSpan]:
    """Returns the spans of a trace once the last is there: a span ends after its reply has been sent."""
    until = time.monotonic() + 10
    while True:
        found = [span for span in EXPORTER.get_finished_spans() if f"{span.context.trace_id:032x}" == trace]
        if any(span.name == last for span in found) or time.monotonic() > until:
            return found
        time.sleep(0.01)


@pytest.mark.parametrize("stream", [True, False])
def test_a_request_is_a_part_of_its_callers_trace(traced: Served, stream: bool) -> None:
    EXPORTER.clear()
    headers = {"traceparent": f"00-{TRACE}-00f067aa0ba902b7-01", "X-Request-ID": "request-of-mine"}
    with traced.client() as client:
        body = {"question": QUESTION, "stream": stream}
        assert client.post("/api/v1/ask", json=body, headers=headers).status_code == 200
        client.get("/healthz", headers=headers)
    spans = {span.name: span for span in spans_of(TRACE, "POST /api/v1/ask")}
    assert set(spans) == {"POST /api/v1/ask", "ask", "retrieve", "generate", "check"}
    request = spans["POST /api/v1/ask"]
    said = dict(request.attributes or {})
    assert (said["http.route"], said["http.response.status_code"]) == ("/api/v1/ask", 200)
    assert (said["dateline.request_id"], said["user.id"]) == ("request-of-mine", "local")
    ask = spans["ask"].parent
    assert ask is not None and ask.span_id == request.context.span_id


def test_a_log_line_of_an_answer_has_its_request_and_what_it_cost(
    traced: Served, capsys: pytest.CaptureFixture[str]
) -> None:
    loggers = [logging.getLogger(name) for name in ("dateline", "uvicorn")]
    before = [(logger.handlers, logger.propagate, logger.level) for logger in loggers]
    log_as_lines(requests=True)
    try:
        with traced.client() as client:
            client.post("/v1/chat/completions", json={"model": "dateline", "messages": [{"role": "user", "content":
                        QUESTION}]}, headers={"X-Request-ID": "request-no-2"})  # fmt: skip
    finally:
        for logger, (handlers, propagate, level) in zip(loggers, before, strict=True):
            logger.handlers, logger.propagate = handlers, propagate
            logger.setLevel(level)
    lines = [json.loads(line) for line in capsys.readouterr().err.splitlines() if line.startswith("{")]
    answer = next(line for line in lines if line["event"] == "answer")
    request = next(line for line in lines if line["event"] == "request")
    assert answer["request_id"] == request["request_id"] == "request-no-2"
    assert (answer["caller"], answer["model"], answer["outcome"]) == ("local", "extractive", "answered")
    assert {"prompt_tokens", "completion_tokens", "cost_usd"} <= answer.keys()
    assert answer["seconds"]["total"] >= answer["seconds"]["retrieve"] > 0
    assert QUESTION not in json.dumps(lines)


def test_answers_and_briefings_are_counted_by_key(sample_index: Path, tmp_path: Path) -> None:
    with serving(sample_index, tmp_path) as running:
        reader, admin = (running.accounts.add_key(name, scope) for name, scope in
                         (("reader", Scope.READ), ("operator", Scope.ADMIN)))  # fmt: skip
        with running.client(reader) as client:
            client.post("/api/v1/ask", json={"question": QUESTION})
            job = client.post("/api/v1/briefings", json={"topic": "Assad in Sochi", "length": "short"}).json()["id"]
            while client.get(f"/api/v1/briefings/{job}").json()["state"] in ("waiting", "running"):
                time.sleep(0.05)
        with running.client(admin) as client:
            figures = client.get("/metrics").text
    assert 'dateline_cost_usd_total{caller="key:reader",model="extractive"} 0.0' in figures
    assert 'dateline_tokens_total{caller="key:reader",kind="completion",model="extractive"}' in figures
    assert "dateline_briefing_seconds_count 1.0" in figures
    assert 'dateline_answers_total{outcome="answered"} 1.0' in figures
    for stage in ("retrieve", "generate", "check", "total"):
        assert f'dateline_answer_stage_seconds_count{{stage="{stage}"}} 1.0' in figures
