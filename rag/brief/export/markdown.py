"""A briefing as Markdown, with the citations as footnotes. Everything from articles is escaped."""

from __future__ import annotations

import re

from rag.brief.export.document import NOTES, QUOTES, SOURCES, Document, Line

_SPECIAL = re.compile(r"([\\`*_{}\[\]<>#|~&!$])")
_AT_START = re.compile(r"^(\s*)([-+]|\d+[.)])(?=\s)")
_ADDRESS = re.compile(r"\b(https?|ftp)://|\bwww\.", re.IGNORECASE)


def as_markdown(document: Document) -> str:
    """Returns CommonMark with footnotes (as GitHub, Pandoc and others read them)."""
    lines = [f"# {_line(document.title)}", ""]
    lines += [f"{escaped(line)}  " for line in document.about] + [""]
    for part in document.parts:
        lines += [f"## {escaped(part.title)}", ""]
        lines += [f"- {_line(line)}" for line in part.lines] + [""]
    lines += [f"## {SOURCES}", ""] + [f"- {escaped(line)}" for line in document.sources] + [""]
    if document.quotes:
        lines += [f"## {QUOTES}", ""]
        lines += [f"[^{q.n}]: {escaped(q.words)} – {escaped(q.where)}" for q in document.quotes] + [""]
    lines += [f"## {NOTES}", ""] + [f"- {escaped(note)}" for note in document.notes]
    return "\n".join(lines) + "\n"


def escaped(text: str) -> str:
    """Returns text that Markdown shows as it is: no emphasis, link, image, HTML or list comes of it."""
    safe = _SPECIAL.sub(r"\\\1", text)
    safe = _ADDRESS.sub(lambda m: m.group().replace("://", ":\\//").replace("www.", "www\\."), safe)
    return _AT_START.sub(lambda m: f"{m.group(1)}{m.group(2)[:-1]}\\{m.group(2)[-1]}", safe)


def _line(line: Line) -> str:
    text = f"**New:** {escaped(line.text.removeprefix('New: '))}" if line.new else escaped(line.text)
    return text + (f" {''.join(f'[^{n}]' for n in line.numbers)}" if line.numbers else "")
