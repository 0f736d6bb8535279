"""Publishers that a question names as its source: "according to The National", "what did the Courier say"."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache

from rag.vocabulary import vocabulary

_PAPERS = frozenset(
    vocabulary(
        "agency bulletin chronicle courier daily digest dispatch echo examiner express gazette globe guardian herald"
        " independent inquirer journal ledger mail mercury mirror monitor news observer post press record register"
        " reporter review sentinel standard star sun telegraph times tribune wire"
    )
)
_TAIL = re.compile(r"(?:[ -](?:news|online|international|english|live|digital)|\.(?:com|org|net|co\.uk))+$", re.I)
_DOMAIN = re.compile(r"^(?:https?://)?(?:www\.)?(?P<label>[a-z0-9-]{3,})(?:\.[a-z]{2,})+/?$", re.IGNORECASE)
_SAYS = (
    r"says?|said|saying|reports?|reported|reporting|writes?|wrote|written|prints?|printed|publish(?:es|ed)?|gives?|gave"
    r"|given|tells?|told|describes?|described|covers?|covered|claims?|claimed|calls?|called|mentions?|mentioned|puts?"
    r"|states?|stated|quotes?|quoted"
)
WORK = (
    r"(?:(?:first|own|latest|early|later|original|news) )?"
    r"(?:reports?|reporting|accounts?|articles?|stor(?:y|ies)|versions?|coverage|figures?|numbers?|piece|telling|words)"
)
"""What a publisher makes, as a pattern: "report", "first account"."""
_ACCORDING = (
    r"(?:according to|as reported (?:by|in)|as told (?:by|in)|(?:as )?published (?:by|in)|in the (?:words|view) of)"
)
_GOES_ON = re.compile(r"\s+(?!(?:about|of|on|to|in|for|as|at|by|when|if|after|before|during)\b)\w", re.IGNORECASE)
_SAID = {False: "is said", True: "is it said"}


@dataclass(frozen=True, slots=True)
class Named:
    """Publishers that a question names as its source, and the question without these words.

    Attributes:
        publishers: As the catalog spells them, in the order of the question.
        rest: The question, asked of those publishers' articles.
    """

    publishers: tuple[str, ...]
    rest: str


@lru_cache(maxsize=4)
def forms(publishers: tuple[str, ...]) -> Mapping[str, str]:
    """Returns every form of a name that means one publisher alone, in small letters, and the publisher.

    A name without "The", "News" or its domain; the last word of a paper's name, "the Courier"; and initials of three
    words or more. A short form that several publishers have means none of them.
    """
    found: defaultdict[str, set[str]] = defaultdict(set)
    whole: dict[str, str] = {}
    for publisher in publishers:
        for form in _whole(publisher):
            whole.setdefault(form, publisher)
        for form in _short(publisher):
            found[form].add(publisher)
    alone = {form: min(names) for form, names in found.items() if len(names) == 1}
    return {**alone, **whole}


def named_publishers(question: str, publishers: Iterable[str]) -> Named | None:
    """Returns the publishers that a question names as its source; ``None`` when it names none.

    A publisher that is only spoken of, as in "Who owns the Courier?", or that did something else, is no source.
    """
    squeezed = "".join(question.split()).casefold()
    # A pattern of all names of a large corpus would take seconds to compile.
    known = {form: name for form, name in forms(tuple(publishers)).items() if "".join(form.split()) in squeezed}
    if not known:
        return None
    any_of = "|".join(_pattern(form, known) for form in sorted(known, key=len, reverse=True))
    name = rf"(?:[Tt]he )?[\"“]?(?:{any_of})[\"”]?(?!\w)"
    names = rf"{name}(?:(?:,| and| or|, and) {name})*"
    for match, rest in _sources(question, names):
        words = re.finditer(rf"(?<!\w)(?P<form>{any_of})(?!\w)", match)
        meant = [found for word in words if (found := _meant(word["form"], known))]
        if meant:
            rest = re.sub(r"\s+([?,.])", r"\1", " ".join(rest.split())).strip(" ,")
            return Named(tuple(dict.fromkeys(meant)), rest[:1].upper() + rest[1:])
    return None


def _sources(question: str, names: str) -> Iterator[tuple[str, str]]:
    """Yields words that name a source, and the question without them."""
    for pattern, kept in (
        (rf",?\s*\b(?i:{_ACCORDING}) (?P<names>{names})(?:['’]s? {WORK})?(?:,|(?=\W))", ""),
        (rf"\b(?i:do|does|did|has|have|had) (?P<names>{names}) (?:\w+ly |ever |first )?(?P<says>{_SAYS})\b", "said"),
        (rf"(?<=\b[Ww]hat )(?P<names>{names}) (?P<says>{_SAYS})\b", "said"),
        (rf",?\s*\b[Ii]n (?P<names>{names})(?:['’]s? {WORK})?(?:,|(?=\s*\?|\s*$))", ""),
        (rf",?\s*\b(?:[Ii]n|[Bb]y|[Ff]rom) (?P<names>{names})['’]s? {WORK}\b,?", ""),
        (rf"\b(?P<names>{names})['’]s? (?P<work>{WORK})\b", "work"),
        (rf"\b[Tt]he (?P<work>{WORK}) (?:in|of|by|from) (?P<names>{names})", "work"),
    ):  # fmt: skip
        for match in re.finditer(pattern, question):
            before, after = question[: match.start()], question[match.end() :]
            if kept == "said" and not before.strip():
                yield match["names"], question  # of yes and no
                continue
            if kept == "said":
                middle = _SAID[bool(_GOES_ON.match(after))]
            else:
                middle = f"the {match['work']}" if kept == "work" else " "
            yield match["names"], f"{before}{middle}{after}"


def _whole(publisher: str) -> Iterator[str]:
    name = " ".join(publisher.split()).casefold()
    yield name
    for short in (name.removeprefix("the "), _TAIL.sub("", name), _TAIL.sub("", name).removeprefix("the ")):
        if len(short) > 1:
            yield short
    if domain := _DOMAIN.match(name):
        yield domain["label"]
        if domain["label"].startswith("the") and len(domain["label"]) > 6:
            yield domain["label"].removeprefix("the")


def _short(publisher: str) -> Iterator[str]:
    words = [word for word in re.findall(r"[\w’'-]+", publisher.casefold()) if word != "the"]
    if len(words) > 1 and words[-1] in _PAPERS:
        yield words[-1]
    if len(words) > 2:
        yield "".join(word[0] for word in words)


def _pattern(form: str, known: Mapping[str, str]) -> str:
    """Returns what a form looks like in a question. What is an ordinary word too, "the post", wants its capital."""
    apart = r"\s+".join(map(re.escape, form.split()))
    if " " not in form and form.isalpha() and len(form) > 6:
        apart = r"\s?".join(form)  # a domain writes its words as one
    if form == known[form].casefold() and form not in _PAPERS:
        return f"(?i:{apart})"
    return f"(?:{apart[0].upper()}(?i:{apart[1:]}))"


def _meant(words: str, known: Mapping[str, str]) -> str:
    plain = " ".join(words.split()).casefold()
    return known.get(plain) or known.get(plain.replace(" ", ""), "")
