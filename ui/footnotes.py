"""Answers as text to take away: with footnotes, and whole conversations as Markdown or JSON."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from rag.encoding import encode_answer
from rag.types import Answer, Citation
from ui.history import Scope, StoredTurn
from ui.markup import day

_SPECIAL = re.compile(r"([\\`*_{}\[\]<>#|!~])")
_BREAKS = re.compile(r"\s+")


def with_footnotes(answer: Answer) -> str:
    """Returns an answer as plain text with numbered footnotes that give source, date and exact words."""
    lines = [_opening(answer), ""]
    lines += [_note(citation) for citation in _cited(answer)]
    return "\n".join(lines).strip() + "\n"


def as_markdown(title: str, turns: Sequence[StoredTurn]) -> str:
    """Returns a conversation as Markdown in which nothing that an article says is Markdown."""
    parts = [f"# {_plain(title)}", ""]
    for turn in turns:
        parts += [f"## {_plain(turn.question)}", ""]
        if turn.answer is None:
            parts += ["_No answer was given._", ""]
            continue
        if turn.answer.standalone_question != turn.question:
            parts += [f"_Understood as: {_plain(turn.answer.standalone_question)}_", ""]
        parts += [_plain(_opening(turn.answer)), ""]
        for one in turn.answer.disagreements:
            parts += [f"Sources differ ({_plain(one.kind)}) on {_plain(one.about)}:", ""]
            for position in one.positions:
                numbers = "".join(rf"\[{n}\]" for n in position.citations)
                parts.append(f"- {_plain(position.value)}: {_plain(', '.join(position.publishers))} {numbers}")
            parts.append("")
        parts += [f"{_plain(_note(citation))}  " for citation in _cited(turn.answer)] + [""]
        parts += [f"> Note: {_plain(warning)}" for warning in turn.answer.warnings] + [""]
    return re.sub(r"\n{3,}", "\n\n", "\n".join(parts)).strip() + "\n"


def as_json(title: str, turns: Sequence[StoredTurn]) -> dict[str, Any]:
    """Returns a conversation with each answer as ``dateline ask --json`` gives it."""
    return {
        "title": title,
        "turns": [
            {
                "question": turn.question,
                "asked": turn.asked,
                "state": turn.state,
                "filters": _scope(turn.scope),
                "made_with": dict(turn.made_with),
                "answer": encode_answer(turn.answer) if turn.answer else None,
            }
            for turn in turns
        ],
    }


def _opening(answer: Answer) -> str:
    if answer.abstained:
        return f"No answer ({answer.reason.value.replace('_', ' ') if answer.reason else 'nothing found'})."
    return answer.text


def _cited(answer: Answer) -> Sequence[Citation]:
    return answer.nearest if answer.abstained else answer.citations


def _note(citation: Citation) -> str:
    also = f" Also carried by {', '.join(citation.also_carried_by)}." if citation.also_carried_by else ""
    title = f"“{citation.title}”, " if citation.title else ""
    words = _BREAKS.sub(" ", citation.quote).strip()
    source = f"{citation.publisher or 'Unnamed publisher'}, {title}{day(citation.published)}"
    return (
        f"[{citation.n}] {source}: “{words}”.{also}"
        f" ({citation.article_id}, characters {citation.start} to {citation.end})"
    )


def _scope(scope: Scope) -> dict[str, Any]:
    filters = scope.filters()
    return {
        "publishers": list(filters.publishers),
        "after": filters.after.isoformat() if filters.after else None,
        "before": filters.latest.isoformat() if filters.latest else None,
    }


def _plain(words: str) -> str:
    """Returns words as one line of Markdown that shows them as they are."""
    return _SPECIAL.sub(r"\\\1", _BREAKS.sub(" ", words).strip())
