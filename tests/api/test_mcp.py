"""An MCP client, talking to us over HTTP and over standard streams."""

from __future__ import annotations

import json
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest
from anyio.from_thread import start_blocking_portal
from mcp.client.client import Client
from mcp.client.stdio import StdioServerParameters, stdio_client

from rag.encoding import encode_answer
from tests.api.served import QUESTION, Served


def talk(server: Any, conversation: Callable[[Client], Awaitable[None]]) -> None:
    async def run() -> None:
        async with Client(server) as client:
            await conversation(client)

    with start_blocking_portal() as portal:  # the browser tests keep a loop running in this thread
        portal.call(run)


def test_the_tools_say_what_they_take(served: Served) -> None:
    async def conversation(client: Client) -> None:
        tools = {tool.name: tool for tool in (await client.list_tools()).tools}
        assert set(tools) == {"ask", "search", "get_article", "find_quote", "brief"}
        for tool in tools.values():
            assert tool.description
            assert tool.annotations is not None
            assert tool.annotations.read_only_hint
            assert "context" not in tool.input_schema["properties"]
        assert tools["ask"].input_schema["required"] == ["question"]

    talk(f"{served.url}/mcp", conversation)


def test_an_answer_is_that_of_the_command_line_and_its_citations_can_be_followed(served: Served) -> None:
    async def conversation(client: Client) -> None:
        result = await client.call_tool("ask", {"question": QUESTION})
        assert not result.is_error
        answer = result.structured_content
        assert answer is not None
        expected = json.loads(json.dumps(encode_answer(served.dateline.ask(QUESTION))))
        assert {**answer, "seconds": 0} == {**expected, "seconds": 0}
        for citation in answer["citations"]:
            arguments = {"article_id": citation["article_id"], "article_version": citation["version"]}
            article = (await client.call_tool("get_article", arguments)).structured_content
            assert article is not None
            assert article["text"][citation["start"] : citation["end"]] == citation["quote"]

    talk(f"{served.url}/mcp", conversation)


def test_a_search_takes_filters(served: Served) -> None:
    async def conversation(client: Client) -> None:
        arguments = {"query": "ceasefire", "k": 2, "sources": ["Northline Wire"], "after": "2017-11-01"}
        found = (await client.call_tool("search", arguments)).structured_content
        assert found is not None
        assert {hit["publisher"] for hit in found["results"]} == {"Northline Wire"}

    talk(f"{served.url}/mcp", conversation)


def test_quotations_and_briefings(served: Served) -> None:
    async def conversation(client: Client) -> None:
        words = "We count on the support of Russia to ensure the non-interference of outside players"
        found = (await client.call_tool("find_quote", {"words": words})).structured_content
        assert found is not None
        assert found["results"][0]["speaker"]
        briefing = (await client.call_tool("brief", {"topic": "Assad in Sochi"})).structured_content
        assert briefing is not None
        assert briefing["sections"]

    talk(f"{served.url}/mcp", conversation)


@pytest.mark.parametrize(
    ("tool", "arguments", "said"),
    [
        ("get_article", {"article_id": "nothing"}, "no article has the id"),
        ("ask", {"question": "?"}, "ask something in words"),
        ("ask", {"question": "who", "after": "2018-01-01", "before": "2017-01-01"}, "later"),
        ("ask", {"question": "who", "model": "gpt-4o"}, "this server offers"),
    ],
)
def test_mistakes_are_told_to_the_assistant(served: Served, tool: str, arguments: dict[str, Any], said: str) -> None:
    async def conversation(client: Client) -> None:
        result = await client.call_tool(tool, arguments)
        assert result.is_error
        assert said in result.content[0].text
        assert "Traceback" not in result.content[0].text

    talk(f"{served.url}/mcp", conversation)


def test_standard_streams(sample_index: Path) -> None:
    arguments = ["-m", "rag.cli", "mcp", "--index", str(sample_index), "--model", "extractive"]

    async def conversation(client: Client) -> None:
        result = await client.call_tool("ask", {"question": QUESTION})
        assert result.structured_content is not None
        assert result.structured_content["citations"]

    root = str(Path(__file__).parents[2])
    talk(stdio_client(StdioServerParameters(command=sys.executable, args=arguments, cwd=root)), conversation)
