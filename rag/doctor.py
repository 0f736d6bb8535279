"""Examines an installation and an index without changing either."""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path

from rag.config import Settings
from rag.errors import DatelineError
from rag.index.store import IndexStore

_PACKAGES = ("chromadb", "tantivy", "sentence-transformers", "torch", "onnxruntime", "litellm")


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing examined: whether it is in order, and the facts."""

    name: str
    ok: bool
    detail: str


def examine(settings: Settings, *, deep: bool = False) -> list[Finding]:
    """Returns what was found, in a fixed order; ``deep`` compares every text, passage and vector of the index."""
    examined: list[tuple[str, Callable[[Settings], Finding]]] = [
        ("packages", _packages), ("embedding model", _embedder), ("language model", _model),
        ("network", _network), ("index", _index),
    ]  # fmt: skip
    if deep:
        examined.append(("index in depth", _audit))
    findings = []
    for name, look in examined:
        try:
            findings.append(look(settings))
        except DatelineError as error:
            findings.append(Finding(name, False, str(error)))
    return findings


def _version(package: str) -> str | None:
    try:
        return metadata.version(package)
    except metadata.PackageNotFoundError:
        return None


def _packages(settings: Settings) -> Finding:
    found = {name: _version(name) for name in ("dateline", *_PACKAGES)}
    missing = [name for name, version in found.items() if version is None]
    detail = f"Python {sys.version.split()[0]}, " + ", ".join(f"{n} {v}" for n, v in found.items() if v)
    return Finding("packages", not missing, detail + (f"; missing: {', '.join(missing)}" if missing else ""))


def _embedder(settings: Settings) -> Finding:
    from rag.index.embedding import load_embedder

    if _is_on_hub(settings):  # loading it could download it
        return Finding("embedding model", True, f"{settings.embedding_model}, by name; not loaded by this command")
    embedder = load_embedder(settings)
    return Finding("embedding model", True, f"{embedder.fingerprint}, {embedder.dimension} dimensions")


def _model(settings: Settings) -> Finding:
    from rag.generate.gguf import describe_model

    return Finding("language model", True, describe_model(settings))


def _network(settings: Settings) -> Finding:
    reached = []
    if _is_on_hub(settings):
        reached.append(f"the embedding model {settings.embedding_model} is fetched from its hub unless it is cached")
    if settings.model not in ("embedded", "extractive") and not settings.model.lower().endswith(".gguf"):
        reached.append(f"questions and their evidence go to {settings.model_api_base or settings.model}")
    return Finding("network", True, "; ".join(reached) or "nothing reaches the network with these settings")


def _is_on_hub(settings: Settings) -> bool:
    from rag.index.embedding import PACKAGED_MODEL

    name = settings.embedding_model
    is_path = name.startswith((".", "~", "/", "\\")) or Path(name).exists()
    return not is_path and name.removeprefix("sentence-transformers/") != PACKAGED_MODEL


def _index(settings: Settings) -> Finding:
    if not settings.index.exists():
        return Finding("index", True, f"none yet in {settings.index}; `dateline ingest PATH` makes one")
    store = IndexStore(settings.index)
    try:
        articles, passages = store.catalog.counts()
        leftovers = len(store.catalog.journal())
        vectors, lexical = store.vectors.count(), store.lexical.count()
        sound = vectors - leftovers <= passages <= vectors and lexical - leftovers <= passages <= lexical
        detail = (
            f"{settings.index}: {articles:,} articles, {passages:,} passages, {vectors:,} vectors, {lexical:,} lexical"
        )
        if leftovers:
            detail += f"; {leftovers:,} leftovers of an interrupted write, removed by the next ingest"
        return Finding("index", sound, detail if sound else f"{detail}: they disagree, run `dateline reindex`")
    finally:
        store.close()


def _audit(settings: Settings) -> Finding:
    from rag.index.audit import audit
    from rag.index.embedding import load_embedder

    if not IndexStore.exists(settings.index):
        return Finding("index in depth", True, "none yet")
    store = IndexStore(settings.index)
    try:
        embedder = None if _is_on_hub(settings) else load_embedder(settings)
        if embedder is not None:
            store.require_embedder(embedder.fingerprint)
        problems = audit(store, embedder)
        agree = "catalog, vectors and lexical index agree in every passage; texts and spans are as they were stored"
        return Finding("index in depth", not problems, "; ".join(problems) or agree)
    finally:
        store.close()
