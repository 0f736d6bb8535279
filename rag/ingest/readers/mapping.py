"""Foreign JSON: which of its fields hold what we call title, text and so on."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from rag.errors import SourceError

OURS = ("id", "text", "title", "publisher", "published", "url", "language", "authors")

_LIST = "authors"


@dataclass(frozen=True, slots=True)
class FieldMap:
    """Pairs of one of our fields and the path of a foreign one, its steps parted by dots (``meta.head.main``).

    A step is a name or, into a list, a number. Without pairs records are read as they are.
    """

    pairs: tuple[tuple[str, tuple[str, ...]], ...] = ()

    def apply(self, record: object) -> object:
        """Returns the record with our fields set from the foreign ones; a mapped field it lacks counts as not stated.

        A list of texts, such as paragraphs, is joined by blank lines.
        """
        if not self.pairs or not isinstance(record, Mapping):
            return record
        found = {ours: _follow(record, path) for ours, path in self.pairs}
        return {**record, **{ours: value if ours == _LIST else _plain(value) for ours, value in found.items()}}


def parse_field_map(pairs: Iterable[str]) -> FieldMap:
    """Reads pairs such as ``title=headline``.

    Raises:
        SourceError: A pair is malformed, names no field of ours, or a field twice.
    """
    found: dict[str, tuple[str, ...]] = {}
    for pair in pairs:
        ours, equals, theirs = (part.strip() for part in pair.partition("="))
        path = tuple(theirs.split("."))
        if not equals or not all(path):
            raise SourceError(f"--map {pair!r} is not of the form title=headline or text=article.body")
        if ours not in OURS:
            raise SourceError(f"--map {pair!r} sets no field of ours; they are {', '.join(OURS)}")
        if ours in found:
            raise SourceError(f"--map {pair!r} maps {ours} a second time")
        found[ours] = path
    return FieldMap(tuple(found.items()))


def _follow(value: object, path: tuple[str, ...]) -> object:
    if isinstance(value, Mapping) and ".".join(path) in value:
        return value[".".join(path)]  # a name that itself holds a dot, as in "dc.title"
    for step in path:
        if isinstance(value, Mapping):
            value = value.get(step)
        elif isinstance(value, list) and step.isascii() and step.isdigit() and int(step[:9]) < len(value):
            value = value[int(step[:9])]
        else:
            return None
    return value


def _plain(value: object) -> object:
    if isinstance(value, list):
        return "\n\n".join(part for part in value if isinstance(part, str))
    return value
