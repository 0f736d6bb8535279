"""Pages of lines, as printed, made into one text of paragraphs."""

from __future__ import annotations

import re
import statistics
from collections import Counter
from collections.abc import Sequence

from rag.types import RemovedText

_EDGE = 2
_FEWEST = 2
_REPEATED = 0.5
_PAGE_NUMBER = re.compile(
    r"[-–—\s]*(?:page|p\.|seite)?\s*\d{1,4}(?:\s*(?:of|/|von|de)\s*\d{1,4})?[-–—\s]*", re.IGNORECASE
)
_DIGITS = re.compile(r"\d+")
# pdfium writes U+0002 or U+FFFE for a hyphen that it takes for one that only parts a line.
_SOFT_HYPHEN = re.compile(r"[\x02\ufffe\xad]\s*")
_AFTER_HYPHEN = re.compile(r"(?<=\x02)(?=\S)")
_PARTED = re.compile(r"([^\W\d_]{2,})[-‐]$")
_LOWER = re.compile(r"[^\W\d_]+")
_ENDS = re.compile(r"[.!?:;…][\"'”’)\]]*$")
_ITEM = re.compile(r"(?:[-*•▪–]|\(?\d{1,3}[.)])\s")
_SHORT = 0.8
_WORD = re.compile(r"\w+(?:[-‐]\w+)*")


def strip_furniture(pages: Sequence[Sequence[str]]) -> tuple[list[list[str]], tuple[RemovedText, ...]]:
    """Leaves out page numbers, and lines at the edge of pages that come back, but for their digits, on most of them.

    Returns:
        The lines of each page, and what was left out, each wording once.
    """
    kept = [list(page) for page in pages if any(line.strip() for line in page)]
    counts: Counter[str] = Counter()
    for page in kept:
        written = [line for line in page if line.strip()]
        counts.update({_form(line) for line in (*written[:_EDGE], *written[-_EDGE:])})
    repeated = {form for form, n in counts.items() if n >= max(_FEWEST, _REPEATED * len(kept))}
    removed: dict[str, str] = {}
    stripped = []
    for page in kept:
        lines = page
        for end in (0, -1):
            for _ in range(_EDGE):
                while lines and not lines[end].strip():
                    lines.pop(end)
                line = lines[end].strip() if lines else ""
                if line and _form(line) in repeated:
                    removed[line] = "running header or footer"
                elif line and _PAGE_NUMBER.fullmatch(line) and (len(kept) > 1 or not line.isdigit()):
                    removed[line] = "page number"
                else:
                    break
                lines.pop(end)
        stripped.append(lines)
    return stripped, tuple(RemovedText(line, rule) for line, rule in list(removed.items())[:300])


def flow(pages: Sequence[Sequence[str]]) -> str:
    """Joins the lines of pages into paragraphs parted by blank lines.

    A paragraph ends at an empty line, where a line stops short of the others after the end of a sentence, before an
    item of a list, and around a heading: a short line without a full stop, followed by a capital letter.
    """
    parts = (part for page in pages for line in page for part in _AFTER_HYPHEN.split(_SOFT_HYPHEN.sub("\x02", line)))
    spaced = [" ".join(part.split()) for part in parts]
    lines = [line for line in spaced if line]
    if not lines:
        return ""
    # The width of a full line: that of most lines, wherever short ones are the minority.
    full = statistics.quantiles([len(line) for line in lines], n=4)[2] if len(lines) > 1 else len(lines[0])
    known = {word.casefold() for line in lines for word in _WORD.findall(line)}
    paragraphs: list[str] = []
    current = last = ""
    is_gap = False
    for line in spaced:
        if not line:
            is_gap = bool(current)
        elif not current:
            current = last = line
        else:
            if is_gap or _breaks(last, line, full):
                paragraphs.append(current)
                current = line
            else:
                current = _join(current, line, known)
            last, is_gap = line, False
    paragraphs.append(current)
    return "\n\n".join(paragraph.replace("\x02", "") for paragraph in paragraphs)


def _form(line: str) -> str:
    return _DIGITS.sub("#", " ".join(line.split()))


def _breaks(line: str, following: str, full: float) -> bool:
    if _ITEM.match(following):
        return True
    if len(line) >= _SHORT * full or line.endswith(("-", "\x02", ",")):
        return False
    if _ENDS.search(line):
        return True
    return not following[0].islower()


def _join(text: str, line: str, known: set[str]) -> str:
    """Joins a line to the text before it; a word parted by a hyphen becomes one, unless it is written with it."""
    if text.endswith("\x02"):
        text = f"{text[:-1]}-"
    parted, rest = _PARTED.search(text[-60:]), _LOWER.match(line)
    if parted and rest and rest[0].islower():
        whole, hyphened = parted[1] + rest[0], f"{parted[1]}-{rest[0]}"
        if hyphened.casefold() in known and whole.casefold() not in known:
            return text + line
        return text[:-1] + line
    return f"{text} {line}" if not text.endswith(("-", "‐")) or not parted else text + line
