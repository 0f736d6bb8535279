"""Damage to real files: what a broken download, a wrong encoding or an attacker makes of them. The same for a seed."""

from __future__ import annotations

import gzip
import io
import random
import zipfile
import zlib
from collections.abc import Callable, Mapping

Mutation = Callable[[random.Random, bytes, Mapping[str, bytes]], bytes]

_NASTY = (
    b"\0", b"\xff\xfe", b"\xef\xbb\xbf", b"\xed\xa0\x80", b"\xc3", b"\x80" * 40, b"&#0;", b"&#xD800;", b"&amp" * 50,
    b"]]>", b"<![CDATA[", b"<!--", b"<!DOCTYPE x [<!ENTITY a 'b'>]>", b"<script>", b"--", b"\r\n\r\n", b"\x1b[2J",
    b"9" * 400, b"-1", b"1e999", b"NaN", b"null", b"%00", b"\\ud800", b"{{", b"=?utf-8?b?//8=?=", b"../" * 20,
    b"(" * 90,
)  # fmt: skip
_NESTS = (
    (b"<div>", b"</div>"), (b"<table><tr><td>", b""), (b"[", b"]"), (b'{"a":', b"}"), (b"<item>", b"</item>"),
    (b"<b><i>", b""), (b"> ", b""), (b"<blockquote>", b"</blockquote>"), (b"<<", b">>"), (b"- ", b""), (b"(", b")"),
    (b'Content-Type: multipart/mixed; boundary="a"\n\n--a\n', b"\n--a--"),
)  # fmt: skip
_ENCODINGS = ("utf-16", "utf-32", "utf-16-be", "latin-1", "cp1251", "utf-7", "shift_jis", "cp037", "koi8-r")
_HUGE = 3_000_000


def truncate(draw: random.Random, data: bytes, others: Mapping[str, bytes]) -> bytes:
    """Cuts the end, or the beginning, off."""
    at = draw.randrange(len(data) + 1)
    return data[:at] if draw.random() < 0.8 else data[at:]


def flip(draw: random.Random, data: bytes, others: Mapping[str, bytes]) -> bytes:
    """Changes some bytes."""
    changed = bytearray(data)
    for _ in range(draw.choice((1, 3, 20, 200))):
        changed[draw.randrange(len(changed))] = draw.randrange(256)
    return bytes(changed)


def insert(draw: random.Random, data: bytes, others: Mapping[str, bytes]) -> bytes:
    """Puts hostile pieces in."""
    for _ in range(draw.choice((1, 2, 10))):
        at = draw.randrange(len(data) + 1)
        data = data[:at] + draw.choice(_NASTY) + data[at:]
    return data


def shuffle(draw: random.Random, data: bytes, others: Mapping[str, bytes]) -> bytes:
    """Takes a stretch out, doubles it, or moves it."""
    start, end = sorted((draw.randrange(len(data) + 1), draw.randrange(len(data) + 1)))
    rest, at = data[:start] + data[end:], draw.randrange(start + len(data) - end + 1)
    return draw.choice((rest, data[:end] + data[start:], rest[:at] + data[start:end] + rest[at:]))


def splice(draw: random.Random, data: bytes, others: Mapping[str, bytes]) -> bytes:
    """Goes on as a file of another format, or is one under a wrong name."""
    other = others[draw.choice(sorted(others))]
    return other if draw.random() < 0.3 else data[: draw.randrange(len(data))] + other[draw.randrange(len(other)) :]


def nest(draw: random.Random, data: bytes, others: Mapping[str, bytes]) -> bytes:
    """Nests a part of the file deeply."""
    before, after = draw.choice(_NESTS)
    depth = draw.choice((50, 1000, 20_000))
    at = draw.randrange(len(data) + 1)
    return data[:at] + before * depth + data[at : at + 50] + after * depth + data[at + 50 :]


def swell(draw: random.Random, data: bytes, others: Mapping[str, bytes]) -> bytes:
    """Repeats a stretch until the file is large."""
    start = draw.randrange(len(data))
    piece = data[start : start + draw.choice((1, 10, 100, 2000))]
    times = draw.choice((100_000, 500_000, _HUGE)) // len(piece)
    return data[:start] + piece * times + data[start:]


def recode(draw: random.Random, data: bytes, others: Mapping[str, bytes]) -> bytes:
    """Saves text in another encoding than it states."""
    return data.decode("utf-8", "replace").encode(draw.choice(_ENCODINGS), "replace")


def noise(draw: random.Random, data: bytes, others: Mapping[str, bytes]) -> bytes:
    """Keeps the first bytes, by which formats are told, and makes the rest up."""
    return data[: draw.choice((0, 4, 64, 512))] + draw.randbytes(draw.choice((0, 1, 100, 5000)))


MUTATIONS: tuple[Mutation, ...] = (truncate, flip, insert, shuffle, splice, nest, swell, recode, noise)


def mutate(draw: random.Random, ending: str, files: Mapping[str, bytes]) -> tuple[bytes, str]:
    """Returns a damaged file of a format and the names of what was done to it.

    What is packed is half the time unpacked, damaged inside and packed again, since damage to the packing alone never
    reaches the parser.
    """
    data = files[ending]
    done = []

    def once(data: bytes) -> bytes:
        chosen = draw.choice(MUTATIONS)
        done.append(chosen.__name__)
        return chosen(draw, data, files) if data else data

    for _ in range(draw.choice((1, 1, 2, 3))):
        is_inside = draw.random() < 0.5
        data = (_inside(draw, data, once) if is_inside else None) or once(data)
    return data, "+".join(done)


def _inside(draw: random.Random, data: bytes, once: Callable[[bytes], bytes]) -> bytes | None:
    try:
        if data.startswith(b"\x1f\x8b"):
            return gzip.compress(once(gzip.decompress(data)), 1, mtime=0)
        if data.startswith(b"PK"):
            return _repack(draw, data, once)
    except (OSError, EOFError, zlib.error, zipfile.BadZipFile, ValueError, NotImplementedError, RuntimeError):
        pass
    return None


def _repack(draw: random.Random, data: bytes, once: Callable[[bytes], bytes]) -> bytes:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        files = {name: archive.read(name) for name in archive.namelist()}
    victim = draw.choice(sorted(files))
    files[victim] = once(files[victim])
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return stream.getvalue()
