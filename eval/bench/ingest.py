"""Ingest speed and memory: Dateline against llama-index's default pipeline, on the same articles in one run.

Run as::

    python -m eval.bench.ingest FOLDER [--articles 300] [--rounds 2] [--peer llama-index]
    python -m eval.bench.ingest FOLDER --full [--index DIR]
    python -m eval.bench.ingest FOLDER --again [--articles 300]

Every run is a process of its own; the order is reversed from round to round. Seconds count reading, model loading,
embedding and writing, but no imports; both sides read one file. The peer is documents, ``SentenceSplitter``,
``HuggingFaceEmbedding`` of the same packaged all-MiniLM-L6-v2, and ``VectorStoreIndex`` in a persistent Chroma
collection. Its metadata is stored but not embedded, which is to its advantage: no token goes to anything but the text.

The bare encoder is sentence-transformers given the texts that Dateline embeds, all in one call, with nothing read,
split or stored: what is left of it in Dateline is the price of everything else.

The peer's default chunk of 1,024 tokens is cut to the 256 that the model reads, so most of the text cannot be found.
Hence two more figures: words that the model has read, and the peer with chunks that the model reads whole.

``--full`` ingests the whole corpus with Dateline alone and shows memory along the way, and by how much Chroma grows
that is given as many vectors, of passages and articles, in the same way and nothing else: it holds its graph in memory.
What has grown is the process's own memory; the rest of the resident set are pages of the index's files, which the
system takes back at need. With ``--index`` the index is kept, for ``eval.bench.retrieval``. Memory is read from
``/proc``, which is Linux.

``--again`` ingests the same articles twice, as one file of records and as a folder with a file for each, and shows the
seconds of both runs as the report of each states them: imports and the start of the process are not in it.
"""

from __future__ import annotations

import argparse
import gzip
import json
import multiprocessing
import os
import random
import statistics
import tempfile
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import TypeVar

from eval.bench.ingest_ways import (
    Measured,
    encode_barely,
    ingest_with_dateline,
    ingest_with_llama_index,
    read_lines,
    report_of,
    store_barely,
)

_T = TypeVar("_T")

_COVERING_CHUNK = 200

_OURS = "Dateline"
_PEER = "llama-index default"
_PEER_COVERING = f"llama-index {_COVERING_CHUNK}-token chunks"
_BARE = "bare encoder, same passages"


