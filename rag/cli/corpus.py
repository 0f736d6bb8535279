"""``dateline ingest``, ``sources`` and ``search``."""

from __future__ import annotations

import time
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from rag.cli.options import (
    Place,
    Question,
    common,
    filtered,
    filters_of,
    json_only,
    opening_in,
    readable,
    reranked,
    service,
)
from rag.cli.terminal import clean
from rag.errors import SourceError

if TYPE_CHECKING:
    from rag.types import IngestReport


@click.command()
@click.argument("places", nargs=-1, required=True, metavar="PATH|URL...", type=Place())
@click.option("--prune", is_flag=True, help="Also remove articles whose file or record is gone.")
@click.option("--pages", is_flag=True, help="Fetch the page of each entry of a feed.")
@click.option("--map", "fields", multiple=True, metavar="OURS=THEIRS", help="Read a JSON field, as in title=headline.")
@click.option("--watch", "keep", is_flag=True, help="Go on watching, and ingest what changes, until interrupted.")
@click.option(
    "--every", type=click.FloatRange(min=1), metavar="SECONDS", help="With --watch: look at least so often [300]."
)
@common
def ingest(
    places: tuple[Path | str, ...],
    prune: bool,
    pages: bool,
    fields: tuple[str, ...],
    keep: bool,
    every: float | None,
    index: Path | None,
    as_json: bool,
) -> None:
    """Read articles from files, folders, web pages and feeds into the index."""
    from rag.cli import progress, render
    from rag.encoding import encode_report
    from rag.ingest.heap import share_one_heap

    share_one_heap()
    how: dict[str, Any] = {"prune": prune, "pages": pages, "fields": fields}
    if keep or every:
        _watch(places, how, keep=keep, every=every, index=index, as_json=as_json)
        return
    with (
        json_only(as_json) as emit,
        service(index) as dateline,
        progress.ingest_progress(lambda: dateline.count_articles(places)) as bar,
    ):
        report = dateline.ingest(places, **how, progress=bar)
        bar.close()
        emit(encode_report(report))
        if not as_json:
            render.report(report)
    _require_something(report, prune=prune)


def _watch(
    places: tuple[Path | str, ...],
    how: dict[str, Any],
    *,
    keep: bool,
    every: float | None,
    index: Path | None,
    as_json: bool,
) -> None:
    from rag.cli import render

    if not keep:
        raise click.UsageError("--every belongs to --watch", click.get_current_context())
    if as_json:
        raise click.UsageError("--json prints one document, --watch does not end", click.get_current_context())

    def complain(message: str) -> None:
        click.echo(clean(message), err=True)

    with service(index) as dateline:
        complain("watching; Ctrl-C ends it")
        dateline.watch(places, render.report, **how, every=every or 300.0, complain=complain)


def _require_something(report: IngestReport, *, prune: bool) -> None:
    if report.added or report.updated or report.unchanged or report.removed:
        return
    if not report.failed:
        if prune:
            return  # an emptied corpus, already gone from the index
        raise SourceError("there is nothing to read here; give files, folders or addresses of articles")
    first, others = report.failed[0], len(report.failed) - 1
    more = f", and {others:,} more failed" if others else ""
    raise SourceError(f"nothing could be read: {first.source}: {first.error}{more}")


@click.group(invoke_without_command=True)
@common
@click.pass_context
def sources(context: click.Context, index: Path | None, as_json: bool) -> None:
    """List, show and remove the articles of the index."""
    # What stands before the subcommand holds for it as well.
    context.default_map = {name: {"index": index, "as_json": as_json} for name in sources.commands}
    if context.invoked_subcommand is None:
        _list(index, as_json)


@sources.command("list")
@common
def list_sources(index: Path | None, as_json: bool) -> None:
    """List every article."""
    _list(index, as_json)


def _list(index: Path | None, as_json: bool) -> None:
    from rag.cli import render
    from rag.encoding import encode_summary

    with json_only(as_json) as emit, service(index) as dateline:
        summaries = dateline.sources()
        emit({"sources": [encode_summary(summary) for summary in summaries]})
        if not as_json:
            render.summaries(summaries, opening_in(dateline))


@sources.command()
@click.argument("article_id", metavar="ID")
@click.option("--raw", is_flag=True, help="Also show what cleaning removed.")
@click.option("--version", metavar="V", help="An earlier version, by its hash or the beginning of it.")
@common
def show(article_id: str, raw: bool, version: str | None, index: Path | None, as_json: bool) -> None:
    """Show one article: the canonical text that citations point into, its versions, and the answers that cited it."""
    from rag.cli import render
    from rag.encoding import encode_article, encode_history

    with json_only(as_json) as emit, service(index) as dateline:
        article, passages = dateline.article(readable(article_id), version and readable(version))
        versions, given = dateline.versions(article.id), dateline.given_answers(article.id)
        dates = dateline.event_dates(article.id, article.version)
        emit({**encode_article(article, passages, dates, raw=raw), **encode_history(versions, given)})
        if not as_json:
            render.article(article, dates, raw=raw)
            render.article_history(versions, given)


@sources.command()
@click.argument("article_ids", metavar="ID...", nargs=-1, required=True)
@common
def remove(article_ids: tuple[str, ...], index: Path | None, as_json: bool) -> None:
    """Remove articles from the index."""
    with json_only(as_json) as emit, service(index) as dateline:
        ids = [readable(article_id) for article_id in article_ids]
        dateline.remove(ids)
        emit({"removed": ids})
        if not as_json:
            click.echo(f"removed {len(article_ids)} article{'s' * (len(article_ids) != 1)}")


@click.command()
@click.argument("question", metavar="QUERY", type=Question())
@filtered
@click.option("-k", default=8, show_default=True, type=click.IntRange(1, 1000), help="Passages wanted.")
@click.option("--mode", default="hybrid", show_default=True, type=click.Choice(["hybrid", "dense", "bm25"]))
@reranked
@common
def search(
    question: str,
    sources: tuple[str, ...],
    after: date | None,
    before: date | None,
    k: int,
    mode: str,
    reranker: str | None,
    index: Path | None,
    as_json: bool,
) -> None:
    """Find the passages that best match a query."""
    from rag.cli import render
    from rag.encoding import encode_results
    from rag.types import SearchMode

    with json_only(as_json) as emit, service(index, reranker=reranker) as dateline:
        started = time.perf_counter()
        found = dateline.search(question, k, filters=filters_of(sources, after, before), mode=SearchMode(mode))
        emit(encode_results(found, time.perf_counter() - started))
        if not as_json:
            render.results(found, opening_in(dateline))
