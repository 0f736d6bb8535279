"""Traces of answers for OpenTelemetry; the only file that knows its libraries, loaded only when traces are wanted.

Names follow OpenTelemetry's semantic conventions for generative AI (``gen_ai.*``) and OpenInference
(``openinference.*``, ``retrieval.documents``, ``llm.*``), so that viewers of either kind show passages, tokens and
cost. What is asked, written and retrieved is left out unless the settings ask for it.
"""

from __future__ import annotations

import json
from collections.abc import Generator, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from typing import TYPE_CHECKING, Any, cast

from rag.answering import AnswerEvent, Finished
from rag.check.verification import Claim, Verifier
from rag.config import Settings
from rag.errors import NobodyWaitsError, SettingsError
from rag.generate.drafting import Answerer, Draft, Trace
from rag.generate.model import Completion, LanguageModel, Message
from rag.retrieve.hybrid import Retriever
from rag.types import Answer, Check, RetrievedPassage, Turn, Usage

if TYPE_CHECKING:
    from opentelemetry.sdk.trace.export import SpanExporter
    from opentelemetry.trace import Span

CHAIN, RETRIEVER, LLM, GUARDRAIL = "CHAIN", "RETRIEVER", "LLM", "GUARDRAIL"
_KIND = "openinference.span.kind"
_MOST_DOCUMENTS = 50


def load_telemetry(settings: Settings, exporter: SpanExporter | None = None) -> Telemetry | None:
    """Returns what writes traces; ``None`` when the settings want none, and then nothing is loaded.

    Args:
        settings: ``traces`` is the address of a collector; ``traces_content`` adds texts.
        exporter: Takes the spans instead of that collector.

    Raises:
        SettingsError: The address is none.
    """
    if not settings.traces and exporter is None:
        return None
    if exporter is None and not settings.traces.startswith(("http://", "https://")):
        raise SettingsError(f"setting traces: {settings.traces!r} is no address; give one as http://127.0.0.1:4317")
    from importlib.metadata import version

    from opentelemetry.sdk.resources import Resource
    from opentelemetry.sdk.trace import TracerProvider
    from opentelemetry.sdk.trace.export import BatchSpanProcessor, SimpleSpanProcessor

    # One of our own, and not the process's: importing Dateline must not decide for the program it is used in.
    resource = Resource.create({"service.name": "dateline", "service.version": version("dateline")})
    provider = TracerProvider(resource=resource)
    if exporter is not None:
        provider.add_span_processor(SimpleSpanProcessor(exporter))
    else:
        from opentelemetry.exporter.otlp.proto.grpc.trace_exporter import OTLPSpanExporter

        # In batches and in a thread of its own: a collector that hangs or is gone costs an answer nothing.
        provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter(endpoint=settings.traces)))
    return Telemetry(provider, content=settings.traces_content)


