"""Dateline inside a llama-index application, and the one place that imports ``llama_index``.

    from rag import Dateline, load_settings
    from rag.llamaindex import DatelineQueryEngine, DatelineRetriever

    dateline = Dateline(load_settings())
    DatelineQueryEngine(dateline).query("What did Assad ask Russia for?")

Both are ordinary llama-index components: the retriever goes wherever a ``BaseRetriever`` does, such as a
``QueryFusionRetriever`` or a ``RetrieverQueryEngine``; the engine wherever a ``BaseQueryEngine`` does, such as a
``RouterQueryEngine`` or a ``QueryEngineTool`` of an agent. The caller owns ``Dateline`` and closes it.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Callable, Generator, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from rag.answering import AnswerEvent, Finished, SentenceReady
from rag.encoding import encode_answer
from rag.question.plan import READ
from rag.service import Dateline
from rag.types import Answer, AnswerSentence, Article, Citation, Filters, RetrievedPassage, SearchMode, Span

try:
    from llama_index.core.base.base_query_engine import BaseQueryEngine
    from llama_index.core.base.base_retriever import BaseRetriever
    from llama_index.core.base.response.schema import (
        RESPONSE_TYPE,
        AsyncStreamingResponse,
        Response,
        StreamingResponse,
    )
    from llama_index.core.callbacks import CallbackManager
    from llama_index.core.schema import NodeRelationship, NodeWithScore, QueryBundle, RelatedNodeInfo, TextNode
except ImportError as error:
    raise ImportError("this needs llama-index; run: pip install 'dateline[llamaindex]'") from error

# What tells a reader where words come from may be read by a model too; what only tells a program may not.
_FOR_PROGRAMS = ["article_id", "version", "start", "end", "url", "n"]


class DatelineRetriever(BaseRetriever):  # type: ignore[misc, unused-ignore]
    """Dateline's search as a llama-index retriever.

    Each node is one passage: its text is ``article.text[start:end]``, its id is deterministic, and its score is
    comparable only within one retrieval. ``metadata`` holds ``article_id``, ``version``, ``start``, ``end``, ``title``,
    ``publisher``, ``published`` (an ISO date or ``None``) and ``url``; models are shown title, publisher and date.

    Args:
        dateline: An index and its settings.
        k: Passages wanted, at least 1.
        filters: What the passages may come from.
        mode: Which rankings to use.
        callback_manager: As for every llama-index component.
    """

    def __init__(
        self,
        dateline: Dateline,
        k: int = 8,
        *,
        filters: Filters | None = None,
        mode: SearchMode = SearchMode.HYBRID,
        callback_manager: CallbackManager | None = None,
    ) -> None:
        super().__init__(callback_manager=callback_manager)
        self._dateline = dateline
        self._k = k
        self._filters = filters
        self._mode = mode

    def _retrieve(self, query_bundle: QueryBundle) -> list[NodeWithScore]:
        hits = self._dateline.search(query_bundle.query_str, self._k, filters=self._filters, mode=self._mode)
        return [_passage_node(hit, self._dateline) for hit in hits]

    async def _aretrieve(self, query_bundle: QueryBundle) -> list[NodeWithScore]:
        return await asyncio.to_thread(self._retrieve, query_bundle)


class DatelineQueryEngine(BaseQueryEngine):  # type: ignore[misc, unused-ignore]
    """Dateline's checked answers as a llama-index query engine.

    The text of a response is the answer with its markers, and below it how the sources differ, if they do. An
    abstention is said in words, since whoever reads a response, a person or an agent's model, sees only the text.
    ``source_nodes[n - 1]`` holds the exact words behind the marker ``[n]``, with the metadata of ``DatelineRetriever``;
    an abstention has none. ``metadata["answer"]`` is the whole answer in the form of ``dateline ask --json``: verdicts,
    reason, nearest evidence, what was left out and why.

    With ``streaming``, each chunk is a checked sentence, and ``source_nodes`` and ``metadata`` are complete once the
    text is read to its end; leaving it early stops the model.

    Args:
        dateline: An index and its settings, which name the model.
        filters: What answers may draw on; ``as_of`` makes it what was known on that day.
        streaming: Whether responses are streams.
        callback_manager: As for every llama-index component.
    """

    def __init__(
        self,
        dateline: Dateline,
        *,
        filters: Filters | None = None,
        streaming: bool = False,
        callback_manager: CallbackManager | None = None,
    ) -> None:
        super().__init__(callback_manager=callback_manager)
        self._dateline = dateline
        self._filters = filters
        self._streaming = streaming

    def retrieve(self, query_bundle: QueryBundle) -> list[NodeWithScore]:
        """Returns the passages that an answer would be drawn from."""
        k = self._dateline.settings.passages
        found: list[NodeWithScore] = DatelineRetriever(self._dateline, k, filters=self._filters).retrieve(query_bundle)
        return found

    def _get_prompt_modules(self) -> dict[str, Any]:
        return {}

    def _query(self, query_bundle: QueryBundle) -> RESPONSE_TYPE:
        if not self._streaming:
            return self._whole(query_bundle)
        response = StreamingResponse(self._chunks(query_bundle, lambda answer: self._fill(response, answer)))
        return response

    async def _aquery(self, query_bundle: QueryBundle) -> RESPONSE_TYPE:
        if not self._streaming:
            return await asyncio.to_thread(self._whole, query_bundle)
        chunks = self._chunks(query_bundle, lambda answer: self._fill(response, answer))
        response = AsyncStreamingResponse(_in_one_thread(chunks))
        return response

    def _whole(self, query_bundle: QueryBundle) -> Response:
        answer = self._dateline.ask(query_bundle.query_str, filters=self._filters)
        text = "".join([*_added(answer.sentences, 0), _beside(answer)])
        return Response(text, self._finished(answer), {"answer": encode_answer(answer)})

    def _chunks(self, query_bundle: QueryBundle, fill: Callable[[Answer], None]) -> Generator[str, None, None]:
        shown = 0
        events: Iterator[AnswerEvent] = self._dateline.ask_stream(query_bundle.query_str, filters=self._filters)
        for event in events:
            match event:
                case SentenceReady(sentences):
                    yield from _added(sentences, shown)
                    shown = max(shown, len(sentences))
                case Finished(answer):
                    fill(answer)
                    yield from _added(answer.sentences, shown)
                    if beside := _beside(answer):
                        yield beside

    def _fill(self, response: StreamingResponse | AsyncStreamingResponse, answer: Answer) -> None:
        response.source_nodes = self._finished(answer)
        # A router has put a key of its own there meanwhile.
        response.metadata = {**(response.metadata or {}), "answer": encode_answer(answer)}

    def _finished(self, answer: Answer) -> list[NodeWithScore]:
        self._dateline.record("answer", answer.question, answer.citations)
        return [_citation_node(citation, answer, self._dateline) for citation in answer.citations]


async def _in_one_thread(chunks: Generator[str, None, None]) -> AsyncGenerator[str, None]:
    """Yields what a generator does without holding up the event loop.

    One thread for all of it: who leaves while the generator is at work has it closed as soon as it comes up for air.
    """
    loop = asyncio.get_running_loop()
    thread = ThreadPoolExecutor(1)
    try:
        while (chunk := await loop.run_in_executor(thread, next, chunks, None)) is not None:
            yield chunk
    finally:
        thread.submit(chunks.close)
        thread.shutdown(wait=False)


def _added(sentences: tuple[AnswerSentence, ...], shown: int) -> Iterator[str]:
    for place, sentence in enumerate(sentences[shown:], start=shown):
        yield f"{' ' if place else ''}{sentence.text} {_markers(sentence.citations)}"


def _beside(answer: Answer) -> str:
    """Returns what is to be said of an answer beside its sentences."""
    read = [f"{warning[:1].upper()}{warning[1:]}." for warning in answer.warnings if warning.startswith(READ)]
    if answer.abstained:
        return " ".join([f"The sources do not answer this ({answer.reason or 'no reason is known'}).", *read])
    lines = [f"\n\n{told}" for told in read]
    for found in answer.disagreements:
        lines.append(f"\n\nSources differ ({found.kind}):")
        lines += [f"\n- {p.value} ({', '.join(p.publishers)}) {_markers(p.citations)}" for p in found.positions]
    return "".join(lines)


def _markers(numbers: tuple[int, ...]) -> str:
    return "".join(f"[{n}]" for n in numbers)


def _passage_node(hit: RetrievedPassage, dateline: Dateline) -> NodeWithScore:
    inside = hit.passage
    article, _ = dateline.article(inside.article_id, inside.version)
    node = _node(inside.id, inside.text, inside.span, article, _facts(hit))
    return NodeWithScore(node=node, score=hit.score)


def _citation_node(citation: Citation, answer: Answer, dateline: Dateline) -> NodeWithScore:
    article, _ = dateline.article(citation.article_id, citation.version)
    span = Span(citation.start, citation.end)
    node_id = f"{article.id}:{article.version}:{span.start}:{span.end}"
    node = _node(node_id, citation.quote, span, article, {**_facts(citation), "n": citation.n})
    around = [hit for hit in answer.passages if hit.passage.article_id == article.id]
    scores = [h.score for h in around if h.passage.span.start <= span.start and span.end <= h.passage.span.end]
    return NodeWithScore(node=node, score=max(scores, default=None))


def _facts(source: RetrievedPassage | Citation) -> dict[str, Any]:
    published = source.published.isoformat() if source.published else None
    return {"title": source.title, "publisher": source.publisher, "published": published}


def _node(node_id: str, text: str, span: Span, article: Article, facts: dict[str, Any]) -> TextNode:
    place = {"article_id": article.id, "version": article.version, "start": span.start, "end": span.end}
    return TextNode(
        id_=node_id,
        text=text,
        start_char_idx=span.start,
        end_char_idx=span.end,
        metadata={**place, **facts, "url": article.url},
        excluded_llm_metadata_keys=_FOR_PROGRAMS,
        excluded_embed_metadata_keys=_FOR_PROGRAMS,
        relationships={NodeRelationship.SOURCE: RelatedNodeInfo(node_id=article.id, hash=article.version)},
    )
