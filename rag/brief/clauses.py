"""What can be cut from a sentence so that the rest still stands, as an editor shortens from the end and the middle."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from rag.check.words import content_stems, keys, plain

_CUT = re.compile(
    r"\s*(?:[;:–—]|\s-\s|,\s+(?:which|who|where|when|after|as|and|but|while|during|according|including|saying|with|shortly)\b"
    r"|\s(?:after|while|during|because|when|amid|following|to (?:discuss|talk|strengthen)|but)\s|,\s)",
    re.IGNORECASE,
)
_OPENING = re.compile(
    r"^(?:In|With|During|After|Before|Asked|Faced|As|Since|At|On|While|Following|Despite|Amid|By|Under)\b[^,“\"]{3,80},\s+"
)
_OPENS = re.compile(
    r"^(?:In|With|During|After|Before|Asked|Faced|As|Since|At|On|While|Following|Despite|Amid|By|Under|When|If|Although"
    r"|Though|For|From)\b"
)
_ASIDE = re.compile(
    r"\s*(?:\([^()]{2,80}\)|,\s(?:who|which|where|a|an|the|now|then|[a-z]+ing|[a-z]+ed)\b[^,“”\"]{2,90},)(?=\s)"
)
"""What stands between two commas and tells more of the name or noun before it, and what stands in brackets."""
_UNFINISHED = re.compile(
    r"\b(?:(?:had|has|have|was|were|is|are|be|been|to|that|with|of|for|by|and|or|the|a|an|he|she|it|they|their|its|his|her)"
    r"|that (?:he|she|it|they) (?:had|has|have|was|were) \w+"
    r"|(?:about |nearly |almost |just |more than |less than |only )*(?:an?|one|two|three|\d+) "
    r"(?:minute|hour|day|week|month|year|decade|centur(?:y|ie))s?)\.?$",
    re.IGNORECASE,
)
"""An end that something has been cut from: "about a month", "said that it had dismissed"."""
_HALF_A_PHRASE = re.compile(r"\b(?:an?|the|very|so|as|too|more|most)\s+(?:\w+ly\s+)?[\w'’-]+$", re.IGNORECASE)
_GOES_ON = re.compile(r"\s*(?:,|\bbut\b|\band\b|\bor\b)", re.IGNORECASE)
"""Where "was offered a prominent but unpaid position" must not be cut."""
_INSERTED = re.compile(
    r",\s[^,]{2,90},\s(?:is|are|was|were|has|have|had|will|would|can|could|may|did|does|said|says|[a-z]{2,}ed)\b"
)
"""An aside, with the verb of the sentence behind it: "The package addressed to Mr. Booker, a Democrat, was found"."""
_LEAST_WORDS, _LEAST_CONTENT = 5, 4
_TITLE_CASE = 0.7
_VERB = re.compile(
    r"\b(?:is|are|was|were|has|have|had|will|would|can|could|may|might|must|should|did|does|do|said|says|told|met|[a-z]{3,}ed|[a-z]{3,}s)\b"
)


_AFTERTHOUGHT = re.compile(
    r"\s*(?:;|\s[–—-]{1,2}\s(?=who\b|which\b)|,\s+(?:which|who|where|when|after|as|while|during|[a-z]+ing)\b"
    r"|\s(?:after|while|even as|amid|following)\s)"
)
"""Where a sentence may end for a headline: what follows tells more, and changes nothing of what was told."""
_BINDS = re.compile(
    r",\s[^,]*\b(?:said|says|told|reported|reports|wrote)\b[^,]*$|\b(?:according to|if|unless|but|although|though)\b",
    re.IGNORECASE,
)
"""What may not be cut off: who says it, and on what condition."""
_FINITE = re.compile(
    r"\b(?:is|are|was|were|has|have|had|will|would|can|could|may|might|must|should|did|does|do|says|met|won|lost|told"
    r"|said|made|took|gave|went|came|held|hit|cut|[a-z]{2,}ed)\b"
)
_LONG, _HEADLINE = 40, range(9, 31)


def shortened(text: str) -> str:
    """Returns a long sentence without its afterthoughts, for a headline; the whole where that cannot be done."""
    if len(text.split()) < _LONG:
        return text
    for cut in reversed(list(_AFTERTHOUGHT.finditer(text))):
        part = text[: cut.start()].rstrip(" ,;:–—-")
        even = part.count("“") == part.count("”") and part.count('"') % 2 == 0 and part.count("(") == part.count(")")
        opens = _OPENS.match(part) and "," not in part
        if len(part.split()) not in _HEADLINE or not even or opens or not _FINITE.search(plain(part)):
            continue
        if not _BINDS.search(text[cut.start() :]) and not _UNFINISHED.search(part):
            return f"{part}."
    return text


def parts(text: str) -> Iterator[str]:
    """Yields a sentence and what is left of it when its opening, its asides and its end are cut, the longest first."""
    whole = text.strip()
    starts = {whole: None}
    if opening := _OPENING.match(whole):
        rest = whole[opening.end() :]
        starts[rest[:1].upper() + rest[1:]] = None
    for start in list(starts):
        if (bare := _ASIDE.sub("", start)) != start:
            starts[bare] = None
    seen: dict[str, None] = {}
    for start in starts:
        seen[start] = None
        for cut in _CUT.finditer(start):
            part = start[: cut.start()].rstrip(" ,;:–—-")
            if _HALF_A_PHRASE.search(part) and _GOES_ON.match(start, cut.start()):
                continue
            if _INSERTED.match(start, cut.start()):
                continue
            if part.count("“") == part.count("”") and part.count('"') % 2 == 0 and part.count("(") == part.count(")"):
                seen[f"{part}."] = None
    for part in sorted(seen, key=len, reverse=True):
        enough = len(keys(part)) >= _LEAST_WORDS and len(set(content_stems(part))) >= _LEAST_CONTENT
        fragment = part != whole and (_UNFINISHED.search(part) or (_OPENS.match(part) and "," not in part))
        if enough and not fragment and _VERB.search(plain(part)):
            yield part


def headline_as_sentence(title: str, texts: Sequence[str]) -> str:
    """Returns a headline as a sentence; empty where it asks, quotes, or is too short to state anything.

    Capitals stay on the words that the texts write with one within a sentence, so that "Court Tosses Case" reads
    "Court tosses case".

    Args:
        title: The headline.
        texts: Sentences on the same story.
    """
    line = " ".join(title.split()).rstrip(" .")
    if not line or line.endswith("?") or '"' in plain(line) or ": " in line or " | " in line:
        return ""
    found = line.split(" ")
    capitals = sum(word[:1].isupper() for word in found)
    if capitals >= _TITLE_CASE * len(found):
        named = {w for text in texts for w in re.findall(r"(?<=[\w,;] )[A-Z][\w.'’-]*", text)}
        spelled = {w.lower().removesuffix("'s").removesuffix("’s") for w in named}
        found = [found[0], *("-".join(_within(part, spelled) for part in w.split("-")) for w in found[1:])]
    return f"{' '.join(found)}."


def _within(word: str, names: set[str]) -> str:
    """Returns a word of a headline as it is written within a sentence."""
    is_short_form = word.isupper() or re.match(r"(?:[A-Z]\.){2,}", word)
    return word if is_short_form or _bare(word) in names else word[:1].lower() + word[1:]


def _bare(word: str) -> str:
    return word.lower().strip(".,;:'’‘").removesuffix("'s").removesuffix("’s")
