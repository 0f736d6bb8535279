"""Reads outside data into our frozen dataclasses; the one place of the evaluation that knows pydantic."""

from __future__ import annotations

import json
from collections.abc import Hashable, Mapping
from functools import cache
from pathlib import Path
from typing import Any, TypeVar, cast

from pydantic import TypeAdapter, ValidationError

from rag.errors import SourceError

T = TypeVar("T")

STRICT: Mapping[str, str] = {"extra": "forbid"}
"""For ``__pydantic_config__`` of a dataclass: fields it does not have are refused."""


def validated(kind: type[T], data: object, where: str) -> T:
    """Returns data as a dataclass.

    Args:
        kind: A dataclass; unknown fields are refused when it sets ``__pydantic_config__``.
        data: Plain JSON values.
        where: File and line, for the message.

    Raises:
        SourceError: A field is missing, unknown or of another form; the message names the place and the field.
    """
    try:
        found: T = _adapter(kind).validate_python(data)
    except ValidationError as error:
        raise SourceError(f"{where}: {_first(error)}") from error
    return found


def read_json(kind: type[T], path: Path, what: str) -> T:
    """Reads one JSON document as a dataclass.

    Raises:
        SourceError: The file cannot be read, is not JSON, or has another form; the message says which and where.
    """
    return validated(kind, load_json(path, what), str(path))


def load_json(path: Path, what: str) -> Any:
    """Reads one JSON document as it is.

    Raises:
        SourceError: The file cannot be read or is not JSON.
    """
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise SourceError(f"{path} cannot be read: {error.strerror}; give {what}") from error
    except (ValueError, RecursionError) as error:
        raise SourceError(f"{path} is not JSON ({error}); give {what}") from error


def as_json(kind: type[T], value: T) -> Any:
    """Returns a dataclass as plain JSON values."""
    return _adapter(kind).dump_python(value, mode="json")


def from_text(kind: type[T], text: str) -> T:
    """Reads back what ``as_text`` wrote; raises ``ValueError`` when it is something else."""
    found: T = _adapter(kind).validate_json(text)
    return found


def as_text(kind: type[T], value: T) -> str:
    """Returns a dataclass as compact JSON that ``from_text`` reads back without loss."""
    return _adapter(kind).dump_json(value).decode()


def schema_of(kind: type[Any]) -> dict[str, Any]:
    """Returns the JSON schema of a dataclass."""
    return _adapter(kind).json_schema(mode="serialization")


def _adapter(kind: type[Any]) -> TypeAdapter[Any]:
    return _built(cast("Hashable", kind))


@cache
def _built(kind: Hashable) -> TypeAdapter[Any]:
    return TypeAdapter(kind)


def _first(error: ValidationError) -> str:
    """Returns the first complaint as one line; of alternatives, the one that came furthest."""
    worst = max(error.errors(include_url=False), key=lambda e: len(e["loc"]) if len(error.errors()) > 1 else 0)
    field = ".".join(str(part) for part in worst["loc"] if not _is_alternative(str(part)))
    message = "it is unknown" if worst["type"] == "unexpected_keyword_argument" else worst["msg"]
    return f"field {field}: {message[0].lower()}{message[1:]}" if field else message


def _is_alternative(part: str) -> bool:
    """Tells whether a part of a location names a branch of a union rather than a field."""
    return "[" in part or part in ("str", "bool", "Regex", "ExpectedDisagreement")
