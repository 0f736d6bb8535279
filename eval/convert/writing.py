"""Writes the corpus of a converted suite."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from rag.errors import SourceError


def write_corpus(path: Path, articles: Iterable[dict[str, Any]]) -> None:
    """Writes articles as JSON Lines that ``dateline ingest`` reads.

    Raises:
        SourceError: The file cannot be written.
    """
    try:
        path.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in articles), encoding="utf-8")
    except OSError as error:
        raise SourceError(f"{path} cannot be written: {error.strerror}") from error
