"""A word turned into its opposite.

The table is our own: WordNet's antonyms would be a download, and lack the inflected forms.
"""

from __future__ import annotations

import re
from functools import lru_cache
from importlib.resources import files

from eval.edits.edit import Splice, has_word, level, like
from rag.check.names import find_names

# Set phrases in which the word does not carry its meaning, as the words before and after it.
_NOT_AFTER = re.compile(
    r"\b(?:how|so|as|too|at|the very|any|no|once|not|even|all the|what's|much|once and for|or|and|nor|than)\s+$"
)
_NOT_BEFORE = re.compile(
    r"\s+(?:lady|aid|responders?|and foremost|year|week|month|night|or|and|of all|so|as|school|court|street|up|down|"
    r"on|out|off|away|over|through|long|name|minister|amendment|world war|to be|york|not|in part|than not)\b|-",
    re.IGNORECASE,
)


def antonyms(sentence: str) -> list[Splice]:
    """Returns a change for each word with an opposite that does not stand in the sentence as well."""
    text = level(sentence)
    named = {name.parts[0].start for name in find_names(text)}
    found = []
    for match in re.finditer(r"(?<![\w'-])[A-Za-z]+(?![\w'])", text):
        word = match.group()
        opposites = _table().get(word.lower(), ())
        if not opposites or (word[0].isupper() and (match.start() > 0 or match.start() in named)):
            continue
        before, after = text[: match.start()], text[match.end() :]
        if _NOT_BEFORE.match(after) or _NOT_AFTER.search(before.lower()):
            continue
        for opposite, needs_figure in opposites:
            if has_word(text, opposite) or (needs_figure and not re.match(r" (?:to |by )?[$£€]?\d", after)):
                continue
            found.append(Splice(match.start(), match.end(), like(word, opposite)))
    return found


@lru_cache(maxsize=1)
def _table() -> dict[str, tuple[tuple[str, bool], ...]]:
    table: dict[str, list[tuple[str, bool]]] = {}
    for line in files("eval.edits").joinpath("antonyms.txt").read_text(encoding="utf-8").splitlines():
        if not line.strip() or line.startswith("#"):
            continue
        left, right = (side.split() for side in line.split("|"))
        for one, other in zip(left, right, strict=True):
            bare, figure = (one.lstrip("~"), other.lstrip("~")), one.startswith("~")
            for word, opposite in (bare, bare[::-1]):
                if (opposite, figure) not in table.setdefault(word, []):
                    table[word].append((opposite, figure))
    return {word: tuple(opposites) for word, opposites in table.items()}
