"""Are copies of one report grouped, and different outlets' reports of one event kept apart?

Run as::

    python -m eval.bench.copies FOLDER [--articles N] [--seed 0]
    python -m eval.bench.copies FOLDER --timing

``FOLDER`` holds ``articles.jsonl.gz`` with ``event, publisher, title, published, sentences``; of each article two
copies by other outlets are made at each level (``eval.bench.rewording``) and grouped by the real catalog, in batches
and in random order; no vectors are needed. A pair of articles is right when both come from one original and are in one
group. Levels are measured with the originals in the corpus and, harder, without them, when copies can only be told by
one another. Intervals are bootstrapped over originals. Every merge across originals is listed.

``--timing`` groups ``corpus.jsonl.gz`` of ``FOLDER`` instead, in batches as ingest does, and prints the time spent.
"""

from __future__ import annotations

import argparse
import gzip
import hashlib
import json
import random
import tempfile
import time
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import combinations
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from eval.bench.rewording import LEVELS, Level, make_copy, make_title
from eval.statistics import Estimate, clustered_bootstrap
from rag.index.catalog import Catalog
from rag.index.records import IndexedArticle
from rag.ingest.duplicates import group_copies
from rag.types import Article

_BATCH = 25
_COPIES = 2


@dataclass(frozen=True, slots=True)
class Pairs:
    """What one original's articles came to.

    Attributes:
        right: Pairs of its articles in one group.
        missed: Pairs of its articles in different groups.
        wrong: Pairs of one of its articles with one of another original, in one group.
    """

    right: int
    missed: int
    wrong: int


