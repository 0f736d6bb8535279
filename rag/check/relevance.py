"""Whether a sentence, true or not, answers the question: rules on what an answer to it cannot lack.

A supported sentence beside the point is a wrong answer. The rules object to little, because what they object to is not
shown: names of the question of which the source's passage knows nothing, another kind of event, no number where one is
asked for, no time where a time is, no word that the question does not have.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from rag.check.dates import find_dates
from rag.check.events import is_withholding, occurrences
from rag.check.names import Name, find_names, names_in, spelled_otherwise
from rag.check.naming import asks_name_of, tells_name
from rag.check.nations import NATIONS
from rag.check.negations import is_negation
from rag.check.opposites import told_opposite
from rag.check.quantities import find_quantities
from rag.check.questions import parse, without_context
from rag.check.words import STOPWORDS, content_stems, keys, plain, stem_keys, vocabulary, words
from rag.ingest.sentences import sentences

_ANYBODY = frozenset(stem_keys(list(vocabulary("people person persons others men women lives dead times occasions"))))
_ALIKE = (
    "soldier troop serviceman servicemen personnel force", "delegate participant representative attendee",
    "child children kid pupil", "dollar pound euro money", "day date", "vote ballot", "home house", "job post worker",
)  # fmt: skip
_HOME = frozenset(vocabulary("us usa america american americans"))  # whose papers seldom name it
_NUMBER = re.compile(r"\bhow (?:many|much)\b", re.IGNORECASE)
_LASTING = re.compile(r"\bhow long\b", re.IGNORECASE)
_APART = re.compile(r"\bhow (?:many|much) (?:hour|day|week|month|year)s?\b", re.IGNORECASE)
_NOT_LASTING = re.compile(
    r"\b[\w-]+ (?:minutes?|hours?|days?|weeks?|months?|years?|decades?) (?:earlier|later|ago|before|after|apart|old)\b"
    r"|\b(?:last|this|next|that) (?:week|month|year|season)\b|\b(?:mid|late|early)-?\w* ?year\b",
    re.IGNORECASE,
)
_INSTITUTIONS = frozenset(
    stem_keys(
        list(vocabulary("government president army forces troops leader parliament ministry state capital regime"))
    )
)
_DATE = re.compile(
    r"(?:^|[.:;?]\s)\W*(?:\w+ )?(?:what|which) (?:exact |calendar |precise )?(?:day|date|year|month)\b", re.IGNORECASE
)
_WHEN = re.compile(r"^\W*(?:\w+ )?when\b", re.IGNORECASE)
_ABOUT = re.compile(r"\b(?:said?|says?|saying|told?|tell|think|thinks|thought)\b.*\babout\s+(.+)$", re.IGNORECASE)
_UNIT = re.compile(
    r"\b(?:seconds?|minutes?|hours?|days?|weeks?|months?|years?|decades?|centur\w+|overnight|since|until|till|forever"
    r"|lifetime|seasons?|terms?|hour-long|as long as|while|indefinite\w*|permanent\w*|from \d+ to|between \d+ and)\b",
    re.IGNORECASE,
)
_TIME = re.compile(
    r"\b(?:after|before|during|since|until|till|when|while|once|as|by|earlier|later|ago|last|next|now|then|recent\w*"
    r"|soon|future|past|current\w*|already|yet|never|time|day|week|month|year|decade|century|season|summer|spring|autumn"
    r"|winter|fall|morning|afternoon|evening|night|noon|midnight|dawn|a\.?m|p\.?m|early|late|annual\w*|dates?)(?:s|ly)?\b|\d",
    re.IGNORECASE,
)
_AMOUNT = re.compile(
    r"\b(?:no|none|nobody|nothing|several|few|many|dozens?|scores|handful|both|twice|once|half|all|most|majority|single"
    r"|couple|pair|every|each|zero|more|less|fewer|thousands|hundreds|millions)\b|\d"
    r"|\ban? [a-z]+ (?:person|man|woman|child)\b"
    r"|\ban? (?:person|man|woman|child|dozen|hundred|thousand|million)\b",
    re.IGNORECASE,
)
_ASKS_FOR_MORE = re.compile(
    r"^(?!\W*(?:did|does?|is|are|was|were|has|have|had|can|could|will|would|should|may|might)\b)(?!.*\bor\b)"
    r".*\b(?:who|whom|whose|what|which|where|when|why|how)\b",
    re.IGNORECASE | re.DOTALL,
)
DENIED = "its source denies it"
"""How an objection begins to a sentence that denies what the question takes for granted."""
_ONE = re.compile(r"one(?: of\b|(?! \w+s?\b))", re.IGNORECASE)  # "one of the zones" counts nothing
_PRESUMES = re.compile(
    r"^\W*(?:(?:list|name|quote)\b|why (?:did|do|does|was|were|has|have|had)\b"
    r"|(?:what|which) (?:reasons?|grounds?|explanations?|conditions?|concessions?)\b)",
    re.IGNORECASE,
)
_REPORTED = re.compile(r"\b(?:sa(?:y|id|ys)|den(?:y|ies|ied)|refus\w*|reject\w*)\b", re.IGNORECASE)
_TURNED = re.compile(r"\b(?:but|until|till|only|merely|just|alone|because|since)\b", re.IGNORECASE)
_HALF = 0.5
_REACH = 4  # words from a number to what it counts
_LIGHT = frozenset(
    stem_keys(
        list(vocabulary("come came go went gone name head start begin began begun lead strike struck choose call"))
    )
)
_PARTICLES = frozenset(vocabulary("back up off out over away"))
_THREE = re.compile(r"[A-Z][\w-]+, [A-Z][\w -]+,? and [A-Z]")
"""Verbs that mean too many things to require their kind of event: "come from", "go on", "start at the lake"."""


@dataclass(frozen=True, slots=True)
class Shown:
    """A sentence as it would be shown, and what it rests on.

    Attributes:
        text: The sentence.
        source: The words it cites.
        before: The sentences before them in their passage, in reading order.
        title: The article's headline.
        passage: All words of the passage; a cause often stands beside what it caused.
        publisher: A question may name it.
    """

    text: str
    source: str
    before: Sequence[str] = ()
    title: str = ""
    passage: str = ""
    publisher: str = ""


class Relevance:
    """What an answer to one question cannot lack.

    Args:
        question: The standalone question.
    """

    def __init__(self, question: str) -> None:
        asked = plain(without_context(question))
        self._text = asked
        self._form = parse(question)
        self._names = [name for name in find_names(plain(question)) if _must_be_named(name, plain(question))]
        self._told = _told(plain(question))
        self._lists_many = bool(_THREE.search(plain(question)))
        self._counted = _alike(self._form.counted)
        self._nameless = asks_name_of(asked)
        light = _LIGHT.intersection(stem_keys([self._form.verb.lower()]))
        # With a particle a verb means another thing: "win back", "turn up".
        light |= _PARTICLES.intersection(words(self._form.rest)[:1] and [words(self._form.rest)[0].key])
        self._kinds = () if light else self._form.kinds
        # A second part that points back to the first must be met in its own words.
        pointing = asked != plain(question).strip() and not self._kinds
        self._own = frozenset(content_stems(asked)) if pointing else frozenset[str]()
        # Where something was held, opened or banned, the answer speaks of that thing.
        patient = self._form.subject if self._form.passive and self._kinds else ""
        named = {key for name in find_names(f"of {patient}") for key in stem_keys([part.key for part in name.parts])}
        self._patient = frozenset(content_stems(patient)) - named
        self._presumed = _presumed(asked)
        # "Brazil or Croatia" has the answer in the question, and so has what is asked for a yes.
        self._known = frozenset(content_stems(plain(question)) if _ASKS_FOR_MORE.search(asked) else ())
        about = _ABOUT.search(asked)
        self._about = frozenset(content_stems(about.group(1))) if about else frozenset[str]()

    def objection(self, shown: Shown) -> str:
        """Returns why a sentence does not answer the question; empty when nothing speaks against it."""
        said = plain(f"{shown.text} {shown.source}")
        near = plain(". ".join([shown.title, *shown.before[-2:], shown.source, shown.text]))
        whole = plain(". ".join([near, *shown.before, shown.passage, shown.publisher]))
        stated = names_in(whole)
        absent: list[tuple[str, Name]] = []
        for name in self._names:
            missing = stated.missing(name)
            # Without the surname a given name tells nothing.
            if missing and name.parts[-1].text in missing[-1] and not spelled_otherwise(name, whole):
                absent.append((" ".join(missing), name))
        if self._lacks(absent):
            return f"its source does not speak of {absent[0][0]}"
        return (
            self._other_event(plain(shown.source), whole if self._form.word == "why" else near)
            or self._no_amount(said, plain(". ".join([*shown.before[-1:], shown.source])))
            or self._no_time(plain(shown.text))
            or self._no_name(said)
            or self._denied(plain(shown.source))
            or self._other_topic(near)
            or self._repetition(plain(shown.text))
        )

    def _lacks(self, absent: Sequence[tuple[str, Name]]) -> bool:
        """Tells whether a source that does not speak of some names of the question speaks of something else."""
        if any(name.parts[0].start >= self._told for _, name in absent):
            return len(absent) > len(self._names) // 3 * self._lists_many
        # What is told before the question is asked need not be told again, if most of it is.
        return len(absent) > len(self._names) // 2

    def _repetition(self, text: str) -> str:
        """Says so where a sentence has no word of its own: "The IRS announced it will do", for "… will do what?"."""
        repeats = self._known and set(content_stems(text)) <= self._known
        if not repeats or any(map(is_negation, keys(text))) or (_NUMBER.search(self._text) and _AMOUNT.search(text)):
            return ""
        return "it only repeats the question"

    def _other_event(self, source: str, near: str) -> str:
        form = self._form
        if not self._kinds or (any(map(is_withholding, self._kinds)) and "cancel" not in self._kinds):
            return ""
        events = [each for kind in self._kinds for each in occurrences(kind, near)]
        if not events:
            return f"it does not speak of what is asked: {form.verb}"
        here = [each for kind in self._kinds for each in occurrences(kind, source)]
        if form.past and form.word != "why" and here and all(each.planned for each in here):
            return f"it speaks of it only as planned: {here[0].word.text}"
        return ""

    def _no_amount(self, said: str, source: str) -> str:
        if _LASTING.search(self._text):
            lasting = _NOT_LASTING.sub(" ", said)
            return "" if _UNIT.search(lasting) else "it does not say how long"
        if not _NUMBER.search(self._text):
            return ""
        if not find_quantities(said) and not _AMOUNT.search(said):
            return "it gives no number"
        if _APART.search(self._text):
            return "" if _UNIT.search(said) else "it does not say how long"
        if self._counted and not _counts(self._counted, source):
            return f"its number is not said of what is asked: {self._form.counted}"
        return ""

    def _no_time(self, text: str) -> str:
        if find_dates(text):
            return ""
        if _DATE.search(self._text) and not re.search(r"\d", text):
            return "it gives no date"
        return "it does not say when" if _WHEN.search(self._text) and not _TIME.search(text) else ""

    def _no_name(self, said: str) -> str:
        return "it gives no name" if self._nameless and not tells_name(self._nameless, said) else ""

    def _denied(self, source: str) -> str:
        """Says so where a source denies what the question takes for granted: "does not endorse", "without naming"."""
        if self._form.word == "why" and (opposite := told_opposite(self._text, source)):
            return f"{DENIED}: {opposite}"
        if not self._presumed or _TURNED.search(source):
            return ""
        found = words(source)
        stems = stem_keys([word.key for word in found])
        for at, word in enumerate(found):
            if not is_negation(word.key):
                continue
            for stem, after in list(zip(stems, found, strict=True))[at + 1 : at + 1 + _REACH]:
                if re.search(r"[,;:.\"]", source[word.end : after.start]):
                    break
                if stem in self._presumed:
                    return f"{DENIED}: {word.text} … {after.text}"
        return ""

    def _other_topic(self, near: str) -> str:
        known = set(content_stems(near))
        if self._patient and len(self._patient & known) < _HALF * len(self._patient):
            return "it is about something else"
        if self._own and len(self._own & known) < _HALF * len(self._own):
            return "it is about something else"
        if self._about and len(self._about & known) <= _HALF * len(self._about):
            return "it is about something else"
        return ""


def _told(question: str) -> int:
    """Returns where the last sentence of a plain question begins: "Voters chose a mayor. What is her name?"."""
    found = sentences(question)
    return found[-1].start if found else 0


def _presumed(asked: str) -> frozenset[str]:
    """Returns the stems of what a question takes for granted that happened or exists; none when it leaves that open."""
    opens = _PRESUMES.search(asked)
    if not opens or any(is_negation(key) for key in keys(asked)) or _REPORTED.search(asked):
        return frozenset()
    named = {stem for name in find_names(asked) for stem in stem_keys([part.key for part in name.parts])}
    return frozenset(content_stems(asked[opens.end() :])) - named - _ANYBODY


def _must_be_named(name: Name, question: str) -> bool:
    """Tells whether a source must speak of a name; its own country's papers say "the government"."""
    if name.parts[-1].key in _HOME:
        return False
    following = words(question[name.parts[-1].end :])[:1]
    own = tuple(part.key for part in name.parts) in NATIONS and not _NUMBER.search(question)
    return not (own and following and set(stem_keys([following[0].key])) & _INSTITUTIONS)


