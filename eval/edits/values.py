"""Another number or date in place of the true one."""

from __future__ import annotations

import random
import re
from decimal import Decimal, localcontext

from eval.edits.edit import Splice, has_word, level, like
from rag.check.dates import DateMention, find_dates
from rag.check.number_words import CARDINALS, SCALES
from rag.check.quantities import Quantity, find_quantities
from rag.check.words import vocabulary

_FIGURE = re.compile(r"\d[\d,]*(?:\.\d+)?")
_WORD = re.compile(r"[a-z]+", re.IGNORECASE)
_MONTHS = vocabulary("January February March April May June July August September October November December")
_WEEKDAYS = vocabulary("Monday Tuesday Wednesday Thursday Friday Saturday Sunday")
_YEAR = re.compile(r"(?<!\d)(?:1[5-9]\d\d|20\d\d)(?!\d)")
_DAY = re.compile(r"(?<![\d/-])\d{1,2}(?=(?:st|nd|rd|th)?\b)(?![/-])")
_RELATIVE = {
    "yesterday": ("two weeks ago", "last month"), "last night": ("last week", "two weeks ago"),
    "last week": ("last month", "last year"), "last month": ("last week", "last year"),
    "last year": ("last month", "last week"), "next week": ("next year", "next month"),
    "next month": ("next week", "next year"), "next year": ("next week", "next month"),
}  # fmt: skip
_TRIES = 20


def numbers(sentence: str, document: str, rng: random.Random) -> list[Splice]:
    """Returns one change for each exact number of the sentence, to a plausible one that the document lacks.

    After "more than" the new number is larger and after "nearly" smaller: otherwise it might still be true.
    """
    text = level(sentence)
    dates = find_dates(text)
    known = {value for quantity in find_quantities(level(document)) for value in quantity.values}
    found = []
    for quantity in find_quantities(text):
        splice = _other_number(quantity, known, rng)
        if splice is not None and _is_plain(text, quantity, dates):
            found.append(splice)
    return found


def _is_plain(text: str, quantity: Quantity, dates: tuple[DateMention, ...]) -> bool:
    before, after = text[: quantity.start], text[quantity.end : quantity.end + 2]
    return not (
        quantity.vague
        or quantity.text.lower() in ("one", "first", "half", "zero")
        or any(date.start <= quantity.start < date.end for date in dates)
        or re.search(r"[A-Za-z]-$|/$|[A-Z]\w* $", before)  # Covid-19, 9/11, Formula 1
        or re.match(r"s\b|/|st\b|nd\b|rd\b|th\b|:\d|-[htq]", after)
    )


def _other_number(quantity: Quantity, known: set[Decimal], rng: random.Random) -> Splice | None:
    match = _FIGURE.search(quantity.text)
    if match:
        old = Decimal(match.group().replace(",", ""))
        scale = max(quantity.values) / old if old else Decimal(1)
        for _ in range(_TRIES):
            new = _moved(old, quantity.rounding, rng)
            if new != old and new > 0 and new not in known and new * scale not in known:
                shown = f"{new:,}" if "," in match.group() else str(new)
                return Splice(quantity.start + match.start(), quantity.start + match.end(), shown)
        return None
    cardinals = [m for m in _WORD.finditer(quantity.text) if m.group().lower() in CARDINALS]
    if not cardinals:
        return None
    match = cardinals[0]
    value = CARDINALS[match.group().lower()]
    step = 10 if value >= 20 else 1
    others = [
        word for word, other in CARDINALS.items()
        if other != value and other > 1 and (other >= 20) == (value >= 20) and abs(other - value) <= 4 * step
        and Decimal(other) not in known
        and not any(Decimal(other * size) in known for size in SCALES.values())
        and (quantity.rounding in (None, 0) or (other > value) == (quantity.rounding > 0))
    ]  # fmt: skip
    if not others:
        return None
    start = quantity.start + match.start()
    return Splice(start, quantity.start + match.end(), like(match.group(), rng.choice(others)))


def _moved(old: Decimal, rounding: int | None, rng: random.Random) -> Decimal:
    """Returns a number of the same shape, at least a fifth away, on the side where it cannot be true as well."""
    up = rounding > 0 if rounding else rng.random() < 0.5
    if old == old.to_integral_value() and old <= 12:
        return old + rng.randint(1, 4) * (1 if up else -1)
    factor = Decimal(str(round(rng.uniform(1.3, 2.5), 2)))
    text = format(old, "f")
    with localcontext() as context:
        context.prec = max(context.prec, 2 * len(text))  # a number may have more digits than are kept by default
        new = old * factor if up else old / factor
        if "." in text:
            return round(new, len(text.partition(".")[2]))
        digits = len(text.rstrip("0"))
        keep = len(str(int(new))) - max(1, digits)
        return Decimal(int(round(new, -keep))) if keep > 0 else Decimal(round(new))


def dates(sentence: str, document: str, rng: random.Random) -> list[Splice]:
    """Returns one change for each date of the sentence: another weekday, month, day, year or relative word."""
    found = []
    for mention in find_dates(level(sentence)):
        words = sentence[mention.start : mention.end]
        changed = _other_date(words, mention, document, rng)
        if changed and changed != words and not has_word(document, changed):
            found.append(Splice(mention.start, mention.end, changed))
    return found


def _other_date(words: str, mention: DateMention, document: str, rng: random.Random) -> str:
    if mention.relative:
        if mention.relative in _RELATIVE:
            return like(words, rng.choice(_RELATIVE[mention.relative]))
        if not mention.relative.endswith("ago"):
            return ""
        count = words.split()[0]
        others = [n for n in ("two", "three", "four", "five", "six", "eight") if n != count.lower()]
        unit = words.split()[1].rstrip("s") + "s"
        return like(words, f"{rng.choice(others)} {unit} ago")
    options = []
    for names in (_WEEKDAYS, _MONTHS):
        for name in names:
            if re.search(rf"\b{name}\b", words, re.IGNORECASE):
                free = [other for other in names if other != name and not has_word(document, other)]
                if free:
                    options.append(re.sub(rf"\b{name}\b", like(words, rng.choice(free)), words, flags=re.IGNORECASE))
    if year := _YEAR.search(words):
        value = int(year.group())
        free_years = [v for v in range(value - 6, value + 7) if v != value and not has_word(document, str(v))]
        if free_years:
            options.append(words[: year.start()] + str(rng.choice(free_years)) + words[year.end() :])
    elif (day := _DAY.search(words)) and mention.readings[0].day:
        value = int(day.group())
        free_days = [v for v in range(4, 21) if abs(v - value) > 1]
        suffixed = words[day.end() : day.end() + 2] in ("st", "nd", "rd")
        end = day.end() + 2 if suffixed else day.end()
        options.append(words[: day.start()] + str(rng.choice(free_days)) + ("th" if suffixed else "") + words[end:])
    return rng.choice(options) if options else ""
