"""An answer as one message: its sentences with markers, what has to be said beside them, and the list of sources."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any
from urllib.parse import quote

from rag.question.plan import READ
from rag.types import AbstentionReason, Answer, AnswerSentence, Citation

# What a chat that shows Markdown would load, follow or run, and what would pass for a marker of ours.
_ACTIVE = re.compile(r"\\(?=[!-/:-@\[-`{-~])|\[(?=\^?\d+\])|(?<=!)\[|\](?=[(\[])|<(?=[A-Za-z/!?])")
SOURCES, NEAREST = "Sources:", "Nearest evidence:"
HEADINGS = (SOURCES, NEAREST)
_REASONS = {
    AbstentionReason.NOT_IN_CORPUS: "The articles do not say.",
    AbstentionReason.OUTSIDE_FILTERS: "What the filters let through does not say, but other articles do.",
    AbstentionReason.FALSE_PREMISE: "The question takes for granted what the articles do not bear out.",
    AbstentionReason.CONFLICTING: "The articles contradict one another, and none can be preferred.",
    AbstentionReason.PARTIAL: "The articles answer a part of this only.",
}


class Message:
    """A message that grows, because what has been sent to a reader cannot be taken back.

    Attributes:
        text: All of it so far.
    """

    def __init__(self) -> None:
        self.text = ""
        self._told: list[set[int]] = []
        self._markers: list[tuple[int, int]] = []

    def add(self, sentences: Sequence[AnswerSentence]) -> str:
        """Adds those of an answer's sentences that it does not have, and returns what that adds to the text."""
        before = len(self.text)
        for sentence in sentences[len(self._told) :]:
            self._told.append(set(sentence.citations))
            self._write(f"{' ' if self.text else ''}{_inert(sentence.text)} ", sentence.citations)
        return self.text[before:]

    def end(self, answer: Answer) -> str:
        """Adds what is missing of an answer, and returns what that adds to the text."""
        before = len(self.text)
        self.add(answer.sentences)
        for told, sentence in zip(self._told, answer.sentences, strict=False):
            if late := [n for n in sentence.citations if n not in told]:
                self._paragraph(f"“{_inert(sentence.text)}” is also in ", late)
        if answer.reason:
            self._paragraph(_REASONS[answer.reason])
        for found in answer.disagreements:
            self._paragraph(f"Sources differ ({found.kind}):")
            for position in found.positions:
                who = ", ".join(position.publishers)
                self._write(_inert(f"\n- {position.value} ({who}) "), position.citations)
        if answer.failure:
            self._paragraph(f"The language model did not answer ({answer.failure}); these are source sentences.")
        cited = answer.nearest if answer.abstained else answer.citations
        if cited:
            self._paragraph(NEAREST if answer.abstained else SOURCES)
        for citation in cited:
            self._write("\n", (citation.n,))
            self._write(_inert(f" {_named(citation)}: “{citation.quote}”"))
        # Last, with the sources, so that it is not taken for a part of the answer when the chat comes back.
        for read in (warning for warning in answer.warnings if warning.startswith(READ)):
            self._paragraph(_inert(f"{read[:1].upper()}{read[1:]}."))
        return self.text[before:]

    def annotations(self, answer: Answer) -> list[dict[str, Any]]:
        """Returns the exact words behind each marker of the text.

        They have the form of OpenAI's ``url_citation``, and our own fields beside it. The address is that of the
        article's text on this server, in which ``start`` and ``end`` count.
        """
        known = {c.n: c for c in (answer.nearest if answer.abstained else answer.citations)}
        return [
            {
                "type": "url_citation",
                "url_citation": {"start_index": at, "end_index": at + len(f"[{n}]"), **_cited(known[n])},
            }
            for at, n in self._markers
            if n in known
        ]

    def _paragraph(self, text: str, citations: Iterable[int] = ()) -> None:
        self._write(f"\n\n{text}" if self.text else text, citations)

    def _write(self, text: str, citations: Iterable[int] = ()) -> None:
        self.text += text
        for n in citations:
            self._markers.append((len(self.text), n))
            self.text += f"[{n}]"


def _inert(text: str) -> str:
    """Returns words of an article so that they show as they are: no image, link, HTML or marker comes of them."""
    return _ACTIVE.sub(r"\\\g<0>", text)


def _cited(citation: Citation) -> dict[str, Any]:
    return {
        "title": _named(citation),
        "url": f"/api/v1/articles/{quote(citation.article_id, safe='')}?version={citation.version}",
        "article_id": citation.article_id,
        "version": citation.version,
        "publisher": citation.publisher,
        "published": _day(citation.published),
        "start": citation.start,
        "end": citation.end,
        "quote": citation.quote,
    }


def _named(citation: Citation) -> str:
    facts: Sequence[str] = (citation.title, citation.publisher, _day(citation.published) or "")
    return ", ".join(fact for fact in facts if fact) or citation.article_id


def _day(value: date | None) -> str | None:
    return value.isoformat() if value else None
