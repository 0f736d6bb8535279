"""The vocabulary of numbers."""

from __future__ import annotations

from rag.check.words import vocabulary

UNITS = {
    word: value
    for value, word in enumerate(
        vocabulary(
            "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen "
            "seventeen eighteen nineteen"
        )
    )
}
TENS = {word: 20 + 10 * i for i, word in enumerate(vocabulary("twenty thirty forty fifty sixty seventy eighty ninety"))}
CARDINALS = UNITS | TENS
_UNIT_ORDINALS = vocabulary(
    "first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth thirteenth fourteenth "
    "fifteenth sixteenth seventeenth eighteenth nineteenth"
)
_TENS_ORDINALS = vocabulary("twentieth thirtieth fortieth fiftieth sixtieth seventieth eightieth ninetieth hundredth")
ORDINALS = {word: 1 + i for i, word in enumerate(_UNIT_ORDINALS)}
ORDINALS |= {word: 20 + 10 * i for i, word in enumerate(_TENS_ORDINALS)}
SCALES = {"dozen": 12, "hundred": 100, "thousand": 1000, "lakh": 10**5, "million": 10**6, "crore": 10**7}
SCALES |= {"billion": 10**9, "trillion": 10**12}
SPACED_SUFFIXES = {"mn": 10**6, "mln": 10**6, "mio": 10**6, "bn": 10**9, "bln": 10**9, "tn": 10**12, "trn": 10**12}
GLUED_SUFFIXES = SPACED_SUFFIXES | {"k": 1000, "m": 10**6, "b": 10**9, "t": 10**12}
PLURAL_SCALES = {"tens": 10, "dozens": 12, "scores": 20} | {f"{word}s": value for word, value in SCALES.items()}
DENOMINATORS = {"half": 2, "halves": 2, "third": 3, "thirds": 3, "quarter": 4, "quarters": 4, "fifth": 5}
DENOMINATORS |= {"fifths": 5, "sixths": 6, "sevenths": 7, "eighth": 8, "eighths": 8, "tenth": 10, "tenths": 10}
CURRENCIES = {
    "$": "dollar", "usd": "dollar", "dollar": "dollar", "dollars": "dollar", "£": "pound", "gbp": "pound",
    "pound": "pound", "pounds": "pound", "€": "euro", "eur": "euro", "euro": "euro", "euros": "euro", "¥": "yen",
    "yen": "yen", "yuan": "yuan", "rmb": "yuan", "rouble": "rouble", "roubles": "rouble", "ruble": "rouble",
    "rubles": "rouble", "₹": "rupee", "rupee": "rupee", "rupees": "rupee", "lira": "lira", "₺": "lira",
}  # fmt: skip
IMPLIED = {
    "a": 1, "an": 1, "single": 1, "sole": 1, "lone": 1, "both": 2, "pair": 2, "couple": 2, "twice": 2, "double": 2,
    "doubled": 2, "duo": 2, "twin": 2, "twins": 2, "trio": 3, "triple": 3, "tripled": 3, "decade": 10, "century": 100,
    "fortnight": 14,
}  # fmt: skip
ROMAN = {"ii": 2, "iii": 3, "iv": 4, "vi": 6, "vii": 7, "viii": 8}
IMPLIED |= ROMAN
NUMBER_WORDS = frozenset(CARDINALS) | ORDINALS.keys() | SCALES.keys() | PLURAL_SCALES.keys() | ROMAN.keys()
"""Words that are checked as numbers wherever they stand, also inside a name (World War Two)."""
UPWARD = frozenset({"over", "than", "least", "exceeding", "exceeded", "above"})
DOWNWARD = frozenset({"nearly", "almost", "under", "below"})
ROUNDED = frozenset(vocabulary("about around roughly approximately some approx circa estimated"))
