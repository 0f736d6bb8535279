"""Every setting as a page of Markdown: ``python -m rag.settings_page > docs/CONFIGURATION.md``."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from pydantic import SecretStr

from rag.config import Settings

_HEAD = """\
# Settings

Written by `python -m rag.settings_page > docs/CONFIGURATION.md`; a test holds it to the program.

A setting comes from an option of the command line where there is one, else from a variable, else from `dateline.toml`
in the current folder (`serve_per_minute = 60`, without the prefix). An empty variable counts as not set; a name that
does not exist is refused, with the nearest right one. Keys of network models are not settings: litellm reads each
provider's own variables, such as `OPENAI_API_KEY`.

| setting | variable | default | takes | meaning |
|---|---|---|---|---|
"""
_BOUNDS = (("ge", "≥ {}"), ("gt", "> {}"), ("le", "≤ {}"), ("lt", "< {}"))
_KINDS = {bool: "true or false", int: "whole number", float: "number", Path: "path", SecretStr: "secret", str: "text"}


def settings_page() -> str:
    """Returns the page."""
    return _HEAD + "".join(_row(name, field) for name, field in Settings.model_fields.items())


def _row(name: str, field: Any) -> str:
    cells = (f"`{name}`", f"`DATELINE_{name.upper()}`", _default(field.default), _takes(field), field.description)
    return f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in cells)} |\n"


def _default(value: object) -> str:
    if isinstance(value, SecretStr):
        value = value.get_secret_value()
    shown = str(value).lower() if isinstance(value, bool) else str(value)
    return f"`{shown}`" if shown else "empty"


def _takes(field: Any) -> str:
    found = [_KINDS[field.annotation]]
    for limit in field.metadata:
        found += [form.format(getattr(limit, name)) for name, form in _BOUNDS if hasattr(limit, name)]
        if pattern := getattr(limit, "pattern", None):
            found = [f"`{pattern.strip('^$()')}`"]
    return ", ".join(found)


if __name__ == "__main__":
    print(settings_page(), end="")
