"""``dateline serve`` and ``dateline mcp``."""

from __future__ import annotations

from pathlib import Path

import click

from rag.cli.options import service
from rag.cli.terminal import clean

_model = click.option("--model", help="`embedded`, `extractive`, a GGUF file, or any litellm model name.")
_index = click.option(
    "--index", type=click.Path(path_type=Path), help="Folder of the index [DATELINE_INDEX or .dateline]."
)


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True,
              help="Where to listen; beyond this machine only when there is a key or a user.")  # fmt: skip
@click.option("--port", type=click.IntRange(0, 65535), default=8017, show_default=True, help="0 takes a free one.")
@click.option("--log-requests", is_flag=True, help="Log a JSON line for each request on standard error.")
@_model
@_index
def serve(host: str, port: int, log_requests: bool, model: str | None, index: Path | None) -> None:
    """Serve the page, the REST and OpenAI-compatible interfaces, and MCP."""
    from ui.server import serve as listen

    with service(index, model=model) as dateline:
        say = lambda message: click.echo(clean(message), err=True)  # noqa: E731
        listen(dateline, host, port, say, log_requests=log_requests)


@click.command()
@_model
@_index
def mcp(model: str | None, index: Path | None) -> None:
    """Serve one assistant over the Model Context Protocol on standard input and output."""
    from ui.api.mcp_stdio import serve_assistant

    with service(index, model=model) as dateline:
        serve_assistant(dateline)
