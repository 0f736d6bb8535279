"""Words as every check compares them: without case, accents, quote styles and inflection."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from typing import NamedTuple

from rag.vocabulary import vocabulary as vocabulary

_FRACTIONS = {
    "½": " 1/2", "⅓": " 1/3", "⅔": " 2/3", "¼": " 1/4", "¾": " 3/4", "⅕": " 1/5", "⅛": " 1/8",
}  # fmt: skip
_LETTERS = {"ø": "o", "Ø": "O", "ł": "l", "Ł": "L", "đ": "d", "Đ": "D", "ı": "i", "æ": "ae", "Æ": "Ae", "œ": "oe"}
_PUNCTUATION = (
    dict.fromkeys("‘’‚‛`´ʼʻ′", "'")
    | dict.fromkeys("“”„‟«»″", '"')
    | dict.fromkeys("‐‑‒–—―−", "-")
    | dict.fromkeys("\u200b\u200c\u200d\u2060\ufeff\u00ad", "")
)
_PLAIN = str.maketrans(_FRACTIONS | _LETTERS | _PUNCTUATION)
_INITIALS = re.compile(r"\b(?:[^\W\d_]\.){2,}")
_WORD = re.compile(r"[^\W_]+(?:'[^\W_]+)*")
_SPACED_FIGURES = re.compile(r"(?<=\d) ([.,]) (?=\d)")  # tokenised text: "10 , 000"
_GROUPED = re.compile(r"(?<=\d),(?=\d{3})")
# Texts whose reading is kept: one answer compares the same few hundred with one another tens of thousands of times.
_KEPT = 2_048


STOPWORDS = frozenset(
    vocabulary(
        """a about above after again against all also although am among an and another any are as at be became because
        become been before being below between both but by can could did do does doing down during each either else
        even ever every few for from further get had has have having he her here hers herself him himself his how
        however i if in into is it its itself just let like many may me might more most much must my myself neither
        nor of off often on once only onto or other others our ours out over own per rather same shall she should
        since so some such than that the their theirs them themselves then there these they this those though through
        thus to too toward towards under until up upon us very via was we were what when where whether which while who
        whom whose why will with within would yet you your yours according said say says"""
    )
)


class Word(NamedTuple):
    """One word of a plain text: as written, in lower case without possessive ending, and where it lies."""

    text: str
    key: str
    start: int
    end: int


@lru_cache(_KEPT)
def plain(text: str) -> str:
    """Returns ``text`` with one style of quotes, dashes and initials (U.N. = UN), and without accents.

    Offsets change; case, line breaks and word order do not.
    """
    if not text.isascii() or "`" in text:
        text = text.translate(_PLAIN)
    if not text.isascii():
        decomposed = unicodedata.normalize("NFKD", text)
        text = "".join(c for c in decomposed if unicodedata.category(c) != "Mn").translate(_PLAIN)
    if "." in text or "," in text:
        text = _SPACED_FIGURES.sub(r"\1", text)
    return _INITIALS.sub(lambda m: m.group().replace(".", ""), text)


@lru_cache(_KEPT)
def words(text: str) -> tuple[Word, ...]:
    """Splits a text that went through ``plain`` into words; hyphens divide, inner apostrophes do not."""
    found = []
    for match in _WORD.finditer(text):
        key = match.group().lower()
        if key.endswith("'s"):
            key = key[:-2]
        found.append(Word(match.group(), key, match.start(), match.end()))
    return tuple(found)


def keys(text: str) -> list[str]:
    """Returns the comparable form of each word of any text, in order."""
    return [word.key for word in words(plain(text))]


def stems(text: str) -> list[str]:
    """Returns the Snowball (English) stem of each word of any text, in order; figures lose their separators."""
    return stem_keys(keys(_GROUPED.sub("", text)))


@lru_cache(_KEPT)
def content_stems(text: str) -> tuple[str, ...]:
    """Returns the stems of the words that carry content: no function words, no single letters."""
    return tuple(stem_keys([key for key in keys(_GROUPED.sub("", text)) if _is_content(key)]))


def _is_content(key: str) -> bool:
    return key not in STOPWORDS and (len(key) > 1 or key.isdigit())


def stem_keys(found: list[str]) -> list[str]:
    """Returns the Snowball (English) stem of each comparable word.

    PyStemmer is the maintained binding of the reference implementation. A stemmer is not safe to share between
    threads and costs a quarter of a microsecond to make without its cache, so each call makes one.
    """
    import Stemmer  # type: ignore[import-not-found, unused-ignore]

    stemmed: list[str] = Stemmer.Stemmer("english", 0).stemWords(found)
    return stemmed
