"""Options that several commands share, and how they become settings and filters."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from rag.errors import ArticleNotFoundError

if TYPE_CHECKING:
    from rag.service import Dateline
    from rag.types import Filters

_F = TypeVar("_F", bound=Callable[..., Any])


class Day(click.ParamType[date]):
    """A calendar date, ``YYYY-MM-DD``."""

    name = "date"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> date:
        """Reads the date or fails with the form expected."""
        if isinstance(value, date):
            return value
        try:
            return date.fromisoformat(value)
        except ValueError:
            self.fail(f"{value!r} is not a date; write YYYY-MM-DD", param, ctx)


class Place(click.ParamType[Path | str]):
    """A file or folder, as a path, or an address of the web, as text."""

    name = "place"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Path | str:
        """Tells one from the other."""
        if not str(value).strip():  # an unset variable of a script: an empty path would be the current folder
            self.fail("it is empty; name a file, a folder or an address", param, ctx)
        return value if isinstance(value, Path) or "://" in value else Path(value)


class Question(click.ParamType[str]):
    """A question of at least one letter or digit and at most ``longest`` characters.

    Reading a question costs time that grows with the square of its length, and no question is this long.
    """

    name = "text"
    longest = 4000

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """Returns the question, with bytes that are not text in this locale replaced."""
        text = readable(str(value))
        if not any(character.isalnum() for character in text):
            self.fail("it is empty; ask something in words", param, ctx)
        if len(text) > self.longest:
            self.fail(f"it has {len(text):,} characters; ask in at most {self.longest:,}", param, ctx)
        return text


def readable(argument: str) -> str:
    """Returns an argument with bytes that are not text in this locale replaced; no id or name has such bytes."""
    return argument.encode("utf-8", "surrogateescape").decode("utf-8", "replace")


def common(command: _F) -> _F:
    """Adds ``--index`` and ``--json``."""
    command = click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")(command)
    return click.option(
        "--index", type=click.Path(path_type=Path), help="Folder of the index [DATELINE_INDEX or .dateline]."
    )(command)


def filtered(command: _F) -> _F:
    """Adds ``--source``, ``--after`` and ``--before``."""
    command = click.option("--before", type=Day(), help="Published on or before this date.")(command)
    command = click.option("--after", type=Day(), help="Published on or after this date.")(command)
    return click.option("--source", "sources", multiple=True, metavar="PUBLISHER", help="Only this publisher.")(command)


def reranked(command: _F) -> _F:
    """Adds ``--reranker``."""
    return click.option(
        "--reranker", metavar="NAME", help="A CrossEncoder, by name or path, that orders the best passages anew."
    )(command)


def filters_of(sources: tuple[str, ...], after: date | None, before: date | None, as_of: date | None = None) -> Filters:
    """Returns the filters that options describe."""
    from rag.types import Filters

    for name, latest in (("--before", before), ("--as-of", as_of)):
        if after and latest and after > latest:
            raise click.UsageError(f"--after {after} is later than {name} {latest}", click.get_current_context())
    return Filters(tuple(map(readable, sources)), after, before, as_of)


@contextmanager
def service(index: Path | None, **settings: Any) -> Iterator[Dateline]:
    """Opens the service with settings from options, variables and file, and closes it."""
    from rag.config import load_settings
    from rag.service import Dateline

    opened = Dateline(load_settings(index=index, **settings))
    try:
        yield opened
    finally:
        opened.close()


def opening_in(dateline: Dateline) -> Callable[[str], str]:
    """Returns a function from an article's id to its text, which is empty when the article is gone."""

    def opening(article_id: str) -> str:
        try:
            return dateline.article(article_id)[0].text
        except ArticleNotFoundError:
            return ""

    return opening


@contextmanager
def json_only(enabled: bool) -> Iterator[Callable[[Any], None]]:
    """Keeps standard output for one JSON document: whatever a library prints meanwhile goes to standard error.

    Args:
        enabled: Whether JSON was asked for; otherwise nothing is redirected.

    Yields:
        Prints the document.
    """
    if not enabled:
        yield lambda document: None
        return
    sys.stdout.flush()
    real = os.dup(1)
    os.dup2(2, 1)
    try:
        yield lambda document: _emit(real, document)
    finally:
        sys.stdout.flush()
        os.dup2(real, 1)
        os.close(real)


def _emit(descriptor: int, document: Any) -> None:
    data = (json.dumps(document, ensure_ascii=False, indent=2) + "\n").encode("utf-8", "replace")
    while data:
        data = data[os.write(descriptor, data) :]
