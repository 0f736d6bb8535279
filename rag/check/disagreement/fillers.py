"""Names and terms that fill the slot a question opens: who directed it, where it lies, which sport it is."""

from __future__ import annotations

import re
from collections.abc import Iterator
from types import MappingProxyType

from rag.check.disagreement.classes import CLASSES
from rag.check.disagreement.question import Asked, is_about
from rag.check.disagreement.statements import Label, SourceSentence, Statement
from rag.check.names import Name, find_names
from rag.check.words import STOPWORDS, content_stems, keys, plain, words

_RELATION = re.compile(
    r"^\W*(?:who|which \w+|what)\s+(?:is|are|was|were)\s+(?:the\s+)?(?:\w+\s+){0,2}?(?P<role>[a-z]+)s?"
    r"\s+(?:of|for|behind|associated with)\b"
    r"|^\W*who(?:m)?\s+(?:has\s+|have\s+)?(?P<verb>[a-z]+(?:ed|t|ote|ew|un|ed by|on))\s",
    re.IGNORECASE,
)
# What a role is called where the text names its holder; "by" alone where the work is named beside it.
_MADE_BY = MappingProxyType(
    {
        "artist": r"by", "singer": r"by", "performer": r"by", "band": r"by", "director": r"directed by|director",
        "producer": r"produced by|producer", "author": r"written by|by|author", "writer": r"written by|writer",
        "composer": r"composed by|by", "architect": r"designed by|architect|architects", "designer": r"designed by",
        "creator": r"created by|creator", "founder": r"founded by|founder", "owner": r"owned by|owner",
        "directed": r"directed by|director", "produced": r"produced by|producer", "wrote": r"written by",
        "designed": r"designed by|built by|designer", "created": r"created by", "founded": r"founded by",
        "built": r"built by", "composed": r"composed by", "owned": r"owned by", "painted": r"painted by|by",
        "husband": r"husband|wife of|married|queen of|consort of", "wife": r"wife|husband of|married",
        "father": r"son of|daughter of|father", "mother": r"mother", "led": r"led by",
    }
)  # fmt: skip
_WORK = re.compile(r"\b(?:album|EP|single|song|record|film|movie|novel|book|painting|work|play|musical|studio)\b")
_LOCATED = re.compile(
    r"\b(?:located|situated|based|headquartered|stands|lies|(?:is|was|are) an? [\w ,'-]{0,60}?)\s*"
    r"(?:in|at|near)\s+(?:the\s+)?$"
)
_BORN_IN = re.compile(r"\bborn\b[\w ,]{0,40}\b(?:in|at|near)\s+$")
_MAX_PHRASE = 8
_LEADING = re.compile(r"^(?:the|a|an|in|on|at|by|of|as|to|for|from|with|about|approximately)\s+", re.IGNORECASE)

_WHERE = re.compile(r"\W*(?:where (?:is|was|are|were)|in (?:which|what) (?:city|state|country|town))\b", re.IGNORECASE)
_ASKS_CLASS = re.compile(
    r"\b(?:what|which)\b(?: is| was| are)?(?: the| type of| kind of| political| primary| main| original)*\s+"
    r"(sport|party|medium|profession|occupation|language|position|style)\b|'s (profession|occupation)\b"
    r"|\btype of (medium)\b",
    re.IGNORECASE,
)


def asks_for_one(asked: Asked) -> bool:
    """Tells whether a question opens a slot that one name or term fills: "who directed", "where is", "which sport"."""
    return bool(_ASKS_CLASS.search(asked.text) or _WHERE.match(asked.text) or _RELATION.search(asked.text))


def filler_statements(asked: Asked, sentence: SourceSentence) -> Iterator[Statement]:
    """Yields the name or term that a sentence puts in the slot of the question, by the relation asked for.

    Only relations that wording shows are read ("directed by", "located in"), and terms of a few closed classes
    ("which sport"). A sentence that puts several into the slot states none.
    """
    text = plain(sentence.text)
    wide = plain(f"{sentence.passage.title}. {' '.join(sentence.before[-2:])} ") + text
    if not is_about(asked, wide, within=plain(f"{sentence.passage.title}. {sentence.passage.passage.text}")):
        return
    found: dict[tuple[str, ...], str] = {}
    for phrase in _fillers(asked, text):
        label = tuple(dict.fromkeys(content_stems(phrase)))
        if label and not set(label) <= asked.stems:
            found.setdefault(label, phrase)
    longest = [label for label in found if not any(set(label) < set(other) for other in found)]
    if len(longest) == 1:
        yield Statement(Label(longest[0]), found[longest[0]], sentence)


def answer_phrase(asked: Asked, text: str) -> str:
    """Returns what a short sentence adds to the words of the question; empty when that is not one short phrase.

    "The artist of the album is Blitzen Trapper" answers with "Blitzen Trapper".
    """
    said = plain(text).rstrip(" .")
    known = asked.stems
    found = words(said)
    kept = [not set(content_stems(word.key)) <= known for word in found]
    new = [i for i, keep in enumerate(kept) if keep and found[i].key not in STOPWORDS]
    if not new or new[-1] - new[0] >= _MAX_PHRASE or len(found) > 30:
        return ""
    if not kept.count(False) or any(not kept[i] and found[i].key not in STOPWORDS for i in range(new[0], new[-1])):
        return ""
    phrase = said[found[new[0]].start : found[new[-1]].end]
    return _LEADING.sub("", phrase)


def _fillers(asked: Asked, text: str) -> Iterator[str]:
    if match := _ASKS_CLASS.search(asked.text):
        kind = next(group for group in match.groups() if group).lower()
        yield from _of_class("profession" if kind == "occupation" else kind, text)
    elif _WHERE.match(asked.text):
        pattern = _BORN_IN if "born" in asked.terms else _LOCATED
        yield from _places(asked, text, pattern)
    elif match := _RELATION.search(asked.text):
        role = (match.group("role") or match.group("verb")).lower()
        made = _MADE_BY.get(role) or _MADE_BY.get(role.removesuffix("s"))
        if made and (made != "by" or _WORK.search(text)):
            yield from _after(asked, text, made)


def _after(asked: Asked, text: str, made: str) -> Iterator[str]:
    pattern = re.compile(rf"\b(?:{made})[\s:]+(?:(?!by\b)[\w-]+\s+){{0,6}}$", re.IGNORECASE)
    taken = False
    for name in find_names(text):
        lead = text[: name.parts[0].start]
        is_next = taken and re.search(r"(?:,| and|&) $", lead)
        taken = bool(pattern.search(lead) and "," not in lead[-30:] and not _is_asked(asked, name)) or bool(is_next)
        if taken and not is_next:
            yield name.text.removesuffix("'s")


def _places(asked: Asked, text: str, pattern: re.Pattern[str]) -> Iterator[str]:
    names = find_names(text)
    for at, name in enumerate(names):
        if not pattern.search(text[: name.parts[0].start]) or _is_asked(asked, name):
            continue
        end = name.parts[-1].end
        for following in names[at + 1 : at + 3]:
            if text[end : following.parts[0].start] != ", ":
                break
            end = following.parts[-1].end
        yield text[name.parts[0].start : end]
        return


def _of_class(kind: str, text: str) -> Iterator[str]:
    lowered = f" {' '.join(keys(text))} "
    for term in CLASSES[kind]:
        spelled = f" {' '.join(keys(term))} "
        if spelled in lowered:
            lowered = lowered.replace(spelled, " | ")
            yield term


def _is_asked(asked: Asked, name: Name) -> bool:
    return all(set(content_stems(part.key)) <= asked.stems for part in name.parts)
