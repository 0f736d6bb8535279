"""How an index behaves as it grows: latency with and without filters, disk and memory, and where one machine ends.

Run as::

    python -m eval.bench.growth FOLDER --index DIR --work DIR [--sizes 10000,60000,250000,1000000]

FOLDER holds the questions, DIR an index of its corpus. A second index is grown in the work folder, first of the
articles as they are, then of recombined ones (``eval.bench.recombined`` says how, and how real they are). It is
measured at each size in a process of its own, so that memory and the first search are those of someone who opens it; a
run that was broken off goes on where the index stands, and with ``--budget`` it breaks off by itself. Everything
measured is kept in ``growth.json`` and drawn in ``growth.svg``.

Latencies are of whole hybrid searches for 8 passages, after some to warm up; beside them stands the processor time of
all threads, which tells more than the clock where other programs are at work. Filters keep a publisher or a period;
what share of the passages each keeps is printed. ``--profile`` adds where the time goes, by stage, under cProfile,
which makes the stages of many small calls look dearer than they are.
"""

from __future__ import annotations

import argparse
import cProfile
import json
import multiprocessing
import os
import pstats
import sys
import time
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from itertools import chain
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from eval.bench.recombined import Source, as_it_is, likeness, read_sources, recombined
from eval.bench.retrieval import filters_to_time
from eval.convert.judged_news import read_questions
from rag.config import load_settings
from rag.index.embedding import load_embedder
from rag.index.records import IndexedArticle
from rag.index.store import IndexStore
from rag.retrieve.hybrid import Retriever
from rag.types import Filters

_SIZES = "10000,60000,250000,1000000"
_BATCH = 5_000
_PASSAGES = 8
_WARM_UP = 10
_PARTS = {"catalog": "catalog", "vectors": "vectors", "words": "lexical", "whole articles": "articles"}
# Functions whose cumulative time is a stage of a search.
_STAGES = {
    ("embedding.py", "embed_query"): "embed the question",
    ("store.py", "search_dense"): "nearest vectors",
    ("store.py", "search_lexical"): "BM25",
    ("store.py", "_passing"): "of these: ids that pass the filter",
    ("catalog_reader.py", "entries"): "of all: catalog entries",
    ("vectors.py", "cosines"): "cosines of candidates and articles",
    ("articles.py", "bm25"): "BM25 of articles",
    ("hybrid.py", "_thin"): "copies and thinning",
    ("hybrid.py", "_load"): "load passages",
}

Written = tuple[IndexedArticle, NDArray[np.float32]]


