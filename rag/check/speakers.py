"""Who is said to have said it: the speaker of a quotation or of reported speech, and whose words a question asks for.

Rules over words, no model. They know the forms of English news: a verb of saying beside its subject, "according to",
"quoted as saying", pronouns, and roles ("the Russian president") that the text itself gives to a name. They do not
know two speakers of one sentence (the one nearest to the quotation counts), words attributed only in the sentence
after, or whose a role is that the text never ties to a name; what they do not know is the empty string.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from rag.check.attribution import (
    ACCORDING,
    ADVERB,
    EDGES,
    LEAD,
    PHRASE_END,
    PLACE,
    ROLES,
    SAYS,
    find_attributions,
    has_role,
    is_quoted,
    name_in,
    repaired,
    without_quotations,
    without_titles,
)
from rag.check.names import Name, StatedNames, find_names
from rag.check.nations import GOVERNMENTS, NATIONS
from rag.check.words import keys, plain, words

_LOOK_BACK = 8
_ASK_VERBS = (
    r"says?|said|asks?|asked|tells?|told|wants?|demands?|claims?|call for|promise|vow|think|believe|announce|insist|"
    r"warn|argue|deny|admit|suggest|explain|state|declare|describe|hope|propose|request|seek|stress|emphasi[sz]e|note|"
    r"reply|answer|respond|write|urge|pledge|confirm|accuse|expect|reject|mention|add|report|allege|predict"
)
_ASKED = re.compile(rf"\b(?:did|does|do|has|have|had|would|will|could)\s+(.+?)\s+(?:{_ASK_VERBS})(?:ed|d|s)?\b")
_ASKED_NOUN = re.compile(
    r"([^,?]+?)(?:'s|(?<=s)')\s+(?:\w+\s+){0,2}?(?:requests?|demands?|statements?|claims?|words|answer|reply|message|"
    r"position|comments?|remarks?|explanation|response|proposal|promise|opinion|view)\b"
)
_ASKED_REPORTED = re.compile(rf"(?:^|\b(?:what|whom?|that|why|how|where)\s+)(.+?)\s+(?:{SAYS}|wants?|wanted)\b")
_NAME = r"[A-Z][\w'-]*(?: (?:[A-Z][\w'-]*|al|bin|de|von|van))*"


def is_speech(sentence: str) -> bool:
    """Tells whether a sentence quotes or reports what somebody said; a short quotation alone is only a word choice."""
    text = repaired(sentence, is_open=False)
    return is_quoted(text) or bool(find_attributions(text))


def speaker_of(sentence: str, before: Sequence[str], title: str = "") -> str:
    """Returns the name, without titles, of whom the sentence says to have spoken, or an empty string.

    Args:
        sentence: One sentence of an article.
        before: Sentences of the same article in reading order, the nearest last; the last eight are read for pronouns
            and running quotations, all for who holds a role.
        title: The article's headline, read for names last.
    """
    context = [plain(text) for text in before]
    return _speaker(plain(sentence), context, plain(title), len(context) - _LOOK_BACK)


def asked_speaker(question: str) -> str:
    """Returns the name of the one whose words, wishes or claims a question asks for, else an empty string.

    A question about two speakers, or about a role without a name, has none.
    """
    text = plain(question).strip()
    if match := ACCORDING.search(text):
        return name_in(PHRASE_END.split(match.group(1) + " ")[0], allow_trailing=False)
    for pattern in (_ASKED, _ASKED_NOUN, _ASKED_REPORTED):
        if match := pattern.search(text):
            phrase = re.sub(r"^.*\b(?:was|is|were|are|did|What|what)\s+", "", match.group(1))
            while skipped := ADVERB.search(phrase):
                phrase = phrase[: skipped.start()]
            if " and " in phrase and len(find_names(LEAD + phrase)) > 1:
                return ""
            if name := name_in(phrase):
                return name
    return ""


def same_person(a: str, b: str) -> bool:
    """Tells whether two names can be of one person or body, whatever titles, short forms and accents they carry."""
    first, second = without_titles(a), without_titles(b)
    if not keys(first) or not keys(second):
        return False
    if keys(first) == keys(second):
        return True
    return _covers(first, second) or _covers(second, first)


def _covers(stated: str, name: str) -> bool:
    known = StatedNames([LEAD + stated])
    found = find_names(LEAD + name)
    return bool(found) and not any(known.missing(each) for each in found)


def _speaker(text: str, before: Sequence[str], title: str, floor: int) -> str:
    is_open = _leaves_open(before)
    text = repaired(text, is_open)
    found = find_attributions(text)
    if found:
        best = min(found, key=lambda each: each.distance)
        if not best.pronoun:
            return name_in(best.subject) or _holder(best.subject, [*before, title])
        own = _first_person(best.pronoun, best.lead) if best.pronoun != "they" else ""
        return own or _antecedent(best.pronoun, before, title, floor)
    if not is_open and not text.startswith(('"', "'")):
        return ""
    for at in range(len(before) - 1, max(floor, 0) - 1, -1):
        earlier = repaired(before[at], _leaves_open(before[:at]))
        if is_quoted(earlier) or find_attributions(earlier):
            return _speaker(before[at], before[:at], title, max(floor, 0))
    return ""


def _leaves_open(before: Sequence[str]) -> bool:
    """Tells whether the last sentence stands in a quotation not yet closed; a paragraph may open it again."""
    is_open = False
    for text in before[-_LOOK_BACK:]:
        for at in (match.start() for match in re.finditer('"', text)):
            is_open = not text[at + 1 : at + 2].isspace() and (at == 0 or text[at - 1] in " \n([-")
    return is_open


def _holder(description: str, texts: Sequence[str]) -> str:
    """Returns whom the texts give a role to, as "Russian president Vladimir Putin" or "Mr Peskov, his spokesman"."""
    role = re.sub(r"^(?:the|a|an|his|her|their)\s+", "", description.strip(EDGES), flags=re.IGNORECASE)
    if not role or not has_role(role) or (role.lower() in ROLES and len(role) < 4):
        return ""
    role = rf"(?i:{re.escape(role)})"
    patterns = (re.compile(rf"\b{role},?\s+({_NAME})"), re.compile(rf"({_NAME}),\s+(?:the\s+|an?\s+)?{role}\b"))
    for text in reversed(texts):
        for pattern in patterns:
            match = pattern.search(text)
            if match and (name := name_in(match.group(1))) and _is_person(name):
                return name
    return ""


def _antecedent(pronoun: str, before: Sequence[str], title: str, floor: int) -> str:
    if pronoun == "they":
        return ""
    for at in range(len(before) - 1, max(floor, 0) - 1, -1):
        if find_attributions(repaired(before[at], _leaves_open(before[:at]))):
            name = _speaker(before[at], before[:at], title, max(floor, 0))
            is_one = (pronoun == "it") != _is_person(name)
            if name and is_one and _agrees(pronoun, name, before[at]):
                return name
        if name := _first_person(pronoun, without_quotations(repaired(before[at], _leaves_open(before[:at])))):
            return name
    return _first_person(pronoun, title)


def _first_person(pronoun: str, text: str) -> str:
    """Returns the first name that a pronoun can stand for: no country or place, and of the gender its title shows."""
    for name in find_names(text):
        lead = words(text[: name.parts[0].start])
        while lead and lead[-1].key in ROLES:
            lead = lead[:-1]
        is_place = bool(PLACE.search(text[: lead[-1].end] + " ")) if lead else False
        is_thing = bool(lead) and lead[-1].key == "the" and len(name.parts) == 1
        if is_place or (is_thing or _is_body(name)) == (pronoun != "it"):
            continue
        if _agrees(pronoun, spoken := without_titles(name.text.removesuffix("'s")), text):
            return spoken
    return ""


def _is_person(name: str) -> bool:
    return all(not _is_body(found) for found in find_names(LEAD + name))


def _is_body(name: Name) -> bool:
    found = tuple(part.key for part in name.parts)
    return found in NATIONS or found in GOVERNMENTS or (len(found) == 1 and name.text.isupper())


def _agrees(pronoun: str, name: str, text: str) -> bool:
    other = {"he": "Mrs|Ms|Miss|Lady|Queen|Princess", "she": "Mr|Sir|Lord|King|Prince"}.get(pronoun)
    return other is None or not re.search(rf"\b(?:{other})\.?\s+(?:[\w-]+\s+){{0,2}}{re.escape(name)}\b", text)
