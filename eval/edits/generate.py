"""One-fact edits of a true sentence, one of each kind that it allows."""

from __future__ import annotations

import random

from eval.edits.antonyms import antonyms
from eval.edits.attributions import dropped
from eval.edits.edit import Edit, EditKind, Splice, pick
from eval.edits.names import names
from eval.edits.negations import insertions, removals
from eval.edits.roles import exchanges
from eval.edits.values import dates, numbers


def edits_of(sentence: str, document: str, rng: random.Random) -> list[Edit]:
    """Returns at most one edit of each kind, each with one fact changed so that the document no longer bears it out.

    Args:
        sentence: A sentence that the document supports.
        document: Its source: new numbers, dates and names are taken so that it does not state them of anything, names
            where possible from elsewhere in it.
        rng: Decides among the possible edits; the same state gives the same edits.
    """
    negations = removals(sentence)
    if not negations or rng.random() < 0.5:
        negations = insertions(sentence) or negations
    options = {
        EditKind.NUMBER: numbers(sentence, document, rng),
        EditKind.DATE: dates(sentence, document, rng),
        EditKind.NAME: names(sentence, document, rng),
        EditKind.NEGATION: negations,
        EditKind.ROLE: exchanges(sentence),
        EditKind.ANTONYM: antonyms(sentence),
        EditKind.ATTRIBUTION: dropped(sentence),
    }
    found = []
    for kind, splices in options.items():
        splice = pick(splices, sentence, rng)
        if splice is not None and splice.apply(sentence) != sentence:
            found.append(_edit(kind, splice, sentence))
    return found


def _edit(kind: EditKind, splice: Splice, sentence: str) -> Edit:
    return Edit(kind, splice.apply(sentence), sentence[splice.start : splice.end], splice.now)
