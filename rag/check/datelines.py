"""The dateline that an agency report begins with: where it was sent from, often the day and the agency."""

from __future__ import annotations

import re

# "SOCHI, Russia, Nov 21 (Northline) -", "MOSCOW (AP) —", "PARIS -", "Bunia, Nov 21 (Kestrel News Agency) -"
_DAY = r"(?:,\s*[A-Z][a-z]{2,8}\.? \d{1,2})?"
_AGENCY = r"\([^()\n]{2,40}\)"
_DATELINE = re.compile(
    rf"^(?:[A-Z][A-Z.' -]{{2,40}}(?:,\s*[\w. ]{{2,30}})?{_DAY}\s*(?:{_AGENCY})?"
    rf"|[A-Z][\w.-]+(?: (?:de |da |la )?[A-Z][\w.-]+){{0,3}}(?:, [A-Z][\w.]+)*{_DAY}\s*{_AGENCY})"
    r"\s*[-–—―]{1,2}\s+(?=.{0,60}[a-z])",  # a text all in capitals has dashes of its own
    re.MULTILINE,
)


def dateline_of(text: str) -> str:
    """Returns the dateline that a text begins with, up to the first word of its report; empty if it has none.

    The day in it is when the report was sent, not that of what it reports.
    """
    found = _DATELINE.match(text)
    return found.group() if found else ""


def without_datelines(text: str) -> str:
    """Returns a text without the datelines that its lines begin with."""
    return _DATELINE.sub("", text)
