"""Writes the four forms of a report into one folder."""

from __future__ import annotations

import json
import os
from pathlib import Path

from eval.report.document import FILE, Report, encode_report
from eval.report.html import html
from eval.report.junit import junit
from eval.report.markdown import markdown
from rag.errors import StoreError


def write_report(report: Report, folder: Path) -> list[Path]:
    """Writes ``report.json``, ``report.html``, ``report.md`` and ``junit.xml``; returns where they are.

    Each is written beside and then moved, so that a kill leaves the old one or the new one.

    Raises:
        StoreError: The folder cannot be written.
    """
    contents = {
        FILE: json.dumps(encode_report(report), ensure_ascii=False, indent=1) + "\n",
        "report.html": html(report),
        "report.md": markdown(report),
        "junit.xml": junit(report),
    }
    written = []
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name, text in contents.items():
            path = folder / name
            beside = folder / f".{name}.{os.getpid()}"
            beside.write_text(text, encoding="utf-8", errors="replace")
            beside.replace(path)
            written.append(path)
    except OSError as error:
        raise StoreError(f"{folder} cannot be written: {error.strerror}; choose another --out") from error
    return written
