"""Words that speak of the same kind of event: "fly", "visit" and "journey" of travel, "resign" and "quit" of leaving.

A question can only be answered by words about the event it asks of, and a source may name that by another word. The
list is ours and holds what news speaks of most; for a verb that it lacks nothing is required. It is generous: a word
too many only makes the checks that use it more lenient.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from functools import cache
from types import MappingProxyType
from typing import NamedTuple

from rag.check.words import Word, stem_keys, vocabulary, words

# kind: what a question asks with | other words that speak of it
_KINDS = """
travel: fly flew flown travel visit go went gone arrive come came head return journey tour flee fled
    | flight trip way land stop arrival departure abroad destination reach leave left depart receive host meet met
leave: leave left depart exit | departure withdraw withdrew walk quit
die: die kill murder assassinate execute perish drown slay slain | dead death life lives toll fatal fatality
    casualty massacre
injure: injure hurt wound | injury casualty broken bruise crack concussion
displace: displace uproot flee fled | refugee home exile driven drive evacuate homeless
resign: resign quit | step down resignation departure leave left leaving stand oust retire replace former
dismiss: dismiss sack oust | fire remove removal dismissal replace
invade: invade occupy annex | invasion occupation annexation attack offensive incursion assault storm enter cross
attack: attack bomb shell bombard ambush raid strike struck | airstrike air bombing raid fire shoot shot missile rocket
    assault explosion blast hit
shoot: shoot shot | fire gun gunman gunmen bullet down downed
arrest: arrest detain jail imprison capture | custody prison police seize hold held charge
release: release free | let go freed bail pardon
win: win won beat | victory triumph defeat champion title elect lead
lose: lose lost | defeat beat beaten loss fall fell
meet: meet met host receive greet | meeting talk summit visit welcome hear see saw gather conference join embrace
talk: talk speak spoke spoken telephone phone discuss negotiate | call conversation tell told say said talk meet met
    meeting discussion negotiation last contact
agree: agree sign | agreement accord deal treaty pact back support endorse accept approve adopt announce decide joint
refuse: refuse reject decline oppose veto | refusal deny rule turn against
cancel: cancel scrap | cancellation abandon postpone suspend
hold: hold held convene | place happen open begin began start met meet gather stage host
elect: elect choose chose chosen vote | election win won voter ballot poll become became
appoint: appoint nominate name replace succeed follow | elect choose pick become became new head take took over hire
begin: begin began begun start launch | open first since beginning
ban: ban outlaw prohibit forbid suspend | block bar illegal stop prohibition
sue: sue | court lawsuit suit complaint case legal file
accuse: accuse charge indict blame | accusation allege allegation court claim
buy: buy bought purchase acquire | acquisition takeover deal pay paid sale sold
marry: marry wed | wedding marriage wife husband married spouse
divorce: divorce | split separate separation ex former
withdraw: withdraw withdrew | pull leave left leaving home withdrawal retreat reduce quit depart back
ask: ask request demand urge plead appeal | want count rely hope call seek sought keep make ensure need
apologise: apologise apologize | sorry apology regret
skip: skip miss boycott | absent absence
"""

_ALIKE = frozenset(vocabulary("meet talk agree marry divorce hold"))
_NEGATIVE = frozenset(vocabulary("refuse cancel skip"))
_FACTUAL = r"did|was|were|has|have|had|is|are|does|do"
_DENIAL = re.compile(
    rf"\b(?:(?:{_FACTUAL}) not|(?:{_FACTUAL})n't|never|nobody|no one|no-one|none|neither|nor|no)"
    r"(?:\s+[\w'-]+){0,4}\s*$",
    re.IGNORECASE,
)
_UNSETTLED = re.compile(r"\b(?:yet|still|so far|until|before|if|unless|likely|expected)\b", re.IGNORECASE)
_PLANNED = re.compile(
    r"\b(?:will|would|shall|to(?!\s+have\b)|could|may|might|should|must|can|going|due|planned|plans?|expected|set)\s+"
    r"(?:soon |also |not |never |be |have |been |to )*$",
    re.IGNORECASE,
)
_CLAUSE = re.compile(r"[;:]|,\s+(?:but|and|while|although|though|which|who)\b|\s(?:but|while|although|though)\s")


class Occurrence(NamedTuple):
    """A place where a text speaks of a kind of event.

    Attributes:
        denied: The text says that it did not happen.
        planned: The text speaks of it as intended, ordered or possible, not as done.
    """

    word: Word
    denied: bool
    planned: bool


def kinds_of(word: str) -> tuple[str, ...]:
    """Returns the kinds of event that a verb asks of, in lower case; none when the list lacks it."""
    [stem] = stem_keys([word.lower()])
    return tuple(kind for kind, (asking, _) in _lexicon().items() if stem in asking)


def is_mutual(kind: str) -> bool:
    """Tells whether both sides of such an event do the same: whoever meets somebody is met."""
    return kind in _ALIKE


def is_withholding(kind: str) -> bool:
    """Tells whether the verb says of another event that it did not come about: to refuse, cancel or miss it."""
    return kind in _NEGATIVE


def occurrences(kind: str, text: str) -> list[Occurrence]:
    """Returns the places where a plain text speaks of a kind of event."""
    _, speaking = _lexicon()[kind]
    found = words(text)
    stems = stem_keys([word.key for word in found])
    return [_occurrence(text, word) for word, stem in zip(found, stems, strict=True) if stem in speaking]


def _occurrence(text: str, word: Word) -> Occurrence:
    clause = _CLAUSE.split(text[: word.start])[-1].lstrip()
    around = f"{clause}{_CLAUSE.split(text[word.start :])[0]}"
    denied, open_yet = bool(_DENIAL.search(clause)), bool(_UNSETTLED.search(around))
    # What had not happened yet may have happened since.
    return Occurrence(word, denied and not open_yet, bool(_PLANNED.search(clause)) or (denied and open_yet))


@cache
def _lexicon() -> Mapping[str, tuple[frozenset[str], frozenset[str]]]:
    """Returns the stems of each kind: those a question asks with, and all that speak of it."""
    read: dict[str, tuple[frozenset[str], frozenset[str]]] = {}
    for entry in re.split(r"\n(?=\w)", _KINDS.strip()):
        kind, _, listed = entry.partition(":")
        asking, _, others = listed.partition("|")
        own = frozenset(stem_keys(asking.split()))
        read[kind] = own, own | frozenset(stem_keys(others.split()))
    return MappingProxyType(read)


def kindred(stem: str) -> frozenset[str]:
    """Returns the stems that speak of the same kind of event as one that asks of it; none when the list lacks it.

    A noun that belongs to one kind alone, such as the "toll" of dying, asks as well as its verb.
    """
    asked = [speaking for asking, speaking in _lexicon().values() if stem in asking]
    if not asked:
        spoken = [speaking for _, speaking in _lexicon().values() if stem in speaking]
        asked = spoken if len(spoken) == 1 else []
    return frozenset[str]().union(*asked)


def wording(kinds: Iterable[str]) -> str:
    """Returns the words that speak of kinds of event, as a text to search with."""
    return " ".join(stem for kind in kinds for stem in sorted(_lexicon()[kind][1]))
