"""A "not" put in or taken out."""

from __future__ import annotations

import re

from eval.edits.edit import Splice, level, like

_PARTICIPLES = (
    r"(?:been|\w+ed|gone|done|made|seen|taken|given|come|become|begun|broken|brought|built|bought|caught|chosen|cut|"
    r"drawn|driven|fallen|felt|found|fought|got|gotten|grown|had|heard|held|hit|hurt|kept|known|led|left|lost|met|paid|"
    r"put|read|risen|run|said|sent|set|shown|shot|shut|sold|spent|spoken|stood|stolen|struck|sought|told|taught|"
    r"thought|thrown|won|worn|written)\b"
)
_BARRED = (
    r"(?!\s+(?:not|also|only|just|still|already|so|as|too|all|both|either|no|never|"
    r"what|nothing|none|n't|once|last|next|this|that)\b)"
)
_INSERT = re.compile(
    rf"(?<![\w'-])(?P<aux>is|are|was|were|will|would|can|could|should|must|"
    rf"(?:has|have|had)(?=(?: \w+ly)? {_PARTICIPLES}))"
    rf"(?= [a-z\d]){_BARRED}"
)
_NOT_AN_AUXILIARY = re.compile(
    r"\b(?:the|a|his|her|their|free|good|own|political|if|whether|what|how|when|where|who)\s+$"
)
_PAST = {
    "said": "say", "told": "tell", "won": "win", "lost": "lose", "went": "go", "made": "make", "took": "take",
    "gave": "give", "came": "come", "saw": "see", "found": "find", "left": "leave", "held": "hold", "wrote": "write",
    "announced": "announce", "confirmed": "confirm", "killed": "kill", "wanted": "want", "asked": "ask",
    "called": "call", "signed": "sign", "voted": "vote", "agreed": "agree", "played": "play", "worked": "work",
    "scored": "score", "reported": "report", "received": "receive", "joined": "join", "arrived": "arrive",
    "supported": "support", "accused": "accuse", "apologized": "apologize", "released": "release", "paid": "pay",
    "sold": "sell", "bought": "buy", "met": "meet", "led": "lead", "felt": "feel", "knew": "know", "began": "begin",
    "died": "die", "moved": "move", "admitted": "admit", "claimed": "claim", "decided": "decide", "helped": "help",
    "visited": "visit", "warned": "warn", "launched": "launch", "pleaded": "plead", "filed": "file", "posted": "post",
}  # fmt: skip
_DID = re.compile(
    rf"(?P<subject>\b(?:[Hh]e|[Ss]he|[Tt]hey|[Ii]t|[Ww]e|[A-Z][a-z]+ [A-Z][a-z]+)) (?P<verb>{'|'.join(_PAST)})\b"
)
_REMOVE = re.compile(
    r"(?<!whether or )(?<!\bif )(?<!\bor )(?<=\w) not"
    r"(?! (?:only|just|least|necessarily|to mention|because|until)\b)(?= [a-z])"
)
_AUXILIARY_BEFORE = re.compile(
    r"\b(?:is|are|was|were|will|would|can|could|should|must|may|might|has|have|had|do|does|did)$"
)
_SWAPS = (
    (re.compile(r"\b(is|are|was|were|has|have|had|does|do|did|would|could|should)n't\b", re.IGNORECASE), r"\1"),
    (re.compile(r"\bwon't\b"), "will"),
    (re.compile(r"\bcan't\b|\bcannot\b"), "can"),
    (re.compile(r"\bno longer\b"), "still"),
    (
        re.compile(r"(?<=\bwas )no(?= [a-z])|(?<=\bis )no(?= [a-z])|(?<=\bwere )no(?= [a-z])|(?<=\bhad )no(?= [a-z])"),
        "some",
    ),
    (re.compile(r"\b[Ww]ithout\b(?= (?:a|an|the|any|[a-z]+ing|\w+)\b)"), "with"),
    (re.compile(r"(?<=\bhas )never(?= )|(?<=\bhave )never(?= )|(?<=\bhad )never(?= )"), "often"),
)
_TANGLED = re.compile(r"\b(?:nor|yet|until|neither|unless)\b", re.IGNORECASE)


def insertions(sentence: str) -> list[Splice]:
    """Returns a change for each place where "not" turns a plain statement round."""
    text = level(sentence)
    if text.rstrip(" \"'”").endswith("?"):
        return []
    found = []
    for match in _INSERT.finditer(text):
        noun = match["aux"] in ("will", "can", "must") and _NOT_AN_AUXILIARY.search(text[: match.start()])
        if not noun:
            found.append(Splice(match.end(), match.end(), " not"))
    for match in _DID.finditer(text):
        if text[: match.start()].rstrip().endswith(('"', "”", ",")):
            continue  # after a quotation: "…," he did not say
        found.append(Splice(match.start("verb"), match.end("verb"), f"did not {_PAST[match['verb']]}"))
    return found


def removals(sentence: str) -> list[Splice]:
    """Returns a change for each negation that can go without breaking the sentence."""
    text = level(sentence)
    if text.rstrip(" \"'”").endswith("?") or _TANGLED.search(text):
        return []
    found = []
    for match in _REMOVE.finditer(text):
        if _AUXILIARY_BEFORE.search(text[: match.start()]):
            found.append(Splice(match.start(), match.end(), ""))
    for pattern, replacement in _SWAPS:
        for match in pattern.finditer(text):
            found.append(Splice(match.start(), match.end(), like(match.group(), match.expand(replacement))))
    return found
