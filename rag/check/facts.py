"""Hard facts of a sentence: its numbers, dates, names and quotations must come from the evidence.

An added "not" counts too, and a modifier told as its opposite. In a sentence that all but copies its source, so do a
dropped "not", an exchanged word and two names that have changed places. What this cannot see, and a verifier must: the
same in free paraphrase, facts that are in the evidence but belong to someone else ("Iran backs the opposition"), wrong
titles, sums of stated numbers.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from rag.check.bindings import misbound
from rag.check.datelines import dateline_of, without_datelines
from rag.check.dates import DateMention, StatedDates, find_dates, is_when_said, of_events
from rag.check.denials import affirms_what_is_denied
from rag.check.modality import settles_what_is_open
from rag.check.modifiers import exchanged_modifier
from rag.check.names import StatedNames, find_names
from rag.check.near_copies import WORD_FOR_WORD, near_copy
from rag.check.negations import adds_negation
from rag.check.numbers import StatedNumbers
from rag.check.qualifiers import drops_qualifier
from rag.check.quantities import Quantity, find_quantities
from rag.check.quotations import QuotableText, find_quotations
from rag.check.reported import drops_attribution
from rag.check.seats import only_acts
from rag.check.support import pieces
from rag.check.words import keys, plain

_A_WORD = 1.5  # with articles, which alignments leave out
_PRONOUN = re.compile(r"\b(?:he|she|they|it|we|i|his|her|hers|their|its|our|my|him|them|us|me)\b", re.IGNORECASE)


class FactKind(StrEnum):
    """What kind of fact a sentence states; a reversal says "not" or "north" where its source does not."""

    NUMBER = "number"
    DATE = "date"
    NAME = "name"
    QUOTATION = "quotation"
    NEGATION = "negation"
    REVERSAL = "reversal"
    WORDING = "wording"
    ROLE = "role"
    ATTRIBUTION = "attribution"
    MODALITY = "modality"


@dataclass(frozen=True, slots=True)
class MissingFact:
    """A fact of a sentence that its evidence neither states nor implies; ``text`` is nearly as written there."""

    kind: FactKind
    text: str


@dataclass(frozen=True, slots=True)
class FactContext:
    """What is known of the cited article beside the cited words.

    Attributes:
        title: May hold the full form of a name that the cited words shorten.
        publisher: A sentence may name it.
        published: Resolves "Tuesday" or "yesterday"; ``None`` leaves such words unresolved.
        before: The sentences before the cited words; they name whom a pronoun in the cited words stands for.
    """

    title: str = ""
    publisher: str = ""
    published: date | None = None
    before: str = ""


def missing_facts(sentence: str, evidence: str, *, context: FactContext) -> tuple[MissingFact, ...]:
    """Returns the facts of ``sentence`` that ``evidence`` does not bear out, in no particular order.

    Numbers are compared by value ("half a million", "500,000"), percent signs and currencies by kind, dates after
    resolution against the publication date, names by surname, initials or nationality, quotations word by word.
    The small words "one" and "first" are not taken as numbers. Takes about a millisecond for a passage.
    """
    missing: list[MissingFact] = []
    if quotations := find_quotations(sentence):
        quotable = QuotableText(evidence)
        missing.extend(MissingFact(FactKind.QUOTATION, q.text) for q in quotations if not quotable.has(q.text))
    if adds_negation(sentence, evidence):
        missing.append(MissingFact(FactKind.NEGATION, "not"))
    claim, source = plain(sentence), plain(evidence)
    quantities, mentions = find_quantities(claim), find_dates(_without_dateline(claim, source))
    numbers = StatedNumbers(source, find_quantities(source)) if quantities or mentions else None
    dated: list[DateMention] = []
    if mentions and numbers:
        dates = StatedDates(_days_of_events(without_datelines(source), claim), context.published)
        if context.published and _names_publisher(claim, context.publisher):
            dates.accept(context.published)
        for mention in mentions:
            if mention.is_fact and not dates.support(mention) and not _is_bare_year(mention, numbers):
                if mention.relative.endswith("ago") and numbers.has_length(*mention.relative.split()[:2]):
                    continue  # how long ago is there in other words
                missing.append(MissingFact(FactKind.DATE, mention.text))
            dated.append(mention)
    if numbers:
        facts = [quantity for quantity in quantities if _is_fact(quantity, dated)]
        missing.extend(MissingFact(FactKind.NUMBER, q.text) for q in facts if not numbers.support(q))
        elsewhere = misbound(facts, claim, source)
        missing.extend(MissingFact(FactKind.NUMBER, f"{text} (said there of something else)") for text in elsewhere)
    names = find_names(claim)
    if names:
        known = [source, plain(context.title), plain(context.publisher)]
        if context.before and _starts_with_pronoun(source):
            known.append(plain(context.before))
        stated = StatedNames(known)
        missing.extend(MissingFact(FactKind.NAME, part) for name in names for part in stated.missing(name))
    if seat := only_acts(claim, source):
        missing.append(MissingFact(FactKind.NAME, f"{seat} as a place (there it is the government)"))
    split = pieces(evidence)
    if word := drops_attribution(sentence, split):
        missing.append(MissingFact(FactKind.ATTRIBUTION, f"there it is somebody's word ({word})"))
    if word := settles_what_is_open(sentence, split):
        missing.append(MissingFact(FactKind.MODALITY, f"there it is not settled ({word})"))
    if word := affirms_what_is_denied(sentence, split):
        missing.append(MissingFact(FactKind.MODALITY, f"there it is denied ({word})"))
    if qualified := drops_qualifier(sentence, split):
        missing.append(MissingFact(FactKind.MODALITY, f"there it is the {qualified}"))
    opposite = exchanged_modifier(sentence, split, context.title)
    if opposite and not any(keys(fact.text)[-1:] == opposite.split()[-1:] for fact in missing):  # else named above
        missing.append(MissingFact(FactKind.REVERSAL, f"there it is the {opposite}"))
    missing.extend(_changed(sentence, evidence, missing))
    return tuple(dict.fromkeys(missing))


def _changed(sentence: str, evidence: str, missing: list[MissingFact]) -> list[MissingFact]:
    """Returns what a near-copy says otherwise than its source; nothing for a paraphrase."""
    copy = near_copy(sentence, evidence)
    if not copy.is_near:
        return []
    found = []
    if copy.negation_changed:
        found.append(MissingFact(FactKind.REVERSAL, "of the source and the sentence, one negates this"))
    if copy.roles_swapped:
        return [*found, MissingFact(FactKind.ROLE, "who does it to whom is the other way round")]
    if copy.aligned < WORD_FOR_WORD and (1 - copy.aligned) * len(keys(sentence)) > _A_WORD:
        return found  # more than a word is put otherwise
    named = {key for fact in missing for key in keys(fact.text)}  # reported already
    changed = [(was, now) for was, now in copy.replaced if not named & set(keys(now))]
    return [*found, *(MissingFact(FactKind.WORDING, f"{now} (there: {was})") for was, now in changed)]


def _without_dateline(claim: str, source: str) -> str:
    """Returns a claim with blanks in place of the source's own dateline, where the claim repeats it."""
    dateline = dateline_of(claim)
    return f"{' ' * len(dateline)}{claim[len(dateline) :]}" if dateline and source.startswith(dateline) else claim


