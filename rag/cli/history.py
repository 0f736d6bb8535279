"""Reads the conversation that ``--history`` names."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any

from rag.errors import SourceError
from rag.types import Turn

_FORM = 'a JSON list of {"question": …, "answer": …} or of {"role": "user" or "assistant", "content": …}'


def read_history(path: Path) -> tuple[Turn, ...]:
    """Reads a conversation file.

    Args:
        path: JSON list of ``{"question", "answer"}`` objects, such as the documents of ``dateline ask --json``, or of
            chat messages with ``role`` and ``content``. ``latest`` or the dates of ``citations`` tell how new what an
            answer rests on is.

    Raises:
        SourceError: The file cannot be read or has another form.
    """
    try:
        entries = json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise SourceError(f"{path} cannot be read: {error.strerror}; --history wants {_FORM}") from error
    except (ValueError, RecursionError) as error:
        raise SourceError(f"{path} is not JSON: {error}; --history wants {_FORM}") from error
    turns: list[Turn] = []
    for entry in entries if isinstance(entries, list) else [None]:
        match entry:
            case {"question": str(question), **rest}:
                answer = rest.get("answer", rest.get("text"))
                turns.append(Turn(question, answer if isinstance(answer, str) else "", _latest(rest)))
            case {"role": "user", "content": str(content)}:
                turns.append(Turn(content))
            case {"role": "assistant", "content": str(content)} if turns:
                turns[-1] = Turn(turns[-1].question, content)
            case {"role": "system", "content": str()}:
                continue
            case _:
                raise SourceError(f"{path} is not a conversation; --history wants {_FORM}")
    return tuple(turns)


def _latest(entry: dict[Any, Any]) -> date | None:
    """Returns the day of the newest article that an answer cites; ``None`` when that cannot be told."""
    match entry:
        case {"latest": str(day)}:
            days: list[Any] = [day]
        case {"citations": [*citations]}:
            days = [cited.get("published") if isinstance(cited, dict) else None for cited in citations]
        case _:
            return None
    try:
        return max((date.fromisoformat(str(day)) for day in days), default=None)
    except ValueError:
        return None
