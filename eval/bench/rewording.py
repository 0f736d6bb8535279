"""Copies of a report as other outlets print them: sentences cut, moved and reworded lightly, under another title."""

from __future__ import annotations

import random
import re
from collections.abc import Sequence
from dataclasses import dataclass

from rag.ingest.date_words import COUNTS

_SWAPS = {
    "said": ("stated", "noted", "remarked"), "told": ("informed",), "says": ("states",), "added": ("went on",),
    "also": ("",), "however": ("still",), "but": ("yet",), "because": ("as", "since"), "while": ("whereas",),
    "although": ("though",), "about": ("around", "some"), "over": ("across",), "after": ("following",),
    "before": ("prior to",), "during": ("in the course of",), "many": ("numerous",), "several": ("a number of",),
    "including": ("among them",), "which": ("that",), "who": ("that",), "this": ("that",), "these": ("those",),
    "would": ("was going to",), "could": ("might",), "such": ("of this kind",), "more than": ("over",),
    "at least": ("no fewer than",), "as well as": ("and",), "in order to": ("to",), "began": ("started",),
    "according to": ("in the words of",), "called": ("termed",), "asked": ("inquired",), "argued": ("contended",),
    "announced": ("made known",), "reported": ("wrote",), "big": ("large",), "large": ("big",), "help": ("aid",),
    "show": ("reveal",), "showed": ("revealed",), "people": ("persons",), "say": ("maintain",), "his": ("his own",),
    "will": ("is set to",), "new": ("fresh",), "country": ("nation",), "president": ("head of state",),
    "officials": ("authorities",), "week": ("seven days",), "vote": ("ballot",), "plan": ("proposal",),
}  # fmt: skip
_SPELLINGS = {
    "color": "colour", "labor": "labour", "favor": "favour", "honor": "honour", "center": "centre",
    "defense": "defence", "offense": "offence", "program": "programme", "percent": "per cent",
    "organization": "organisation", "organize": "organise", "criticize": "criticise", "criticized": "criticised",
    "recognize": "recognise",
    "traveled": "travelled", "canceled": "cancelled", "toward": "towards", "gray": "grey", "neighbor": "neighbour",
    "behavior": "behaviour", "theater": "theatre", "analyze": "analyse", "apologize": "apologise",
}  # fmt: skip
_NUMBERS = {str(number): word for number, word in enumerate(("zero", *COUNTS)[:13])}
_WORDS = {word: figure for figure, word in _NUMBERS.items() if word != "one"}
_KNOWN = re.compile(
    r"\b(?:" + "|".join(sorted((*_SWAPS, *_SPELLINGS, *_WORDS), key=len, reverse=True)) + r")\b|(?<![\d.,$])\b\d{1,2}\b"
    r"(?![\d.,%:]|\s*(?:million|billion))|\b(?:\d{1,3})(?:,\d{3})+\b|\b[a-z]{3,}ly\b",
)


@dataclass(frozen=True, slots=True)
class Level:
    """How much a copy differs.

    Attributes:
        cut: Share of the sentences left out.
        moved: Share of the sentences that change places with the next.
        reworded: Share of the words with another form that take it.
        shuffled: Whether blocks of sentences change places as well.
    """

    name: str
    cut: float
    moved: float
    reworded: float
    shuffled: bool = False


LEVELS = (
    Level("light", 0.10, 0.0, 0.25),
    Level("medium", 0.25, 0.15, 0.5),
    Level("heavy", 0.40, 0.3, 1.0, shuffled=True),
)


def make_copy(sentences: Sequence[str], level: Level, rng: random.Random) -> list[str]:
    """Returns the sentences of a copy; the same seed gives the same copy."""
    kept_number = max(1, round(len(sentences) * (1 - level.cut)))
    kept = sorted(rng.sample(range(len(sentences)), kept_number))
    out = [reword(sentences[i], level.reworded, rng) for i in kept]
    for i in range(len(out) - 1):
        if rng.random() < level.moved:
            out[i], out[i + 1] = out[i + 1], out[i]
    if level.shuffled and len(out) > 3:
        middle = rng.randrange(1, len(out))
        out = out[middle:] + out[:middle]
    return out


def make_title(title: str, sentences: Sequence[str], rng: random.Random) -> str:
    """Returns another headline: the words of the first sentence, or the title reworded."""
    return " ".join(sentences[0].split()[: rng.randrange(6, 12)]) if rng.random() < 0.5 else reword(title, 1.0, rng)


def reword(sentence: str, share: float, rng: random.Random) -> str:
    """Replaces function words, verbs of saying, numbers and spellings, and drops adverbs."""

    def other(match: re.Match[str]) -> str:
        word = match.group()
        if rng.random() >= share:
            return word
        if word in _SWAPS:
            return rng.choice(_SWAPS[word])
        if word[0].isdigit():
            return word.replace(",", "") if "," in word else _NUMBERS.get(word, word)
        return _SPELLINGS.get(word) or _WORDS.get(word) or ("" if word.endswith("ly") else word)

    return re.sub(r" {2,}", " ", _KNOWN.sub(other, sentence)).strip()
