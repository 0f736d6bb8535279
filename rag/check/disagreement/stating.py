"""Source sentences whose wording shows that they state the number or the day that a question asks for."""

from __future__ import annotations

from collections.abc import Sequence

from rag.check.disagreement.amounts import GENERIC, amount_statements
from rag.check.disagreement.days import date_statements
from rag.check.disagreement.question import read_question
from rag.check.disagreement.statements import source_sentences
from rag.check.expectations import Expectation, expectations
from rag.check.words import content_stems
from rag.types import RetrievedPassage, Span


def sentences_stating(question: str, passages: Sequence[RetrievedPassage]) -> frozenset[tuple[str, Span]]:
    """Returns the article and place of each sentence that gives a value for what is asked.

    The rules are those by which sources are compared, which count a value only where its wording shows what it answers:
    "It has cost 400,000 lives" for "How many people were killed?".

    Args:
        question: The standalone question; one that asks for neither a number nor a date has none.
        passages: Where to look.
    """
    found = expectations(question)
    if Expectation.NUMBER not in found and Expectation.DATE not in found:
        return frozenset()
    statements = amount_statements if Expectation.NUMBER in found else date_statements
    asked = read_question(question)
    counted = asked.counted - GENERIC
    return frozenset(
        (sentence.passage.passage.article_id, sentence.span)
        for sentence in source_sentences(passages)
        if counted <= frozenset(content_stems(sentence.text))
        for _ in statements(asked, sentence)
    )
