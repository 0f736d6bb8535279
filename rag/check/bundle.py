"""Audit bundles: an answer or a briefing with the full text of what it cites, sealed so that one changed byte shows."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from rag.encoding import encode_answer
from rag.errors import SourceError
from rag.types import Answer, Article

_FORMAT = "dateline-bundle/1"


def require_writable(path: Path) -> None:
    """Refuses a place where no bundle can be written.

    Raises:
        SourceError: It is a folder, its folder does not exist, or it may not be written to.
    """
    reason = ""
    if path.is_dir():
        reason = "is a folder"
    elif not path.parent.is_dir():
        reason = f"cannot be written: there is no folder {path.parent}"
    elif not os.access(path.parent, os.W_OK):
        reason = f"cannot be written: {path.parent} is read-only"
    if reason:
        raise SourceError(f"{path} {reason}; name another file")


def write_bundle(
    path: Path, answer: Answer, articles: Sequence[Article], made_with: Mapping[str, str] | None = None
) -> None:
    """Writes a bundle, whole or not at all.

    Args:
        path: The file; replaced when it exists.
        answer: The answer as shown.
        articles: Every article it cites.
        made_with: Versions of the parts that made the answer: models, prompts, verifier.

    Raises:
        SourceError: The file cannot be written.
    """
    write_sealed(path, "answer", encode_answer(answer), articles, made_with)


def write_sealed(
    path: Path,
    kind: str,
    encoded: Mapping[str, Any],
    articles: Sequence[Article],
    made_with: Mapping[str, str] | None = None,
) -> None:
    """Writes a bundle of anything that has checked sentences and citations, whole or not at all.

    Args:
        path: The file; replaced when it exists.
        kind: ``answer`` or ``briefing``.
        encoded: Its JSON: ``citations``, and ``sentences``, which a briefing has in ``sections``.
        articles: Every article it cites.
        made_with: Versions of the parts that made it.

    Raises:
        SourceError: The file cannot be written.
    """
    content = {
        "format": _FORMAT,
        "made_with": dict(made_with or {}),
        kind: encoded,
        "sources": [{"id": a.id, "version": a.version, "text": a.text} for a in articles],
    }
    require_writable(path)
    partial = path.with_name(f".{path.name}.{os.getpid()}.partial")
    try:
        partial.write_bytes(_serialised(content))
        partial.replace(path)
    except OSError as error:
        raise SourceError(f"{path} cannot be written: {error.strerror}; name another file") from error
    finally:
        partial.unlink(missing_ok=True)


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
    except (ValueError, RecursionError) as error:
        return [f"this is not an intact bundle: {error}"]
    content.pop("seal", None)
    problems = [] if raw == _serialised(content) else ["the seal does not match: the file was changed"]
    try:
        return problems + _disagreements(content)
    except (KeyError, TypeError, AttributeError, ValueError) as error:
        return [*problems, f"a field is missing or has another form: {error}"]


def _disagreements(content: dict[str, Any]) -> list[str]:
    problems: list[str] = []
    changed: set[tuple[str, str]] = set()
    texts = {(source["id"], source["version"]): source["text"] for source in content["sources"]}
    for (article_id, version), text in texts.items():
        if hashlib.sha256(text.encode("utf-8")).hexdigest() != version:
            changed.add((article_id, version))
            problems.append(f"{article_id}: the text does not match its version")
    if "briefing" in content:
        answer = content["briefing"]
        sentences = [sentence for section in answer["sections"] for sentence in section["sentences"]]
        citations = answer["citations"]
    else:
        answer = content["answer"]
        sentences, citations = answer["sentences"], answer["citations"] + answer["nearest"]
    for citation in citations:
        place = (citation["article_id"], citation["version"])
        if place not in texts:
            problems.append(f"citation {citation['n']}: its source is not in the bundle")
        elif place in changed:
            problems.append(f"citation {citation['n']}: the text of its source was changed")
        elif texts[place][citation["start"] : citation["end"]] != citation["quote"]:
            problems.append(f"citation {citation['n']}: the source does not have these words there")
    known = {citation["n"] for citation in answer["citations"]}
    for number, sentence in enumerate(sentences, start=1):
        if not sentence["citations"] or not known.issuperset(sentence["citations"]):
            problems.append(f"sentence {number}: cites a source that is not listed")
    return problems


def _serialised(content: dict[str, Any]) -> bytes:
    """Returns the one form a bundle with this content has on disk, so that even a changed blank shows."""
    # Lone surrogates, which no file can hold, are written as "?"; read again, that is what is sealed.
    canonical = json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    sealed = {**content, "seal": hashlib.sha256(canonical.encode("utf-8", "replace")).hexdigest()}
    return (json.dumps(sealed, ensure_ascii=False, indent=1) + "\n").encode("utf-8", "replace")
