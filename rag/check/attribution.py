"""Verbs of saying and their subjects in one sentence, for the speakers of a text."""

from __future__ import annotations

import re
from typing import NamedTuple

from rag.check.datelines import dateline_of
from rag.check.names import find_names
from rag.check.nations import NATIONS
from rag.check.quotations import find_quotations
from rag.check.words import keys, plain, vocabulary, words

_SPOKEN_WORDS = 4
_NOBODY = frozenset(
    vocabulary(
        """police officials witnesses residents organisers organizers authorities doctors experts scientists researchers
        critics analysts investigators prosecutors lawmakers people some many others everyone sources reports
        i we you he she they it"""
    )
)
_MOST_SKIPPED = 8
ROLES = frozenset(
    vocabulary(
        """president minister premier chancellor king queen prince emir pope senator governor mayor general colonel
        captain secretary ambassador envoy justice judge leader chief head spokesman spokeswoman spokesperson
        representative congressman congresswoman chairman chairwoman director adviser advisor official commander
        negotiator professor lawyer attorney author analyst editor officer coach founder owner boss mr mrs ms miss
        dr sir"""
    )
)
SAYS = (
    r"sa(?:id|ys)|told|tells|add(?:ed|s)|ask(?:ed|s)|repl(?:ied|ies)|responded|wr(?:ote|ites)|explain(?:ed|s)|"
    r"insist(?:ed|s)|warn(?:ed|s)|argu(?:ed|es)|claim(?:ed|s)(?! [\w, ]{0,30}\blives\b)|"
    r"would (?:only )?say|continued|concluded|tweeted|note[ds]|stress(?:ed|es)|"
    r"emphasi[sz]e[ds]|announce[ds]|recalled|joked|declare[ds]|state[ds]|remarked|commented|suggest(?:ed|s)|"
    r"den(?:ied|ies)|admit(?:ted|s)|acknowledge[ds]|confirm(?:ed|s)|reiterate[ds]|promise[ds]|vow(?:ed|s)|"
    r"urge[ds]|demand(?:ed|s)|accuse[ds]|allege[ds]|complained|report(?:ed|s)|pledge[ds]|recounted|answered|"
    r"call(?:ed|s) (?:for|on)|quoted"
)
_VERB = re.compile(rf"(?<![\w'-])(?<!All )(?:{SAYS}|as saying)(?![\w-])")
_NOUNS = re.compile(r"(?:claims|demands|reports|notes|promises|vows|pledges|states)$")
_INVERTS = re.compile(rf"[\s,]*\b({SAYS})\s+(?=[A-Z]|the |a |an |one |he |she |they |[a-z]+ [A-Z])")
_PASSIVE = re.compile(r"(?:\b(?:was|were|been|being|is|are|be|to|not|when|who was)|^)\s*$")
ACCORDING = re.compile(r"\b[Aa]ccording to\s+([^\",;:]+)")
_QUOTED = re.compile(r"\bquot(?:ed|es|ing)\s+(?!by\s)([^\",;:]+?)\s+as\s+saying")
_WAS_QUOTED = re.compile(r"\b(?:was|were|is|are)\s+(?:also\s+|widely\s+)?quoted\b.*$")
ADVERB = re.compile(
    r"(?:(?<=\s)|^)(?:has|have|had|also|later|then|once|again|earlier|repeatedly|always|still|now|already|reportedly|"
    r"would|will|did|not|never|both|further|previously|recently|publicly|yesterday|today|[a-z]+ly|"
    r"on (?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day|(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day)\s*$"
)
_PRONOUN = re.compile(r"(?:^|[\s\"])(he|she|they|it|who)$", re.IGNORECASE)
_CLAUSE = re.compile(
    r"[\";:()]|\s[–—-]+\s|\b(?:that|whether|because|while|after|before|when|as|but|if|which|and then)\b"
)
_JOINT = re.compile(r"[\w']\s+and\s+(?:\w+\s+)?$")
PLACE = re.compile(r"\b(?:in|at|from|near|of|to|by|on|with|inside|outside|against|for|into|over)\s+(?:the\s+)?$")
_SPEAKS_FOR = re.compile(
    r"\b(?:spokes\w+|statement|ministry|office|embassy|agency|lawyers?)\b[^,]*\b(?:for|of|from|by) "
)
PHRASE_END = re.compile(r"\s(?:who|which|that|on|in|at|has|have|had|said|says|and|after|when|is|was|were)\s|[.?!]\s*$")
EDGES = " \t\n,.'\"?!"
LEAD = "words spoken by "  # a name after small letters is not taken for a sentence opener or a headline
_CONJOINED = re.compile(r"^(.*?)[,\s]+(?:and|but|then)$", re.DOTALL)


class Attribution(NamedTuple):
    """A subject of saying: the words that name it, or a pronoun; how near a quotation mark; the words before it."""

    subject: str
    pronoun: str
    distance: int
    lead: str


def without_titles(name: str) -> str:
    """Leaves off roles and what stands before them: "Russian President Vladimir Putin" is Vladimir Putin."""
    text = plain(name).strip(EDGES)
    cut = 0
    for word in words(text):
        if word.key in ROLES and text[word.end :].strip(EDGES):
            cut = word.end
    text = text[cut:].strip(EDGES)
    name, _, place = text.partition(" of ")
    return name if (place.lower(),) in NATIONS else text


