"""JSON Lines files, compressed or not, read and written, with errors that name file, line and field."""

from __future__ import annotations

import gzip
import json
import zlib
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from rag.errors import SourceError


def records(path: Path, holds: str = "JSON Lines") -> Iterator[tuple[int, dict[str, Any]]]:
    """Yields the line number and object of each line that is not blank.

    Args:
        path: JSON Lines in UTF-8, compressed with gzip or not.
        holds: What the file should hold, for messages.

    Raises:
        SourceError: The file cannot be read, or a line is not a JSON object.
    """
    number = 0
    try:
        raw = path.read_bytes()
        text = (gzip.decompress(raw) if raw[:2] == b"\x1f\x8b" else raw).decode("utf-8-sig")
        for number, line in enumerate(text.split("\n"), start=1):
            if line.strip():
                record = json.loads(line, object_pairs_hook=_once)
                if not isinstance(record, dict):
                    raise ValueError("it is not an object")
                yield number, record
    except (OSError, EOFError, zlib.error) as error:
        reason = getattr(error, "strerror", None) or "it is not a whole gzip file"
        raise SourceError(f"{path} cannot be read: {reason}; give a file of {holds}") from error
    except UnicodeDecodeError as error:
        raise SourceError(f"{path} is not UTF-8 text; give {holds}") from error
    except (ValueError, RecursionError) as error:
        raise SourceError(f"{path}, line {number}: not a JSON object ({error})") from error


def write_records(path: Path, rows: Iterable[dict[str, Any]]) -> None:
    """Writes objects as JSON Lines.

    Raises:
        SourceError: The file cannot be written.
    """
    try:
        path.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), encoding="utf-8")
    except OSError as error:
        raise SourceError(f"{path} cannot be written: {error.strerror}") from error


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Returns an object; refuses a field that is there twice, of which JSON would keep the last without a word."""
    found = dict(pairs)
    if len(found) < len(pairs):
        names = [name for name, _ in pairs]
        raise ValueError(f"field {next(name for name in names if names.count(name) > 1)!r} is there twice")
    return found
