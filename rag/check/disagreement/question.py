"""What a question asks for: its subject names, its predicate, and what is counted."""

from __future__ import annotations

import re
from dataclasses import dataclass

from rag.check.names import Name, StatedNames, find_names, names_in
from rag.check.questions import parse
from rag.check.quotations import find_quotations
from rag.check.words import content_stems, keys, plain, words

# Words that news uses for one another where it tells what happened. One group is one predicate.
_GROUPS = tuple(
    re.compile(rf"\b(?:{group})\b", re.IGNORECASE)
    for group in (
        r"kill(?:s|ed|ing)?|dead|deaths?|di(?:e|ed|es)|lives|fatalit(?:y|ies)|slain|perish\w*|tolls?|drown\w*",
        r"injur\w+|hurt|wound(?:s|ed|ing)?",
        r"displac\w+|uproot\w*|fle(?:e|d|eing)|from (?:their|its) homes|homeless",
        r"arrest\w*|detain\w*|in custody",
        r"met|meets?|meeting|receiv(?:e|ed|es|ing)|reception|host(?:s|ed)?|talks|held talks",
        r"talk(?:s|ed)?|sp(?:oke|eak|eaks|oken)|conversation|conferred|calls?|last(?:s|ed)?",
        r"born|birth\w*",
        r"establish\w*|found(?:ed|ing)|form(?:ed|ation)|creat(?:ed|ion)|opened|incorporated|organi[sz]ed",
        r"built|build|construct\w*|erected|completed",
        r"releas\w*|issued|came out",
        r"beg(?:in|an|un)|start(?:s|ed)?|launch(?:ed)?",
        r"population|residents|inhabitants|people",
        r"introduc\w+",
        r"wars?|conflict|fighting",
        r"crash\w*|accident|collision|derail\w*",
        r"attacks?|shooting|bombing|blast|explosion|assault|massacre",
        r"constitut\w+|resign\w*|step(?:s|ped)? down|quit",
    )
)
_SETTING = re.compile(r"wars?|conflict|fighting|people|residents|inhabitants", re.IGNORECASE)
_AUXILIARIES = frozenset(("much", "many", "long", "year", "date", "day", "month", "time", "number", "total", "take",
                          "place", "come", "came", "go", "went", "estim", "current", "given", "give", "lost", "figur",
                          "last", "length", "durat", "said", "report"))  # fmt: skip
_COUNTED = re.compile(
    r"\bhow (?:many|much) (.+?) (?:were|was|are|is|have|has|had|did|do|does|will|would|can|could|may|died|live|came"
    r"|took|\w+ed)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Asked:
    """The parts of a question.

    Attributes:
        text: The question, plain.
        names: Whom and what it names.
        titles: What it puts in quotation marks.
        counted: Stems of the counted noun of a "how many" question.
        terms: Its other content words, in order; the first is the predicate.
    """

    text: str
    names: tuple[Name, ...]
    titles: tuple[str, ...]
    counted: frozenset[str]
    terms: tuple[str, ...]

    @property
    def stems(self) -> frozenset[str]:
        """Every content stem of the question."""
        return frozenset(content_stems(self.text))


def read_question(question: str) -> Asked:
    """Returns the parts of a question."""
    text = plain(question)
    names, titles = tuple(find_names(text)), tuple(q.text for q in find_quotations(question))
    named = {part.key for name in names for part in name.parts} | {key for title in titles for key in keys(title)}
    counted = frozenset(content_stems(match.group(1))) if (match := _COUNTED.search(text)) else frozenset()
    terms = []
    for word in words(text):
        stem = content_stems(word.key)
        if stem and word.key not in named and not counted & set(stem) and not _AUXILIARIES & set(stem):
            terms.append(word.key)
    # A headline has its predicate anywhere: "syria war, lives lost since 2011".
    known = [term for term in terms if any(group.fullmatch(term) for group in _GROUPS)]
    known.sort(key=lambda term: bool(_SETTING.fullmatch(term)))
    predicate = next((term for term in (parse(text).verb.lower(), *known) if term in terms), "")
    terms.sort(key=lambda term: term != predicate)
    return Asked(text, names, titles, counted, tuple(terms))


def mentions(term: str, text: str) -> bool:
    """Tells whether a plain text has a word of the question, in another inflection or as news words it otherwise."""
    groups = [group for group in _GROUPS if group.fullmatch(term)]
    if any(group.search(text) for group in groups):
        return True
    return set(content_stems(term)) <= set(content_stems(text))


def is_about(asked: Asked, text: str, *, within: str, with_terms: bool = True) -> bool:
    """Tells whether a plain text speaks of what the question names.

    Args:
        asked: The question.
        text: Must have half of the names at least.
        within: A wider text that must have all names and titles, and half of the further words.
        with_terms: Whether the further words matter.
    """
    known = names_in(within)
    if any(_unknown(name, known) for name in asked.names if not _in_title(name, asked)):
        return False
    spelled = f" {' '.join(keys(within))} "
    if any(f" {' '.join(keys(title))} " not in spelled for title in asked.titles):
        return False
    near = names_in(text)
    absent = [name for name in asked.names if _unknown(name, near)]
    if asked.names and len(absent) > len(asked.names) / 2:
        return False
    rest = asked.terms[1:] if with_terms else ()
    return sum(mentions(term, within) for term in rest) * 2 >= len(rest)


def _unknown(name: Name, known: StatedNames) -> bool:
    """Tells whether a text lacks a name; of two joined by a hyphen ("the Putin-Assad talks") it must have both."""
    joined = "-" in name.text and len(name.parts) > 1
    apart = [Name(part.text, (part,)) for part in name.parts] if joined else [name]
    return any(known.missing(each) for each in apart)


def _in_title(name: Name, asked: Asked) -> bool:
    return any({part.key for part in name.parts} <= set(keys(title)) for title in asked.titles)
