"""Plain text files, in whatever encoding they were saved."""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator
from pathlib import Path

from rag.errors import SourceError
from rag.ingest.readers.base import Outcome, Reading, open_binary, read_bounded
from rag.types import SourceDocument

_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),  # before UTF-16, whose mark it starts with
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_SAMPLE = 1 << 16
_NOT_ENGLISH = 0.25
_BINARY = 0.01
_CONTROLS = re.compile(r"[\x00-\x08\x0e-\x1a\x1c-\x1f\x7f-\x84\x86-\x9f]")


def read_text(path: Path, key: str, reading: Reading) -> Iterator[Outcome]:
    """Reads a text file as one article."""
    yield SourceDocument(key=key, text=read_text_file(path, reading.limit))


def read_text_file(path: Path, limit: int) -> str:
    """Returns the text of a file of at most ``limit`` bytes.

    Raises:
        SourceError: It is too large, empty, or not text.
    """
    with open_binary(path) as stream:
        text = decode(read_bounded(stream, limit))
    if not text.strip():
        raise SourceError("is empty")
    return text


def decode(data: bytes) -> str:
    """Decodes text by its byte order mark, as UTF-8, or as the single-byte encoding it was most likely saved in.

    Bytes that are not UTF-8 are read as Windows-1252 when nearly all of them are ASCII. Otherwise the script is not
    Latin and charset-normalizer decides; for mostly ASCII text its guesses are worse than that assumption.

    Raises:
        SourceError: The bytes are not text.
    """
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            try:
                return data.decode(encoding)
            except UnicodeDecodeError as error:
                raise SourceError(f"is damaged: it starts as {encoding} and goes on as something else") from error
    if b"\0" in data:
        raise SourceError("is not text (it holds NUL bytes); supported formats are told apart by their suffix")
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError:
        text = _decode_legacy(data)
    if len(_CONTROLS.findall(text[:_SAMPLE])) > _BINARY * min(len(text), _SAMPLE):
        raise SourceError("is not text (it is full of control characters)")
    return text


def _decode_legacy(data: bytes) -> str:
    letters = [byte for byte in data[:_SAMPLE] if byte > 0x40]
    if sum(byte > 0x7F for byte in letters) <= _NOT_ENGLISH * len(letters):
        try:
            return data.decode("cp1252")
        except UnicodeDecodeError:
            pass
    from charset_normalizer import from_bytes

    best = from_bytes(data[:_SAMPLE]).best()
    try:
        return data.decode(best.encoding if best else "utf-8")
    except UnicodeDecodeError as error:
        raise SourceError("is not text in an encoding that can be told; save it as UTF-8") from error
