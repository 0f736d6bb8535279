"""Rivals behind the interface that the evaluation asks: llama-index's citation engine, and plain top-k stuffing.

Both get Dateline's canonical texts, its language model and its embedding model: what differs is how they answer.
"""

from __future__ import annotations

import re
import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from llama_index.core import Settings as LlamaSettings
from llama_index.core import StorageContext, VectorStoreIndex, load_index_from_storage
from llama_index.core.base.embeddings.base import BaseEmbedding
from llama_index.core.llms import CompletionResponse, CustomLLM, LLMMetadata
from llama_index.core.query_engine import CitationQueryEngine
from llama_index.core.schema import Document, NodeWithScore

from rag.generate.model import LanguageModel
from rag.index.embedding import Embedder
from rag.ingest.sentences import sentences
from rag.service import Dateline
from rag.types import (
    AbstentionReason,
    Answer,
    AnswerSentence,
    Article,
    Citation,
    Filters,
    Passage,
    RetrievedPassage,
    Seconds,
    Span,
    Turn,
    Usage,
    Verdict,
)

_TOKENS = 256
_MARKER = re.compile(r"\s*\[(\d+)\]")
# What models write in its place when they are shown "Source 1:".
_LOOSE_MARKER = re.compile(r"[\[(]?\bSource (\d+)\b[\])]?(?!:)")
_ECHO = re.compile(r"\bSource \d+:\s*")
# How models of this kind say that they cannot answer; a rival has no other way to abstain.
_REFUSAL = re.compile(
    r"^empty response|(?:do(?:es)? not|don't|doesn't|cannot|can't|could not|not possible to|unable to|no)\b.{0,40}"
    r"\b(?:provide|contain|mention|specif|answer|determine|state|information|find)",
    re.IGNORECASE | re.DOTALL,
)
_STUFFING = (
    "Context information is below.\n---------------------\n{context}\n---------------------\n"
    "Given the context information and not prior knowledge, answer the query.\nQuery: {question}\nAnswer: "
)


class Bridge(CustomLLM):  # type: ignore[misc, unused-ignore]
    """Our language model as a llama-index model."""

    model: Any

    @property
    def metadata(self) -> LLMMetadata:
        """Context and output sizes; llama-index takes an unknown model's context as 2,048 otherwise."""
        return LLMMetadata(context_window=self.model.context, num_output=_TOKENS, model_name=self.model.name)

    def complete(self, prompt: str, formatted: bool = False, **kwargs: Any) -> CompletionResponse:
        """Completes a prompt as one user message."""
        reply = self.model.complete([{"role": "user", "content": prompt}], max_tokens=_TOKENS)
        return CompletionResponse(text=reply.text, raw={"usage": reply.usage})

    def stream_complete(self, prompt: str, formatted: bool = False, **kwargs: Any) -> Any:
        """Yields the completion as it is written."""
        text = ""
        for piece in self.model.stream([{"role": "user", "content": prompt}], max_tokens=_TOKENS):
            text += piece
            yield CompletionResponse(text=text, delta=piece)


class BridgeEmbedding(BaseEmbedding):  # type: ignore[misc, unused-ignore]
    """Our embedding model as a llama-index model."""

    embedder: Any

    def _get_query_embedding(self, query: str) -> list[float]:
        vector: list[float] = self.embedder.embed_query(query).tolist()
        return vector

    def _get_text_embedding(self, text: str) -> list[float]:
        return self._get_text_embeddings([text])[0]

    def _get_text_embeddings(self, texts: list[str]) -> list[list[float]]:
        vectors: list[list[float]] = self.embedder.embed_passages(texts).tolist()
        return vectors

    async def _aget_query_embedding(self, query: str) -> list[float]:
        return self._get_query_embedding(query)


class CitationEngine:
    """llama-index's ``CitationQueryEngine`` with its own defaults: two chunks, cited in pieces of 512 tokens.

    ``first_word`` holds the seconds to the first word of each answer, where the engine streams.
    """

    def __init__(
        self, dateline: Dateline, model: LanguageModel, embedder: Embedder, folder: Path, *, streaming: bool = False
    ) -> None:
        self._dateline, self._model = dateline, model
        self.first_word: list[float] = []
        LlamaSettings.llm, LlamaSettings.embed_model = Bridge(model=model), BridgeEmbedding(embedder=embedder)
        self._index = llama_index_of(dateline, folder)
        self._engine = CitationQueryEngine.from_args(self._index, llm=LlamaSettings.llm, streaming=streaming)

    def search(self, question: str, k: int) -> list[str]:
        """Returns the articles of the best ``k`` chunks, best first; an article may stand in it more than once."""
        return [
            node.node.metadata["article"] for node in self._index.as_retriever(similarity_top_k=k).retrieve(question)
        ]

    def ask(self, question: str, *, filters: Filters | None = None, history: Sequence[Turn] = ()) -> Answer:
        """Answers; filters and history are not the engine's."""
        began = time.perf_counter()
        response = self._engine.query(question)
        words: list[str] = []
        for word in getattr(response, "response_gen", None) or ():
            if not words:
                self.first_word.append(time.perf_counter() - began)
            words.append(word)
        # A streaming response has no text of its own once its words are read: as text it is "None".
        text = "".join(words) if words else str(response)
        pieces = [self._piece(node) for node in response.source_nodes]
        return cited_answer(question, text, pieces, self._model.name, time.perf_counter() - began)

    def article(self, article_id: str) -> tuple[Article, int]:
        """Returns an article."""
        return self._dateline.article(article_id)

    def close(self) -> None:
        """Leaves everything open: the bench owns it."""

    def _piece(self, node: NodeWithScore) -> RetrievedPassage:
        article = self.article(node.node.metadata["article"])[0]
        text = re.sub(r"^Source \d+:\s*", "", node.node.get_content()).strip()
        start = max(article.text.find(text), 0)
        return _passage(article, Span(start, min(start + len(text), len(article.text))), float(node.score or 0.0))


