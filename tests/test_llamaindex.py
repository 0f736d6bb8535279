"""Dateline's components in llama-index's own engines and retrievers, over the sample corpus."""

from __future__ import annotations

import asyncio
import runpy
import time
from collections.abc import AsyncIterator, Coroutine, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from pathlib import Path
from typing import Any, TypeVar

import pytest
from llama_index.core.base.response.schema import AsyncStreamingResponse, Response, StreamingResponse
from llama_index.core.llms import MockLLM
from llama_index.core.query_engine import CitationQueryEngine, RetrieverQueryEngine
from llama_index.core.response_synthesizers.context_only import ContextOnly
from llama_index.core.schema import MetadataMode, NodeWithScore, QueryBundle
from llama_index.core.tools import QueryEngineTool

from rag.config import Settings
from rag.encoding import encode_answer
from rag.llamaindex import DatelineQueryEngine, DatelineRetriever
from rag.service import Dateline
from rag.types import Filters

T = TypeVar("T")
ROOT = Path(__file__).parents[1]
ASKED = "What did Assad ask Russia for?"
KILLED = "How many people have been killed in the war in Syria?"


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("sample") / "index"
    opened = Dateline(Settings(index=folder, model="extractive"))
    opened.ingest([ROOT / "corpus" / "articles"])
    opened.close()
    return folder


@pytest.fixture(scope="module")
def dateline(index: Path) -> Iterator[Dateline]:
    opened = Dateline(Settings(index=index, model="extractive"))
    yield opened
    opened.close()


def hold_exact_words(nodes: Sequence[NodeWithScore], dateline: Dateline) -> bool:
    """Tells whether each node's text is what its article has where the node's metadata say."""
    assert nodes
    for found in nodes:
        facts = found.node.metadata
        article, _ = dateline.article(facts["article_id"], facts["version"])
        assert article.text[facts["start"] : facts["end"]] == found.text != ""
        assert (found.node.start_char_idx, found.node.end_char_idx) == (facts["start"], facts["end"])
        assert (facts["title"], facts["publisher"], facts["url"]) == (article.title, article.publisher, article.url)
        assert facts["published"] == (article.published.isoformat() if article.published else None)
        assert found.node.source_node.node_id == article.id
    return True


def awaited(coroutine: Coroutine[Any, Any, T]) -> T:
    """Runs in a thread of its own: the browser tests keep a loop running in this one."""
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(asyncio.run, coroutine).result()


def test_the_retriever_finds_what_a_search_finds(dateline: Dateline) -> None:
    nodes = DatelineRetriever(dateline, 5).retrieve(ASKED)
    hits = dateline.search(ASKED, 5)
    assert [(n.node.node_id, n.score) for n in nodes] == [(hit.passage.id, hit.score) for hit in hits]
    assert hold_exact_words(nodes, dateline)
    assert nodes == awaited(DatelineRetriever(dateline, 5).aretrieve(ASKED))


def test_the_retriever_keeps_to_its_filters(dateline: Dateline) -> None:
    only = Filters(publishers=("Northline Wire",), before=date(2017, 11, 22))
    nodes = DatelineRetriever(dateline, filters=only).retrieve(ASKED)
    assert {n.metadata["publisher"] for n in nodes} == {"Northline Wire"}
    assert max(n.metadata["published"] for n in nodes) <= "2017-11-22"


def test_a_model_is_shown_the_source_but_no_offsets(dateline: Dateline) -> None:
    (node,) = DatelineRetriever(dateline, 1).retrieve(ASKED)
    shown = node.node.get_content(metadata_mode=MetadataMode.LLM)
    assert node.metadata["publisher"] in shown and node.text in shown
    assert node.metadata["version"] not in shown and "start:" not in shown


def test_the_retriever_feeds_their_engines(dateline: Dateline) -> None:
    retriever = DatelineRetriever(dateline, 3)
    found = RetrieverQueryEngine(retriever, ContextOnly(llm=MockLLM())).query(ASKED)
    assert str(found) and hold_exact_words(found.source_nodes, dateline)
    cited = CitationQueryEngine(retriever, llm=MockLLM()).query(ASKED)
    assert [n.node.metadata["publisher"] for n in cited.source_nodes]


def test_the_engine_gives_the_checked_answer(dateline: Dateline) -> None:
    response = DatelineQueryEngine(dateline).query(ASKED)
    assert isinstance(response, Response)
    answer = dateline.ask(ASKED)
    assert str(response) == answer.text
    assert hold_exact_words(response.source_nodes, dateline)
    assert [n.metadata["n"] for n in response.source_nodes] == [c.n for c in answer.citations]
    assert [n.text for n in response.source_nodes] == [c.quote for c in answer.citations]
    assert all(n.score is not None for n in response.source_nodes)
    assert response.metadata is not None
    whole = response.metadata["answer"]
    assert {**whole, "seconds": 0} == {**encode_answer(answer), "seconds": 0}


def test_marker_n_is_node_n(dateline: Dateline) -> None:
    response = DatelineQueryEngine(dateline).query(KILLED)
    assert [n.metadata["n"] for n in response.source_nodes] == list(range(1, len(response.source_nodes) + 1))
    lines = str(response).splitlines()
    place = lines.index("Sources differ (numeric):")
    assert "400,000 (Northline Wire) [" in "".join(lines[place:])


