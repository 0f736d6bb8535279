"""JSON files: one record, a list of records, or one record a line; each also gzipped. Streamed, a record at a time."""

from __future__ import annotations

import io
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, BinaryIO, TextIO, cast

from rag.errors import SourceError
from rag.ingest.readers.base import (
    Outcome,
    Reading,
    StatedDates,
    document_from_fields,
    load_json,
    one_line,
    open_binary,
    too_large,
)
from rag.ingest.readers.mapping import FieldMap
from rag.types import IngestFailure

_BODY = ("text", "body", "content")
_CHUNK = 1 << 16
_SPACE = re.compile(r"\s*")
_LONGEST_TOKEN = 16
_MOST_BLANK = 1_000_000
_MOST_FAILED = 10_000  # then a file is something else than records, and the next million lines are as well


def read_lines(path: Path, limit: int) -> Iterator[tuple[int, bytes | SourceError]]:
    """Yields line numbers, from 1, with the lines that are not blank; a line over the limit is skipped unread."""
    with open_binary(path) as stream:
        number = blank = 0
        while line := stream.readline(limit + 2):
            number += 1
            if len(line.rstrip(b"\r\n")) > limit:
                while line and not line.endswith(b"\n"):
                    line = stream.readline(_CHUNK)
                yield number, SourceError(too_large(limit))
            elif line.strip(b"\xef\xbb\xbf \t\r\n"):
                yield number, line.removeprefix(b"\xef\xbb\xbf") if number == 1 else line
            else:
                blank += 1
                if blank > _MOST_BLANK:
                    raise SourceError(f"has more than {_MOST_BLANK:,} empty lines; it is not read on")


def read_jsonl(path: Path, key: str, reading: Reading) -> Iterator[Outcome]:
    """Reads one record a line; a line that is no record is a failure, and reading goes on with the next."""
    dates = StatedDates(lambda: open_binary(path))
    number = failed = 0
    for number, line in read_lines(path, reading.limit):
        place = f"{key}#{number}"
        try:
            if isinstance(line, SourceError):
                raise line
            yield _document(reading.fields.apply(load_json(line)), place, key, dates)
        except SourceError as error:
            failed += 1
            yield IngestFailure(place, f"line {number} {error}")
            if failed == _MOST_FAILED:
                raise SourceError(f"has {_MOST_FAILED:,} lines that are no records; it is not read on") from error
    if not number:
        raise SourceError("is empty")


def read_json(path: Path, key: str, reading: Reading) -> Iterator[Outcome]:
    """Reads a record, a list of records, or records one after the other. A list may be longer than the limit."""
    dates = StatedDates(lambda: open_binary(path))
    try:
        with open_binary(path) as stream:
            encoding = "utf-16" if _starts_as_utf16(stream) else "utf-8-sig"
            with io.TextIOWrapper(stream, encoding=encoding) as text:
                yield from _read_values(_Window(text, reading.limit), reading.fields, key, dates)
    except json.JSONDecodeError as error:
        raise SourceError(f"is not JSON: {error.msg}") from error
    except UnicodeDecodeError as error:
        raise SourceError("is not UTF-8 text") from error
    except RecursionError as error:
        raise SourceError("is not usable JSON: nested too deeply") from error


def _starts_as_utf16(stream: BinaryIO) -> bool:
    head = cast(io.BufferedReader, stream).peek(2)[:2]
    return head in (b"\xff\xfe", b"\xfe\xff")


class _Window:
    """The unread beginning of a text stream, extended only as far as the next JSON value needs."""

    def __init__(self, stream: TextIO, limit: int) -> None:
        self._stream = stream
        self._limit = limit
        self._decoder = json.JSONDecoder()
        self._text = ""
        self._at = 0
        self._ended = False

    def peek(self) -> str:
        """Returns the next character that is not white space; empty at the end."""
        while True:
            self._at = cast(re.Match[str], _SPACE.match(self._text, self._at)).end()
            if self._at < len(self._text) or self._ended:
                return self._text[self._at : self._at + 1]
            self._extend()

    def skip(self) -> None:
        """Passes over the character that ``peek`` returned."""
        self._at += 1

    def value(self) -> Any:
        """Parses the next value.

        Raises:
            json.JSONDecodeError: It is broken.
            SourceError: It is over the limit.
        """
        while True:
            try:
                value, end = self._decoder.raw_decode(self._text, self._at)
            except json.JSONDecodeError as error:
                is_cut = error.msg.startswith("Unterminated") or error.pos >= len(self._text) - _LONGEST_TOKEN
                if self._ended or not is_cut:
                    raise
            else:
                if end < len(self._text) or self._ended:
                    if end - self._at > self._limit:
                        raise SourceError(too_large(self._limit))
                    self._at = end
                    return value
            if len(self._text) - self._at > self._limit:
                raise SourceError(too_large(self._limit))
            self._extend()

    def _extend(self) -> None:
        # Doubling keeps the repeated attempts at one value linear in its length.
        more = self._stream.read(max(_CHUNK, len(self._text) - self._at))
        self._text = self._text[self._at :] + more
        self._at = 0
        self._ended = not more


def _read_values(window: _Window, fields: FieldMap, key: str, dates: StatedDates) -> Iterator[Outcome]:
    first = window.peek()
    if not first:
        raise SourceError("is empty")
    if first not in "[{":
        raise SourceError("holds neither a JSON object nor a list of objects")
    is_list = first == "["
    if is_list:
        window.skip()
    number = failed = 0
    while window.peek() not in ("]" if is_list else "", ""):
        number += 1
        place = f"{key}#{number}"
        try:
            value = window.value()
        except SourceError as error:
            raise SourceError(f"record {number} {error}; the records after it were not read") from error
        if not is_list and number == 1 and not window.peek():
            yield _document(fields.apply(value), key, key, dates)
            return
        try:
            yield _document(fields.apply(value), place, key, dates)
        except SourceError as error:
            failed += 1
            yield IngestFailure(place, f"record {number} {error}")
            if failed == _MOST_FAILED:
                raise SourceError(f"has {_MOST_FAILED:,} items that are no records; it is not read on") from error
        if is_list and window.peek() == ",":
            window.skip()
        elif is_list and window.peek() != "]":
            raise SourceError(f"is not JSON after record {number}: a comma or ] is missing")
    if not number:
        raise SourceError("is empty")
    if is_list:
        window.skip()
        if window.peek():
            raise SourceError("is not JSON: there is more after the list")


def _document(record: object, place: str, container: str, dates: StatedDates) -> Outcome:
    if not isinstance(record, dict):
        raise SourceError("is not a JSON object")
    key = one_line(record.get("id")) or one_line(record.get("url")) or place
    text = next((body for name in _BODY if isinstance(body := record.get(name), str) and body.strip()), "")
    sentences = record.get("sentences")
    if not text and isinstance(sentences, list):
        text = " ".join(sentence.strip() for sentence in sentences if isinstance(sentence, str))
    if not text.strip():
        raise SourceError("has no text; give it as `text`, `body`, `content` or `sentences`")
    return document_from_fields(key, text, record, dates, "" if key == container else container)
