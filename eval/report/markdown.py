"""``report.md``: what a pull request's comment needs."""

from __future__ import annotations

import re

from eval.report.document import Report
from eval.report.rendering import rendered

_SPECIAL = re.compile(r"([\\`*_\[\]<>|#@])")
_SHOWN = 50
_CELL = 200  # characters; GitHub takes 65,536 in a comment


def markdown(report: Report) -> str:
    """Returns the report in GitHub's Markdown; at most fifty failed items are listed."""
    outcome = "" if report.gate is None else ": gate passed" if report.gate.passed else ": gate FAILED"
    return rendered(
        "report.md.j2",
        report=report,
        title=f"{plain(report.suite)}{outcome}",
        passed=sum(item.passed for item in report.items),
        failed=[item for item in report.items if not item.passed],
        shown=_SHOWN,
        plain=plain,
    )


def plain(text: str) -> str:
    """Returns text that Markdown shows as it is: on one line, cut to a cell's length, no mark-up, no mention."""
    text = " ".join(text.split())
    text = text if len(text) <= _CELL else f"{text[:_CELL]}…"
    return _SPECIAL.sub(r"\\\1", text).replace("\\@", "@\u200b")
