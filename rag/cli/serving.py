"""``dateline serve``."""

from __future__ import annotations

from pathlib import Path

import click

from rag.cli.options import service
from rag.cli.terminal import clean
from rag.errors import SettingsError


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="Where to listen; this machine only for now.")
@click.option("--port", type=click.IntRange(0, 65535), default=8017, show_default=True, help="0 takes a free one.")
@click.option("--model", help="`embedded`, `extractive`, a GGUF file, or any litellm model name.")
@click.option("--index", type=click.Path(path_type=Path), help="Folder of the index [DATELINE_INDEX or .dateline].")
def serve(host: str, port: int, model: str | None, index: Path | None) -> None:
    """Serve the page in a browser on this machine."""
    try:
        from ui.server import serve as listen
    except ModuleNotFoundError as error:
        if error.name not in ("gradio", "fastapi", "uvicorn"):
            raise
        raise SettingsError("the page is not installed; run `pip install 'dateline[ui]'`, or `make ui`") from error

    with service(index, model=model) as dateline:
        listen(dateline, host, port, lambda message: click.echo(clean(message), err=True))