def repaired(text: str, is_open: bool) -> str:
    """Gives the first closing mark of a sentence the opening one that stands in a sentence before."""
    text = plain(text).strip()
    first = text.find('"')
    is_closing = first > 0 and not text[first - 1].isspace() and (first + 1 == len(text) or text[first + 1].isspace())
    is_lone = text.count('"') % 2 == 1 and is_closing
    return f'"{text}' if is_lone or (is_open and first < 0) else text


def without_quotations(text: str) -> str:
    """Returns the words of the reporter: every quotation without its content."""
    parts: list[str] = []
    at = 0
    for quotation in find_quotations(text):
        if quotation.start >= at:
            parts += [text[at : quotation.start].removesuffix("'"), '"' if text[quotation.start - 1] == "'" else ""]
            at = quotation.end
    return "".join([*parts, text[at:]])


def is_quoted(text: str) -> bool:
    """Tells whether a sentence quotes more than a word, a phrase or the title of a work."""
    return any(q.start <= 1 or len(keys(q.text)) >= _SPOKEN_WORDS for q in find_quotations(text))


def find_attributions(text: str) -> list[Attribution]:
    """Returns who is said to speak in a plain, repaired sentence, in no order; unnamed subjects too."""
    rest = without_quotations(text)
    marks = [match.start() for match in re.finditer('"', rest)]
    found: list[Attribution] = []

    def add(subject: str, start: int, end: int) -> None:
        subject = subject.strip(EDGES)
        pronoun = _PRONOUN.search(subject)
        distance = min((min(abs(mark - start), abs(mark - end)) for mark in marks), default=start)
        if pronoun and pronoun.group(1).lower() != "who":
            found.append(Attribution("", pronoun.group(1).lower(), distance, rest[:start]))
        elif subject and pronoun is None:
            found.append(Attribution(subject, "", distance, rest[:start]))

    for pattern in (ACCORDING, _QUOTED):
        for match in pattern.finditer(rest):
            add(PHRASE_END.split(match.group(1) + " ")[0], match.start(), match.end())
    for match in _VERB.finditer(rest):
        inverted = _INVERTS.match(rest, match.start())
        lead = rest[: match.start()].rstrip()
        if inverted and (not lead or lead.endswith(('"', ","))) and match.group() not in ("told", "tells", "asked"):
            following = re.split(r"[,;:\"]|\s(?:in|on|at|after|during|who|as)\s", rest[inverted.end() :])[0]
            if name_in(following) or _PRONOUN.search(following.strip(EDGES)):
                add(following, match.start(), match.end())
                continue
        if subject := _subject(rest[: match.start()], match.group()):
            add(subject, match.start(), match.end())
    announced = re.search(r':\s*"', rest)
    if not found and announced and (subject := _first_subject(rest)):
        add(subject, 0, announced.start())
    return found


def _subject(left: str, verb: str) -> str:
    """Returns the noun phrase that ends right before a verb, past adverbs and an apposition in commas."""
    if verb == "as saying":
        left, changed = _WAS_QUOTED.subn("", left)
        if not changed:
            return ""
    elif _PASSIVE.search(left):
        return ""
    for _ in range(_MOST_SKIPPED):
        skipped = ADVERB.search(left)
        if not skipped:
            break
        left = left[: skipped.start()]
    if _PASSIVE.search(left) and verb != "as saying":
        return ""
    left = left.rstrip()
    if conjoined := _CONJOINED.match(left):
        return _first_subject(conjoined.group(1))
    clause = _CLAUSE.split(left)[-1]
    pieces = clause.split(",")
    if len(pieces) > 2 and not pieces[-1].strip():
        piece = next((part for part in reversed(pieces[:-2]) if name_in(part) or _PRONOUN.search(part.strip())), "")
    else:
        piece = pieces[-1]
    piece = piece.strip(EDGES)
    if _NOUNS.match(verb) and not (name_in(piece) or _PRONOUN.search(piece)):
        return ""
    return piece


def _first_subject(text: str) -> str:
    """Returns whom a sentence begins with, for a verb that "and" adds to another."""
    opening = re.match(r"\W*(he|she|they|it)\b", text, re.IGNORECASE)
    if opening:
        return opening.group(1)
    text = text[len(dateline_of(text)) :]
    names = find_names(text)
    if (
        names
        and len(text[: names[0].parts[0].start].split()) <= 3
        and not PLACE.search(text[: names[0].parts[0].start])
    ):
        return names[0].text
    return ""


def has_role(phrase: str) -> bool:
    """Tells whether a noun phrase speaks of an office or a trade."""
    found = words(phrase)
    return bool(found) and (found[-1].key in ROLES or any(word.key in ROLES for word in found[-6:]))


def name_in(phrase: str, *, allow_trailing: bool = True) -> str:
    """Returns the name that a noun phrase is about: the one it ends with, unless a preposition leads to that."""
    text = phrase.strip(EDGES)
    found = find_names(LEAD + text)
    if not found or found[-1].text.endswith("'s") or found[-1].text.lower() in _NOBODY:
        return ""
    name = found[-1]
    before = LEAD + text
    end, before = before[name.parts[-1].end :], before[len(LEAD) : name.parts[0].start]
    if (end.strip(EDGES) and allow_trailing) or (len(found) > 1 and _JOINT.search(before)):
        return ""
    if (place := PLACE.search(before)) and not _SPEAKS_FOR.search(before):
        return name_in(before[: place.start()]) if len(found) > 1 else ""
    return without_titles(name.text)