def _counts(nouns: frozenset[str], source: str) -> bool:
    """Tells whether a number of a plain text is said of one of the nouns: "nine soldiers", "the soldiers were nine"."""
    found = words(source)
    present = list(zip(stem_keys([word.key for word in found]), found, strict=True))
    if not any(stem in nouns for stem, _ in present):
        return False
    numbers = [q for q in find_quantities(source) if not _ONE.match(source[q.start :])]
    for number in numbers:
        after = [(stem, word) for stem, word in present if word.start >= number.end][:_REACH]
        if any(stem in nouns for stem, _ in after):
            return True
        follows = next((word for _, word in after if word.start - number.end <= 1), None)
        counts_other = follows is not None and follows.key not in STOPWORDS and after[0][0] not in _ANYBODY
        if not counts_other and any(stem in nouns and word.start < number.start for stem, word in present):
            return True
    return not find_quantities(source) and bool(_AMOUNT.search(source))


def _alike(noun: str) -> frozenset[str]:
    """Returns the stems that stand for what is counted; none when that is people at large."""
    if not noun:
        return frozenset()
    [stem] = stem_keys([noun])
    if stem in _ANYBODY:
        return frozenset()
    groups = [set(stem_keys(group.split())) for group in _ALIKE]
    return frozenset({stem}.union(*(group for group in groups if stem in group)))