def main() -> None:
    """Reads the arguments and prints the tables."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--articles", type=int, help="originals used; all by default")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--timing", action="store_true")
    arguments = parser.parse_args()
    if arguments.timing:
        _time(arguments.folder / "corpus.jsonl.gz", arguments.articles)
        return
    originals = list(_records(arguments.folder / "articles.jsonl.gz"))[: arguments.articles]
    merged: set[tuple[str, str]] = set()
    for with_originals in (True, False):
        print(f"\n{len(originals)} originals, {'with' if with_originals else 'without'} them in the corpus")
        for level in LEVELS:
            items = list(_corpus(originals, level, arguments.seed, with_originals))
            groups = _grouped(items, arguments.seed)
            merged |= _print_level(level, items, groups)
    print(f"\nmerges across originals: {len(merged)}")
    for one, other in sorted(merged):
        print(f"  {one} | {other}")


def _records(path: Path) -> Iterator[dict[str, Any]]:
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        for number, line in enumerate(lines):
            yield {**json.loads(line), "number": number}


def _corpus(
    originals: Sequence[dict[str, Any]], level: Level, seed: int, with_originals: bool
) -> Iterator[IndexedArticle]:
    for record in originals:
        number, sentences = record["number"], record["sentences"]
        day = date.fromisoformat(record["published"])
        if with_originals:
            yield _item(number, "original", record["title"], record["publisher"], day, sentences)
        for copy in range(_COPIES):
            rng = random.Random(f"{seed} {number} {level.name} {copy}")
            made = make_copy(sentences, level, rng)
            later = day + timedelta(days=rng.randrange(2))
            yield _item(number, f"copy {copy}", make_title(record["title"], made, rng), f"Copyist {copy}", later, made)


def _item(number: int, role: str, title: str, publisher: str, day: date, sentences: Sequence[str]) -> IndexedArticle:
    text = "\n\n".join(" ".join(sentences[i : i + 3]) for i in range(0, len(sentences), 3))
    version = hashlib.sha256(text.encode()).hexdigest()
    key = f"{number} {role}"
    return IndexedArticle(
        Article(key, version, text, title=title, publisher=publisher, published=day), "/", key, key, ()
    )


def _grouped(items: Sequence[IndexedArticle], seed: int) -> dict[str, str]:
    """Returns the lead of every article after all have been written in random order."""
    order = random.Random(seed).sample(items, len(items))
    with tempfile.TemporaryDirectory() as folder:
        catalog = Catalog(Path(folder) / "catalog.sqlite")
        for start in range(0, len(order), _BATCH):
            grouping = group_copies(catalog, order[start : start + _BATCH])
            catalog.commit(grouping.items, [], grouping.leads)
        found = {s.id: s.duplicate_of or s.id for s in catalog.summaries()}
        catalog.close()
    return found


def _print_level(level: Level, items: Sequence[IndexedArticle], groups: dict[str, str]) -> set[tuple[str, str]]:
    members: defaultdict[str, list[str]] = defaultdict(list)
    for item in items:
        members[groups[item.article.id]].append(item.article.id)
    together = {pair for ids in members.values() for pair in combinations(sorted(ids), 2)}
    wrong = {(a, b) for a, b in together if _original(a) != _original(b)}
    counts = []
    for number in dict.fromkeys(_original(item.article.id) for item in items):
        own = sorted(item.article.id for item in items if _original(item.article.id) == number)
        right = sum(pair in together for pair in combinations(own, 2))
        missed = len(own) * (len(own) - 1) // 2 - right
        counts.append(Pairs(right, missed, sum(number in (_original(a), _original(b)) for a, b in wrong)))
    precision, recall, f1 = _estimates(counts)
    print(f"  {level.name:8s} precision {precision}  recall {recall}  F1 {f1}")
    return wrong


def _original(article_id: str) -> str:
    return article_id.partition(" ")[0]


def _estimates(counts: Sequence[Pairs]) -> tuple[Estimate, Estimate, Estimate]:
    # Each wrong pair is counted at both of its originals.
    table = np.array([(c.right, c.missed, c.wrong / 2) for c in counts])

    def figure(which: str, chosen: NDArray[np.intp]) -> float:
        right, missed, wrong = table[chosen].sum(axis=0)
        below = {"precision": right + wrong, "recall": right + missed, "f1": right + (missed + wrong) / 2}[which]
        return float(right / below) if below else float("nan")

    clusters = range(len(counts))
    precision, recall, f1 = (
        clustered_bootstrap(clusters, lambda chosen, name=name: figure(name, chosen))  # type: ignore[misc]
        for name in ("precision", "recall", "f1")
    )
    return precision, recall, f1


def _time(corpus: Path, limit: int | None) -> None:
    records = list(_records(corpus))[:limit]
    items = [
        IndexedArticle(
            Article(r["id"], hashlib.sha256(r["text"].encode()).hexdigest(), r["text"], publisher=_host(r["url"]),
                    published=date.fromisoformat(r["published"].replace("/", "-")[:10])),
            "/", r["id"], r["id"], (),
        )
        for r in records
    ]  # fmt: skip
    times: list[tuple[float, float]] = []
    with tempfile.TemporaryDirectory() as folder:
        catalog = Catalog(Path(folder) / "catalog.sqlite")
        for start in range(0, len(items), _BATCH):
            spent, processor = time.perf_counter(), time.process_time()
            grouping = group_copies(catalog, items[start : start + _BATCH])
            times.append((time.perf_counter() - spent, time.process_time() - processor))
            catalog.commit(grouping.items, [], grouping.leads)
        followers = sum(s.duplicate_of is not None for s in catalog.summaries())
        catalog.close()
    _print_times(times, len(items), followers)


def _print_times(times: Iterable[tuple[float, float]], articles: int, followers: int) -> None:
    wall, processor = np.array(list(times)).T
    tail = max(1, len(wall) // 10)
    print(f"{articles:,} articles, {followers:,} follow another")
    each, last = 1000 * processor.sum() / articles, 1000 * processor[-tail:].sum() / (tail * _BATCH)
    print(f"grouping: {1000 * wall.sum() / articles:.1f} ms an article, {each:.1f} of processor")
    print(f"in the last tenth: {last:.1f} ms of processor an article")


def _host(url: str) -> str:
    return url.split("/")[2] if url.count("/") > 2 else ""


if __name__ == "__main__":
    main()
