"""Which facts may stand at the top: told in a sentence that names whom and what it speaks of, and about the news.

What the news is, the outlets' own headlines say: a sentence that has most of their words tells it, however far down
its report it stands, and one that has none of them sets a scene.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Sequence

from rag.brief.clauses import shortened
from rag.brief.facts import Fact
from rag.brief.wording import shown
from rag.check.names import find_names
from rag.check.quotations import find_quotations
from rag.check.words import content_stems, plain

_HEADLINE_WORDS = 28
_SAID = 0.9
_FAULT, _SURNAME = 0.3, 0.15
_LEAST = 0.1
_ABOUT = 0.5
"""How much a sentence counts at the top that has no word of the headlines, beside one that has them all."""
_HAPPENED = 1.2
"""A sentence with a day tells an event rather than what it may mean."""
_ROLES = (
    "president|leader|prime minister|chairman|chairwoman|senator|congressman|congresswoman|governor|secretary|candidate"
    "|nominee|minister|lawmaker|spokesman|spokeswoman|official|lawyer|attorney"
)
_DANGLING = (
    # "The task force also suggested": a subject that the report has named before.
    re.compile(
        r"^(?:In [^,]{3,60}, )?(?:the|these|those|both) (?:[a-z][\w'-]* ){1,3}?(?:also|was|were|is|are|has|had|have"
        r"|will|would|could|may|[a-z]{2,}ed|said|says|made|told|met|came|comes|went|took|takes)\b",
        re.IGNORECASE,
    ),
    re.compile(r"\b(?:also|for (?:example|instance)|the same)\b", re.IGNORECASE),
    # "President hints that": a headline in which nobody is named.
    re.compile(r"^(?:President|Minister|Mayor|Governor|Senator|Judge|Police chief|Candidate) (?!of\b)[a-z]"),
    re.compile(
        r"\bthe (?:two|three|remarks?|comments?|announcement|statement|decision|move|case|offer|incident|proposal|video"
        r"|footage|ad|service|group|source|interview|effort|meeting|measure|bill)s?\b"
        r"(?! (?:of|between|in|for|by|to|that|on|about|from|with)\b)"
    ),
    re.compile(
        r"^(?:even (?:for|as|before|though)|like the|in the wake|to date|for all|relying on|with or without)\b", re.I
    ),
)
_ROLE = re.compile(rf"\b[Tt]he (?:[A-Z]\w+ )?(?:{_ROLES})\b(?! (?:of|for) (?:the )?[A-Z]| [A-Z])")


def dangling(text: str) -> int:
    """Returns in how many ways a sentence leans on one before it: "the offer", "also", "the same city"."""
    bare = _unquoted(text)
    return sum(bool(pattern.search(bare)) for pattern in _DANGLING)


def _names_nobody(text: str) -> bool:
    """Tells whether a sentence speaks of "the president" before it has named anybody in full."""
    bare = _unquoted(text)
    role = _ROLE.search(bare)
    return role is not None and not any(len(n.parts) > 1 for n in find_names(bare[: role.start()]))


def _unquoted(text: str) -> str:
    bare = plain(text)
    for quotation in reversed(find_quotations(bare)):
        bare = bare[: quotation.start] + bare[quotation.end :]
    return bare


class Heading:
    """Weighs facts for the top of a briefing.

    Args:
        facts: Everything the sources tell.
    """

    def __init__(self, facts: Sequence[Fact]) -> None:
        tellings = [t for f in facts for t in f.tellings]
        titles = {t.article_id: t.passage.title for t in tellings}
        self._wanted = Counter(stem for title in titles.values() for stem in set(content_stems(plain(title))))
        texts = {*titles.values(), *(t.text for t in tellings)}
        full = (name for text in texts for name in find_names(plain(text)) if len(name.parts) > 1)
        self._surnames = frozenset(name.parts[-1].key for name in full)
        self._plain: dict[int, float] = {}

    def first(self, facts: Sequence[Fact]) -> list[Fact]:
        """Returns facts for a headline, the best first: rather short, and told rather than said by somebody."""

        def fit(fact: Fact) -> float:
            length = len(shortened(shown(fact.best.text)).split())
            brief = min(1.0, math.sqrt(_HEADLINE_WORDS / length))
            return self.weight(fact) * brief * (_SAID if fact.best.speaks else 1.0)

        return sorted(facts, key=lambda f: -fit(f))

    def weight(self, fact: Fact) -> float:
        """Returns how well a fact stands at the top, above 0."""
        about = _ABOUT + (1 - _ABOUT) * self._coverage(fact)
        happened = _HAPPENED if fact.best.day and fact.best.day.day else 1.0
        return fact.salience * self._plainness(fact) * about * happened

    def plainest(self, facts: Sequence[Fact]) -> list[Fact]:
        """Returns facts by salience, those later that lean on something before them."""
        return sorted(facts, key=lambda f: -f.salience * self._plainness(f))

    def _plainness(self, fact: Fact) -> float:
        if id(fact) not in self._plain:
            self._plain[id(fact)] = self._judged(fact)
        return self._plain[id(fact)]

    def _judged(self, fact: Fact) -> float:
        text = plain(fact.best.text)
        names = find_names(text)
        known = {name.parts[-1].key for name in names if len(name.parts) > 1}
        alone = {name.parts[0].key for name in names if len(name.parts) == 1} & self._surnames
        faults = _FAULT * (dangling(text) + _names_nobody(text)) + _SURNAME * bool(alone - known)
        return max(_LEAST, 1.0 - faults)

    def _coverage(self, fact: Fact) -> float:
        total = self._wanted.total()
        return sum(n for stem, n in self._wanted.items() if stem in fact.best.stems) / total if total else 0.0
