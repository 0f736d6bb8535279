"""Replies of a model kept for other machines, without the words of the texts that it was shown."""

from __future__ import annotations

from collections.abc import Sequence

Part = str | list[int]
"""Words of a reply: literally, or as ``[start, length]`` where they stand in the prompt."""

_LEAST = 8


def recorded(reply: str, prompt: str) -> list[Part]:
    """Returns a reply with what it copies from its prompt as places in it, so that a record of it holds no source text.

    Runs of fewer than ``_LEAST`` characters are kept literally: a place takes as much room as they do.
    """
    parts: list[Part] = []
    own = ""
    at = 0
    while at < len(reply):
        start, length = _copied(reply, at, prompt)
        if not length:
            own += reply[at]
            at += 1
            continue
        if own:
            parts.append(own)
            own = ""
        parts.append([start, length])
        at += length
    return [*parts, own] if own else parts


def restored(parts: Sequence[Part], prompt: str) -> str:
    """Returns the reply that ``recorded`` made these parts of, given the same prompt."""
    return "".join(part if isinstance(part, str) else prompt[part[0] : part[0] + part[1]] for part in parts)


def _copied(reply: str, at: int, prompt: str) -> tuple[int, int]:
    """Returns where the prompt has the longest run that begins at ``at``, and its length; 0 where it has none."""
    start = length = 0
    for end in range(at + _LEAST, len(reply) + 1):
        found = prompt.find(reply[at:end], start)  # a longer run cannot begin before a shorter one
        if found < 0:
            break
        start, length = found, end - at
    return start, length