class Telemetry:
    """Writes spans.

    Args:
        provider: OpenTelemetry's.
        content: Whether spans hold texts.
    """

    def __init__(self, provider: Any, *, content: bool) -> None:
        self._provider, self._content = provider, content
        self._tracer = provider.get_tracer("dateline")

    def close(self) -> None:
        """Sends what is not sent yet."""
        self._provider.shutdown()

    @contextmanager
    def request(self, headers: Mapping[str, str], attributes: Mapping[str, str]) -> Iterator[Span]:
        """Writes a span of one request to the server, as a part of its caller's trace where that sends one."""
        from opentelemetry.trace import SpanKind
        from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

        context = TraceContextTextMapPropagator().extract(dict(headers))
        with self._tracer.start_as_current_span(
            attributes["http.request.method"], context=context, kind=SpanKind.SERVER, attributes=dict(attributes)
        ) as span:
            yield span

    def answering(self, question: str, events: Iterator[AnswerEvent]) -> Iterator[AnswerEvent]:
        """Yields the events of an answer and writes a span of it; closing this closes them."""
        with self._span("ask", CHAIN, self._texts(**{"input.value": question}), current=False) as span:
            for event in self._steps(span, events):
                if isinstance(event, Finished):
                    span.set_attributes(self._outcome(event.answer))
                yield event

    def _outcome(self, answer: Answer) -> dict[str, Any]:
        return {
            "llm.model_name": answer.model,
            "llm.cost.total": answer.usage.cost_usd,
            **_tokens(answer.usage),
            **{f"dateline.seconds.{stage}": getattr(answer.seconds, stage)
               for stage in ("retrieve", "generate", "check", "total")},
            "dateline.abstained": answer.abstained,
            "dateline.reason": str(answer.reason or ""),
            "dateline.sentences": len(answer.sentences),
            "dateline.dropped": len(answer.dropped),
            "dateline.fallen_back": bool(answer.failure),
            **self._texts(**{"output.value": answer.text}),
        }  # fmt: skip

    # -- stages -----------------------------------------------------------------------------------------------

    def retriever(self, retriever: Retriever) -> Retriever:
        """Returns a retriever whose searches are spans with the documents found."""
        return cast(Retriever, _TracedRetriever(retriever, self))

    def answerer(self, answerer: Answerer) -> Answerer:
        """Returns an answerer whose drafting is a span."""
        return _TracedAnswerer(answerer, self)

    def model(self, model: LanguageModel) -> LanguageModel:
        """Returns a model whose calls are spans with its tokens."""
        return _TracedModel(model, self)

    def verifier(self, verifier: Verifier) -> Verifier:
        """Returns a verifier whose checks are spans."""
        return cast(Verifier, _TracedVerifier(verifier, self))

    # -- spans ------------------------------------------------------------------------------------------------

    @contextmanager
    def _span(self, name: str, kind: str, attributes: Mapping[str, Any], *, current: bool = True) -> Iterator[Span]:
        from opentelemetry.trace import Status, StatusCode, use_span

        span = self._tracer.start_span(name, attributes={_KIND: kind, **attributes})
        try:
            if current:
                with use_span(span, record_exception=False, set_status_on_exception=False):
                    yield span
            else:
                yield span
        except (GeneratorExit, NobodyWaitsError):
            span.set_attribute("dateline.stopped", True)
            raise
        except BaseException as error:
            # The kind only: what a provider says in its message may hold what was asked.
            span.set_status(Status(StatusCode.ERROR, type(error).__name__))
            span.set_attribute("error.type", type(error).__name__)
            raise
        finally:
            span.end()

    @staticmethod
    def _steps(span: Span, iterator: Iterator[Any]) -> Iterator[Any]:
        """Yields what an iterator gives; the span is the current one only while the iterator works.

        A generator shares its consumer's context, which must not be left changed between two steps.
        """
        from opentelemetry.trace import use_span

        with closing(cast("Generator[Any]", iterator)) as steps:
            while True:
                with use_span(span, record_exception=False, set_status_on_exception=False):
                    try:
                        step = next(steps)
                    except StopIteration:
                        return
                yield step

    def _texts(self, **texts: str) -> dict[str, str]:
        return texts if self._content else {}


class _Traced:
    """Passes on what it does not trace."""

    def __init__(self, inner: Any, telemetry: Telemetry) -> None:
        self._inner, self._telemetry = inner, telemetry

    def __getattr__(self, name: str) -> Any:
        return getattr(self._inner, name)


class _TracedRetriever(_Traced):
    def search(self, question: str, *options: Any, **named: Any) -> list[RetrievedPassage]:
        telemetry = self._telemetry
        with telemetry._span("retrieve", RETRIEVER, telemetry._texts(**{"input.value": question})) as span:
            found: list[RetrievedPassage] = self._inner.search(question, *options, **named)
            for place, hit in enumerate(found[:_MOST_DOCUMENTS]):
                span.set_attributes(_document(place, hit, telemetry._content))
            span.set_attribute("dateline.documents", len(found))
            return found


