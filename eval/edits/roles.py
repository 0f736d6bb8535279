"""Who did it to whom, exchanged."""

from __future__ import annotations

import re
from itertools import pairwise

from eval.edits.edit import Splice, level
from rag.check.names import Name, find_names
from rag.check.words import vocabulary

SYMMETRIC = frozenset(
    vocabulary(
        """met married divorced resembled equalled equaled matched faced fought debated rivalled rivaled bordered
        neighboured neighbored merged dated kissed hugged embraced tied drew joined contacted named called titled
        entitled based played signed chatted talked spoke need used ended united advanced airs limited"""
    )
)
_IRREGULAR = (
    r"beat|beats|shot|hit|told|sent|gave|paid|bought|sold|led|left|saw|sued|sues|took|won|hurt|caught|taught|threw|"
    r"overthrew|met with criticism from|sought|struck|accuses|praises|supports|backs|criticizes|criticises|blames|"
    r"urges|tells|asks|warns|attacks|invades|defeats|leads|follows|buys|acquires|owns|pays|replaces|succeeds"
)
_ADVERB = r"(?:[a-z]+ly |also |later |then |has |had |have |once |reportedly |allegedly )?"
_TITLE = (
    r"(?:(?:the |The |former |then |now |U\.?S\.? |[A-Z][\w.'-]* |"
    r"[a-z]*(?:president|minister|secretary|chancellor|leader|striker|coach) )){0,4}"
)
_LINK = re.compile(rf"^(?:'s team)? {_ADVERB}(?P<verb>[a-z]+ed|{_IRREGULAR})(?P<by> by)? {_TITLE}$")
_PASSIVE = re.compile(
    rf"^ (?:was|were|is|are|been|being|had been|has been|have been) {_ADVERB}"
    rf"(?P<verb>[a-z]+(?:ed|en)|shot|hit|told|sent|paid|led|beaten) by {_TITLE}$"
)
_LEFT_TITLE = re.compile(
    r"(?:\b(?:[Tt]he|Mr\.?|Mrs\.?|Ms\.?|Dr\.?|Sir|[Pp]resident|[Ss]enator|Sen\.|Rep\.|Gov\.|[Gg]overnor|"
    r"[Pp]rime [Mm]inister|"
    r"[Ff]ormer|[Ff]oreign [Mm]inister|[Ss]ecretary|[Cc]hancellor|King|Queen|Prince|Pope) )+$"
)
_NOUN_CLAUSE = re.compile(
    r"^(?P<a>(?:The|A|An) [a-z]+) (?P<adverb>[a-z]+ly |also )?"
    r"(?P<verb>[a-z]+ed|shot|hit|told|sent|sued|beat|caught|struck) "
    r"(?P<b>(?:the|a|an) [a-z]+)"
    r"(?=[.,;]| (?:in|on|at|for|after|over|to|with|during|before|because|as|who|that|when|and)\b)"
)
_PARTICIPLE_SUBJECT = frozenset({"based", "titled", "called", "named", "entitled", "aged", "located", "known"})


def exchanges(sentence: str) -> list[Splice]:
    """Returns each exchange of the two sides of a verb that is not symmetric, as one replaced stretch."""
    text = level(sentence)
    found = []
    names = find_names(text)
    for left, right in pairwise(names):
        if splice := _exchange(text, sentence, left, right):
            found.append(splice)
    match = _NOUN_CLAUSE.match(text)
    if match and match["verb"] not in SYMMETRIC:
        a, b = match["a"], match["b"]
        now = f"{b[0].upper()}{b[1:]}{sentence[match.end('a') : match.start('b')]}{a[0].lower()}{a[1:]}"
        found.append(Splice(match.start("a"), match.end("b"), now))
    return found


def _exchange(text: str, sentence: str, left: Name, right: Name) -> Splice | None:
    start, left_end = left.parts[0].start, left.parts[-1].end
    right_start, end = right.parts[0].start, right.parts[-1].end
    between = text[left_end:right_start]
    match = _LINK.match(between) or _PASSIVE.match(between)
    if match is None or match["verb"] in SYMMETRIC | _PARTICIPLE_SUBJECT:
        return None
    if match.re is _LINK and match["by"]:
        return None  # "Obama, backed by Reid": too seldom a clause of its own
    if text[:left_end].lower().endswith("'s") or _inside_phrase(text[:start]):
        return None
    if text[:end].lower().endswith("'s"):
        end -= 2
    if {part.key for part in left.parts} & {part.key for part in right.parts}:
        return None
    if title := _LEFT_TITLE.search(text[:start]):
        start = title.start()
    gap = between[: match.end("verb")] + (" by" if match.re is _PASSIVE else "")
    right_start = left_end + len(gap) + 1
    a, b = sentence[start:left_end], sentence[right_start:end]
    if start == 0:
        a = a[0].lower() + a[1:] if a.startswith(("The ", "Former ")) else a
        b = b[0].upper() + b[1:]
    return Splice(start, end, f"{b}{sentence[left_end:right_start]}{a}")


def _inside_phrase(before: str) -> bool:
    """True when the left name is not the subject: "the mayor of Paris praised Rome" is not about Paris."""
    stripped = _LEFT_TITLE.sub("", before).rstrip()
    return bool(re.search(r"\b(?:of|in|at|from|by|for|with|to|and|near|on|against|between|or)$", stripped))
