"""Days as readers enter them."""

from __future__ import annotations

from datetime import date

from rag.errors import SettingsError


def read_day(value: str | None) -> date | None:
    """Returns a day; ``None`` when nothing was entered.

    Raises:
        SettingsError: It is no date.
    """
    if not value or not value.strip():
        return None
    try:
        return date.fromisoformat(value.strip()[:10])
    except ValueError:
        raise SettingsError(f"{value!r} is not a date; write YYYY-MM-DD") from None
