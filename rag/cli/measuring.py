"""``dateline eval retrieval`` and ``convert``: public collections with judgements, measured and made into suites."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from rag.cli.options import json_only, reranked
from rag.cli.terminal import clean


@click.command()
@click.option("--corpus", required=True, type=click.Path(path_type=Path), help="Articles, as `dateline ingest` takes.")
@click.option("--queries", required=True, type=click.Path(path_type=Path), help="JSON Lines of id and question.")
@click.option("--qrels", required=True, type=click.Path(path_type=Path), help="Lines of query id, article id and 1.")
@click.option("--mode", "modes", multiple=True, type=click.Choice(["hybrid", "dense", "bm25"]),
              help="Which ranking; may be repeated [all three].")  # fmt: skip
@reranked
@click.option("--index", type=click.Path(path_type=Path), help="Use this index instead of one kept for the corpus.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
def retrieval(
    corpus: Path,
    queries: Path,
    qrels: Path,
    modes: tuple[str, ...],
    reranker: str | None,
    index: Path | None,
    as_json: bool,
) -> None:
    """Measure retrieval against relevance judgements; an article counts at its best passage."""
    from eval.convert.judged_news import read_questions
    from eval.corpora import bring_up_to_date, settings_for
    from eval.retrieval import measure
    from rag.cli.progress import ingest_progress
    from rag.config import load_settings
    from rag.errors import SourceError
    from rag.service import Dateline
    from rag.types import SearchMode

    questions = read_questions(queries, qrels)
    if not corpus.exists():
        raise SourceError(f"there is nothing at {corpus}; give articles as `dateline ingest` takes them")
    settings = settings_for(corpus, load_settings(index=index, reranker=reranker), index)
    with json_only(as_json) as emit:
        if index is None or not index.exists():
            with ingest_progress() as reading:
                bring_up_to_date(corpus, settings, None, reading)
                reading.close()
        dateline = Dateline(settings)
        try:
            figures = {}
            for mode in map(SearchMode, modes or list(SearchMode)):
                with click.progressbar(length=len(questions), label=str(mode), file=sys.stderr) as bar:
                    figures[str(mode)], _ = measure(dateline, questions, mode, bar.update)
        finally:
            dateline.close()
        emit({"modes": {m: {name: f.encoded() for name, f in own.items()} for m, own in figures.items()}})
        if not as_json:
            for mode_name, own in figures.items():
                for name, figure in own.items():
                    click.echo(f"{mode_name:8} {name:10} {figure}")


@click.command()
@click.argument("form", metavar="FORMAT")
@click.argument("folder", type=click.Path(path_type=Path))
@click.argument("suite", type=click.Path(path_type=Path))
def convert(form: str, folder: Path, suite: Path) -> None:
    """Make a suite of a public collection: judged-news (BEIR-like corpus, queries, qrels), clapnq or ramdocs."""
    from eval.convert import convert as converted

    click.echo(f"{clean(str(suite))}: {converted(form, folder, suite)} items")
