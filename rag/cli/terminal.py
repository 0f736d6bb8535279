"""Makes foreign text safe to print. Nothing heavy is imported, because error messages need it too."""

from __future__ import annotations

import unicodedata

_JOINERS = "\u200c\u200d"  # Persian words and joined emoji need them, and they command nothing


def clean(text: str) -> str:
    """Returns one line that cannot command a terminal.

    Control characters become blanks. Invisible formatting characters, such as those that turn the direction of
    writing, are removed, except joiners. Lone surrogates become U+FFFD. Runs of white space become one blank.
    """
    return " ".join("".join(map(_harmless, text)).split())


def _harmless(character: str) -> str:
    match unicodedata.category(character):
        case "Cc":
            return " "
        case "Cf":
            return character if character in _JOINERS else ""
        case "Cs":
            return "\ufffd"
        case _:
            return character
