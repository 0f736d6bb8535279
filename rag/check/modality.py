"""What a source only foresees or leaves open: "owners will decide whether to approve" does not bear out "approved"."""

from __future__ import annotations

import re
from collections.abc import Sequence

from rag.check.words import Word, content_stems, keys, plain, stem_keys, vocabulary, words

_REACH = 5  # words after the marker
_OPEN = frozenset(
    vocabulary(
        """will would could may might shall should whether if unless plans plan planned planning intends intend intended
        hopes hope hoped aims aim expected expects proposed proposes proposal considering considers projects projected
        forecast seeks seeking wants threatened threatens threatening likely possible potential possibly"""
    )
)
_KEPT = _OPEN | frozenset(vocabulary("can appears seems reportedly perhaps maybe eventually soon"))
# "set to launch" and, in a headline, "McDonald's to add"; "began to add" and "voted to add" are more than a plan.
_AHEAD = frozenset(
    vocabulary(
        """set due scheduled slated poised ready about going agreed agrees decided decides vowed vows pledged promised
        promises wants try tries trying preparing prepares bidding hoping aiming planning likely supposed meant"""
    )
)
_PAST = re.compile(r"[^\W\d]+(?:ed)$")
# "recommended for approval" does not say that it was approved.
_NOUN = re.compile(r"(?:al|als|tion|tions|sion|sions|ment|ments|ance|ence)$")
_FORESEEN = re.compile(
    r"\b(?:will|won't|is to|are to|(?:is|are) (?:set|due|expected|scheduled|slated) to)\b", re.IGNORECASE
)
_QUESTION = re.compile(r"\?[\"'”’)\]]*\s*$")
# What a page puts where the story would go on: "[Click here to see which …]", "Read more: …".
_TEASER = re.compile(r"\W*(?:(?:click|tap) (?:here|to)|(?:read|see|watch)(?: more| also| next)?:)", re.IGNORECASE)
# What a page hangs into the story: videos, galleries, and links with a label before a headline ("Day 7:Rioter at bay").
_HUNG_IN = re.compile(
    r"\W*(?:(?:JUST|MUST|NOW) WATCH(?:ED)?\b|(?:Hide|Show) Caption\b|Photos?:(?! [a-z])"
    r"|(?:More|Related|Opinion|Story|Video)(?: [^.:]{1,30})?:(?=[^\s/])(?!.*[.!?]$)"
    r"|(?![^:]*\b(?:said|told|wrote|says|tells|tweeted|asked)\b)[A-Z][^.:!?]{1,45}:(?=[\"'‘“A-Z])[^.]*[^.!?\"”’)\s]\s*$)"
)
# "B. Sweden", one of the answers that a quiz offers.
_CHOICE = re.compile(r"\s*(?:[A-H][.)]|\([A-H]\))\s+(?:[^\s.!?]+\s*){1,8}$")


def is_statement(sentence: str) -> bool:
    """Tells whether a source sentence states something; what it asks, offers or teases bears out nothing."""
    if _QUESTION.search(sentence) or _CHOICE.match(sentence) or _TEASER.match(sentence) or _HUNG_IN.match(sentence):
        return False
    return " " in sentence.strip()  # one word, such as the foot of a picture


def settles_what_is_open(claim: str, sentences: Sequence[str]) -> str:
    """Returns the word of a sentence that tells as done what its source only foresees, proposes or leaves open.

    Args:
        claim: The sentence.
        sentences: The source sentences it rests on.

    Returns:
        A past form of the claim, such as "approved", which the source sentences have only as "set to approve" or within
        a few words after "will", "whether", "if" and the like; empty when there is none, or when the claim is open.
    """
    said = keys(claim)
    if _KEPT.intersection(said):
        return ""
    past = [(word, stem) for word, stem in zip(said, stem_keys(said), strict=True) if _PAST.match(word)]
    if not past:
        return ""
    read = [words(plain(sentence)) for sentence in sentences]
    stemmed = [(found, stem_keys([word.key for word in found])) for found in read]
    for word, stem in past:
        places = [
            (found, i)
            for found, stems in stemmed
            for i, other in enumerate(stems)
            if other == stem and not _NOUN.search(found[i].key)
        ]
        if places and all(_is_open(found, i) for found, i in places):
            return word
    return ""


def tells_as_done(claim: str, sentences: Sequence[str]) -> str:
    """Returns the past form by which a sentence tells as done, in a word of its own, what its source only foresees.

    "Apple introduced it on 12 September" of a source that has "it will be available on 12 September". A source may
    foresee one thing and tell another, so this is a reason to doubt, not to deny.

    Args:
        claim: The sentence.
        sentences: The source sentences it rests on; the one that shares most of its words decides.
    """
    said = keys(claim)
    wanted = set(content_stems(claim))
    if _KEPT.intersection(said) or not sentences:
        return ""
    nearest = max(sentences, key=lambda sentence: len(wanted.intersection(content_stems(sentence))))
    if not _FORESEEN.search(plain(nearest)):
        return ""
    known = set(stem_keys(keys(nearest)))
    own = (word for word, stem in zip(said, stem_keys(said), strict=True) if _PAST.match(word) and stem not in known)
    return next(own, "")


def _is_open(sentence: Sequence[Word], place: int) -> bool:
    """Tells whether a word of a sentence is only foreseen, proposed or left open there."""
    before = [word.key for word in sentence[max(0, place - _REACH) : place]]
    if _OPEN.intersection(before):
        return True
    if before[-1:] != ["to"]:
        return False
    subject = sentence[: place - 1]
    # Where all words before "to" are capitals there is no verb: a headline that announces.
    return not _AHEAD.isdisjoint(before[-3:-1]) or (bool(subject) and all(word.text[0].isupper() for word in subject))
