"""What an English question is made of: its question word, what it takes for granted, and its parts."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import takewhile

from rag.check.events import kinds_of
from rag.check.names import find_names
from rag.check.words import STOPWORDS, Word, content_stems, plain, vocabulary, words

_WH = "why|when|where|who|whom|whose|what|which|how"
_PREPOSITION = r"(?:in|on|at|by|to|for|from|with)"
_OPENING = re.compile(rf"^\W*(?:and |but |so |then )?(?:\w+ ){{0,2}}?(?P<word>{_WH})\b", re.IGNORECASE)
_COUNTED = re.compile(r"\bhow (?:many|much)\s+((?:[\w'-]+\s+){0,4})", re.IGNORECASE)
_CALLED_OFF = re.compile(r"\bcall(?:s|ed|ing)? off\b")
_SUBORDINATE = re.compile(r"\s(?:when|if|once|because|whether)\s")
_ASKS_OF_TIME = frozenset({"when"})
_DO = frozenset(vocabulary("did do does"))
_BE = frozenset(vocabulary("was were is are be been has have had"))
_MODALS = frozenset(vocabulary("will would can could should shall may might must"))
_PAST = frozenset(vocabulary("did was were has have had"))
_DETERMINERS = frozenset(
    vocabulary("the a an his her its their this that these those of in on at by for with no any some")
)
_NEGATING = re.compile(r"\b(?:not|never)\b|n't\b", re.IGNORECASE)
_SECOND = re.compile(
    rf"\s*(?:,\s*|;\s*)?(?:\b(?:and|or)\s+)(?=(?:{_PREPOSITION}\s+)?(?:{_WH})\b)|\?\s+(?=(?:{_WH})\b)",
    re.IGNORECASE,
)
_PAIR = re.compile(rf"^\W*(?P<first>{_WH})\s+and\s+(?P<second>{_WH})\s+(?P<rest>\S.*)$", re.IGNORECASE)
# "…, and how by the opposition?" has no verb of its own.
_ELLIPTIC = re.compile(rf"^(?:{_WH})(?: many| much| long)?\s+(?P<where>{_PREPOSITION}\s+.+)$", re.IGNORECASE)
_LAST_PLACE = re.compile(rf"\s+{_PREPOSITION}\s+(?:(?!\b{_PREPOSITION}\b)[^,])+$", re.IGNORECASE)
_BEGINS_SO = re.compile(rf"{_PREPOSITION}\s", re.IGNORECASE)
_BARE_HOW = re.compile(r"how by\b", re.IGNORECASE)
_LEAST_SHARED = 3  # words
_BARE = re.compile(rf"^\W*(?:{_PREPOSITION}\s+)?(?:{_WH})\s*\??$", re.IGNORECASE)
_ANAPHOR = re.compile(
    r"\b(?:he|she|they|it|him|her|them|his|its|their|this|that|these|those|there|then)\b", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class QuestionForm:
    """A question taken apart.

    Attributes:
        word: The question word in small letters; empty for a question of yes and no.
        counted: What "how many" counts, in small letters; empty otherwise.
        subject: The words before the verb that do the deed; empty when the question asks for them.
        verb: The main verb as written; empty when none was found.
        kinds: The kinds of event the verb asks of (``rag.check.events``).
        rest: The words after the verb.
        past: Whether the question speaks of something done, so that it takes it for granted.
        negated: Whether it says "not" of it.
        passive: Whether the subject is what the deed was done to.
    """

    word: str = ""
    counted: str = ""
    subject: str = ""
    verb: str = ""
    kinds: tuple[str, ...] = ()
    rest: str = ""
    past: bool = False
    negated: bool = False
    passive: bool = False


def parse(question: str) -> QuestionForm:
    """Takes a question apart; what is not understood is left empty."""
    text = re.sub(r"\([^()]*\)", " ", plain(question)).strip(" ?!.\n")
    text = _CALLED_OFF.sub("cancelled", text)
    opening = _OPENING.match(text)
    if not opening:
        return QuestionForm()
    word = opening.group("word").lower()
    negated = bool(_NEGATING.search(text))
    counted = _COUNTED.search(text) if word == "how" else None
    beyond = _SUBORDINATE.search(text, opening.end())
    found = words(text[opening.end() : beyond.start() if beyond and word not in _ASKS_OF_TIME else len(text)])
    shift = opening.end()
    at = next((i for i, w in enumerate(found) if w.key in _DO | _BE | _MODALS), None)
    noun = _counted(counted.group(1)) if counted else ""
    if at is None or at > 8:  # "Who resigned …", "How many people died …"
        verb = next((i for i, w in enumerate(found) if kinds_of(w.key) and not _is_noun(found, i)), None)
        if verb is None:
            return QuestionForm(word, noun, negated=negated)
        past = found[verb].key.endswith("ed") or not found[verb].key.endswith("s")
        past = past and not (verb and found[verb - 1].key == "to")  # "Who announced a deal to buy …"
        return _form(text, shift, word, noun, "", found, verb, past=past, negated=negated, passive=False)
    auxiliary = found[at].key
    asks_for_subject = word in ("who", "what", "which") and at == 0 and auxiliary in _BE
    verb = _verb(found, at + 1, base=auxiliary in _DO | _MODALS)
    past = auxiliary in _PAST and not any(w.key in _MODALS for w in found[: at + 1])
    if verb is None:
        return QuestionForm(word, noun, text[shift + found[at].end :].strip(), past=past, negated=negated)
    subject = text[shift + found[at].end : shift + found[verb].start].strip()
    passive = auxiliary in _BE and not found[verb].key.endswith("ing") and auxiliary not in ("has", "have", "had")
    passive = passive or any(w.key in ("been", "being") for w in found[at + 1 : verb])
    subject = re.sub(r"\b(?:been|being|not)\b", "", subject).strip()
    if asks_for_subject and not find_names(f"Of {subject}"):
        subject = ""
    return _form(text, shift, word, noun, subject, found, verb, past=past, negated=negated, passive=passive)


def parts(question: str) -> tuple[str, ...]:
    """Splits a question that asks two things or more; one that asks one thing is returned alone, as it is.

    A later part that only points back ("who followed him?") carries the first in brackets, as a follow-up would.
    """
    text = question.strip()
    if pair := _PAIR.match(text):
        rest = pair["rest"].rstrip("?! ")
        first, second = pair["first"], pair["second"].lower()
        return f"{first} {rest}?", f"{second.capitalize()} {rest}?"
    pieces = [piece.strip(" ,;?!") for piece in _SECOND.split(text)]
    if len(pieces) < 2 or not _OPENING.match(pieces[0]):
        return (question,)
    if any(not content_stems(piece) or _BARE.match(piece) for piece in pieces):
        return (question,)
    first = pieces[0]
    split = [f"{first}?"]
    for piece in pieces[1:]:
        if whole := _filled_in(piece, first):
            split.append(whole)
            continue
        stands = (
            not _ANAPHOR.search(piece)
            and not _ELLIPTIC.match(piece)
            and (find_names(f"Of {piece}") or not find_names(f"Of {first}"))
        )
        asked = piece[0].upper() + piece[1:]
        split.append(f"{asked}?" if stands else f"{asked}? ({first})")
    return tuple(split)


def shared(split: Sequence[str]) -> str:
    """Returns what parts ask that differ by their last place, time or party alone, without it; else nothing."""
    pieces = [part.rstrip("?! ").split() for part in split]
    common = [words[0] for words in takewhile(lambda words: len(set(words)) == 1, zip(*pieces, strict=False))]
    rests = [" ".join(piece[len(common) :]) for piece in pieces]
    alike = len(split) > 1 and len(common) >= _LEAST_SHARED and all(_BEGINS_SO.match(rest) for rest in rests)
    return f"{' '.join(common)}?" if alike else ""


def _filled_in(piece: str, first: str) -> str:
    """Returns a part that has only another place, time or party than the first in the words of that; else nothing."""
    elliptic, place = _ELLIPTIC.match(piece), _LAST_PLACE.search(first)
    if not elliptic or not place or not first.lower().startswith(piece.split()[0].lower()):
        return ""
    if any(word.key in _DO | _BE | _MODALS for word in words(plain(elliptic["where"]))):
        return ""
    was, now = place.group().split(), elliptic["where"].split()
    alike = was[0].lower() == now[0].lower() or (
        was[0].lower() == "in" and now[0].lower() == "by" and _BARE_HOW.match(piece)
    )
    of_years = [any(word[:1].isdigit() for word in phrase) for phrase in (was, now)]
    if not alike or of_years[0] != of_years[1]:
        return ""
    return f"{first[: place.start()]} {elliptic['where']}?"


def without_context(part: str) -> str:
    """Returns a part of a question as it was asked, without what it carries in brackets."""
    return re.sub(r"\s*\([^()]*\)\s*$", "", part)


def _form(
    text: str, shift: int, word: str, noun: str, subject: str, found: tuple[Word, ...], verb: int, *,
    past: bool, negated: bool, passive: bool,
) -> QuestionForm:  # fmt: skip
    end = shift + found[verb].end
    return QuestionForm(
        word, noun, subject, found[verb].text, kinds_of(found[verb].key), text[end:].strip(), past, negated, passive
    )


def _verb(found: tuple[Word, ...], start: int, *, base: bool) -> int | None:
    """Returns where the main verb stands after an auxiliary: the first known verb that is no noun there."""
    for i in range(start, len(found)):
        key = found[i].key
        if base and (key.endswith("ing") or (key.endswith("s") and not key.endswith("ss"))):
            continue
        if kinds_of(key) and not _is_noun(found, i) and not (i == start and base):
            return i
    return None


def _is_noun(found: tuple[Word, ...], i: int) -> bool:
    return i > 0 and (found[i - 1].key in _DETERMINERS or found[i - 1].text.endswith("'s"))


def _counted(phrase: str) -> str:
    """Returns the noun that is counted: the last content word before the auxiliary or verb."""
    noun = ""
    for word in words(phrase):
        if word.key in _DO | _BE | _MODALS or (kinds_of(word.key) and noun):
            break
        if word.key not in STOPWORDS and not word.text[0].isupper():
            noun = word.key
    return noun
