"""An index as one file, to move it to another machine: the catalog and the vectors, without the text embedded anew.

The file is a ZIP archive of ``manifest.json``, ``catalog.sqlite`` and ``vectors.f32``: one row of little-endian 32-bit
floats per passage, in the order of ``Catalog.passage_ids``. The other indexes are built again on import.
"""

from __future__ import annotations

import hashlib
import json
import os
import tempfile
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from importlib.metadata import version
from pathlib import Path
from typing import IO

import numpy as np
from numpy.typing import NDArray

from rag.errors import StoreError
from rag.index.catalog import Catalog
from rag.index.derived import EMBEDDER
from rag.index.layout import Passages, passages_in_batches
from rag.index.store import IndexStore

_FORMAT = 1
_MANIFEST, _CATALOG, _VECTORS = "manifest.json", "catalog.sqlite", "vectors.f32"
_ROWS = 2_000
_CHUNK = 1 << 20
_ATTEMPTS = 3
_LARGEST_MANIFEST = 100_000
_LARGEST_DIMENSION = 65_536


@dataclass(frozen=True, slots=True)
class Manifest:
    """What an exported file says of itself; hashes are SHA-256 of the members."""

    format: int
    dateline: str
    embedder: str
    dimension: int
    articles: int
    passages: int
    catalog: str
    vectors: str


class _ChangedError(Exception):
    """The index was written to while it was read."""


def export_index(store: IndexStore, file: Path, *, overwrite: bool = False) -> Manifest:
    """Writes an index to one file, in one step; others may go on reading and writing the index.

    Raises:
        StoreError: The file exists and ``overwrite`` is false, or cannot be written, or the index changes all the time.
    """
    if file.is_dir() or (file.exists() and not overwrite):
        raise StoreError(f"{file} exists; choose another name, or --force to replace it")
    if not file.parent.is_dir():
        raise StoreError(f"{file.parent} is not a folder; create it first")
    for _ in range(_ATTEMPTS):
        try:
            return _export(store, file)
        except _ChangedError:
            store.refresh()
    raise StoreError(f"{store.folder} is being written; export it when that is done")


def _export(store: IndexStore, file: Path) -> Manifest:
    with tempfile.TemporaryDirectory(prefix=".export-", dir=file.parent) as scratch:
        copy = Path(scratch) / _CATALOG
        store.catalog.copy_to(copy)
        catalog = Catalog(copy)
        articles, passages = catalog.counts()
        ids = catalog.passage_ids()
        embedder = catalog.get_meta(EMBEDDER) or ""
        catalog.close()
        part = Path(scratch) / "export.zip"
        with zipfile.ZipFile(part, "w", zipfile.ZIP_DEFLATED, compresslevel=3) as archive:
            digest, dimension = hashlib.sha256(), 0
            member = zipfile.ZipInfo(_VECTORS)  # floats do not compress
            with archive.open(member, "w", force_zip64=True) as out:
                for start in range(0, len(ids), _ROWS):
                    rows = store.vectors.get(ids[start : start + _ROWS])
                    if rows is None:
                        raise _ChangedError
                    data = rows.astype("<f4").tobytes()
                    dimension = rows.shape[1]
                    digest.update(data)
                    out.write(data)
            with copy.open("rb") as stream:
                hashed = hashlib.file_digest(stream, "sha256").hexdigest()
            archive.write(copy, _CATALOG)
            manifest = Manifest(
                _FORMAT, version("dateline"), embedder, dimension, articles, passages, hashed, digest.hexdigest()
            )
            archive.writestr(_MANIFEST, json.dumps(asdict(manifest), indent=2))
        with part.open("rb") as stream:
            os.fsync(stream.fileno())
        part.replace(file)
    return manifest


def import_index(file: Path, folder: Path) -> Manifest:
    """Makes an index folder of an exported file, whole or not at all.

    Args:
        file: Written by ``export_index``.
        folder: Where the index goes; must not exist, or be empty.

    Raises:
        StoreError: The folder is in use, or the file is damaged or of another format.
    """
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise StoreError(f"{folder} is not empty; import into a new --index")
    try:
        with zipfile.ZipFile(file) as archive:
            manifest = _manifest(archive, file)
            folder.parent.mkdir(parents=True, exist_ok=True)
            with tempfile.TemporaryDirectory(prefix=".import-", dir=folder.parent) as scratch:
                made = Path(scratch) / "index"
                made.mkdir()
                _fill(archive, manifest, made)
                if folder.exists():
                    folder.rmdir()
                made.replace(folder)
    except (zipfile.BadZipFile, zlib.error, EOFError, KeyError, NotImplementedError, RuntimeError) as error:
        raise StoreError(f"{file} is damaged, or no file that `dateline export` wrote; nothing was imported") from error
    except OSError as error:
        raise StoreError(f"{error.filename or file} cannot be used: {error.strerror or error}") from error
    return manifest


def _manifest(archive: zipfile.ZipFile, file: Path) -> Manifest:
    if archive.getinfo(_MANIFEST).file_size > _LARGEST_MANIFEST:
        raise KeyError(_MANIFEST)
    try:
        manifest = Manifest(**json.loads(archive.read(_MANIFEST)))
    except (TypeError, ValueError) as error:
        raise KeyError(_MANIFEST) from error
    if manifest.format != _FORMAT:
        raise StoreError(f"{file} has export format {manifest.format}; this version reads {_FORMAT}")
    sizes = archive.getinfo(_VECTORS).file_size
    if not 0 <= manifest.dimension <= _LARGEST_DIMENSION or sizes != manifest.passages * manifest.dimension * 4:
        raise KeyError(_VECTORS)
    return manifest


def _fill(archive: zipfile.ZipFile, manifest: Manifest, folder: Path) -> None:
    digest = hashlib.sha256()
    with archive.open(_CATALOG) as packed, (folder / _CATALOG).open("wb") as out:
        while chunk := packed.read(_CHUNK):
            digest.update(chunk)
            out.write(chunk)
    if digest.hexdigest() != manifest.catalog:
        raise zipfile.BadZipFile(_CATALOG)
    store = IndexStore(folder)
    try:
        if store.catalog.counts() != (manifest.articles, manifest.passages):
            raise zipfile.BadZipFile(_CATALOG)
        with archive.open(_VECTORS) as packed, store.writing():
            store.rebuild(manifest.embedder, _batches(store.catalog, packed, manifest))
    finally:
        store.close()


def _batches(
    catalog: Catalog, packed: IO[bytes], manifest: Manifest
) -> Iterator[tuple[list[Passages], NDArray[np.float32]]]:
    digest = hashlib.sha256()
    for batch in passages_in_batches(catalog, _ROWS):
        rows = sum(len(passages) for _, passages in batch)
        data = packed.read(rows * manifest.dimension * 4)
        digest.update(data)
        vectors = np.frombuffer(data, dtype="<f4").reshape(rows, manifest.dimension)
        yield batch, vectors.astype(np.float32)
    if digest.hexdigest() != manifest.vectors:
        raise zipfile.BadZipFile(_VECTORS)
