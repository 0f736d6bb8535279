"""Numbers that answer a question, and how far they can be read apart before they conflict."""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal
from types import MappingProxyType

from rag.check.dates import find_dates
from rag.check.disagreement.question import Asked, is_about, mentions
from rag.check.disagreement.statements import Amount, SourceSentence, Statement
from rag.check.names import find_names, names_in
from rag.check.quantities import Quantity, find_quantities
from rag.check.words import plain, stem_keys, words

_CHUNK = re.compile(r"[;:]\s|,\s|\s-\s|\s(?:and|but|while|whereas|after|before|when|including|or)\s")
_PARTIAL = re.compile(
    r"\s*(?:of (?:the|them|these|those|its|his|her|our|whom)\b|more\b|others?\b|additional\b|further\b)"
)
_AGE = re.compile(r"[\s-]*(?:years?[- ]old|-year\b|year-old)|,? of age")
_ORDINAL = re.compile(r"(?:\d(?:st|nd|rd|th)|first|second|third|fourth|fifth|[a-z]+th)\b", re.IGNORECASE)
DURATIONS = MappingProxyType(
    {"second": 1, "minut": 60, "hour": 3600, "day": 86400, "week": 604800, "month": 2629800, "year": 31557600}
)
"""The stem of a unit of time to its seconds."""
GENERIC = frozenset(("peopl", "person", "live", "victim", "dead", "other", "human", "casualti", "individu"))
"""Stems that count people at large."""
_NO_SCOPE = frozenset(("were", "was", "have", "has", "had", "in", "on", "at", "by", "since", "as", "is", "are"))
_PERIOD = re.compile(
    r"\b(?:so far )?(?:last|this|that|next) (?:week|month|year|weekend)\b"
    r"|\b(?:a|per|each|every) (?:day|year|month)\b"
)
_SINCE = re.compile(r"\b(?:since|began|begun|started|broke out)\b[^,;]{0,60}$", re.IGNORECASE)
_PLACE = re.compile(r"\b(?:in|at|near|around|outside|across|from|of)\s+(?:the\s+)?(?:[\w-]+\s+){0,2}$")
_WIDEST = Decimal(10) ** 30


def amount_statements(asked: Asked, sentence: SourceSentence) -> Iterator[Statement]:
    """Yields the numbers that a sentence gives for what a "how many", "how long" or "population" question asks.

    A number counts when it stands in one clause with the predicate of the question and alone there. What is counted
    ("civilians"), where and when belong to its scope: numbers of different scope never conflict.
    """
    text = plain(sentence.text)
    passage = plain(f"{sentence.passage.title}. {sentence.passage.passage.text}")
    if not asked.terms or not is_about(asked, passage, within=passage):
        return
    is_long = bool(re.search(r"\bhow long\b", asked.text, re.IGNORECASE))
    for start, end in _chunks(text):
        chunk = text[start:end]
        if not mentions(asked.terms[0], chunk):
            continue
        found = [q for q in find_quantities(chunk) if _counts(q, chunk)]
        if is_long:
            found = [q for q in found if _unit(q, chunk) in DURATIONS]
        if len(found) != 1:
            continue
        quantity = found[0]
        unit = DURATIONS.get(_unit(quantity, chunk), 1) if is_long else 1
        scope = ("time",) if is_long else _scope(asked, quantity, chunk, text)
        if scope is None:
            continue
        low, high = bounds(quantity, chunk)
        shown = chunk[_beginning(quantity, chunk) : _ending(quantity, chunk) if is_long else quantity.end]
        yield Statement(Amount(low * unit, high * unit, scope), shown.strip(), sentence)


def bounds(quantity: Quantity, text: str) -> tuple[Decimal, Decimal]:
    """Returns the least and greatest value that a number leaves open.

    A round number is taken to be rounded to the digits it shows, "about" leaves a tenth, "more than" up to twice the
    number, "at least" no bound, and "millions" three orders of magnitude.
    """
    value = max(quantity.values)
    if quantity.vague:
        return value, value * 1000
    before = text[: quantity.start].lower().rstrip()
    if before.endswith(("at least", "a minimum of")):
        return value, _WIDEST
    if quantity.rounding == 1:
        return value, value * 2
    if quantity.rounding == -1 or before.endswith(("up to", "as many as")):
        return value * Decimal("0.75"), value
    if quantity.rounding == 0:
        return value * Decimal("0.9"), value * Decimal("1.1")
    exponent = value.normalize().as_tuple().exponent if value else 0
    if value >= 100 and isinstance(exponent, int) and exponent >= 2:
        half = Decimal(1).scaleb(exponent) / 2
        return value - half, value + half
    return value, value


def _chunks(text: str) -> Iterator[tuple[int, int]]:
    start = 0
    for match in _CHUNK.finditer(text):
        yield start, match.start()
        start = match.end()
    yield start, len(text)


def _counts(quantity: Quantity, chunk: str) -> bool:
    rest = chunk[quantity.end :]
    if any(d.start <= quantity.start < d.end for d in find_dates(chunk)) or _ORDINAL.fullmatch(quantity.text):
        return False
    before = chunk[: quantity.start].lower().rstrip()
    return not (
        _PARTIAL.match(rest)
        or _AGE.match(rest)
        or quantity.text.lower() in ("one", "zero")
        or before.endswith(("another", "additional", "aged", "no", "number", "other", "further"))
    )


def _unit(quantity: Quantity, chunk: str) -> str:
    following = words(chunk[quantity.end :])
    return stem_keys([following[0].key])[0] if following else ""


def _scope(asked: Asked, quantity: Quantity, chunk: str, text: str) -> tuple[str, ...] | None:
    """Returns what a number counts, where and when; ``None`` when that is not what the question counts."""
    following = words(chunk[quantity.end :])[:3]
    noun = ""
    stems = stem_keys([word.key for word in following])
    for word, stem in zip(following, stems, strict=True):
        if word.key in _NO_SCOPE:
            break
        if stem in asked.counted or stem in GENERIC:
            noun = stem
            break
        if word.key.endswith("s") or word.key in ("men", "women", "children", "police"):
            noun = stem
            break
    if noun in GENERIC or noun in asked.counted:
        noun = ""
    if asked.counted and noun and not asked.counted & {noun}:
        return None
    units = {unit for unit in quantity.units if unit}
    known = names_in(asked.text)
    places = sorted(
        name.text.lower()
        for name in find_names(chunk)
        if known.missing(name) and _PLACE.search(chunk[: name.parts[0].start])
    )
    years = sorted(
        mention.text.lower()
        for mention in find_dates(text)
        if mention.readings and mention.readings[0].month is None and mention.readings[0].year
        and not _SINCE.search(text[: mention.start])
    )  # fmt: skip
    period = _PERIOD.findall(text.lower())
    return (noun, *sorted(units), *places, *years, *period)


def _beginning(quantity: Quantity, chunk: str) -> int:
    """Returns where the words begin that belong to a number: "more than", "some"."""
    lead = re.search(
        r"(?:(?:more|less|fewer|no more|no fewer) than|at least|up to|as many as|about|around|some|nearly|almost|over"
        r"|roughly|approximately|an estimated|estimated|close to|tens of|hundreds of|several|[$£€])\s*$",
        chunk[: quantity.start],
        re.IGNORECASE,
    )
    return lead.start() if lead else quantity.start


def _ending(quantity: Quantity, chunk: str) -> int:
    following = words(chunk[quantity.end :])
    return quantity.end + following[0].end if following else quantity.end
