"""``dateline ask`` and ``verify``."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import click

from rag.cli.options import Day, Question, common, filtered, filters_of, json_only, opening_in, reranked, service
from rag.cli.terminal import clean


@click.command()
@click.argument("question", metavar="QUESTION", type=Question())
@filtered
@click.option("-k", type=click.IntRange(1, 100), help="Passages the answer is drawn from.")
@click.option("--model", help="`embedded`, `extractive`, a GGUF file, or any litellm model name.")
@click.option("--as-of", type=Day(), help="Use nothing published after this date.")
@click.option("--history", type=click.Path(path_type=Path), help="JSON file with the conversation so far.")
@click.option("--bundle", type=click.Path(path_type=Path), help="Also write a bundle that `dateline verify` accepts.")
@reranked
@common
def ask(
    question: str,
    sources: tuple[str, ...],
    after: date | None,
    before: date | None,
    k: int | None,
    model: str | None,
    as_of: date | None,
    history: Path | None,
    bundle: Path | None,
    reranker: str | None,
    index: Path | None,
    as_json: bool,
) -> None:
    """Answer a question, with a citation for every sentence."""
    from rag.check.bundle import require_writable, write_bundle
    from rag.cli import render
    from rag.cli.history import read_history
    from rag.encoding import encode_answer

    filters = filters_of(sources, after, before, as_of)
    turns = read_history(history) if history else ()
    if bundle:
        require_writable(bundle)  # before the work, which can take a minute
    with json_only(as_json) as emit, service(index, model=model, passages=k, reranker=reranker) as dateline:
        with render.waiting(quiet=as_json) as status:
            dateline.notice = render.telling(status)
            events = dateline.ask_stream(question, filters=filters, history=turns)
            answer = render.follow(events, status, quiet=as_json)
        dateline.record("answer", question, answer.citations)
        emit(encode_answer(answer))
        if not as_json:
            render.answer_sources(answer, opening_in(dateline), dateline.event_dates)
        if bundle:
            write_bundle(bundle, answer, dateline.cited_articles(answer), dateline.made_with(answer))


@click.command()
@click.argument("bundle", type=click.Path(path_type=Path))
@common
def verify(bundle: Path, index: Path | None, as_json: bool) -> int:
    """Check a bundle again, without a model: exit 1 when a byte differs."""
    from rag.check.bundle import verify_bundle

    with json_only(as_json) as emit:
        problems = verify_bundle(bundle)
        emit({"valid": not problems, "problems": problems})
        if not as_json:
            for problem in problems:
                click.echo(clean(problem))
            if not problems:
                click.echo("every quotation and every hash agrees")
    return 1 if problems else 0