def main() -> None:
    """Reads the arguments and prints the tables."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path, help="folder with corpus.jsonl.gz")
    parser.add_argument("--articles", type=int, default=300, help="articles in the comparison")
    parser.add_argument("--rounds", type=int, default=2)
    parser.add_argument("--peer", choices=["llama-index"], default="llama-index")
    parser.add_argument("--full", action="store_true", help="ingest the whole corpus with Dateline alone")
    parser.add_argument("--again", action="store_true", help="ingest with Dateline twice")
    parser.add_argument("--index", type=Path, help="with --full: a new folder in which to keep the index")
    arguments = parser.parse_args()
    os.environ["OMP_WAIT_POLICY"] = "PASSIVE"
    os.environ["HF_HUB_DISABLE_PROGRESS_BARS"] = "1"
    corpus = arguments.folder / "corpus.jsonl.gz"
    with tempfile.TemporaryDirectory() as scratch:
        if arguments.full:
            index = arguments.index or Path(scratch) / "index"
            if index.exists():
                parser.error(f"{index} exists; name a new folder, so that everything is ingested")
            measured = _in_new_process(ingest_with_dateline, corpus, index)
            sizes = tuple(station.passages + station.articles for station in measured.along_the_way)
            _print_full(measured, _in_new_process(store_barely, Path(scratch) / "chroma", sizes))
        elif arguments.again:
            _ingest_again(corpus, arguments.articles, Path(scratch))
        else:
            _compare(corpus, arguments.articles, arguments.rounds, Path(scratch))


def _ingest_again(corpus: Path, articles: int, scratch: Path) -> None:
    sample, chosen = _sample(corpus, articles, scratch)
    folder = scratch / "folder"
    folder.mkdir()
    for number, line in enumerate(chosen):
        (folder / f"{number:05}.json").write_text(line, encoding="utf-8")
    print(f"{len(chosen)} articles{'first':>21s}{'again':>10s}{'ratio':>10s}", flush=True)
    for name, place in (("one .jsonl.gz", sample), ("a file for each", folder)):
        first, again = (_in_new_process(report_of, place, scratch / f"again-{place.name}") for _ in range(2))
        if again.unchanged != first.added or again.passages:
            raise SystemExit(f"the second run found changes: {again}")
        print(f"{name:20s}{first.seconds:10.2f} s{again.seconds:8.3f} s{first.seconds / again.seconds:10.0f}")


def _sample(corpus: Path, articles: int, scratch: Path) -> tuple[Path, list[str]]:
    lines = list(read_lines(corpus))
    chosen = random.Random(0).sample(lines, min(articles, len(lines)))
    sample = scratch / "corpus.jsonl.gz"
    with gzip.open(sample, "wt", encoding="utf-8") as file:
        file.writelines(chosen)
    return sample, chosen


def _compare(corpus: Path, articles: int, rounds: int, scratch: Path) -> None:
    sample, chosen = _sample(corpus, articles, scratch)
    words = sum(len(json.loads(line)["text"].split()) for line in chosen)
    print(f"{len(chosen)} articles, {words:,} words, medians of {rounds} rounds", flush=True)
    ways: dict[str, tuple[Callable[..., Measured], tuple[int, ...]]] = {
        _OURS: (ingest_with_dateline, ()),
        _PEER: (ingest_with_llama_index, ()),
        _PEER_COVERING: (ingest_with_llama_index, (_COVERING_CHUNK,)),
    }
    runs: dict[str, list[Measured]] = {name: [] for name in (*ways, _BARE)}
    for turn in range(rounds):
        # What the bare encoder encodes is read from Dateline's index of the round, so it comes last.
        for name in [*(list(ways) if turn % 2 == 0 else reversed(ways)), _BARE]:
            ingest, extra = ways.get(name, (encode_barely, ()))
            index = scratch / f"{turn}-{(_OURS if name == _BARE else name).replace(' ', '-')}"
            runs[name].append(_in_new_process(ingest, sample, index, *extra))
            print(f"  round {turn + 1}, {name}: {runs[name][-1].seconds:.1f} s", flush=True)
    medians = {name: _median(measured) for name, measured in runs.items()}
    _print_table(medians)
    _print_ratios(medians)


def _print_table(medians: dict[str, Measured]) -> None:
    head = ("seconds", "cpu s", "process s", "articles/s", "passages", "passages/s", "stored", "embedded", "share")
    print(f"\n{'':28s}" + "".join(f"{name:>11s}" for name in (*head, "words/s", "peak MiB")))
    for name, m in medians.items():
        print(
            f"{name:28s}{m.seconds:11.1f}{m.processor_seconds:11.1f}{m.process_seconds:11.1f}"
            f"{m.articles / m.seconds:11.2f}{m.passages:11,}{m.passages / m.seconds:11.1f}{m.stored_words:11,}"
            f"{m.embedded_words:11,}{m.embedded_words / m.stored_words:11.1%}{m.embedded_words / m.seconds:11,.0f}"
            f"{m.peak_bytes / 2**20:11,.0f}"
        )


def _print_ratios(medians: dict[str, Measured]) -> None:
    ours = medians[_OURS]
    print(f"\n{'Dateline / peer':28s}{'articles/s':>11s}{'passages/s':>11s}{'words/s':>11s}", end="")
    print(f"{'words/cpu s':>12s}{'articles/process s':>19s}{'peak memory':>12s}")
    for name in (_PEER, _PEER_COVERING, _BARE):
        peer = medians[name]
        faster = peer.seconds / ours.seconds
        more_words = ours.embedded_words / peer.embedded_words
        print(
            f"{name:28s}{ours.articles / peer.articles * faster:11.2f}{ours.passages / peer.passages * faster:11.2f}"
            f"{more_words * faster:11.2f}{more_words * peer.processor_seconds / ours.processor_seconds:12.2f}"
            f"{ours.articles / peer.articles * peer.process_seconds / ours.process_seconds:19.2f}"
            f"{ours.peak_bytes / peer.peak_bytes:12.2f}"
        )
    print("words/s: words that the model has read, per second. The last two lines are at equal coverage of the text.")


def _print_full(m: Measured, chroma: Sequence[int]) -> None:
    print(f"{m.articles:,} articles, {m.passages:,} passages in {m.seconds:.1f} s ({m.processor_seconds:.1f} s cpu)")
    print(f"{m.articles / m.seconds:.2f} articles/s, {m.passages / m.seconds:.1f} passages/s, ", end="")
    print(f"{m.embedded_words / m.seconds:,.0f} words/s; {m.embedded_words / m.stored_words:.1%} of words embedded")
    print(f"resident: {m.idle_bytes / 2**20:,.0f} MiB after imports, {m.peak_bytes / 2**20:,.0f} MiB at the peak")
    first, base = m.along_the_way[0], chroma[0]
    print(f"{'articles':>10s}{'passages':>10s}{'s':>9s}{'resident':>10s}{'peak':>7s}{'own':>7s}", end="")
    print(f"{'grown by':>10s}{'Chroma alone by':>17s}")
    for at, alone in zip(m.along_the_way, chroma, strict=True):
        grown = [(now - then) / 2**20 for now, then in ((at.own_bytes, first.own_bytes), (alone, base))]
        print(f"{at.articles:10,}{at.passages:10,}{at.seconds:9.1f}{at.resident_bytes / 2**20:10,.0f}", end="")
        print(f"{at.peak_bytes / 2**20:7,.0f}{at.own_bytes / 2**20:7,.0f}{grown[0]:10,.0f}{grown[1]:17,.0f}   MiB")


def _median(runs: list[Measured]) -> Measured:
    return replace(
        runs[0],
        seconds=statistics.median(m.seconds for m in runs),
        processor_seconds=statistics.median(m.processor_seconds for m in runs),
        process_seconds=statistics.median(m.process_seconds for m in runs),
        peak_bytes=int(statistics.median(m.peak_bytes for m in runs)),
    )


def _in_new_process(ingest: Callable[..., _T], *arguments: object) -> _T:
    with ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("spawn")) as pool:
        return pool.submit(ingest, time.monotonic(), *arguments).result()


if __name__ == "__main__":
    main()
