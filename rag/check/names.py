"""Names in running text: who and what a sentence speaks of, and whether a text speaks of them too."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache
from itertools import pairwise
from typing import NamedTuple

from rag.check.nations import GOVERNMENTS, NATIONS
from rag.check.number_words import NUMBER_WORDS
from rag.check.words import STOPWORDS, Word, stem_keys, vocabulary, words

TITLES = frozenset(
    vocabulary(
        """mr mrs ms miss dr prof professor sir lord lady dame president vice prime minister premier chancellor king
        queen prince princess sheikh emir pope senator sen governor gov mayor general gen colonel col captain capt
        major lieutenant lt sergeant sgt secretary ambassador foreign defence defense deputy chief justice judge
        leader spokesman spokeswoman spokesperson representative rep congressman congresswoman chairman chairwoman
        director former ex acting interim state government administration"""
    )
)
_CONNECTORS = frozenset(
    vocabulary("al el ul bin ibn bint de del da do dos di du la le van von der den of the and for y e")
)
_CALENDAR = frozenset(
    vocabulary(
        """january february march april may june july august september october november december jan feb mar apr jun jul
        aug sep sept oct nov dec monday tuesday wednesday thursday friday saturday sunday mon tue tues wed weds thu
        thur thurs fri sat sun"""
    )
)
# Sentence openers that take no determiner and so look like a name before a verb.
_OPENERS = STOPWORDS | frozenset(
    vocabulary(
        """police people women men children officials someone everyone nobody everybody nothing everything something
        anyone many several today tomorrow yesterday now then later earlier meanwhile however instead overall finally
        additionally moreover furthermore perhaps maybe yes no ok well together half one two three four five six seven
        eight nine ten twelve first second third last next previous recent new old good bad unlike despite regarding
        following based given including prior due work life time money news data research evidence water food"""
    )
)
_VERBS = frozenset(
    vocabulary(
        """said says told was is are were has had have will would can could may might did does met made took gave went
        came became won lost left led held began also and who which tells wants hopes believes thinks plans called"""
    )
)
_SENTENCE_END = re.compile(r"[.!?:;\"()\[\]\n*•]\s*[\"'(\[]*$|[.!?]['\"]\s*$")
_SPELLING = re.compile(r"(?:iy|yy|ij|ii|ie|i)$")
_DIGRAPHS = re.compile(r"kh|q|ck|c(?![eiy])")
_FIRST_WORDS = {form[0] for form in NATIONS} | {form[0] for form in GOVERNMENTS}
_MAX_PHRASE = max(map(len, NATIONS))
_PRONOUNS = frozenset({"us", "who", "it"})  # names only in capitals
_GENERIC = frozenset(vocabulary("tv ad bc phd ceo pm am id ok"))  # short forms that name nobody


class Name(NamedTuple):
    """A run of capitalised words, as written, and the words in it that identify something."""

    text: str
    parts: tuple[Word, ...]


def find_names(text: str) -> list[Name]:
    """Finds the names of one or more sentences that went through ``words.plain``.

    A capital at the start of a sentence counts when the word has a capital inside, when another capitalised word
    follows, or when it stands bare before a verb or possessive ("Putin said", not "Protesters gathered"). Text in
    capitals or in title case shows no names.
    """
    found = words(text)
    capital = [_is_capital(word) for word in found]
    if _caseless(found, capital):
        return []
    names: list[Name] = []
    at = 0
    while at < len(found):
        if not capital[at]:
            at += 1
            continue
        stop = _run_end(text, found, capital, at)
        parts = found[at:stop]
        if _starts_sentence(text, found, at) and not _is_name_at_start(text, found, at, stop):
            parts = parts[1:]
        parts = tuple(part for part in parts if _identifies(part))
        if parts:
            names.append(Name(text[parts[0].start : parts[-1].end], parts))
        at = stop
    return names


def _is_capital(word: Word) -> bool:
    return any(c.isupper() for c in word.text) and not (len(word.text) == 1 and word.key in "ia")


def _caseless(found: tuple[Word, ...], capital: list[bool]) -> bool:
    """True for capitals throughout and for headlines in title case."""
    content = [is_capital for word, is_capital in zip(found, capital, strict=True) if word.key not in STOPWORDS]
    if len(content) >= 5 and all(content):
        return True
    return len(found) > 2 and all(word.text.isupper() for word in found if word.text.isalpha())


def _run_end(text: str, found: tuple[Word, ...], capital: list[bool], at: int) -> int:
    stop = at + 1
    while stop < len(found):
        gap = text[found[stop - 1].end : found[stop].start]
        if gap not in (" ", "-", "\n", ". ", "  ") or (gap == ". " and found[stop - 1].key not in TITLES):
            break
        if found[stop - 1].text.lower().endswith("'s"):
            break
        if capital[stop]:
            stop += 1
        elif (
            found[stop].key in _CONNECTORS - {"and", "for"}
            and stop + 1 < len(found)
            and capital[stop + 1]
            and text[found[stop].end : found[stop + 1].start] in (" ", "-")
        ):
            stop += 2
        else:
            break
    return stop


def _starts_sentence(text: str, found: tuple[Word, ...], at: int) -> bool:
    if at == 0:
        return True
    before = text[max(0, found[at].start - 6) : found[at].start]
    return bool(_SENTENCE_END.search(before)) and found[at - 1].key not in TITLES


def _is_name_at_start(text: str, found: tuple[Word, ...], at: int, stop: int) -> bool:
    word = found[at]
    if any(c.isupper() for c in word.text[1:]) or any(c.isdigit() for c in word.text) or (word.key,) in NATIONS:
        return True
    if word.key in _OPENERS or word.key in TITLES:
        return False
    if word.text.lower().endswith("'s"):
        return True
    if stop > at + 1:
        return not word.key.endswith(("ing", "ly", "ed"))
    if word.key.endswith(("s", "ly", "ing", "ed", "ion", "ity", "ment", "ness", "ship", "ism")):
        return False
    if at + 1 >= len(found) or text[word.end : found[at + 1].start] != " ":
        return False
    return found[at + 1].key in _VERBS or found[at + 1].key.endswith("ed")


def _identifies(word: Word) -> bool:
    return (
        word.key not in TITLES
        and word.key not in _CONNECTORS
        and word.key not in _CALENDAR
        and word.key not in STOPWORDS - _PRONOUNS
        and word.key not in NUMBER_WORDS
        and word.key not in _GENERIC
        and len(word.key) > 1
        and not word.text.isdigit()
        and not (word.key in _PRONOUNS and not word.text.isupper())
    )


@lru_cache(1_024)  # sources are compared with one another sentence by sentence
def names_in(text: str) -> StatedNames:
    """Returns the names that one plain text mentions."""
    return StatedNames([text])


class StatedNames:
    """The names that a text mentions, in whatever form."""

    def __init__(self, texts: Iterable[str]) -> None:
        """Indexes plain texts; a text all in capitals or small letters is compared without regard to case."""
        self._surfaces: set[str] = set()
        self._keys: set[str] = set()
        self._nations: set[str] = set()
        self._initials: set[str] = set()
        self._has_case = False
        self._before: dict[str, set[str]] = {}
        for text in texts:
            self._add(text)
        self._stems = set(stem_keys(list(self._keys)))
        self._spellings = {_spelling(key) for key in self._keys if len(key) > 3}

    def _add(self, text: str) -> None:
        found = words(text)
        found_keys = [word.key for word in found]
        self._keys.update(found_keys)
        self._surfaces.update(word.text.removesuffix("'s") for word in found)
        capital = [_is_capital(word) for word in found]
        self._has_case |= any(capital) and not _caseless(found, capital)
        cased = ["" if word.key in _PRONOUNS and not word.text.isupper() else word.key for word in found]
        self._nations.update(nation.key for nation in _nations(cased))
        self._nations.update(NATIONS[key,] for key in cased if (key,) in NATIONS)
        for at, is_capital in enumerate(capital):
            if not is_capital:
                continue
            self._add_initials(found, at)
            if at and capital[at - 1] and _identifies(found[at - 1]):
                self._before.setdefault(found[at].key, set()).add(found[at - 1].key)

    def _add_initials(self, found: tuple[Word, ...], at: int) -> None:
        initials = ""
        for word in found[at : at + 8]:
            if word.text[0].isupper():
                initials += word.key[0]
                self._initials.add(initials)
            elif word.key not in _CONNECTORS:
                break

    def missing(self, name: Name) -> list[str]:
        """Returns the words of ``name`` that the text neither has nor implies, as written; empty when it is covered."""
        covered: set[int] = set()
        part_keys = [part.key for part in name.parts]
        for nation in _nations(part_keys):
            if nation.key in self._nations and not nation.is_seat:
                covered.update(range(nation.start, nation.stop))
            elif not nation.is_seat and _is_phrase(name.parts[nation.start : nation.stop]):
                return [name.text]  # North Korea is not covered by North and Korea standing apart
        covered.update(i for i, part in enumerate(name.parts) if i not in covered and self._has(part))
        rest = [i for i in range(len(name.parts)) if i not in covered]
        if not rest or self._is_spelled_out(name) or self._omits_given_name(name, rest):
            return []
        return [name.parts[i].text for i in rest]

    def _has(self, part: Word) -> bool:
        text = part.text.removesuffix("'s")
        if text.isupper() and 2 <= len(text) <= 6 and text.isalpha():
            if text in self._surfaces or part.key in self._initials:
                return True
            if self._has_case and len(text) <= 3:
                return False
        if part.key in self._keys or stem_keys([part.key])[0] in self._stems:
            return True
        return len(part.key) > 3 and _spelling(part.key) in self._spellings

    def _is_spelled_out(self, name: Name) -> bool:
        """True for "World Trade Organization" where the text has only "WTO"."""
        initials = "".join(part.text[0] for part in name.parts)
        return len(initials) > 1 and initials.isupper() and initials in self._surfaces

    def _omits_given_name(self, name: Name, rest: list[int]) -> bool:
        """True when the text calls this person by surname only: "Mr Putin" covers "Vladimir Putin"."""
        last = len(name.parts) - 1
        if last == 0 or last in rest or len(rest) > 2:
            return False
        return not self._before.get(name.parts[last].key, set()) - {part.key for part in name.parts}


class _Nation(NamedTuple):
    key: str
    start: int
    stop: int
    is_seat: bool


def _nations(found: list[str]) -> list[_Nation]:
    """Finds the longest forms of nations and of their capitals, with the range of words they take."""
    matches: list[_Nation] = []
    at = 0
    while at < len(found):
        if found[at] not in _FIRST_WORDS:
            at += 1
            continue
        for size in range(min(_MAX_PHRASE, len(found) - at), 0, -1):
            phrase = tuple(found[at : at + size])
            key = NATIONS.get(phrase) or GOVERNMENTS.get(phrase)
            if key:
                matches.append(_Nation(key, at, at + size, phrase not in NATIONS))
                at += size
                break
        else:
            at += 1
    return matches


def _is_phrase(parts: tuple[Word, ...]) -> bool:
    return len(parts) > 1 and all(b.start - a.end == 1 for a, b in pairwise(parts))


def spelled_otherwise(name: Name, text: str) -> bool:
    """Tells whether a plain text has a name in another transliteration: Shoygu is Shoigu, Esad is Assad.

    Looser than ``StatedNames``, for finding and not for checking: the consonants of the last part are the same, it
    begins alike, and nearly alike in length.
    """
    wanted = name.parts[-1].key.removesuffix("'s")
    if len(wanted) < 4:
        return False
    frame = _frame(wanted)
    return len(frame) > 1 and any(
        word.text[0].isupper() and abs(len(word.key) - len(wanted)) < 3 and _frame(word.key) == frame
        for word in words(text)
    )


def _frame(key: str) -> str:
    """Returns the consonants of a word, doubled ones once, and a mark when it begins with a vowel."""
    bare = _DIGRAPHS.sub("k", key)
    consonants = re.sub(r"[aeiouywh'-]+", "", bare)
    return ("a" if bare[:1] in "aeiouy" else "") + re.sub(r"(.)\1+", r"\1", consonants)


def _spelling(key: str) -> str:
    return _SPELLING.sub("y", key)
