"""``dateline eval judge``: a verifier against human judgements."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import click

from rag.cli.options import json_only

if TYPE_CHECKING:
    from eval.judge import Ruling
    from eval.statistics import Estimate

_SUFFIXES = (".gz", ".jsonl", ".json")


@click.command()
@click.argument("data", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--verifier", help="builtin, cascade, cross-encoder:NAME or llm:NAME [DATELINE_VERIFIER or builtin].")
@click.option("--html", "page", type=click.Path(path_type=Path), help="Also write reliability diagrams to this file.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
def judge(data: tuple[Path, ...], verifier: str | None, page: Path | None, as_json: bool) -> None:
    """Compare a verifier with human judgements: JSON Lines of doc, claim and label (1 = supported).

    A claim of several sentences is supported when all of them are.
    """
    from eval.judge import agreement, rule
    from eval.judged import read_judged
    from eval.report.reliability import reliability_page
    from rag.check.bundle import require_writable
    from rag.config import load_settings
    from rag.errors import SourceError
    from rag.generate.verifiers import load_verifier

    if page:
        require_writable(page)  # before the work, which can take minutes
    with json_only(as_json) as emit:
        judged = {name_of(path): read_judged(path) for path in data}
        if len(judged) < len(data):
            raise SourceError("two files have the same name, by which figures are told apart; rename one")
        chosen = load_verifier(load_settings(verifier=verifier))
        found: dict[str, dict[str, Estimate]] = {}
        rulings: dict[str, list[Ruling]] = {}
        for name, rows in judged.items():
            with click.progressbar(length=len(rows), label=name, file=sys.stderr) as bar:
                rulings[name] = rule(rows, chosen, bar.update)
            found[name] = agreement(rulings[name])
        unscored = {name: sum(ruling.support is None for ruling in own) for name, own in rulings.items()}
        if page:
            page.write_text(reliability_page(chosen.name, rulings, found), encoding="utf-8")
        figures = {name: {metric: value.encoded() for metric, value in own.items()} for name, own in found.items()}
        emit({"verifier": chosen.name, "datasets": figures, "unscored": unscored})
        if not as_json:
            _show(found, unscored)


def _show(found: Mapping[str, Mapping[str, Estimate]], unscored: Mapping[str, int]) -> None:
    for name, figures in found.items():
        click.echo(name)
        for metric, value in figures.items():
            click.echo(f"  {metric.replace('_', ' '):18} {value}")
        if unscored[name]:
            click.echo(f"  without a verdict  {unscored[name]:,}, left out above")


def name_of(path: Path) -> str:
    """Returns a file's name without the endings of its format."""
    name = path.name
    while name.endswith(_SUFFIXES):
        name = name[: name.rindex(".")]
    return name