class _TracedAnswerer:
    def __init__(self, inner: Answerer, telemetry: Telemetry) -> None:
        self._inner, self._telemetry = inner, telemetry

    @property
    def name(self) -> str:
        return self._inner.name

    def draft(self, question: str, passages: Sequence[RetrievedPassage], trace: Trace) -> Iterator[Draft]:
        attributes = {"llm.model_name": self.name, "dateline.documents": len(passages)}
        with self._telemetry._span("generate", CHAIN, attributes, current=False) as span:
            yield from self._telemetry._steps(span, self._inner.draft(question, passages, trace))

    def rewrite(self, question: str, history: Sequence[Turn], trace: Trace) -> str | None:
        with self._telemetry._span("rewrite", CHAIN, {"llm.model_name": self.name}):
            return self._inner.rewrite(question, history, trace)

    def close(self) -> None:
        self._inner.close()


class _TracedModel:
    def __init__(self, inner: LanguageModel, telemetry: Telemetry) -> None:
        self._inner, self._telemetry = inner, telemetry
        self.name, self.strength, self.context = inner.name, inner.strength, inner.context

    def complete(self, messages: Sequence[Message], *, max_tokens: int, **options: Any) -> Completion:
        with self._call(messages, max_tokens) as span:
            reply = self._inner.complete(messages, max_tokens=max_tokens, **options)
            self._replied(span, reply)
            return reply

    def stream(
        self, messages: Sequence[Message], *, max_tokens: int, **options: Any
    ) -> Generator[str, None, Completion]:
        with self._call(messages, max_tokens, current=False) as span:
            reply = yield from self._inner.stream(messages, max_tokens=max_tokens, **options)
            self._replied(span, reply)
            return reply

    def probability_of_yes(self, messages: Sequence[Message]) -> tuple[float, Usage]:
        with self._call(messages, 1) as span:
            yes, usage = self._inner.probability_of_yes(messages)
            span.set_attributes({**_tokens(usage), "llm.cost.total": usage.cost_usd, "dateline.yes": yes})
            return yes, usage

    def close(self) -> None:
        self._inner.close()

    @contextmanager
    def _call(self, messages: Sequence[Message], most: int, *, current: bool = True) -> Iterator[Span]:
        provider, _, rest = self.name.rpartition("/")
        attributes = {
            "gen_ai.operation.name": "chat",
            "gen_ai.provider.name": provider or "unknown",
            "gen_ai.request.model": rest,
            "gen_ai.request.max_tokens": most,
            "gen_ai.request.temperature": 0.0,
            "llm.model_name": self.name,
            **self._telemetry._texts(**{"input.value": json.dumps(messages, ensure_ascii=False)}),
        }
        with self._telemetry._span(f"chat {self.name}", LLM, attributes, current=current) as span:
            yield span

    def _replied(self, span: Span, reply: Completion) -> None:
        span.set_attributes(
            {
                **_tokens(reply.usage),
                "llm.cost.total": reply.usage.cost_usd,
                "gen_ai.response.finish_reasons": (reply.finish_reason,),
                **self._telemetry._texts(**{"output.value": reply.text}),
            }
        )


class _TracedVerifier(_Traced):
    def verify_many(self, claims: Sequence[Claim]) -> list[Check]:
        with self._telemetry._span("check", GUARDRAIL, {"dateline.verifier": self._inner.name}) as span:
            checks: list[Check] = self._inner.verify_many(claims)
            span.set_attribute("dateline.verdicts", [check.verdict.value for check in checks])
            span.set_attribute("dateline.supports", [check.support for check in checks])
            return checks


def _tokens(usage: Usage) -> dict[str, int]:
    return {
        "gen_ai.usage.input_tokens": usage.prompt_tokens,
        "gen_ai.usage.output_tokens": usage.completion_tokens,
        "llm.token_count.prompt": usage.prompt_tokens,
        "llm.token_count.completion": usage.completion_tokens,
        "llm.token_count.total": usage.prompt_tokens + usage.completion_tokens,
    }


def _document(place: int, hit: RetrievedPassage, content: bool) -> dict[str, Any]:
    inside, name = hit.passage, f"retrieval.documents.{place}.document"
    where = {"article_id": inside.article_id, "start": inside.span.start, "end": inside.span.end}
    found: dict[str, Any] = {
        f"{name}.id": inside.id, f"{name}.score": hit.score, f"{name}.metadata": json.dumps(where, ensure_ascii=False),
    }  # fmt: skip
    return {**found, f"{name}.content": inside.text} if content else found
