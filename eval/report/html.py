"""``report.html``: one file that opens offline and asks the network for nothing."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from eval.report.document import Figure, ItemResult, Report
from eval.report.rendering import rendered

_FULL = 100.0
_WORDS = re.compile(r"\s+|\S+")


@dataclass(frozen=True, slots=True)
class Track:
    """Where a figure and its interval lie on a bar, in percent of its width."""

    left: float
    width: float
    at: float


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of a word-by-word difference; ``kind`` is same, added or removed."""

    kind: str
    text: str


def html(report: Report) -> str:
    """Returns the report as one HTML document."""
    changed = {change.id: change for change in report.comparison.item_changes} if report.comparison else {}
    quality = {n: f for n, f in report.metrics.items() if report.facts[n].is_quality and f.n}
    return rendered(
        "report.html.j2",
        report=report,
        quality=quality,
        machine={n: f for n, f in report.metrics.items() if not report.facts[n].is_quality and f.n},
        unasked=[n for n, f in report.metrics.items() if not f.n],
        tags=sorted({tag for item in report.items for tag in item.tags}),
        tagged={tag: [item for item in report.items if tag in item.tags] for tag in report.by_tag},
        passed=sum(item.passed for item in report.items),
        changed=changed,
        differences={
            item.id: list(difference(changed[item.id].text_before, item.texts[0] if item.texts else ""))
            for item in report.items
            if item.id in changed
        },
        track=track,
        centred=centred,
        state=state,
        judged=judged,
        expected=expected,
    )


def track(figure: Figure) -> Track | None:
    """Places a share in [0, 1] on a bar."""
    if figure.value is None or figure.low is None or figure.high is None:
        return None
    return Track(_FULL * figure.low, _FULL * (figure.high - figure.low), _FULL * figure.value)


def centred(figure: Figure) -> Track | None:
    """Places a difference in [-1, 1] on a bar whose middle is no difference."""
    if figure.value is None or figure.low is None or figure.high is None:
        return None
    low, value, high = ((max(-1.0, min(1.0, x)) + 1) / 2 for x in (figure.low, figure.value, figure.high))
    return Track(_FULL * low, _FULL * (high - low), _FULL * value)


def state(item: ItemResult) -> str:
    """Returns how an item came out, in one word: passed, failed or error."""
    return "error" if item.error else "passed" if item.passed else "failed"


def judged(item: ItemResult, place: int) -> str:
    """Returns what the judge says of a shown sentence, in a few words."""
    verdict = item.judged[place] if place < len(item.judged) else None
    return {True: "citations bear it out", False: "citations do not bear it out", None: "no verdict"}[verdict]


def expected(item: ItemResult) -> list[tuple[str, list[str]]]:
    """Returns what an item asks for: by field of the suite, one line for each thing."""
    return [(name.replace("_", " "), _lines(value)) for name, value in item.expected.items()]


def difference(before: str, now: str) -> Iterator[Piece]:
    """Yields two texts as one, word by word, with what was removed and added."""
    old, new = _WORDS.findall(before), _WORDS.findall(now)
    for kind, a, b, c, d in difflib.SequenceMatcher(a=old, b=new, autojunk=False).get_opcodes():
        if kind == "equal":
            yield Piece("same", "".join(old[a:b]))
            continue
        if a < b:
            yield Piece("removed", "".join(old[a:b]))
        if c < d:
            yield Piece("added", "".join(new[c:d]))


def _lines(value: Any) -> list[str]:
    match value:
        case {"regex": str(pattern)}:
            return [f"/{pattern}/"]
        case {"article": str(article), "quote": str(quote)}:
            return [f"{article}: {quote}" if quote else article]
        case {"kind": str(kind), "values": list(values)}:
            return [f"{kind or 'any'}: {' against '.join(' '.join(_lines(v)) for v in values)}"]
        case list() if value and all(isinstance(one, list | dict | str) for one in value):
            return [" and ".join(_lines(one)) if isinstance(one, list) else _lines(one)[0] for one in value]
        case bool():
            return ["yes" if value else "no"]
        case _:
            return [str(value)]