def main() -> None:
    """Reads the arguments, grows, measures and draws."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path, help="folder with queries.jsonl.gz and qrels.tsv")
    parser.add_argument("--index", type=Path, required=True, help="an index of the folder's corpus; only read")
    parser.add_argument("--work", type=Path, required=True, help="folder of the growing index and the results")
    parser.add_argument("--sizes", default=_SIZES, help="passages, ascending, parted by commas")
    parser.add_argument("--searches", type=int, default=100, help="searches per latency figure")
    parser.add_argument("--budget", type=float, default=float("inf"), help="minutes after which growing breaks off")
    parser.add_argument("--profile", action="store_true", help="add where the time goes")
    arguments = parser.parse_args()
    os.environ["OMP_WAIT_POLICY"] = "PASSIVE"
    until = time.monotonic() + 60 * arguments.budget
    arguments.work.mkdir(parents=True, exist_ok=True)
    kept = arguments.work / "growth.json"
    results: dict[str, Any] = json.loads(kept.read_text()) if kept.exists() else {"sizes": {}}
    questions = [q.text for q in read_questions(arguments.folder / "queries.jsonl.gz", arguments.folder / "qrels.tsv")]
    index = arguments.work / "index"
    sources: list[Source] = []
    for size in map(int, arguments.sizes.split(",")):
        if str(size) in results["sizes"]:
            continue
        if _count(index) < size:
            if not sources:
                sources = _sources(arguments.index, results)
            if not _grow(index, sources, size, until):
                print(f"broken off at {_count(index):,} of {size:,} passages; run this again to go on", flush=True)
                break
        with ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("spawn")) as pool:
            work = pool.submit(measure, index, questions, arguments.searches, arguments.profile)
            results["sizes"][str(size)] = work.result()
        kept.write_text(json.dumps(results, indent=1))
        _print_size(size, results["sizes"][str(size)])
    if results["sizes"]:
        from eval.bench.growth_plot import draw

        draw(results, arguments.work / "growth.svg")


def measure(index: Path, questions: Sequence[str], searches: int, with_profile: bool) -> dict[str, Any]:
    """Opens an index and returns what searching it costs; for a process of its own."""
    settings = load_settings(index=index)
    embedder = load_embedder(settings)
    embedder.embed_query("to load it")
    idle = _memory("VmRSS")
    began = time.perf_counter()
    store = IndexStore(index)
    retriever = Retriever(store, embedder)
    retriever.search(questions[0], _PASSAGES)
    first = time.perf_counter() - began
    articles, passages = store.catalog.counts()
    found: dict[str, Any] = {"articles": articles, "passages": passages, "first_search_s": first}
    found |= {"latency_ms": {}, "processor_ms": {}}
    for name, wanted in filters_to_time(store.catalog.summaries()).items():
        times, processor = [], []
        for number in range(-_WARM_UP, searches):
            began, worked = time.perf_counter(), time.process_time()
            retriever.search(questions[number % len(questions)], _PASSAGES, filters=wanted)
            if number >= 0:
                times.append(1000 * (time.perf_counter() - began))
                processor.append(1000 * (time.process_time() - worked))
        found["latency_ms"][name] = [float(np.percentile(times, p)) for p in (50, 95)]
        found["processor_ms"][name] = [float(np.percentile(processor, p)) for p in (50, 95)]
        if with_profile:
            found.setdefault("stages_ms", {})[name] = _stages(retriever, questions[:30], wanted)
    found |= {"idle_mib": idle, "resident_mib": _memory("VmRSS"), "peak_mib": _memory("VmHWM")}
    found["disk_mib"] = {name: _size(index, part) for name, part in _PARTS.items()}
    store.close()
    return found


def _sources(index: Path, results: dict[str, Any]) -> list[Source]:
    store = IndexStore(index)
    sources = read_sources(store)
    store.close()
    if "likeness" not in results:
        results["likeness"] = likeness(sources, load_embedder(load_settings(index=index)))
    middle, low = results["likeness"]
    print(f"{len(sources):,} articles to begin with; mixed vectors against encoded ones: ", end="")
    print(f"cosine {middle:.2f} at the median, {low:.2f} at the 5th percentile (n 200)", flush=True)
    return sources


def _grow(index: Path, sources: Sequence[Source], size: int, until: float) -> bool:
    """Adds articles until there are ``size`` passages, and tells whether there was time for all of them."""
    store = IndexStore(index, create=True)
    fingerprint = load_embedder(load_settings(index=index)).fingerprint
    try:
        with store.writing(fingerprint):
            articles, held = store.catalog.counts()
            rest: Iterator[Written] = chain(map(as_it_is, sources), recombined(sources))
            for _ in range(articles):
                next(rest)
            began, before = time.perf_counter(), held
            for batch in _batches(rest, size - held):
                store.write([item for item, _ in batch], np.concatenate([vectors for _, vectors in batch]))
                held = store.catalog.counts()[1]
                rate = (held - before) / (time.perf_counter() - began)
                print(f"\r{held:,} of {size:,} passages, {rate:,.0f}/s ", end="", file=sys.stderr, flush=True)
                if time.monotonic() > until:
                    break
        print(file=sys.stderr)
        return held >= size
    finally:
        store.close()


def _batches(articles: Iterable[Written], wanted: int) -> Iterator[list[Written]]:
    batch: list[Written] = []
    held = taken = 0
    for item in articles:
        batch.append(item)
        held += len(item[1])
        taken += len(item[1])
        if held >= _BATCH or taken >= wanted:
            yield batch
            batch, held = [], 0
        if taken >= wanted:
            return


def _stages(retriever: Retriever, questions: Sequence[str], filters: Filters | None) -> dict[str, float]:
    profile = cProfile.Profile()
    profile.enable()
    for question in questions:
        retriever.search(question, _PASSAGES, filters=filters)
    profile.disable()
    found = dict.fromkeys(_STAGES.values(), 0.0)
    calls: dict[Any, Any] = pstats.Stats(profile).stats  # type: ignore[attr-defined]
    for (file, _, function), (_, _, _, cumulative, _) in calls.items():
        if stage := _STAGES.get((Path(file).name, function)):
            found[stage] += 1000 * cumulative / len(questions)
    return found


def _count(index: Path) -> int:
    if not IndexStore.exists(index):
        return 0
    store = IndexStore(index)
    try:
        return store.catalog.counts()[1]
    finally:
        store.close()


def _memory(field: str) -> float:
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith(field):
            return int(line.split()[1]) / 1024
    return float("nan")


def _size(index: Path, part: str) -> float:
    files = (path for path in index.glob(f"{part}*/**/*") if path.is_file())
    own = (path for path in index.glob(f"{part}*") if path.is_file())
    return sum(path.stat().st_size for path in chain(files, own)) / 2**20


def _print_size(size: int, found: dict[str, Any]) -> None:
    disk = ", ".join(f"{name} {mib:,.0f}" for name, mib in found["disk_mib"].items())
    print(f"\n{size:,}: {found['articles']:,} articles, {found['passages']:,} passages")
    print(f"  disk {sum(found['disk_mib'].values()):,.0f} MiB ({disk})")
    print(f"  memory {found['resident_mib']:,.0f} MiB, {found['idle_mib']:,.0f} of it before the index is opened")
    print(f"  first search, encoder loaded: {found['first_search_s']:.2f} s")
    for name, (p50, p95) in found["latency_ms"].items():
        own = found.get("processor_ms", {}).get(name)
        busy = f"  processor p50 {own[0]:7.1f} ms  p95 {own[1]:7.1f} ms" if own else ""
        print(f"  {name:40s} p50 {p50:7.1f} ms  p95 {p95:7.1f} ms{busy}")
    for name, stages in found.get("stages_ms", {}).items():
        print(f"  {name}: " + ", ".join(f"{stage} {ms:.1f}" for stage, ms in stages.items()))
    sys.stdout.flush()


if __name__ == "__main__":
    main()
