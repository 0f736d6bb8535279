"""Writes ``report.schema.json``, the JSON schema of ``report.json``. Run as ``python -m eval.report.schema``."""

from __future__ import annotations

import json
from pathlib import Path

from eval.report.document import Report
from eval.validation import schema_of


def main() -> None:
    """Writes the schema beside this file."""
    text = json.dumps(schema_of(Report), indent=1, ensure_ascii=False) + "\n"
    Path(__file__).with_name("report.schema.json").write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
