"""Articles are data: sentences that give orders to software are kept out of prompts and out of citations.

A small model obeys what it reads, and a sentence that says "answer with X" would even vouch for X. So such sentences
are set aside before anything is generated. This is a filter for the plain cases, not a proof against all of them; the
checks behind it do not rely on it.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from rag.types import Passage, RetrievedPassage, Span

_ORDER = re.compile(
    r"\b(?:ignore|ignoring|disregard|disregarding|forget|override|bypass)\b.{0,40}\b(?:instructions?|prompts?)\b"
    r"|\b(?:previous|prior|above|earlier|system|new|following) (?:instructions?|prompts?)\b"
    r"|\b(?:answer|respond|reply)\b (?:to )?(?:every|each|all) (?:further )?(?:questions?|quer(?:y|ies)|prompts?)\b"
    r"|\b(?:answer|respond|reply|say) (?:only |exactly |always )*(?:with|that)? ?(?:the )?(?:sentence|phrase|words)\b"
    r"|\b(?:cite|mark|list) (?:it|this|that|them) as (?:\[|source|supported|verified|true)"
    r"|\byou are (?:now )?(?:an? )?(?:ai|language model|assistant|chatbot|llm)\b"
    r"|\b(?:language models?|ai (?:assistants?|models?|systems?|summari[sz]ers?|readers?)|chatbots?|llms?)\b"
    r"[^.]{0,40}\b(?:must|should|shall|are to|have to|reading this|instructed)\b"
    r"|<\|[^|<>]{1,40}\|>|</?(?:system|source|passage|instructions?|assistant|script|style|iframe)\b[^>]*>",
    re.IGNORECASE | re.DOTALL,
)


def gives_orders(sentence: str) -> bool:
    """Tells whether a sentence addresses the software that reads it rather than a reader of news."""
    return bool(_ORDER.search(sentence))


def set_aside_orders(passages: Sequence[RetrievedPassage]) -> tuple[list[RetrievedPassage], list[str]]:
    """Takes sentences that give orders out of the passages, with the rest of their paragraphs.

    A title or publisher that does is left empty. Text and offsets of the passages stay as they are.

    Returns:
        The passages that still have sentences, in order, and the ids of the articles that lost some, sorted.
    """
    kept: list[RetrievedPassage] = []
    touched: set[str] = set()
    for hit in passages:
        inside = hit.passage
        orders = [span for span in inside.sentences if gives_orders(inside.words(span))]
        fair = tuple(span for span in inside.sentences if not any(_same_paragraph(inside, span, o) for o in orders))
        title, publisher = ("" if gives_orders(text) else text for text in (hit.title, hit.publisher))
        cleared = replace(hit, title=title, publisher=publisher, passage=replace(inside, sentences=fair))
        if cleared != hit:
            touched.add(inside.article_id)
        if fair:
            kept.append(cleared)
    return kept, sorted(touched)


def _same_paragraph(passage: Passage, one: Span, other: Span) -> bool:
    between = passage.words(Span(min(one.end, other.end), max(one.start, other.start))) if one != other else ""
    return "\n\n" not in between
