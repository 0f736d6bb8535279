"""ZIP archives: read like a folder, in bounds, and without ever writing outside a folder of our own."""

from __future__ import annotations

import errno
import tempfile
import zipfile
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path, PurePosixPath

from rag.errors import SourceError
from rag.ingest.readers.base import Outcome, Reading, too_large, well_formed
from rag.ingest.readers.metadata import METADATA_NAME
from rag.types import IngestFailure

MOST_FILES = 20_000
MOST_UNPACKED = 2_000_000_000
_MOST_RATIO = 200
_SMALL = 1_000_000  # below this a high ratio is text that repeats itself, and harmless
_CHUNK = 1 << 20
_ENCRYPTED = 0x1


def read_archive(
    path: Path,
    key: str,
    reading: Reading,
    can_read: Callable[[str], bool],
    read_file: Callable[[Path, str], Iterator[Outcome]],
) -> Iterator[Outcome]:
    """Reads the files in an archive, each unpacked alone and deleted again.

    Hidden files and files of other formats are passed over, as in a folder; an archive in an archive is refused.

    Args:
        path: The archive.
        key: Its key; the key of a file in it is ``key/path``.
        reading: Gives the largest file that is unpacked.
        can_read: Whether a file of this name has a reader.
        read_file: Reads an unpacked file, given its key.

    Raises:
        SourceError: It is no archive, or holds more than ``MOST_FILES`` or ``MOST_UNPACKED`` bytes.
    """
    try:
        with zipfile.ZipFile(path) as archive, tempfile.TemporaryDirectory(prefix="dateline-") as folder:
            entries = [entry for entry in archive.infolist() if not entry.is_dir()]
            _check(entries)
            for entry in entries:
                name = well_formed(entry.filename.replace("\\", "/"))
                inside = PurePosixPath(name)
                if any(part.startswith((".", "__MACOSX")) and part != ".." for part in inside.parts):
                    continue
                place = f"{key}/{name}"
                if inside.is_absolute() or ".." in inside.parts or ":" in inside.parts[0] or "\0" in name:
                    yield IngestFailure(f"{key}#{name}", "has a path outside the archive; it is not read")
                elif name.lower().endswith(".zip"):
                    yield IngestFailure(place, "is an archive in an archive; unpack the outer one first")
                elif inside.name == METADATA_NAME:
                    yield IngestFailure(place, "describes files in an archive; unpack it into a folder for that")
                elif can_read(name):
                    yield from _read_entry(archive, entry, place, Path(folder), reading.limit, read_file)
    except (zipfile.BadZipFile, zipfile.LargeZipFile, NotImplementedError, UnicodeDecodeError, EOFError) as error:
        raise SourceError("is damaged, or is not a ZIP archive") from error
    except OSError as error:
        if error.errno != errno.EINVAL:  # that is a place before the beginning of the file; others are the disk's
            raise
        raise SourceError("is damaged, or is not a ZIP archive") from error


def _check(entries: list[zipfile.ZipInfo]) -> None:
    if len(entries) > MOST_FILES:
        raise SourceError(f"holds more than {MOST_FILES:,} files; unpack it into a folder")
    unpacked, packed = sum(e.file_size for e in entries), sum(e.compress_size for e in entries)
    if unpacked > MOST_UNPACKED:
        raise SourceError(f"unpacks to more than {MOST_UNPACKED:,} bytes; unpack it into a folder")
    if unpacked > _SMALL and unpacked > _MOST_RATIO * max(packed, 1):
        raise SourceError(f"unpacks to more than {_MOST_RATIO} times its size, as a zip bomb does; it is not read")


def _read_entry(
    archive: zipfile.ZipFile,
    entry: zipfile.ZipInfo,
    place: str,
    folder: Path,
    limit: int,
    read_file: Callable[[Path, str], Iterator[Outcome]],
) -> Iterator[Outcome]:
    # The name on disk is ours: only the endings, by which formats are told, are the archive's.
    suffixes = "".join(suffix for suffix in PurePosixPath(entry.filename.lower()).suffixes[-2:] if suffix.isascii())
    if entry.flag_bits & _ENCRYPTED:
        yield IngestFailure(place, "is encrypted; save the archive without a password")
        return
    is_streamed = any(ending in suffixes for ending in (".json", ".jsonl"))
    unpacked = folder / f"file{suffixes[-20:]}"
    try:
        _unpack(archive, entry, unpacked, MOST_UNPACKED if is_streamed else limit)
        yield from read_file(unpacked, place)
    except SourceError as error:
        yield IngestFailure(place, str(error))
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, ValueError):
        yield IngestFailure(place, "is damaged in the archive")
    finally:
        unpacked.unlink(missing_ok=True)


def _unpack(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, target: Path, limit: int) -> None:
    # What the archive says of sizes may be a lie: bytes are counted as they come.
    most = min(limit, entry.file_size + 1)
    written = 0
    with archive.open(entry) as source, target.open("wb") as sink:
        while chunk := source.read(_CHUNK):
            written += len(chunk)
            if written > limit:
                raise SourceError(too_large(limit))
            if written > most:
                raise SourceError("unpacks to more than it says; it is not read")
            sink.write(chunk)
