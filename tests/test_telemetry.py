"""Traces of answers: what spans there are, what they say, and that they are silent unless told otherwise."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from opentelemetry.sdk.trace import ReadableSpan
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from opentelemetry.semconv._incubating.attributes import gen_ai_attributes

from rag.answering import SentenceReady
from rag.config import Settings
from rag.errors import ModelError, SettingsError
from rag.generate.answerability import Assessor
from rag.generate.drafting import Trace
from rag.generate.passagewise import PassagewiseAnswerer
from rag.index.embedding import Embedder
from rag.service import Dateline
from rag.telemetry import Telemetry, load_telemetry
from tests.corpora import write_article
from tests.fakes import ScriptedModel
from tests.passages import retrieved

QUESTION = "Who opened the harbour of Tallinn?"
TEXT = "Mayor Kask opened the harbour of Tallinn on Monday. Ninety people came."


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("traced")
    write_article(folder / "articles" / "harbour.md", TEXT, title="Harbour opened", publisher="Post")
    dateline = Dateline(Settings(index=folder / "index"))
    dateline.ingest([folder / "articles"])
    dateline.close()
    return folder / "index"


@pytest.fixture
def exporter() -> InMemorySpanExporter:
    return InMemorySpanExporter()


def traced(index: Path, exporter: InMemorySpanExporter, *, content: bool = False) -> Dateline:
    dateline = Dateline(Settings(index=index, model="extractive", traces_content=content))
    dateline.telemetry = load_telemetry(dateline.settings, exporter)
    return dateline


@pytest.fixture
def telemetry(exporter: InMemorySpanExporter) -> Telemetry:
    found = load_telemetry(Settings(), exporter)
    assert found is not None
    return found


def named(spans: tuple[ReadableSpan, ...], name: str) -> list[ReadableSpan]:
    return [span for span in spans if span.name == name]


def test_an_answer_is_one_trace_with_a_span_of_each_stage(index: Path, exporter: InMemorySpanExporter) -> None:
    dateline = traced(index, exporter)
    answer = dateline.ask(QUESTION)
    dateline.close()
    spans = exporter.get_finished_spans()
    [ask] = named(spans, "ask")
    assert {span.name for span in spans} == {"ask", "retrieve", "generate", "check"}
    assert {span.context.trace_id for span in spans} == {ask.context.trace_id}
    for span in spans:
        assert span is ask or span.parent is not None
        assert span.attributes and "openinference.span.kind" in span.attributes
    kinds = {span.name: span.attributes["openinference.span.kind"] for span in spans if span.attributes}
    assert kinds == {"ask": "CHAIN", "retrieve": "RETRIEVER", "generate": "CHAIN", "check": "GUARDRAIL"}
    said = dict(ask.attributes or {})
    assert said["llm.model_name"] == "extractive"
    assert said["dateline.sentences"] == len(answer.sentences) > 0
    assert said["dateline.seconds.total"] == answer.seconds.total
    assert said["llm.token_count.total"] == 0
    [first, *_] = named(spans, "retrieve")
    document = dict(first.attributes or {})
    assert document["retrieval.documents.0.document.id"] == answer.passages[0].passage.id
    assert document["retrieval.documents.0.document.score"] == answer.passages[0].score
    assert json.loads(str(document["retrieval.documents.0.document.metadata"]))["article_id"] == "harbour.md"
    verdicts = [verdict for span in named(spans, "check") for verdict in (span.attributes or {})["dateline.verdicts"]]  # type: ignore[union-attr]
    assert "supported" in verdicts


def test_texts_are_in_it_only_when_that_is_asked_for(index: Path, exporter: InMemorySpanExporter) -> None:
    dateline = traced(index, exporter)
    dateline.ask(QUESTION)
    assert "Kask" not in repr([span.attributes for span in exporter.get_finished_spans()])
    assert QUESTION not in repr([span.attributes for span in exporter.get_finished_spans()])
    dateline.close()
    exporter.clear()
    loud = InMemorySpanExporter()
    dateline = traced(index, loud, content=True)
    answer = dateline.ask(QUESTION)
    dateline.close()
    [ask] = named(loud.get_finished_spans(), "ask")
    assert (ask.attributes or {})["input.value"] == QUESTION
    assert (ask.attributes or {})["output.value"] == answer.text
    contents = [span.attributes for span in named(loud.get_finished_spans(), "retrieve")]
    assert "Kask" in repr(contents)


def test_a_reader_who_leaves_ends_the_span(index: Path, exporter: InMemorySpanExporter) -> None:
    dateline = traced(index, exporter)
    events = dateline.ask_stream(QUESTION)
    assert any(isinstance(event, SentenceReady) for event in events)
    events.close()  # type: ignore[attr-defined]
    dateline.close()
    assert [
        (span.attributes or {}).get("dateline.stopped") for span in named(exporter.get_finished_spans(), "ask")
    ] == [True]


def test_calls_of_a_model_are_spans_with_model_and_tokens(
    telemetry: Telemetry, exporter: InMemorySpanExporter, embedder: Embedder
) -> None:
    model = ScriptedModel([TEXT.partition(" Ninety")[0]], [0.99, 0.98], name="openai/gpt-4o-mini")
    answerer = telemetry.answerer(PassagewiseAnswerer(telemetry.model(model), Assessor(embedder, lambda stem: 1.0)))
    assert list(answerer.draft(QUESTION, [retrieved(TEXT)], Trace()))
    spans = exporter.get_finished_spans()
    calls = named(spans, "chat openai/gpt-4o-mini")
    assert len(calls) == 3
    [generate] = named(spans, "generate")
    assert {call.parent.span_id for call in calls if call.parent} == {generate.context.span_id}
    said = dict(calls[1].attributes or {})
    assert said["openinference.span.kind"] == "LLM"
    assert (said[gen_ai_attributes.GEN_AI_OPERATION_NAME], said[gen_ai_attributes.GEN_AI_REQUEST_MODEL]) == (
        "chat", "gpt-4o-mini",
    )  # fmt: skip
    assert said["gen_ai.provider.name"] == "openai"
    assert said[gen_ai_attributes.GEN_AI_USAGE_INPUT_TOKENS] == said["llm.token_count.prompt"] > 0
    assert said[gen_ai_attributes.GEN_AI_USAGE_OUTPUT_TOKENS] == said["llm.token_count.completion"] == 9
    assert said[gen_ai_attributes.GEN_AI_RESPONSE_FINISH_REASONS] == ("stop",)


def test_a_model_that_fails_is_an_error_without_its_words(telemetry: Telemetry, exporter: InMemorySpanExporter) -> None:
    model = telemetry.model(ScriptedModel([ModelError("secret words")]))
    with pytest.raises(ModelError):
        model.complete([{"role": "user", "content": "x"}], max_tokens=5)
    [call] = exporter.get_finished_spans()
    assert not call.status.is_ok
    assert (call.attributes or {})["error.type"] == "ModelError"
    assert "secret words" not in call.to_json()


def test_without_the_setting_nothing_is_wrapped(index: Path) -> None:
    dateline = Dateline(Settings(index=index, model="extractive"))
    assert dateline.telemetry is None
    assert load_telemetry(dateline.settings) is None
    dateline.close()


def test_an_address_that_is_none_is_refused() -> None:
    with pytest.raises(SettingsError, match="traces"):
        load_telemetry(Settings(traces="collector:4317"))


@pytest.fixture
def collector() -> Iterator[tuple[str, list[str]]]:
    """An OTLP collector on this machine, with the names of the spans it was sent."""
    from concurrent.futures import ThreadPoolExecutor

    import grpc
    from opentelemetry.proto.collector.trace.v1 import trace_service_pb2 as messages
    from opentelemetry.proto.collector.trace.v1 import trace_service_pb2_grpc as service

    sent: list[str] = []

    class Collector(service.TraceServiceServicer):
        def Export(self, request: object, context: object) -> object:  # noqa: N802
            for group in request.resource_spans:  # type: ignore[attr-defined]
                sent.extend(span.name for scope in group.scope_spans for span in scope.spans)
            return messages.ExportTraceServiceResponse()

    server = grpc.server(ThreadPoolExecutor(1))
    service.add_TraceServiceServicer_to_server(Collector(), server)
    port = server.add_insecure_port("127.0.0.1:0")
    server.start()
    yield f"http://127.0.0.1:{port}", sent
    server.stop(None)


def test_one_setting_sends_traces_to_a_collector(index: Path, collector: tuple[str, list[str]]) -> None:
    address, sent = collector
    dateline = Dateline(Settings(index=index, model="extractive", traces=address))
    dateline.ask(QUESTION)
    dateline.close()
    assert {"ask", "retrieve", "generate", "check"} <= set(sent)
