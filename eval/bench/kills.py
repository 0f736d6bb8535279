"""Kills a real ingest with SIGKILL at random moments, runs the same command again, and compares with one left alone.

Run as::

    python -m eval.bench.kills FOLDER [--articles 500] [--kills 50] [--seed 0]

``FOLDER`` holds ``corpus.jsonl.gz``. Every ingest is a process of its own, ``dateline ingest``, with the packaged
embedding model. Moments are drawn from just before the first write to a few writes later, so that the kills fall
into the work and not into the imports. No command but the same ingest is run in between. Exit 1 when the end states
differ.
"""

from __future__ import annotations

import argparse
import gzip
import json
import random
import signal
import subprocess
import sys
import tempfile
import time
from itertools import islice
from pathlib import Path

import numpy as np

from rag.config import load_settings
from rag.index.audit import audit
from rag.index.embedding import load_embedder
from rag.index.store import IndexStore
from rag.types import Filters

_EARLIEST = 0.8  # of the time to the first write
_SPREAD = 6.0  # seconds after it


def main() -> int:
    """Reads the arguments, runs, and prints what was found."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--articles", type=int, default=500)
    parser.add_argument("--kills", type=int, default=50)
    parser.add_argument("--seed", type=int, default=0)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        corpus = Path(scratch) / "corpus.jsonl"
        with gzip.open(arguments.folder / "corpus.jsonl.gz", "rt", encoding="utf-8") as lines:
            corpus.write_text("".join(islice(lines, arguments.articles)), encoding="utf-8")
        alone, killed = Path(scratch) / "alone", Path(scratch) / "killed"
        whole = _run(corpus, alone)
        first = _first_write(corpus, Path(scratch) / "timed")
        print(f"left alone: {whole:.1f} s, first write after {first:.1f} s", flush=True)
        draw = random.Random(arguments.seed)
        interrupted, stages = 0, []
        for _ in range(arguments.kills):
            wait = draw.uniform(_EARLIEST * first, first + _SPREAD)
            interrupted += _killed(corpus, killed, wait)
            stages.append(_articles(killed))
        seconds = _run(corpus, killed)
        print(f"{interrupted} of {arguments.kills} killed before their end; articles stored after each: {stages}")
        print(f"last run, not killed: {seconds:.1f} s")
        problems = _differences(alone, killed)
    print("\n".join(problems) or "the end states are equal, passage for passage and vector for vector")
    return 1 if problems else 0


def _command(corpus: Path, index: Path) -> list[str]:
    return [sys.executable, "-m", "rag.cli", "ingest", str(corpus), "--index", str(index), "--json"]


def _run(corpus: Path, index: Path) -> float:
    started = time.perf_counter()
    done = subprocess.run(_command(corpus, index), capture_output=True, text=True, check=True)
    json.loads(done.stdout)
    return time.perf_counter() - started


def _first_write(corpus: Path, index: Path) -> float:
    started = time.perf_counter()
    child = subprocess.Popen(_command(corpus, index), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    while _articles(index) == 0 and child.poll() is None:
        time.sleep(0.05)
    seconds = time.perf_counter() - started
    child.kill()
    child.wait()
    return seconds


def _killed(corpus: Path, index: Path, wait: float) -> bool:
    child = subprocess.Popen(_command(corpus, index), stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    try:
        child.wait(wait)
    except subprocess.TimeoutExpired:
        child.send_signal(signal.SIGKILL)
        child.wait()
        return True
    if child.returncode:
        raise SystemExit(f"an ingest after a kill failed: {child.stderr.read().decode() if child.stderr else ''}")
    return False


def _articles(index: Path) -> int:
    if not IndexStore.exists(index):
        return 0
    store = IndexStore(index)
    try:
        return store.catalog.counts()[0]
    finally:
        store.close()


def _differences(alone: Path, killed: Path) -> list[str]:
    left, right = IndexStore(alone), IndexStore(killed)
    embedder = load_embedder(load_settings())
    problems = [f"after the kills: {line}" for line in audit(right, embedder)]
    if left.catalog.summaries() != right.catalog.summaries():
        problems.append("the articles, their versions or their groups of copies differ")
    ids = sorted(left.vectors.ids())
    if ids != sorted(right.vectors.ids()) or left.lexical.ids() != right.lexical.ids():
        problems.append("the passages differ")
    if right.catalog.journal():
        problems.append("the journal is not empty")
    one, other = left.vectors.get(ids), right.vectors.get(ids)
    if one is None or other is None:
        return [*problems, "vectors are missing"]
    cosines = (one * other).sum(axis=1)
    print(f"{len(ids):,} passages; cosine of their two vectors at least {cosines.min():.6f},"
          f" {np.mean(np.abs(one - other).max(axis=1) < 1e-6):.1%} equal to 1e-6")  # fmt: skip
    if cosines.min() < 0.9995:
        problems.append("a vector is not that of its text")
    for query in ("president", "election results in June", "who won the match"):
        if left.search_lexical(query, 20, Filters()) != right.search_lexical(query, 20, Filters()):
            problems.append(f"BM25 ranks {query!r} differently")
    left.close()
    right.close()
    return problems


if __name__ == "__main__":
    sys.exit(main())
