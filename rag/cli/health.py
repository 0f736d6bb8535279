"""``dateline doctor``: what is installed, which models, what would reach the network, is the index sound."""

from __future__ import annotations

from pathlib import Path

import click

from rag.cli.options import common, json_only

_UNSOUND = 1


@click.command()
@click.option("--deep", is_flag=True, help="Also compare every text, passage and vector of the index.")
@common
def doctor(deep: bool, index: Path | None, as_json: bool) -> int:
    """Tell what is installed, what would reach the network, and whether the index is sound."""
    from rag.cli import render
    from rag.config import load_settings
    from rag.doctor import examine

    with json_only(as_json) as emit:
        findings = examine(load_settings(index=index), deep=deep)
        emit({"healthy": all(f.ok for f in findings),
              "findings": [{"name": f.name, "ok": f.ok, "detail": f.detail} for f in findings]})  # fmt: skip
        if not as_json:
            render.findings(findings)
    return 0 if all(f.ok for f in findings) else _UNSOUND
