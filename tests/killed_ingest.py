"""Kills an ingest with SIGKILL at random instants and says what is wrong with the index afterwards.

Run by hand: ``python -m tests.killed_ingest FOLDER ROUNDS SEED ARTICLES``. The processes are forked from one
that has imported everything and opened nothing, so that a round takes a fraction of a second.
"""

from __future__ import annotations

import os
import random
import signal
import sys
import time
import traceback
from collections.abc import Callable
from pathlib import Path

import chromadb  # noqa: F401
import datasketch  # noqa: F401
import tantivy  # noqa: F401

import rag.ingest.sync as sync
from rag.index.store import IndexStore
from tests.corpora import current_passages, report, texts, write_article
from tests.fakes import HashEmbedder


def main(folder: Path, rounds: int, seed: int, articles: int) -> int:
    """Returns 0 when nothing was lost and nothing is there twice."""
    sync._BATCH_PASSAGES = 12  # many commits to be killed in
    draw = random.Random(seed)
    corpus, index = folder / "corpus", folder / "index"
    _change(corpus, draw, articles)
    started = time.perf_counter()
    failed = int(_forked(lambda: _ingest(index, corpus)))
    whole = time.perf_counter() - started
    interrupted = 0
    for _ in range(rounds):
        _change(corpus, draw, articles)
        child = _fork(lambda: _ingest(index, corpus))
        time.sleep(draw.uniform(0, whole))
        os.kill(child, signal.SIGKILL)
        status = os.waitpid(child, 0)[1]
        interrupted += os.WIFSIGNALED(status)
        failed += os.WIFEXITED(status) and os.WEXITSTATUS(status) != 0
        failed += _forked(lambda: _check_unrepaired(index))
    failed += _forked(lambda: _ingest(index, corpus))
    failed += _forked(lambda: _check_against(index, corpus))
    print(f"{rounds} rounds of up to {whole:.2f} s, {interrupted} killed before their end, {failed} checks failed")
    return 1 if failed else 0


def _change(corpus: Path, draw: random.Random, articles: int) -> None:
    for number in range(articles):
        path = corpus / f"{number}.md"
        if draw.random() < 0.2:
            path.unlink(missing_ok=True)
        elif draw.random() < 0.6 or not path.exists():
            # Few stories for many files, so that copies, leads and heirs come and go.
            write_article(path, report(draw.randrange(articles // 2), 20), publisher=f"P{number % 7}")


def _ingest(index: Path, corpus: Path) -> None:
    store = IndexStore(index, create=True)
    sync.ingest(store, HashEmbedder(), [corpus], prune=True)
    current_passages(store)
    store.close()


def _check_unrepaired(index: Path) -> None:
    if not IndexStore.exists(index):
        return
    store = IndexStore(index)
    ids = {p.id for summary in store.catalog.summaries() for p in store.catalog.passages_of(summary.id)}
    stored = store.vectors.ids()
    assert ids <= stored <= ids | set(store.catalog.journal()), "vectors"
    assert len(ids) <= store.lexical.count() <= len(stored | set(store.catalog.journal())), "lexical"
    store.close()


def _check_against(index: Path, corpus: Path) -> None:
    store = IndexStore(index)
    current_passages(store)
    fresh = IndexStore(index.with_name("fresh"), create=True)
    sync.ingest(fresh, HashEmbedder(), [corpus])
    assert texts(store) == texts(fresh)
    assert store.catalog.summaries() == fresh.catalog.summaries()


def _fork(work: Callable[[], None]) -> int:
    sys.stdout.flush()
    child = os.fork()
    if child:
        return child
    try:
        work()
    except BaseException:
        traceback.print_exc()
        os._exit(1)
    os._exit(0)


def _forked(work: Callable[[], None]) -> bool:
    return os.waitpid(_fork(work), 0)[1] != 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]), int(sys.argv[4])))