def _days_of_events(source: str, claim: str) -> Sequence[DateMention]:
    """Returns the dates of a source; without those on which somebody only said it, if it has others."""
    found = find_dates(source)
    if any(is_when_said(claim[: mention.start]) for mention in find_dates(claim)):
        return found
    return of_events(found, source, lambda mention: mention.start)


def _starts_with_pronoun(source: str) -> bool:
    """Tells whether a pronoun comes before any name, so that it must stand for someone named earlier."""
    pronoun = _PRONOUN.search(source)
    named = [part.start for name in find_names(source) for part in name.parts]
    return pronoun is not None and (not named or pronoun.start() < min(named))


def _is_fact(quantity: Quantity, dated: list[DateMention]) -> bool:
    if quantity.text.lower() in ("one", "first") and not {"%", "fraction"} & quantity.units:
        return False
    return not any(mention.start <= quantity.start < mention.end for mention in dated)


def _is_bare_year(mention: DateMention, numbers: StatedNumbers) -> bool:
    """True when what looks like a year is a number of the evidence: "2,000 people" against "2000"."""
    readings = mention.readings
    return len(readings) == 1 and readings[0].month is None and numbers.has_value(readings[0].year or -1)


def _names_publisher(claim: str, publisher: str) -> bool:
    wanted = " ".join(keys(publisher))
    return bool(wanted) and f" {wanted} " in f" {' '.join(keys(claim))} "
