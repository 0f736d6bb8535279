"""E-mail newsletters (.eml): the message that a person reads, without its attachments."""

from __future__ import annotations

import email
import email.policy
from collections.abc import Iterator
from datetime import date
from email.errors import HeaderParseError
from email.message import EmailMessage
from email.utils import parsedate_to_datetime
from pathlib import Path

from rag.errors import SourceError
from rag.ingest.readers.base import Outcome, Reading, one_line, open_binary, read_bounded, well_formed
from rag.ingest.readers.html import decode_page, fragment_text, parse_html
from rag.ingest.readers.parsing import Hints
from rag.ingest.readers.text import decode
from rag.types import RemovedText, SourceDocument

_LEAST_SHARE = 0.5
_MOST_PARTS = 1000


def read_mail(path: Path, key: str, reading: Reading) -> Iterator[Outcome]:
    """Reads a message as one article."""
    with open_binary(path) as stream:
        data = read_bounded(stream, reading.limit)
    yield from reading.sandbox.parse("mail", data, key)


def parse_mail(data: bytes, hints: Hints) -> Iterator[SourceDocument]:
    """Reads a message: its subject is the title, its sender the publisher, its day the one in the sender's time zone.

    The HTML part is read like a web page. Where that finds less than half of the words, as in a newsletter of many
    short items, all its visible text counts. The plain part is used when there is no other.

    Raises:
        SourceError: It is no message, or has no text.
    """
    if data[:1] in b"\0" or not data.strip():
        raise SourceError("is empty" if not data.strip() else "is not an e-mail message")
    message = email.message_from_bytes(data, policy=email.policy.default)
    assert isinstance(message, EmailMessage)
    if not message.keys():
        raise SourceError("is not an e-mail message: it has no headers")
    markup, plain = _bodies(message)
    text = plain
    removed: tuple[RemovedText, ...] = ()
    if markup:
        whole = fragment_text(markup)
        try:
            [page] = parse_html(markup.encode("utf-8", "replace"), Hints(hints.key, charset="utf-8"))
        except SourceError:
            text = whole or plain
        else:
            is_whole = len(page.text) < _LEAST_SHARE * len(whole)
            text, removed = (whole, ()) if is_whole else (page.text, page.removed)
    if not text.strip():
        raise SourceError("has no text; its attachments are not read, save them as files")
    yield SourceDocument(
        key=hints.key,
        text=well_formed(text),
        title=_header(message, "Subject"),
        publisher=_sender(message),
        published=_day(message),
        url=hints.address,
        removed=removed,
    )


def _bodies(message: EmailMessage) -> tuple[str, str]:
    """Returns the first HTML part and the first plain part that are no attachments."""
    found = {"text/html": "", "text/plain": ""}
    for number, part in enumerate(message.walk()):
        if number == _MOST_PARTS:
            break
        kind = part.get_content_type()
        if kind not in found or found[kind] or part.get_content_disposition() == "attachment":
            continue
        data = part.get_payload(decode=True)
        if isinstance(data, bytes):
            charset = part.get_content_charset() or ""
            found[kind] = decode_page(data, charset) if kind == "text/html" else _plain(data, charset)
    return found["text/html"], found["text/plain"]


def _plain(data: bytes, charset: str) -> str:
    try:
        return data.decode(charset)
    except (LookupError, UnicodeError, ValueError):
        return decode(data)


def _header(message: EmailMessage, name: str) -> str:
    try:
        return one_line(str(message.get(name, "")))
    except (HeaderParseError, ValueError, IndexError, TypeError, AttributeError):
        return ""  # the standard library stumbles over some damaged headers; the body is still worth reading


def _sender(message: EmailMessage) -> str:
    """Returns the sender's name, or else the domain of the address."""
    from email.utils import parseaddr

    name, address = parseaddr(_header(message, "From"))
    return one_line(name) or one_line(address.rpartition("@")[2])


def _day(message: EmailMessage) -> date | None:
    try:
        return parsedate_to_datetime(_header(message, "Date")).date()
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