def test_an_abstention_is_said_and_cites_nothing(dateline: Dateline) -> None:
    response = DatelineQueryEngine(dateline).query("Who won the 2018 World Cup?")
    assert str(response) == "The sources do not answer this (not_in_corpus)."
    assert response.source_nodes == []
    assert response.metadata is not None and response.metadata["answer"]["abstained"] is True
    assert response.metadata["answer"]["nearest"]


def test_a_limit_read_from_the_question_is_told(dateline: Dateline) -> None:
    response = DatelineQueryEngine(dateline).query(
        "According to the Northline Wire, how long did Putin and Assad talk?"
    )
    assert "\n\nRead from the question: only Northline Wire." in str(response)
    assert {n.metadata["publisher"] for n in response.source_nodes} <= {"Northline Wire"}


def test_the_engine_retrieves_within_its_filters(dateline: Dateline) -> None:
    engine = DatelineQueryEngine(dateline, filters=Filters(publishers=("Harbour Gazette",)))
    response = engine.query(ASKED)
    assert {n.metadata["publisher"] for n in response.source_nodes} == {"Harbour Gazette"}
    assert {n.metadata["publisher"] for n in engine.retrieve(QueryBundle(ASKED))} == {"Harbour Gazette"}


def test_without_waiting_for_the_answer(dateline: Dateline) -> None:
    async def both() -> list[Any]:
        engine = DatelineQueryEngine(dateline)
        return await asyncio.gather(engine.aquery(ASKED), engine.aquery(KILLED))

    first, second = awaited(both())
    assert str(first) == dateline.ask(ASKED).text
    assert str(second).startswith(dateline.ask(KILLED).text)


def test_a_stream_ends_with_the_whole_answer(dateline: Dateline) -> None:
    response = DatelineQueryEngine(dateline, streaming=True).query(KILLED)
    assert isinstance(response, StreamingResponse)
    assert response.source_nodes == []
    chunks = list(response.response_gen)
    whole = DatelineQueryEngine(dateline).query(KILLED)
    assert "".join(chunks) == str(whole)
    assert response.source_nodes == whole.source_nodes
    assert response.metadata is not None and response.metadata["answer"]["sentences"]


def test_an_asynchronous_stream(dateline: Dateline) -> None:
    async def read() -> tuple[str, AsyncStreamingResponse]:
        response = await DatelineQueryEngine(dateline, streaming=True).aquery(KILLED)
        assert isinstance(response, AsyncStreamingResponse)
        return "".join([chunk async for chunk in response.async_response_gen()]), response

    text, response = awaited(read())
    assert text == str(DatelineQueryEngine(dateline).query(KILLED))
    assert hold_exact_words(response.source_nodes, dateline)


def test_leaving_a_stream_early_stops_the_model(dateline: Dateline, monkeypatch: pytest.MonkeyPatch) -> None:
    closed: list[str] = []
    asked = dateline.ask_stream

    def watched(*arguments: Any, **named: Any) -> Iterator[Any]:
        try:
            yield from asked(*arguments, **named)
        finally:
            closed.append("sync" if len(closed) == 0 else "async")

    monkeypatch.setattr(dateline, "ask_stream", watched)
    response = DatelineQueryEngine(dateline, streaming=True).query(ASKED)
    assert isinstance(response, StreamingResponse)
    assert next(response.response_gen)
    response.response_gen.close()
    assert closed == ["sync"]

    async def one() -> None:
        response = await DatelineQueryEngine(dateline, streaming=True).aquery(ASKED)
        chunks = response.response_gen
        assert isinstance(chunks, AsyncIterator)
        assert await anext(chunks)
        await chunks.aclose()  # type: ignore[attr-defined]

    awaited(one())
    for _ in range(100):
        if len(closed) == 2:
            break
        time.sleep(0.02)
    assert closed == ["sync", "async"]


def test_as_a_tool_of_an_agent(dateline: Dateline) -> None:
    tool = QueryEngineTool.from_defaults(DatelineQueryEngine(dateline), name="news", description="What papers said.")
    said = tool.call(ASKED)
    assert said.content == dateline.ask(ASKED).text
    assert said.raw_output.source_nodes


def test_what_was_cited_can_be_marked_stale(dateline: Dateline) -> None:
    cited = DatelineQueryEngine(dateline).query("Where did Putin meet Assad?").source_nodes
    assert cited
    known = dateline.given_answers(cited[0].metadata["article_id"])
    assert "Where did Putin meet Assad?" in [given.question for given in known]


@pytest.mark.parametrize(
    ("arguments", "shown"),
    [
        ([ASKED], "Harbour Gazette, 2017-11-21, 0–163: President Bashar Al Assad of Syria"),
        (["What is our style rule for numbers?"], "one to nine in words"),
        (["--passages", "ceasefire talks"], "Cedar Coast Courier, 2017-11-24"),
    ],
)
def test_the_example(index: Path, capsys: pytest.CaptureFixture[str], arguments: list[str], shown: str) -> None:
    app = runpy.run_path(str(ROOT / "docs" / "examples" / "llamaindex_app.py"))
    app["main"]([*arguments, "--index", str(index)])
    assert shown in capsys.readouterr().out