class Stuffing:
    """The passages that Dateline retrieves, all in one prompt, and the reply as it comes; without citations."""

    def __init__(self, dateline: Dateline, model: LanguageModel) -> None:
        self._dateline, self._model = dateline, model

    def ask(self, question: str, *, filters: Filters | None = None, history: Sequence[Turn] = ()) -> Answer:
        """Answers from the best passages."""
        began = time.perf_counter()
        passages = self._dateline.search(question, self._dateline.settings.passages, filters=filters)
        context = "\n\n".join(hit.passage.text for hit in passages)
        prompt = _STUFFING.format(context=context, question=question)
        reply = self._model.complete([{"role": "user", "content": prompt}], max_tokens=_TOKENS)
        answer = cited_answer(question, reply.text, passages, self._model.name, time.perf_counter() - began)
        return replace(answer, usage=reply.usage)

    def article(self, article_id: str) -> tuple[Article, int]:
        """Returns an article."""
        return self._dateline.article(article_id)

    def close(self) -> None:
        """Leaves everything open: the bench owns it."""


def cited_answer(question: str, text: str, passages: Sequence[RetrievedPassage], model: str, seconds: float) -> Answer:
    """Returns a rival's reply as an answer: its sentences, and the whole passages that its markers name as citations.

    What a model says of not being able to answer, as its only sentence, is taken for an abstention.
    """
    numbered = dict(enumerate(passages, start=1))
    text = _ECHO.sub("", _LOOSE_MARKER.sub(r"[\1]", text))
    shown: list[AnswerSentence] = []
    cited: set[int] = set()
    for span in sentences(_MARKER.sub(lambda m: f" [{m[1]}]", text).replace("] [", "][")):
        words = span.of(_MARKER.sub(lambda m: f" [{m[1]}]", text).replace("] [", "]["))
        named = tuple(dict.fromkeys(n for n in map(int, _MARKER.findall(words)) if n in numbered))
        plain = _MARKER.sub("", words).strip()
        if not any(c.isalnum() for c in plain):
            if shown and named:  # markers after the full stop belong to the sentence before
                shown[-1] = replace(shown[-1], citations=tuple(dict.fromkeys((*shown[-1].citations, *named))))
                cited.update(named)
            continue
        shown.append(AnswerSentence(plain, Verdict.SUPPORTED, 1.0, named))
        cited.update(named)
    withheld = not shown or (len(shown) == 1 and _REFUSAL.search(shown[0].text) is not None)
    citations = tuple(_citation(n, numbered[n]) for n in sorted(cited))
    return Answer(
        question, question, model, withheld, AbstentionReason.NOT_IN_CORPUS if withheld else None,
        "" if withheld else text, () if withheld else tuple(shown), () if withheld else citations,
        passages=tuple(passages), usage=Usage(), seconds=Seconds(generate=seconds, total=seconds),
    )  # fmt: skip


def _citation(n: int, hit: RetrievedPassage) -> Citation:
    inside = hit.passage
    return Citation(
        n, inside.article_id, inside.version, hit.title, hit.publisher, hit.published, inside.span.start,
        inside.span.end, inside.text,
    )  # fmt: skip


def _passage(article: Article, span: Span, score: float) -> RetrievedPassage:
    text = span.of(article.text)
    inside = Passage(f"{article.id}:{span.start}", article.id, article.version, span, (span,), text)
    return RetrievedPassage(inside, article.title, article.publisher, article.published, score)


def llama_index_of(dateline: Dateline, folder: Path) -> Any:
    """Returns llama-index's default index of Dateline's articles, kept in a folder."""
    if (folder / "docstore.json").exists():
        return load_index_from_storage(StorageContext.from_defaults(persist_dir=str(folder)))
    leads = [source.id for source in dateline.sources() if source.duplicate_of is None]
    hidden: dict[str, Any] = {f"excluded_{reader}_metadata_keys": ["article"] for reader in ("embed", "llm")}
    documents = [Document(text=dateline.article(id_)[0].text, metadata={"article": id_}, **hidden) for id_ in leads]
    index: VectorStoreIndex = VectorStoreIndex.from_documents(documents, show_progress=False)
    index.storage_context.persist(str(folder))
    return index
