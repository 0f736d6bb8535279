"""``report.md``: what a pull request's comment needs."""

from __future__ import annotations

import re

from eval.report.document import Report
from eval.report.rendering import rendered

_SPECIAL = re.compile(r"([\\`*_\[\]<>|#@])")
_SHOWN = 50


def markdown(report: Report) -> str:
    """Returns the report in GitHub's Markdown; at most fifty failed items are listed."""
    outcome = "" if report.gate is None else ": gate passed" if report.gate.passed else ": gate FAILED"
    return rendered(
        "report.md.j2",
        report=report,
        title=f"{plain(report.suite)}{outcome}",
        passed=sum(item.passed for item in report.items),
        failed=[item for item in report.items if not item.passed][:_SHOWN],
        plain=plain,
    )


def plain(text: str) -> str:
    """Returns text that Markdown shows as it is: on one line, no mark-up, no mention."""
    return _SPECIAL.sub(r"\\\1", " ".join(text.split())).replace("\\@", "@\u200b")
