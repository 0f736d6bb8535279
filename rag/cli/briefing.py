"""``dateline quote``."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import click

from rag.cli.options import Question, common, filtered, filters_of, json_only, service


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
