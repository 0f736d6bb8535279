"""What a question takes for granted, held against what the sources say.

"Why did Assad fly to Tehran?" takes for granted that he did. Rules over the kinds of events (``rag.check.events``),
names, negations and numbers find the sentence that says otherwise. They claim little: a premise is called refuted only
where a source denies it, excludes it, tells the opposite or the same the other way round. What nothing speaks of is
not refuted, only unknown.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from rag.check.events import Occurrence, is_mutual, is_withholding, occurrences
from rag.check.names import Name, StatedNames, find_names, names_in
from rag.check.numbers import StatedNumbers
from rag.check.quantities import Quantity, find_quantities
from rag.check.questions import QuestionForm, parse
from rag.check.words import content_stems, plain, stem_keys, words
from rag.types import RetrievedPassage, Span

_LEAD = "of "  # a name after a small word is not taken for a sentence opener or a headline
_ABOUT = 0.5
_TOGETHER = 2
_ONLY = re.compile(
    r"\b(?:only (?:once|twice|to|for|\w+ times)|(?:both|each|all|every|on both|on all) (?:occasions?|times?|visits?)"
    r"|(?:twice|once|first)\b.*\bonly|only\b.*\b(?:trip|visit|journey))\b",
    re.IGNORECASE,
)
_DESTINATION = re.compile(r"\b(?:to|into|for|in|at|from)\s+(?:the\s+)?$", re.IGNORECASE)
_STRONG = frozenset(
    {"invade", "attack", "shoot", "arrest", "dismiss", "ban", "sue", "accuse", "buy", "marry", "divorce"}
)
_HELD_BACK = re.compile(r"^\s*(?:to\s+)?", re.IGNORECASE)


class Standing(StrEnum):
    """How what a question takes for granted stands in the sources."""

    NONE = "none"
    STATED = "stated"
    UNKNOWN = "unknown"
    UNRELATED = "unrelated"
    REFUTED = "refuted"


@dataclass(frozen=True, slots=True)
class Premise:
    """What became of a question's premise.

    Attributes:
        standing: ``none`` when the question takes nothing for granted that we can read; ``unrelated`` when those it
            speaks of are known together, but never in the relation it asserts.
        against: The source sentences that say otherwise, or of ``unrelated`` those that speak of both, best first.
    """

    standing: Standing
    against: tuple[tuple[RetrievedPassage, Span], ...] = ()


@dataclass(frozen=True, slots=True)
class _Sentence:
    """A source sentence in plain words, with what it can be understood from."""

    passage: RetrievedPassage
    span: Span
    text: str
    around: tuple[str, ...]
    whole: str


@dataclass(frozen=True, slots=True)
class _Claim:
    """What a question asserts."""

    form: QuestionForm
    kinds: tuple[str, ...]
    opposite: bool
    subjects: tuple[Name, ...]
    names: tuple[Name, ...]
    topic: frozenset[str]


def examine(question: str, passages: Sequence[RetrievedPassage]) -> Premise:
    """Holds what a question takes for granted against the sentences of passages."""
    form = parse(question)
    if not form.word or not form.past or form.negated or not form.kinds:
        return Premise(Standing.NONE)
    claim = _claim(form)
    if not claim.kinds:
        return Premise(Standing.NONE)
    sentences = list(_sentences(passages))
    told = [s for s in sentences if _told(claim, s) and not _turns_round(claim, s)]
    if claim.opposite:
        # To skip, cancel or refuse a thing denies it: what tells of the thing speaks against the question.
        said = any(_speaks(form.kinds, s) and _has_names(claim.names, s) for s in sentences)
        happened = [s for s in told if not any(each.planned for each in _events(claim.kinds, s))]
        against = [s for s in happened if not said and len(claim.names) > 1]
        return _premise(Standing.REFUTED, against) if against else Premise(Standing.UNKNOWN)
    # "How many were killed?" is answered, not refuted, by "nobody was killed".
    denying = [] if form.counted else [s for s in sentences if _denies(claim, s)]
    nearest = max((_about(claim, s) for s in denying), default=0.0)
    if denying and not any(claim.subjects or _about(claim, s) >= nearest for s in told):
        return _premise(Standing.REFUTED, denying)
    if told:
        if wrong := _other_number(form, told):
            return _premise(Standing.REFUTED, wrong)
        return Premise(Standing.STATED)
    if against := [s for s in sentences if _excludes(claim, s) or _turns_round(claim, s)]:
        return _premise(Standing.REFUTED, against)
    if together := _unrelated(claim, sentences):
        return _premise(Standing.UNRELATED, together)
    return Premise(Standing.UNKNOWN)


def _claim(form: QuestionForm) -> _Claim:
    rest = form.rest
    subjects, objects = (tuple(find_names(_LEAD + text)) for text in (form.subject, rest))
    topic = frozenset(content_stems(f"{form.subject} {rest}"))
    opposite = any(map(is_withholding, form.kinds))
    kinds = form.kinds
    if opposite:
        held = parse(f"Why did they {_HELD_BACK.sub('', rest)}").kinds if rest.startswith("to ") else ()
        kinds = held or _kinds_named(rest)
    return _Claim(form, kinds, opposite, subjects, (*subjects, *objects), topic)


def _kinds_named(rest: str) -> tuple[str, ...]:
    """Returns the kinds of event that the object of "skip" or "cancel" names: a call, a summit, a visit."""
    nouns = {"talk": "call|conversation", "meet": "meeting|talks|summit|conference", "travel": "trip|visit|journey"}
    found = [kind for kind, listed in nouns.items() if re.search(rf"\b(?:{listed})\b", rest.lower())]
    return tuple(found[:1])


def _sentences(passages: Iterable[RetrievedPassage]) -> Iterable[_Sentence]:
    seen: set[tuple[str, Span]] = set()
    for passage in passages:
        inside = passage.passage
        whole = plain(f"{passage.title}. {inside.shown()}")
        for span in inside.sentences:
            if (inside.article_id, span) in seen:
                continue
            seen.add((inside.article_id, span))
            before = [plain(text) for text in inside.before(span)[-2:]]
            yield _Sentence(passage, span, plain(inside.words(span)), (plain(passage.title), *before), whole)


def _premise(standing: Standing, against: Sequence[_Sentence]) -> Premise:
    return Premise(standing, tuple((s.passage, s.span) for s in against))


# -- what one sentence says of the claim --------------------------------------------------------------------------


def _events(kinds: Iterable[str], sentence: _Sentence) -> list[Occurrence]:
    return [each for kind in kinds for each in occurrences(kind, sentence.text)]


def _speaks(kinds: Iterable[str], sentence: _Sentence) -> bool:
    return any(not each.denied and not each.planned for each in _events(kinds, sentence))


def _has_names(names: Sequence[Name], sentence: _Sentence) -> bool:
    stated = StatedNames([sentence.text, *sentence.around])
    return all(not stated.missing(name) for name in names)


def _about(claim: _Claim, sentence: _Sentence) -> float:
    """Returns how much of what the question speaks of the passage of a sentence speaks of; 0 when it lacks a name."""
    known, stated = set(content_stems(sentence.whole)), names_in(sentence.whole)
    if not claim.topic or any(stated.missing(name) for name in claim.names):
        return 0.0
    return len(claim.topic & known) / len(claim.topic)


def _told(claim: _Claim, sentence: _Sentence) -> bool:
    """Tells whether a sentence says that what the question takes for granted happened."""
    if not _speaks(claim.kinds, sentence) or not _has_names(claim.names, sentence):
        return False
    return bool(claim.subjects) or _about(claim, sentence) >= _ABOUT


def _denies(claim: _Claim, sentence: _Sentence) -> bool:
    """Tells whether a sentence says that it did not happen: "nobody was killed" in a report on this accident."""
    events = _events(claim.kinds, sentence)
    if not any(each.denied for each in events) or any(not each.denied and not each.planned for each in events):
        return False
    return _has_names(claim.subjects, sentence) and _about(claim, sentence) >= _ABOUT


def _excludes(claim: _Claim, sentence: _Sentence) -> bool:
    """Tells whether a sentence leaves no room for the journey asked about: "only twice, both times for Russia"."""
    if "travel" not in claim.kinds or not claim.subjects or not _ONLY.search(sentence.text):
        return False
    rest = _LEAD + claim.form.rest
    places = [name for name in find_names(rest) if _DESTINATION.search(rest[: name.parts[0].start])]
    if claim.form.verb.lower().startswith("visit"):
        places += [name for name in find_names(rest) if name.parts[0].start <= len(_LEAD) + 4]
    there = names_in(sentence.text)
    if not places or not there.missing(places[0]) or not find_names(_LEAD + sentence.text):
        return False
    return bool(_events(["travel"], sentence)) and _has_names(claim.subjects, sentence)


def _turns_round(claim: _Claim, sentence: _Sentence) -> bool:
    """Tells whether a sentence says the same the other way round: Russia invaded Turkey, not Turkey Russia."""
    objects = [name for name in claim.names if name not in claim.subjects]
    if claim.form.passive or any(map(is_mutual, claim.kinds)) or len(claim.subjects) != 1 or not objects:
        return False
    [stem] = stem_keys([claim.form.verb.lower()])
    for word in words(sentence.text):
        if stem_keys([word.key]) != [stem]:
            continue
        left, right = sentence.text[: word.start], sentence.text[word.end :]
        if re.search(r"\b(?:was|were|been|being|is|are|not|never|will|would|to)\s+$", left) or right.startswith(" by "):
            continue
        doer, done_to = StatedNames([left[-60:]]), StatedNames([right[:60]])
        if not doer.missing(objects[0]) and doer.missing(claim.subjects[0]) and not done_to.missing(claim.subjects[0]):
            return True
    return False


def _other_number(form: QuestionForm, told: Sequence[_Sentence]) -> list[_Sentence]:
    """Returns the sentences that count otherwise, when all that count the same thing do."""
    text = f"{form.subject} {form.verb} {form.rest}"
    stated = [q for q in find_quantities(text) if not q.vague and q.text.lower() not in ("one", "first")]
    counted = [(q, noun) for q in stated if (noun := _noun_after(text, q))]
    if len(counted) != 1:
        return []
    quantity, noun = counted[0]
    others: list[_Sentence] = []
    for sentence in told:
        here = find_quantities(sentence.text)
        if StatedNumbers(sentence.text, here).support(quantity):
            return []
        if any(_noun_after(sentence.text, q) == noun for q in here):
            others.append(sentence)
    return others


def _noun_after(text: str, quantity: Quantity) -> str:
    after = content_stems(text[quantity.end : quantity.end + 25])
    return after[0] if after else ""


def _unrelated(claim: _Claim, sentences: Sequence[_Sentence]) -> list[_Sentence]:
    """Returns the sentences that have both sides of a deed, when such a deed is nowhere told of either of them."""
    objects = [name for name in claim.names if name not in claim.subjects]
    if len(claim.subjects) != 1 or len(objects) != 1 or not set(claim.kinds) <= _STRONG:
        return []
    if any(_speaks(claim.kinds, s) and _has_names(claim.names, s) for s in sentences):
        return []
    both = [s for s in sentences if not any(names_in(s.text).missing(name) for name in claim.names)]
    return both if len({s.passage.passage.article_id for s in both}) >= _TOGETHER else []
