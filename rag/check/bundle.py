"""Audit bundles: an answer with the full text of what it cites, sealed so that one changed byte shows."""

from __future__ import annotations

import hashlib
import json
import os
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from rag.encoding import encode_answer
from rag.errors import SourceError
from rag.types import Answer, Article

_FORMAT = "dateline-bundle/1"


def write_bundle(path: Path, answer: Answer, articles: Sequence[Article]) -> None:
    """Writes a bundle, whole or not at all.

    Args:
        path: The file; replaced when it exists.
        answer: The answer as shown.
        articles: Every article it cites.

    Raises:
        SourceError: The file cannot be written.
    """
    content = {
        "format": _FORMAT,
        "answer": encode_answer(answer),
        "sources": [{"id": a.id, "version": a.version, "text": a.text} for a in articles],
    }
    data = _serialised(content)
    try:
        descriptor, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
        with os.fdopen(descriptor, "wb") as file:
            file.write(data)
        Path(name).replace(path)
    except OSError as error:
        raise SourceError(f"{path} cannot be written: {error.strerror}; name another file") from error


def verify_bundle(path: Path) -> list[str]:
    """Checks a bundle without a model and without the index it came from.

    Args:
        path: A file that ``write_bundle`` wrote.

    Returns:
        What does not agree, one line each; empty when every byte, hash, span and marker holds.

    Raises:
        SourceError: The file cannot be read.
    """
    try:
        raw = path.read_bytes()
    except OSError as error:
        raise SourceError(f"{path} cannot be read: {error.strerror}; give a file that `ask --bundle` wrote") from error
    try:
        content = json.loads(raw.decode("utf-8"))
        if not isinstance(content, dict) or content.get("format") != _FORMAT:
            raise ValueError("it does not say so")
    except ValueError as error:
        return [f"this is not an intact bundle: {error}"]
    content.pop("seal", None)
    problems = [] if raw == _serialised(content) else ["the seal does not match: the file was changed"]
    try:
        return problems + _disagreements(content)
    except (KeyError, TypeError, AttributeError) as error:
        return [*problems, f"a field is missing or has another form: {error}"]


def _disagreements(content: dict[str, Any]) -> list[str]:
    problems = []
    texts = {(source["id"], source["version"]): source["text"] for source in content["sources"]}
    for (article_id, version), text in texts.items():
        if hashlib.sha256(text.encode("utf-8")).hexdigest() != version:
            problems.append(f"{article_id}: the text does not match its version")
    answer = content["answer"]
    for citation in answer["citations"] + answer["nearest"]:
        place = (citation["article_id"], citation["version"])
        if place not in texts:
            problems.append(f"citation {citation['n']}: its source is not in the bundle")
        elif texts[place][citation["start"] : citation["end"]] != citation["quote"]:
            problems.append(f"citation {citation['n']}: the source does not have these words there")
    known = {citation["n"] for citation in answer["citations"]}
    for number, sentence in enumerate(answer["sentences"], start=1):
        if not sentence["citations"] or not known.issuperset(sentence["citations"]):
            problems.append(f"sentence {number}: cites a source that is not listed")
    return problems


def _serialised(content: dict[str, Any]) -> bytes:
    """Returns the one form a bundle with this content has on disk, so that even a changed blank shows."""
    canonical = json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode("utf-8")
    sealed = {**content, "seal": hashlib.sha256(canonical).hexdigest()}
    return (json.dumps(sealed, ensure_ascii=False, indent=1) + "\n").encode("utf-8")
