"""How many articles there are to read, found quickly, so that progress can say how long it will take."""

from __future__ import annotations

import gzip
import zlib
from collections.abc import Sequence
from pathlib import Path

from rag.ingest.readers import READERS
from rag.ingest.readers.folder import CorpusFile, walk

_CHUNK = 1 << 20
_METADATA_LIMIT = 1 << 20


def count_articles(paths: Sequence[Path]) -> int:
    """Returns about how many articles files and folders hold: a line of JSON Lines, or any other file, is one."""
    total = 0
    for path in paths:
        found = walk(path, _METADATA_LIMIT) if path.is_dir() else [CorpusFile(path, path.name)]
        total += sum(_count(file.path) for file in found if isinstance(file, CorpusFile))
    return total


def _count(file: Path) -> int:
    name = file.name.lower()
    if not name.endswith(tuple(READERS)):
        return 0
    if not name.endswith((".jsonl", ".jsonl.gz")):
        return 1
    lines, last = 0, b"\n"
    try:
        with gzip.open(file) if name.endswith(".gz") else file.open("rb") as stream:
            while chunk := stream.read(_CHUNK):
                lines += chunk.count(b"\n")
                last = chunk[-1:]
    except (OSError, EOFError, zlib.error):
        return lines  # damage is told by the reader
    return lines + (last != b"\n")
