"""Converters: public question collections as suites, with the corpus a suite is asked of beside it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from eval.convert import clapnq, judged_news, ramdocs
from eval.suites import write_suite
from rag.errors import SourceError

Converter = Callable[[Path, Path], tuple[dict[str, Any], list[dict[str, Any]]]]

FORMATS: Mapping[str, Converter] = {
    "judged-news": judged_news.convert,
    "clapnq": clapnq.convert,
    "ramdocs": ramdocs.convert,
}


def convert(name: str, folder: Path, suite: Path) -> int:
    """Writes the suite of a folder, and its corpus beside it where it needs one of its own.

    Args:
        name: One of ``FORMATS``.
        folder: Files of that format.
        suite: Where the suite goes; the corpus goes to ``NAME.corpus.jsonl`` beside it.

    Returns:
        The number of items.

    Raises:
        SourceError: There is no such format, a file is missing or of another form, or nothing can be written.
    """
    if name not in FORMATS:
        raise SourceError(f"there is no format {name!r}; there are {', '.join(FORMATS)}")
    corpus = suite.with_name(f"{suite.name.removesuffix('.jsonl')}.corpus.jsonl")
    header, items = FORMATS[name](folder, corpus)
    return write_suite(suite, items, header)
