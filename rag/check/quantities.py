"""Numbers and quantities in running text, whatever they are written in.

Our own parser: text2num 3.1 (the maintained library) reads neither "half a million" nor "1.5 million" nor
"nineteen sixty-three", and drops the offsets we need to keep numbers apart from dates.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache

from rag.check.number_words import (
    CARDINALS,
    CURRENCIES,
    DENOMINATORS,
    DOWNWARD,
    GLUED_SUFFIXES,
    ORDINALS,
    PLURAL_SCALES,
    ROUNDED,
    SCALES,
    SPACED_SUFFIXES,
    UPWARD,
)

_TOKEN = re.compile(
    r"(?<![^\W_])(?P<figure>(?:\d{1,3}(?:,\d{2,3})*,\d{3}|\d+)(?:\.\d+)?|(?<!\d)\.\d+)"
    r"|(?P<word>[^\W\d_]+)|(?P<sign>[%$£€¥₹₺/])"
)
_SIMPLE_FRACTIONS = {("1", "2"), ("1", "3"), ("2", "3"), ("1", "4"), ("3", "4"), ("1", "5"), ("1", "8")}


@dataclass(frozen=True, slots=True)
class Quantity:
    """A number as stated.

    Attributes:
        text: The words of the text.
        values: Its possible readings: "1.5m" is 1,500,000 or 1.5 metres.
        units: ``%``, ``fraction``, a currency, or empty; several when a range shares its unit ("5 to 7%").
        vague: Only an order of magnitude is stated ("thousands").
        rounding: -1, 0 or 1 for "nearly", "about", "more than" before it; ``None`` when stated as exact.
    """

    text: str
    start: int
    end: int
    values: frozenset[Decimal]
    units: frozenset[str]
    vague: bool = False
    rounding: int | None = None


@dataclass(slots=True)
class _Token:
    kind: str
    text: str
    key: str
    start: int
    end: int


@dataclass(slots=True)
class _Draft:
    values: set[Decimal]
    stop: int
    scale: Decimal = Decimal(1)
    unit: str = ""
    vague: bool = False


@lru_cache(2_048)  # as of words
def find_quantities(text: str) -> tuple[Quantity, ...]:
    """Finds every number of a text that went through ``words.plain``, in order.

    The pronoun "one" and "first" are found too: whether they count is for the caller to say.
    """
    tokens = [
        _Token(match.lastgroup or "", match.group(), match.group().lower(), match.start(), match.end())
        for match in _TOKEN.finditer(text)
    ]
    drafts: list[tuple[int, _Draft]] = []
    at = 0
    while at < len(tokens):
        draft = _read(text, tokens, at)
        if draft is None:
            at += 1
            continue
        _read_unit(text, tokens, at, draft)
        drafts.append((at, draft))
        at = draft.stop
    return tuple(_finish(text, tokens, drafts, i) for i in range(len(drafts)))


def _joined(text: str, left: _Token, right: _Token, separators: str = " -\n") -> bool:
    gap = text[left.end : right.start]
    return len(gap) <= 3 and not gap.strip(separators)


def _read(text: str, tokens: list[_Token], at: int) -> _Draft | None:
    token = tokens[at]
    if token.kind == "figure":
        return _read_figure(text, tokens, at)
    if token.kind != "word":
        return None
    following = tokens[at + 1] if at + 1 < len(tokens) else None
    if token.key in PLURAL_SCALES:
        return _read_vague(tokens, at)
    if token.key == "half" and following and following.key in ("a", "an") and at + 2 < len(tokens):
        scale = SCALES.get(tokens[at + 2].key)
        return _Draft({Decimal(scale) / 2}, at + 3, Decimal(scale)) if scale else None
    if token.key in ("a", "an"):
        if following and following.key in SCALES:
            return _read_words(text, tokens, at + 1)
        if following and following.key in DENOMINATORS and _is_of(tokens, at + 2):
            return _Draft({Decimal(1) / DENOMINATORS[following.key]}, at + 2, unit="fraction")
        return None
    if token.key == "half" and (_is_of(tokens, at + 1) or (following and following.key == "the")):
        return _Draft({Decimal("0.5")}, at + 1, unit="fraction")
    if token.key in SCALES and at and tokens[at - 1].key in ("several", "few", "many"):
        return _Draft({Decimal(SCALES[token.key])}, at + 1, vague=True)
    if token.key in CARDINALS or token.key in ORDINALS or token.key in SCALES:
        return _read_words(text, tokens, at)
    return None


def _is_of(tokens: list[_Token], at: int) -> bool:
    return at < len(tokens) and tokens[at].key == "of"


def _read_vague(tokens: list[_Token], at: int) -> _Draft:
    value = Decimal(PLURAL_SCALES[tokens[at].key])
    stop = at + 1
    if _is_of(tokens, stop) and stop + 1 < len(tokens) and tokens[stop + 1].key in PLURAL_SCALES:
        value *= PLURAL_SCALES[tokens[stop + 1].key]
        stop += 2
    return _Draft({value}, stop, vague=True)


def _read_figure(text: str, tokens: list[_Token], at: int) -> _Draft:
    token = tokens[at]
    value = Decimal(token.text.replace(",", ""))
    draft = _Draft({value}, at + 1)
    if _is_fraction(text, tokens, at):
        draft = _Draft({value / Decimal(tokens[at + 2].text)}, at + 3, unit="fraction")
        draft.values |= {value}
        return draft
    if _is_fraction(text, tokens, at + 1) and text[token.end : tokens[at + 1].start].isspace():
        draft = _Draft({value + Decimal(tokens[at + 1].text) / Decimal(tokens[at + 3].text)}, at + 4)
    while draft.stop < len(tokens) and len(tokens[draft.stop - 1].text) < 40:
        before, after = tokens[draft.stop - 1], tokens[draft.stop]
        glued = before.end == after.start
        if glued and after.key == "s" and len(token.text) == 2:
            draft.values |= {value + 1900}
            draft.stop += 1
        elif (glued and after.key in GLUED_SUFFIXES) or (after.key in SPACED_SUFFIXES and _joined(text, before, after)):
            scale = Decimal(GLUED_SUFFIXES[after.key])
            draft.values = {v * scale for v in draft.values} | (draft.values if after.key in "mkbt" else set())
            draft.scale *= scale
            draft.stop += 1
        elif after.key in SCALES and _joined(text, before, after):
            draft.values = {v * SCALES[after.key] for v in draft.values}
            draft.scale *= SCALES[after.key]
            draft.stop += 1
            continue
        break
    return draft


def _is_fraction(text: str, tokens: list[_Token], at: int) -> bool:
    if at + 2 >= len(tokens) or tokens[at + 1].text != "/":
        return False
    return (tokens[at].text, tokens[at + 2].text) in _SIMPLE_FRACTIONS and (
        text[tokens[at + 2].end : tokens[at + 2].end + 1] != "/"
    )


def _read_words(text: str, tokens: list[_Token], at: int) -> _Draft:
    """Reads number words from ``at``, where one is known to stand."""
    total, last_scale = Decimal(0), Decimal(1)
    current: Decimal | None = None
    stop = at
    while stop < len(tokens) and (stop == at or _joined(text, tokens[stop - 1], tokens[stop])):
        key = tokens[stop].key
        if key in ORDINALS:
            number = Decimal(ORDINALS[key])
            if current is None or _extends(current, number):
                if number in (3, 5, 8, 10) and current == 1 and _is_of(tokens, stop + 1):
                    return _Draft({1 / number}, stop + 1, unit="fraction")
                current = (current or 0) + number
                stop += 1
            break
        if key in DENOMINATORS and current is not None and not total and current < 20:
            return _Draft({current / DENOMINATORS[key]}, stop + 1, unit="fraction")
        if key in CARDINALS:
            number = Decimal(CARDINALS[key])
            if current is None or _extends(current, number):
                current = (current or Decimal(0)) + number
            elif 10 <= current <= 20 and number >= 10 and not total:
                current = current * 100 + number  # nineteen sixty-three
            else:
                break
        elif key in SCALES:
            last_scale = Decimal(SCALES[key])
            if last_scale <= 100:
                current = (1 if current is None else current) * last_scale
            else:
                total += (1 if current is None else current) * last_scale
                current = None
        elif key == "and" and stop > at and stop + 1 < len(tokens):
            if _is_half(tokens, stop + 1):
                total += last_scale / 2
                stop += 2
                if stop + 1 < len(tokens) and tokens[stop + 1].key in SCALES:
                    scale = Decimal(SCALES[tokens[stop + 1].key])
                    return _Draft({(total + (current or 0)) * scale}, stop + 2, scale)
                stop += 1
                break
            if tokens[stop - 1].key not in SCALES or tokens[stop + 1].key not in CARDINALS:
                break
        else:
            break
        stop += 1
    return _Draft({total + (current or 0)}, max(stop, at + 1), last_scale)


def _extends(current: Decimal, number: Decimal) -> bool:
    tail = current % 100
    return (current > 0 and tail == 0 and current % 1000 != 0) or (tail >= 20 and tail % 10 == 0 and 0 < number < 10)


def _is_half(tokens: list[_Token], at: int) -> bool:
    return at + 1 < len(tokens) and tokens[at].key == "a" and tokens[at + 1].key == "half"


def _read_unit(text: str, tokens: list[_Token], at: int, draft: _Draft) -> None:
    if draft.unit:
        return
    if at and (unit := CURRENCIES.get(tokens[at - 1].key)) and _joined(text, tokens[at - 1], tokens[at]):
        draft.unit = unit if tokens[at - 1].kind == "sign" or tokens[at - 1].text.isupper() else ""
    if draft.stop >= len(tokens) or not _joined(text, tokens[draft.stop - 1], tokens[draft.stop]):
        return
    key = tokens[draft.stop].key
    if key in ("%", "percent", "percentage", "pc") or (
        key == "per" and draft.stop + 1 < len(tokens) and tokens[draft.stop + 1].key == "cent"
    ):
        draft.unit = "%"
    elif key in CURRENCIES and tokens[draft.stop].kind == "word":
        draft.unit = CURRENCIES[key]


def _finish(text: str, tokens: list[_Token], drafts: list[tuple[int, _Draft]], i: int) -> Quantity:
    at, draft = drafts[i]
    values, units = set(draft.values), {draft.unit}
    if i + 1 < len(drafts):  # a range states its unit once: "5 to 7 million", "60-70%"
        next_at, following = drafts[i + 1]
        between = text[tokens[draft.stop - 1].end : tokens[next_at].start].strip(" $£€").lower()
        if between in ("-", "to", "and", "or") and not (following.vague or draft.vague):
            if draft.scale == 1 and following.scale > 1 and following.unit != "fraction":
                values |= {value * following.scale for value in draft.values}
            units |= {following.unit}
    start, end = tokens[at].start, tokens[draft.stop - 1].end
    return Quantity(
        text[start:end], start, end, frozenset(values), frozenset(units), draft.vague, _rounding(tokens, at)
    )


def _rounding(tokens: list[_Token], at: int) -> int | None:
    before = [token.key for token in tokens[max(0, at - 2) : at] if token.kind == "word"]
    if not before:
        return None
    if before[-1] in UPWARD:
        return -1 if before[-2:-1] in (["less"], ["fewer"]) else 1
    if before[-1] in DOWNWARD:
        return -1
    return 0 if ROUNDED & set(before[-1:]) or before[-2:] in (["close", "to"], ["up", "to"]) else None
