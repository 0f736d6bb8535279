"""``dateline reindex``, ``export`` and ``import``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from rag.cli.options import common, json_only, service

if TYPE_CHECKING:
    from rag.index.portable import Manifest


@click.command()
@common
def reindex(index: Path | None, as_json: bool) -> None:
    """Rebuild vectors and lexical index from the catalog, with the embedding model of the settings."""
    from rag.cli import progress

    with json_only(as_json) as emit, service(index) as dateline, progress.counted("embedding", "passages") as tell:
        passages = dateline.reindex(tell)
        emit({"passages": passages})
    if not as_json:
        click.echo(f"rebuilt the indexes of {passages:,} passages")


@click.command()
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--force", is_flag=True, help="Replace a file that exists.")
@common
def export(file: Path, force: bool, index: Path | None, as_json: bool) -> None:
    """Write the index to one file that `dateline import` reads on another machine."""
    with json_only(as_json) as emit, service(index) as dateline:
        manifest = dateline.export(file, overwrite=force)
        emit({"file": str(file), **_facts(manifest)})
    if not as_json:
        click.echo(f"wrote {manifest.articles:,} articles, {manifest.passages:,} passages to {file}")


@click.command("import")
@click.argument("file", type=click.Path(path_type=Path))
@common
def import_(file: Path, index: Path | None, as_json: bool) -> None:
    """Make a new index of a file that `dateline export` wrote."""
    with json_only(as_json) as emit, service(index) as dateline:
        manifest = dateline.restore(file)
        emit({"index": str(dateline.settings.index), **_facts(manifest)})
        if not as_json:
            click.echo(
                f"{manifest.articles:,} articles, {manifest.passages:,} passages are now in {dateline.settings.index}"
            )


def _facts(manifest: Manifest) -> dict[str, object]:
    return {"articles": manifest.articles, "passages": manifest.passages, "embedding_model": manifest.embedder}
