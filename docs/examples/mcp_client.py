"""Uses the tools as an assistant does, over HTTP: python docs/examples/mcp_client.py [ADDRESS] [KEY]."""

import sys

import anyio
import httpx2
from mcp.client.client import Client
from mcp.client.streamable_http import streamable_http_client

address = sys.argv[1] if len(sys.argv) > 1 else "http://127.0.0.1:8017"
headers = {"Authorization": f"Bearer {sys.argv[2]}"} if len(sys.argv) > 2 else {}


async def main() -> None:
    """Asks, and follows the first citation into its article."""
    async with (
        httpx2.AsyncClient(headers=headers, timeout=120) as http,
        Client(streamable_http_client(f"{address}/mcp", http_client=http)) as client,
    ):
        print([tool.name for tool in (await client.list_tools()).tools])
        answer = (await client.call_tool("ask", {"question": "What did Assad ask Russia for?"})).structured_content
        print(answer["text"])
        first = answer["citations"][0]
        wanted = {"article_id": first["article_id"], "article_version": first["version"]}
        article = (await client.call_tool("get_article", wanted)).structured_content
        assert article["text"][first["start"] : first["end"]] == first["quote"]
        print(f"{article['title']}: “{first['quote']}”")


anyio.run(main)
