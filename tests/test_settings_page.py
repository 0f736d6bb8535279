"""The page of settings is what the program has, and nothing in it is missing from the other pages' claims."""

from __future__ import annotations

import re
from pathlib import Path

from rag.config import Settings, load_settings
from rag.settings_page import settings_page

DOCS = Path(__file__).parents[1] / "docs"


def test_the_page_is_current() -> None:
    written = (DOCS / "CONFIGURATION.md").read_text(encoding="utf-8")
    assert written == settings_page(), "run `python -m rag.settings_page > docs/CONFIGURATION.md`"


def test_it_is_complete() -> None:
    rows = [line for line in settings_page().splitlines() if line.startswith("| `")]
    assert len(rows) == len(Settings.model_fields)
    for name, row in zip(Settings.model_fields, rows, strict=True):
        assert row.startswith(f"| `{name}` | `DATELINE_{name.upper()}` | ")
        assert len(row.rsplit(" | ", 1)[1]) > 10, f"{name} has no meaning"


def test_variables_that_any_page_names_exist() -> None:
    for page in sorted(DOCS.glob("*.md")):
        for name in re.findall(r"\bDATELINE_([A-Z_]+)\b", page.read_text(encoding="utf-8")):
            assert name.lower() in Settings.model_fields or name == "KEY", f"{page.name}: DATELINE_{name}"


def test_a_secret_shows_no_value() -> None:
    assert load_settings(model_api_key="hunter2").model_api_key.get_secret_value() == "hunter2"
    assert "hunter2" not in settings_page()
