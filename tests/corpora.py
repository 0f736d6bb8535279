"""Small corpora to write to disk, and what must hold of every index."""

from __future__ import annotations

import random
from datetime import date
from pathlib import Path

from rag.index.store import IndexStore
from rag.types import Filters

_PARTS = (
    ("The mayor", "The council", "A farmer", "The minister", "An engineer", "The museum", "A judge", "A teacher"),
    ("opened", "closed", "visited", "praised", "rejected", "painted", "measured", "sold", "repaired", "counted"),
    ("the old bridge", "a new school", "twelve boats", "the northern road", "a stolen clock", "the winter market",
     "two hospitals", "a field of barley", "the city budget", "an empty theatre", "a flock of geese"),
    ("in Arkona", "near Belmar", "at Cordelia", "outside Dunmore", "in Eastvale", "above Fallow", "by the river"),
    ("on Monday", "last spring", "after the storm", "before dawn", "in silence", "with care", "for the third time"),
)  # fmt: skip


def report(seed: int, sentences: int = 8) -> str:
    """Returns a report of its own, of about eight words a sentence; the same for the same seed."""
    draw = random.Random(seed)
    return " ".join(f"{' '.join(draw.choice(part) for part in _PARTS)}." for _ in range(sentences))


def write_article(
    path: Path, text: str, *, title: str = "", publisher: str = "", published: date | str | None = None
) -> Path:
    """Writes a Markdown article with front matter."""
    facts = {"title": title, "publisher": publisher, "published": published}
    front = "".join(f"{name}: {value}\n" for name, value in facts.items() if value)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"---\n{front}---\n\n{text}\n", encoding="utf-8")
    return path


def current_passages(store: IndexStore) -> set[str]:
    """Returns the ids of all passages, once catalog, vectors and lexical index are found to agree on them."""
    summaries = store.catalog.summaries()
    ids = {p.id for summary in summaries for p in store.catalog.passages_of(summary.id)}
    assert store.catalog.counts() == (len(summaries), len(ids))
    assert store.catalog.journal() == []
    assert store.vectors.ids() == ids
    assert store.lexical.count() == len(ids)
    assert store.catalog.entries(sorted(ids), Filters()).keys() == ids
    leads = {summary.duplicate_of for summary in summaries} - {None}
    assert leads <= {summary.id for summary in summaries if summary.duplicate_of is None}
    return ids


def texts(store: IndexStore) -> dict[str, str]:
    """Returns the text of every article by its id."""
    return {summary.id: store.catalog.article(summary.id).text for summary in store.catalog.summaries()}
