"""What a result was made with, so that two results can be told apart and an old answer is not taken for a new one."""

from __future__ import annotations

import hashlib
import os
import platform
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

import rag
from eval.suites import Suite
from rag.check.builtin import weights_digest
from rag.generate.prompts import prompts_digest
from rag.service import Dateline

# What decides an answer beside our own code.
_PACKAGES = (
    "chromadb", "litellm", "nupunkt", "onnxruntime", "scikit-learn", "sentence-transformers", "tantivy", "torch",
    "transformers", "xllamacpp",
)  # fmt: skip
_SHOWS_ONLY = "cli"  # the part of the program that no answer depends on
_SHORT = 16


def made_with(dateline: Dateline) -> dict[str, str]:
    """Returns program, models, prompts, settings and index of a service: all that its answers depend on.

    ``code`` is a digest of the program's own files, so that a developer's change is a change.
    """
    settings = dateline.settings
    return {
        "dateline": version("dateline"),
        "code": _code_digest(),
        "model": _with_files(settings.model),
        "model_api_base": settings.model_api_base,
        "addresses": _addresses(),
        "model_strength": settings.model_strength,
        "model_context": str(settings.model_context),
        "prompts": prompts_digest()[:_SHORT],
        "verifier": _with_files(settings.verifier),
        "verifier_weights": weights_digest()[:_SHORT],
        "embedding_model": _with_files(settings.embedding_model),
        "passages": str(settings.passages),
        "index": _index_digest(dateline),
        "python": platform.python_version(),
        **{package: _version(package) for package in _PACKAGES},
    }


def fingerprint(made: dict[str, str], suite: Suite, judge: str, answer_judge: str = "") -> dict[str, str]:
    """Returns what a report was made with: the answers' own fingerprint, the suite and the judges."""
    judges = {"judge": judge, **({"answer_judge": answer_judge} if answer_judge else {})}
    return {**made, "suite": suite.digest[:_SHORT], **judges}


def _code_digest() -> str:
    root = Path(next(iter(rag.__path__)))
    digest = hashlib.sha256()
    for path in sorted(root.rglob("*")):
        inside = path.relative_to(root)
        if path.suffix in (".py", ".json", ".gz", ".txt") and inside.parts[0] != _SHOWS_ONLY:
            digest.update(f"{inside.as_posix()}\0".encode() + path.read_bytes() + b"\0")
    return digest.hexdigest()[:_SHORT]


def _index_digest(dateline: Dateline) -> str:
    articles = sorted(repr(source) for source in dateline.sources())
    return hashlib.sha256("\n".join(articles).encode("utf-8", "replace")).hexdigest()[:_SHORT]


def _with_files(name: str) -> str:
    """Returns the name of a model, and of one that is a file or folder also its sizes and times.

    A name alone does not tell two states of a folder apart.
    """
    path = Path(name.rpartition(":")[2] if name.startswith("cross-encoder:") else name).expanduser()
    if not path.exists():
        return name
    files = [path] if path.is_file() else sorted(p for p in path.rglob("*") if p.is_file())
    states = [f"{file.name} {file.stat().st_size} {file.stat().st_mtime_ns}" for file in files]
    return f"{name} ({hashlib.sha256(repr(states).encode()).hexdigest()[:_SHORT]})"


def _addresses() -> str:
    """Returns a digest of where the environment sends model calls; addresses may hold secrets."""
    found = sorted((k, v) for k, v in os.environ.items() if k.endswith(("_API_BASE", "_BASE_URL")))
    return hashlib.sha256(repr(found).encode("utf-8", "replace")).hexdigest()[:_SHORT] if found else "none"


def _version(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return "not installed"
