"""``dateline brief`` and ``quote``."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import click

from rag.cli.options import Day, Question, common, filtered, filters_of, json_only, readable, service

_FORMATS = ("md", "html", "docx", "pdf", "json")
_BINARY = frozenset({"docx", "pdf"})


@click.command()
@click.argument("words", metavar="WORDS", type=Question())
@filtered
@common
def quote(
    words: str,
    sources: tuple[str, ...],
    after: date | None,
    before: date | None,
    index: Path | None,
    as_json: bool,
) -> None:
    """Show who carries a quotation, the earliest first."""
    from rag.brief.encoding import encode_quotations
    from rag.cli.render_briefs import quotations

    filters = filters_of(sources, after, before)
    with json_only(as_json) as emit, service(index) as dateline:
        found = dateline.quote(words, filters=filters)
        emit(encode_quotations(found))
        if not as_json:
            quotations(found)


@click.command()
@click.argument("topic", metavar="[TOPIC]", type=Question(), required=False)
@filtered
@click.option("--since", type=Day(), help="Mark what was not told up to this date.")
@click.option("--compare", nargs=2, metavar="A B", help="Compare how two publishers tell it.")
@click.option(
    "--length", type=click.Choice(["short", "standard", "long"]), default="standard", help="How much it tells."
)
@click.option("--model", help="`embedded`, `extractive`, a GGUF file, or any litellm model name.")
@click.option("--format", "form", type=click.Choice(_FORMATS), help="Form of the file; by default its ending tells.")
@click.option("-o", "--output", type=click.Path(path_type=Path), help="Write it to this file.")
@click.option("--force", is_flag=True, help="Replace the file if it exists.")
@click.option("--bundle", type=click.Path(path_type=Path), help="Also write a bundle that `dateline verify` accepts.")
@common
def brief(
    topic: str | None,
    sources: tuple[str, ...],
    after: date | None,
    before: date | None,
    since: date | None,
    compare: tuple[str, str] | None,
    length: str,
    model: str | None,
    form: str | None,
    output: Path | None,
    force: bool,
    bundle: Path | None,
    index: Path | None,
    as_json: bool,
) -> None:
    """Write a briefing on a topic, or on the main stories of the newest week."""
    from rag.brief.encoding import encode_briefing
    from rag.brief.export import Format, exported, require_free, write_whole
    from rag.brief.types import Length, Request
    from rag.check.bundle import require_writable, write_sealed
    from rag.cli import render, render_briefs

    chosen = _form(form, output, as_json)
    if output:
        require_free(output, force=force)
    if bundle:
        require_writable(bundle)
    pair = (readable(compare[0]), readable(compare[1])) if compare else None
    if pair and pair[0].casefold() == pair[1].casefold():
        raise click.UsageError("--compare wants two different publishers", click.get_current_context())
    request = Request(topic or "", filters_of(sources, after, before), Length(length), since, pair)
    as_json = as_json or (chosen == "json" and output is None)
    with json_only(as_json) as emit, service(index, model=model) as dateline:
        with render.waiting(quiet=as_json) as status:
            dateline.notice = render.telling(status)
            found = dateline.brief(request)
        dateline.record("briefing", request.topic, found.citations)
        articles = dateline.cited_articles(found)
        emit(encode_briefing(found))
        if output:
            write_whole(output, exported(found, articles, Format(chosen or "md")))
            if not as_json:
                click.echo(f"written: {output}")
        elif not as_json and chosen:
            click.echo(exported(found, articles, Format(chosen)).decode("utf-8"), nl=False)
        elif not as_json:
            render_briefs.briefing(found)
        if bundle:
            write_sealed(bundle, "briefing", encode_briefing(found), articles, dateline.made_with(found))


def _form(form: str | None, output: Path | None, as_json: bool) -> str | None:
    """Returns the form of the file: as asked for, or by its ending."""
    if form is None and output is not None:
        ending = output.suffix.lower().lstrip(".")
        form = {"markdown": "md", "htm": "html"}.get(ending, ending)
        if form not in _FORMATS:
            raise click.UsageError(
                f"{output} does not tell its form; add --format {'|'.join(_FORMATS)}", click.get_current_context()
            )
    if form in _BINARY and output is None and not as_json:
        raise click.UsageError(f"a {form} is not for the terminal; name a file with -o", click.get_current_context())
    return form
