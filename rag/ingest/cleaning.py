"""Canonical text: what a reader would call the article, and the text that every offset refers to."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence

from rag.ingest.boilerplate import find_boilerplate
from rag.ingest.language import detect_language
from rag.ingest.textdates import date_from_text
from rag.ingest.urls import headline_from_url
from rag.types import Article, IngestFailure, RemovedText, SourceDocument

_LINE_ENDS = re.compile(r"\r\n?|[\x0b\x0c\x85\u2028]")
_SPACES = re.compile(r"[\t\xa0\u2007\u202f]")
# Controls, and marks that show nothing but break the comparison of words. Joiners stay: scripts and emoji need them.
# So do the tags of a flag, which follow its black flag; others carry words that no reader sees. Marks that turn the
# direction of writing would have a figure read otherwise than it is stored.
_INVISIBLE = re.compile(
    r"[\x00-\x09\x0b-\x1f\x7f-\x9f\xad\u200b\u202a-\u202e\u2060\u2066-\u2069\ufeff\ud800-\udfff\U000e0001]"
    r"|(?<![\U0001f3f4\U000e0020-\U000e007e])[\U000e0020-\U000e007f]+"
)
_BLANK_LINES = re.compile(r"\n{3,}")

_HEADLINE_WORDS = range(5, 26)
_HEADLINE_CHARS = 160
_TITLE_CHARS = 1000
_NO_HEADLINE = re.compile(
    r"(?:by|from|photos?|video|updated?|published|editor[’']s note)\b|.*(?:@|://)|\W*\d+\.\s", re.IGNORECASE
)
_DATELINE = re.compile(r"(?:[A-Z][A-Z., ]+(?:\([^)]{2,20}\))?|.{2,40}\([A-Z][^)]{1,20}\))\s*[—–-]\s")
_SMALL_WORDS = frozenset(
    {"a", "an", "and", "as", "at", "by", "for", "from", "in", "of", "on", "or", "the", "to", "with"}
)


def clean(document: SourceDocument) -> Article | IngestFailure:
    r"""Makes the article of a source: normalises its characters and leaves out what is not the article.

    Line ends become ``\n``, special spaces plain ones; control and zero-width characters go, and so do spaces at the
    end of lines and blank lines beyond one. All other characters stay as they are. Page furniture (see
    ``find_boilerplate``) and a first line that is the title are left out and listed in ``removed``, after what the
    reader left out. Where no title is stated, a first line that reads like a headline is taken for it; where no date
    or language is stated, the text's own (see ``date_from_text`` and ``detect_language``).

    A page of which nothing but furniture was read, such as that of a video, is kept for its headline, so that it can be
    found: the title it states, or else the words of its address. See ``Article.is_headline_only``.

    Returns:
        The article, or a failure when nothing is left.
    """
    lines = normalize(document.text).split("\n")
    dropped = find_boilerplate(lines)
    kept = [number for number, line in enumerate(lines) if number not in dropped and line.strip()]
    title = document.title
    if len(kept) > 1 and (found := _title_line(lines, kept, title)):
        dropped[kept[0]] = "title"
        title = title or found
    body = "\n".join("" if number in dropped else line for number, line in enumerate(lines))
    text = _BLANK_LINES.sub("\n\n", body).strip()
    if not text and dropped:
        text = title = " ".join(normalize(title or headline_from_url(document.url)).split())
    if not text:
        return IngestFailure(_place(document), "has no text besides page furniture")
    return Article(
        id=document.key,
        version=hashlib.sha256(text.encode()).hexdigest(),
        text=text,
        title=title,
        publisher=document.publisher,
        published=document.published or date_from_text(lines),
        url=document.url,
        language=document.language or detect_language(text),
        authors=document.authors,
        removed=document.removed + tuple(RemovedText(lines[number], dropped[number]) for number in sorted(dropped)),
    )


def normalize(text: str) -> str:
    """Returns the text with plain line ends and spaces and without invisible characters."""
    text = _LINE_ENDS.sub("\n", text.replace("\u2029", "\n\n"))
    text = _INVISIBLE.sub("", _SPACES.sub(" ", text))
    return "\n".join(line.rstrip(" ") for line in text.split("\n"))


def _place(document: SourceDocument) -> str:
    return f"{document.container}#{document.key}" if document.container else document.key


def _title_line(lines: Sequence[str], kept: Sequence[int], title: str) -> str:
    """Returns the first line when it is the title, else an empty string."""
    if len(lines[kept[0]]) > _TITLE_CHARS:
        return ""
    first = " ".join(lines[kept[0]].split())
    if title:
        return first if _is_same_title(first, title) else ""
    stands_alone = kept[0] + 1 < len(lines) and not lines[kept[0] + 1].strip()
    return first if stands_alone and _reads_like_headline(first) else ""


def _is_same_title(line: str, title: str) -> bool:
    letters, stated = _letters(line), _letters(title)
    is_cut = title.rstrip().endswith(("...", "…"))
    return bool(stated) and (letters == stated or (is_cut and len(stated) > 20 and letters.startswith(stated)))


def _letters(text: str) -> str:
    return "".join(char for char in text.casefold() if char.isalnum())


def _reads_like_headline(line: str) -> bool:
    words = line.split()
    if (
        len(words) not in _HEADLINE_WORDS
        or len(line) > _HEADLINE_CHARS
        or _NO_HEADLINE.match(line)
        or _DATELINE.match(line)
    ):
        return False
    if not (line[0].isalnum() or line[0] in "\"'“‘") or not (line[-1].isalnum() or line[-1] in "\"'”’?!)"):
        return False
    # A byline or a dateline is names: without a lower-case word of its own it is not taken for a headline.
    return sum(word[0].islower() and word not in _SMALL_WORDS for word in words) >= 2
