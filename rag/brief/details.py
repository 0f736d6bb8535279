"""Statements of two outlets told with other figures or other names."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from rag.brief.facts import Fact, Telling
from rag.check.disagreement.amounts import bounds
from rag.check.names import StatedNames, find_names
from rag.check.quantities import Quantity, find_quantities
from rag.check.speakers import same_person
from rag.check.words import STOPWORDS, plain, words
from rag.index.embedding import Embedder

Cosine = Callable[[str, str], float]
"""How close two texts are in meaning, in [-1, 1]."""


def closeness(embedder: Embedder) -> Cosine:
    """Returns a measure of how close two texts are in meaning that embeds each text once."""
    known: dict[str, NDArray[np.float32]] = {}

    def vector(text: str) -> NDArray[np.float32]:
        if text not in known:
            known[text] = embedder.embed_passages([plain(text)])[0]
        return known[text]

    return lambda a, b: float(vector(a) @ vector(b))


Placed = tuple[str, str, list[tuple[str, Telling]]]
"""A kind of disagreement, what it is about, and each value with the sentence that gives it."""

NAMED = "who is named"
_SAME_STATEMENT = 0.68
"""Least cosine of two sentences taken for reports of one statement."""
_OF_OUTLET = 0.62
_ANNOUNCED = re.compile(
    r"\b(?:call\w*|phone\w*|telephone\w*|inform\w*|updates?|brief\w*|meet\w*|visit\w*|invit\w*|attend\w*|include\w*"
    r"|join\w*|name[sd]?|appoint\w*|talks?)\b",
    re.IGNORECASE,
)
_CONTACT = re.compile(r"\b(?:(?:tele)?phone\w*|call\w*|inform\w*|updates?|brief\w*|invit\w*|includ\w*|appoint\w*)\b")
_GOES_ON = re.compile(r",? (?:as well as|and|along with|together with|including|besides) ")
_LEAST_NOUN = 3


def figures_apart(facts: Sequence[Fact], close: Cosine) -> Iterator[Placed]:
    """Yields pairs of sentences of one fact that count the same thing and arrive at other numbers."""
    for fact in facts:
        for a, b in combinations(fact.tellings, 2):
            if a.outlet == b.outlet or a.published != b.published:
                continue  # a later figure is an update more often than a contradiction
            one, two = _counted(a.text), _counted(b.text)
            for noun in one.keys() & two.keys():
                (mine, chunk), (theirs, other) = one[noun], two[noun]
                low, high = bounds(mine, chunk)
                least, most = bounds(theirs, other)
                if (low > most or least > high) and close(a.text, b.text) >= _SAME_STATEMENT:
                    yield "numeric", f"number of {noun}", [(mine.text, a), (theirs.text, b)]


def _counted(text: str) -> dict[str, tuple[Quantity, str]]:
    """Returns what a sentence counts, each noun once: a noun with two numbers says nothing that can be compared."""
    source = plain(text)
    found: dict[str, list[tuple[Quantity, str]]] = {}
    for quantity in find_quantities(source):
        after = words(source[quantity.end : quantity.end + 40])[:2]
        noun = next((w.key for w in after if w.key not in STOPWORDS and len(w.key) >= _LEAST_NOUN), "")
        if noun.endswith("s") and not quantity.vague and quantity.text.lower() not in ("one", "first"):
            found.setdefault(noun, []).append((quantity, source))
    return {noun: places[0] for noun, places in found.items() if len(places) == 1}


def names_apart(tellings: Sequence[Telling], close: Cosine) -> Iterator[Placed]:
    """Yields reports of one announcement in which a list goes on from one name with others, none of them shared.

    "Calls to Mr A, and to Ms B" beside "to tell Mr A, as well as Mr C": the announcement must be of one speaker.
    """
    speaking = [t for t in tellings if t.speaks and not t.quotes and _ANNOUNCED.search(t.text)]
    texts: dict[str, str] = {}
    for t in tellings:
        texts[t.article_id] = f"{texts.get(t.article_id, '')} {t.text}"
    for a, b in combinations(speaking, 2):
        if a.outlet == b.outlet or (a.speaker and b.speaker and not same_person(a.speaker, b.speaker)):
            continue
        if len(a.stems & b.stems) < 3 or close(a.text, b.text) < _OF_OUTLET:
            continue
        mine, theirs = _lists(a.text), _lists(b.text)
        for name in mine.keys() & theirs.keys():
            if _only_named(mine[name], texts[b.article_id]) and _only_named(theirs[name], texts[a.article_id]):
                yield "stance", NAMED, [(_announcement(a.text), a), (_announcement(b.text), b)]
                break


def _lists(text: str) -> dict[str, str]:
    """Returns, by the surname it begins with, each list of names: what follows a name and "and", "as well as" …."""
    source = plain(text)
    found = {}
    for name in find_names(source):
        end = name.parts[-1].end
        if goes_on := _GOES_ON.match(source, end):
            found[name.parts[-1].key] = source[goes_on.end() :]
    return found


def _only_named(text: str, other: str) -> list[str]:
    known = StatedNames([plain(other)])
    return [name.text for name in find_names(plain(text)) if len(known.missing(name)) == len(name.parts)]


def _announcement(text: str) -> str:
    """Returns the words of the source from the announced thing on."""
    found = _CONTACT.search(text)
    return text[found.start() :].strip().rstrip(".") if found else text
