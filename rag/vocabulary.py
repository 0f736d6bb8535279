"""Word lists, written as one text."""

from __future__ import annotations


def vocabulary(text: str) -> tuple[str, ...]:
    """Returns the words of a list written as one text."""
    return tuple(text.split())
