"""Text from articles, models and readers as HTML that shows it and does nothing else.

Everything foreign passes through ``text``. Nothing is ever read as Markdown, and no address from an article is put
where a browser would fetch it.
"""

from __future__ import annotations

import html
import re
from collections.abc import Mapping
from datetime import date
from urllib.parse import urlsplit

_UNSENDABLE = re.compile(r"[\ud800-\udfff\x00]")
_LONGEST_ADDRESS = 2000


def text(words: object) -> str:
    """Returns words as HTML text, fit for an attribute in double quotes too; half characters become U+FFFD."""
    return html.escape(_UNSENDABLE.sub("\ufffd", str(words)), quote=True).replace("\r", "&#13;")


def attributes(values: Mapping[str, object]) -> str:
    """Returns attributes with a blank before each; ``True`` gives the name alone, ``None`` and ``False`` nothing."""
    given = {name: value for name, value in values.items() if value is not None and value is not False}
    return "".join(f" {name}" if value is True else f' {name}="{text(value)}"' for name, value in given.items())


def button(label: str, event: str, *, title: str = "", classes: str = "quiet", **data: object) -> str:
    """Returns a button that sends an event with its data to the page; see ``ui.events``."""
    named = {f"data-{name}": value for name, value in data.items()}
    values = {"type": "button", "class": classes, "data-event": event, "aria-label": title or None, **named}
    return f"<button{attributes(values | ({'title': title} if title else {}))}>{label}</button>"


def day(value: date | None) -> str:
    """Returns a date as people write it."""
    return f"{value.day} {value:%B %Y}" if value else "undated"


def address(url: str) -> str:
    """Returns a link to an article's address, which a reader may follow and which says nothing of where from.

    Only web addresses become links; anything else, such as a script, is left out.
    """
    try:
        parts = urlsplit(url)
    except ValueError:
        return ""
    if parts.scheme not in ("http", "https") or not parts.hostname or len(url) > _LONGEST_ADDRESS:
        return ""
    shown = f"{parts.hostname}{parts.path}"
    return f'<a href="{text(url)}" target="_blank" rel="noopener noreferrer nofollow external">{text(shown)}</a>'


def plural(n: int, noun: str, several: str = "") -> str:
    """Returns a number and its noun."""
    return f"{n:,} {noun if n == 1 else several or f'{noun}s'}"


def listed(names: tuple[str, ...] | list[str]) -> str:
    """Returns names as one would say them."""
    return ", ".join(names[:-1]) + f" and {names[-1]}" if len(names) > 1 else "".join(names)
