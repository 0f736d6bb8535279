"""Are the dates in running text resolved to the right days? Ninety labelled sentences in many styles of news.

Run as::

    python -m eval.bench.event_dates [FILE] [--misses] [--peer dateparser]

``eval/bench/event_dates.jsonl`` holds for each sentence the day of publication and all dates in it: words, first and
last day. A sentence is right when every labelled date is found on overlapping words with exactly these days, and
nothing else is found; a trap ("Black Friday", "may", "Sheffield Wednesday") is right when nothing comes of it. Sixty
of the sentences, ``reported``, were written before any output was seen and are not tuned on. Conventions: prepositions
do not belong to the words, weeks run from Monday to Sunday, "three months ago" is that month and "two weeks ago" that
day, "earlier this year" ends on the day of publication.

The peer, which gives single days, is read leniently: an item is right for it when each labelled date has a found one
on overlapping words whose day lies within the labelled days, and nothing is found where nothing is labelled.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path
from typing import Any, NamedTuple

from eval.statistics import share
from rag.ingest.event_dates import find_event_dates

_FILE = Path(__file__).with_suffix(".jsonl")


class Dated(NamedTuple):
    """Words and the days they mean."""

    start: int
    end: int
    first: date
    last: date


def main() -> None:
    """Reads the arguments and prints accuracy with its interval for each part."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("file", type=Path, nargs="?", default=_FILE)
    parser.add_argument("--misses", action="store_true", help="print what is wrong in the development half")
    parser.add_argument("--peer", choices=sorted(_PEERS))
    arguments = parser.parse_args()
    items = [json.loads(line) for line in arguments.file.read_text(encoding="utf-8").splitlines()]
    for part in ("development", "reported"):
        chosen = [item for item in items if item["id"].startswith(part)]
        print(_line(f"{part}, Dateline", [is_right(item) for item in chosen]))
        if arguments.peer:
            find = _PEERS[arguments.peer]
            print(_line(f"{part}, {arguments.peer}, read leniently", [_is_near(item, find) for item in chosen]))
        if arguments.misses and part == "development":
            for item in chosen:
                if not is_right(item):
                    print(f"  {item['id']} ({item['published']}) {item['text']}")
                    print(
                        "    "
                        + "; ".join(f"{item['text'][f.start : f.end]} = {f.first} to {f.last}" for f in found(item))
                    )


def is_right(item: dict[str, Any]) -> bool:
    """Tells whether exactly the labelled dates are found."""
    theirs, ours = _labelled(item), found(item)
    return len(theirs) == len(ours) and all(
        _overlap(a, b) and (a.first, a.last) == (b.first, b.last) for a, b in zip(theirs, ours, strict=True)
    )


def found(item: dict[str, Any]) -> list[Dated]:
    """Returns what Dateline finds in an item, in order."""
    dates = find_event_dates(item["text"], _day(item["published"]))
    return [Dated(d.span.start, d.span.end, d.first, d.last) for d in dates]


def _labelled(item: dict[str, Any]) -> list[Dated]:
    labels = []
    for label in item["dates"]:
        start = item["text"].index(label["words"])
        days = date.fromisoformat(label["first"]), date.fromisoformat(label["last"])
        labels.append(Dated(start, start + len(label["words"]), *days))
    return labels


def _is_near(item: dict[str, Any], find: Callable[[str, date | None], list[Dated]]) -> bool:
    theirs = find(item["text"], _day(item["published"]))
    labels = _labelled(item)
    if not labels:
        return not theirs
    return all(any(_overlap(a, b) and a.first <= b.first and b.last <= a.last for b in theirs) for a in labels)


def _overlap(a: Dated, b: Dated) -> bool:
    return a.start < b.end and b.start < a.end


def _day(value: str | None) -> date | None:
    return None if value is None else date.fromisoformat(value)


def _line(name: str, right: list[bool]) -> str:
    return f"{name}: {share(right)}"


def _dateparser(text: str, published: date | None) -> list[Dated]:
    from dateparser.search import search_dates

    settings = {"RELATIVE_BASE": datetime.combine(published or date.today(), datetime.min.time()),
                "PREFER_DATES_FROM": "past"}  # fmt: skip
    found_dates, at = [], 0
    for words, moment in search_dates(text, languages=["en"], settings=settings) or []:
        start = text.find(words, at)
        at = start + len(words)
        found_dates.append(Dated(start, at, moment.date(), moment.date()))
    return found_dates


_PEERS: dict[str, Callable[[str, date | None], list[Dated]]] = {"dateparser": _dateparser}

if __name__ == "__main__":
    main()
