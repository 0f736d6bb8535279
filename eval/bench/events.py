"""Events that several outlets report, as the benchmarks of briefings read them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from rag.check.words import content_stems, plain


@dataclass(frozen=True, slots=True)
class Source:
    """An article of an event."""

    title: str
    text: str
    publisher: str
    published: str = ""


@dataclass(frozen=True, slots=True)
class Event:
    """An event with its sources; ``roundup`` is empty where nobody wrote one."""

    name: str
    topic: str
    sources: tuple[Source, ...]
    roundup: str = ""


def roundups(rows: Sequence[dict[str, Any]]) -> list[Event]:
    """Reads events with a person's roundup: ``id, sources, roundup``, each ``TITLE=> … ARTICLE=> …``."""
    events = []
    for row in rows:
        sources = []
        for number, source in enumerate(row["sources"], 1):
            title, _, text = source.removeprefix("TITLE=>").partition("ARTICLE=>")
            sources.append(Source(title.strip(" ."), text.strip(), f"Outlet {number}"))
        title, _, text = row["roundup"].removeprefix("TITLE=>").partition("ARTICLE=>")
        events.append(Event(str(row["id"]), sources[0].title, tuple(sources), f"{title.strip()} {text.strip()}"))
    return events


def same_events(rows: Sequence[dict[str, Any]]) -> list[Event]:
    """Reads events of whole articles: ``event, publisher, title, published, sentences, event_label``."""
    grouped: dict[str, list[dict[str, Any]]] = {}
    for row in rows:
        grouped.setdefault(str(row["event"]), []).append(row)
    return [
        Event(
            name,
            group[0]["event_label"],
            tuple(Source(r["title"], " ".join(r["sentences"]), r["publisher"], r["published"]) for r in group),
        )
        for name, group in grouped.items()
    ]


def coverage(reference: str, text: str) -> float:
    """Returns the share of the content word stems of a reference that a text has, in [0, 1] (unigram recall)."""
    wanted = set(content_stems(plain(reference)))
    return len(wanted & set(content_stems(plain(text)))) / len(wanted) if wanted else 0.0
