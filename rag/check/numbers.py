"""The numbers a text states, and what follows from them: rounded figures, fractions, orders of magnitude, counts."""

from __future__ import annotations

import re
from collections.abc import Iterable
from decimal import Decimal

from rag.check.number_words import IMPLIED
from rag.check.quantities import Quantity

_LIST = r"(?:{name}, ){{{commas}}}{name},? and {name}"
_LENGTH = re.compile(r"(?:[- ]\w+)?[- ](day|week|month|year)s?\b", re.IGNORECASE)
_ONE_LENGTH = re.compile(r"\b(?:an?|one|last|past|previous)[- ](day|week|month|year)\b", re.IGNORECASE)
_NAME = r"(?:[A-Z][\w'-]*(?: [A-Z][\w'-]*){0,3})"


class StatedNumbers:
    """The numbers that a text states or plainly implies ("both" is two, "Russia, Turkey and Iran" are three)."""

    def __init__(self, text: str, quantities: Iterable[Quantity]) -> None:
        """Indexes the quantities of a plain ``text``."""
        self._units: dict[Decimal, set[str]] = {}
        self._vague: set[Decimal] = set()
        self._lengths = {(Decimal(1), unit.lower()) for unit in _ONE_LENGTH.findall(text)}
        for quantity in quantities:
            if length := _LENGTH.match(text, quantity.end):
                self._lengths.update((value, length[1].lower()) for value in quantity.values)
            for value in quantity.values:
                if quantity.vague:
                    self._vague.add(value)
                    continue
                self._units.setdefault(value, set()).update(quantity.units)
                if "fraction" in quantity.units:
                    self._units.setdefault(Decimal(round(value * 100)), set()).add("%")
        for word in set(re.findall(r"[a-z]+", text.lower())) & IMPLIED.keys():
            self._units.setdefault(Decimal(IMPLIED[word]), set()).add("")
        for count in (2, 3, 4, 5):
            if re.search(_LIST.format(name=_NAME, commas=count - 2) if count > 2 else f"{_NAME} and {_NAME}", text):
                self._units.setdefault(Decimal(count), set()).add("")

    def has_value(self, value: int) -> bool:
        """Tells whether the bare value is stated, in whatever unit."""
        return Decimal(value) in self._units

    def has_length(self, count: str, unit: str) -> bool:
        """Tells whether so many days, weeks, months or years are stated, of whatever."""
        return (Decimal(count), unit) in self._lengths

    def support(self, quantity: Quantity) -> bool:
        """Tells whether ``quantity`` is stated or follows by rounding, as a fraction, or as a range of magnitude."""
        return any(self._supports(value, quantity) for value in quantity.values)

    def _supports(self, value: Decimal, quantity: Quantity) -> bool:
        if quantity.vague:
            return value in self._vague or any(value * 2 <= v <= value * 1000 for v in self._units)
        if any(_compatible(a, b) for a in quantity.units for b in self._units.get(value, ())):
            return True
        if "fraction" in quantity.units and "%" in self._units.get(Decimal(round(value * 100)), ()):
            return True
        if quantity.rounding is None:
            return False
        return any(
            _rounds_to(stated, value, quantity.rounding)
            for stated, units in self._units.items()
            if any(_compatible(a, b) for a in quantity.units for b in units)
        )


def _compatible(left: str, right: str) -> bool:
    if left == right:
        return True
    return "" in (left, right) and not {"%"} & {left, right}


def _rounds_to(stated: Decimal, rounded: Decimal, direction: int) -> bool:
    """Tells whether ``rounded`` is ``stated`` to the fewer digits it has, from the side that the words name."""
    if not stated > 0 or not rounded > 0 or abs(stated - rounded) > rounded / 4 or direction * (stated - rounded) < 0:
        return False
    exponent = rounded.normalize().as_tuple().exponent
    step = Decimal(1).scaleb(exponent if isinstance(exponent, int) else 0)
    return abs(stated - rounded) < (step / 2 if direction == 0 else step) + (step / 1000 if direction == 0 else 0)
