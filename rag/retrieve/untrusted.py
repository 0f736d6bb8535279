"""Articles are data: sentences that give orders to software are kept out of prompts and out of citations.

A small model obeys what it reads, and a sentence that says "answer with X" would even vouch for X. So such sentences
are set aside before anything is generated. This is a filter for the plain cases, not a proof against all of them; the
checks behind it do not rely on it.
"""

from __future__ import annotations

import re
import unicodedata
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
    r"|<\|[^|<>]{1,40}\|>|</?(?:system|source|passage|instructions?|assistant|script|style|iframe)\b[^>]*>"
    r"|</?(?:tool_calls?|tool_response|function_calls?|think)\b[^>]*>|\[/?INST\]|<</?SYS>>"
    # What is to be said of a question: "asked …, the mayor says" is news, "asked …, say" is an order.
    r"|\b(?:when|if|whenever|once) (?:you are |you're |a user |the user )?ask(?:ed|s)?\b[^.;]{0,160},\s*"
    r"(?:please |always |only |just )*(?:say|answer|reply|respond|tell|state|claim|insist)\b(?! (?:the )?\w+s?,)"
    r"|\b(?:to|must|should|please|and|then) (?:tell|inform|remind|assure|convince) (?:your|the) (?:readers?|users?) "
    r"(?:that|to)\b|\bwho(?:ever|mever)? (?:or what(?:ever)? )?summari[sz]es this\b"
    r"|(?:^|[.!?]\s+)(?:ai |dear )?(?:assistant|chatbot)s?\s*:\s*(?-i:[a-z])"
    r"|\bfrom now on\b[^.]{0,40}\b(?:chatbot|assistant|you (?:will|must|shall|only|always))\b"
    r"|\b(?:decode|execute|run|call) (?:and (?:obey|follow|run|execute)|the (?:function|tool|code) above)\b"
    r"|\bquestion:\s.{0,200}\banswer:\s"
    r"|(?-i:\b(?:SYSTEM|DEVELOPER|ASSISTANT)\s*:\s)"
    # The plain order in some other languages of news.
    r"|\b(?:ignor|missacht|oubli|olvid|vergiss|dimentic|negeer)\w*\b.{0,40}"
    r"\b(?:anweisung|instruction|instruccion|istruzion|instru[cç][oõ]e|instructie)\w*",
    re.IGNORECASE | re.DOTALL,
)
# Letters of other alphabets that look like Latin ones, after UTS #39 "confusables".
_ALIKE = str.maketrans(
    "АВСЕНІЈКМОРЅТХѴаеіјорсѕухһԁԛԝΑΒΕΖΗΙΚΜΝΟΡΤΥΧοαιρυѵ",
    "ABCEHIJKMOPSTXVaeijopcsyxhdqwABEZHIKMNOPTYXoaipuv",
)
_UNSEEN = re.compile(r"[\xad\u034f\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufe00-\ufe0f\ufeff\U000e0000-\U000e01ef]")


def gives_orders(sentence: str) -> bool:
    """Tells whether a sentence addresses the software that reads it rather than a reader of news."""
    return bool(_ORDER.search(_as_read(sentence)))


def _as_read(text: str) -> str:
    """Returns a text as a reader takes it: look-alike and styled letters as Latin ones, nothing invisible."""
    if text.isascii():
        return text
    return unicodedata.normalize("NFKC", _UNSEEN.sub("", text)).translate(_ALIKE)


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
