"""What a source denies: "has not yet submitted his resignation" does not bear out that he resigned."""

from __future__ import annotations

import re
from collections.abc import Sequence

from rag.check.negations import implies_negation, is_negation
from rag.check.words import STOPWORDS, plain, stem_keys, vocabulary, words

_REACH = 6  # words after the negation
_NO_DENIAL = frozenset(vocabulary("only just merely simply least doubt matter later less fewer more sooner longer"))
_TURNS = frozenset(vocabulary("but although though however because since unless until except besides than so if"))
_BREAK = re.compile(r"[,;:()\".]")
_AVERSE = re.compile(
    r"\b(?:avoid|doubt|little|scant|rather|against|instead|beware|un(?:fit|clear|certain|known|aware|decided|resolved))",
    re.IGNORECASE,
)


def affirms_what_is_denied(claim: str, sentences: Sequence[str]) -> str:
    """Returns the word of a sentence that its only source sentence has just where it denies it.

    Of RAGTruth sentences that people found supported, and that one source sentence supports, it fires on .5% (n 1,300).

    Args:
        claim: The sentence.
        sentences: The source sentences it rests on; of several, one may say what another denies.

    Returns:
        A content word of a claim without any negation, all whose places in the source lie in the same clause within a
        few words after "not", "no", "never", "without" and the like; empty when there is none.
    """
    text = plain(claim)
    said = [word.key for word in words(text)]
    if len(sentences) != 1 or any(map(is_negation, said)) or implies_negation(text) or _AVERSE.search(text):
        return ""
    denied, stated = _read(plain(sentences[0]))
    content = [key for key in said if key not in STOPWORDS]
    return next((key for key, stem in zip(content, stem_keys(content), strict=True) if stem in denied - stated), "")


def _read(text: str) -> tuple[set[str], set[str]]:
    """Returns the stems within reach of a negation, and the others."""
    denied: set[str] = set()
    stated: set[str] = set()
    found = words(text)
    reach = 0
    for place, (word, stem) in enumerate(zip(found, stem_keys([word.key for word in found]), strict=True)):
        between = text[found[place - 1].end : word.start] if place else ""
        if _BREAK.search(between) or word.key in _TURNS:
            reach = 0
        if is_negation(word.key):
            following = found[place + 1].key if place + 1 < len(found) else ""
            reach = 0 if following in _NO_DENIAL else _REACH
            continue
        (denied if reach else stated).add(stem)
        reach = max(0, reach - 1)
    return denied, stated
