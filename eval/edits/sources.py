"""True sentences to edit: verbatim sentences of news articles, and sentences that people found supported."""

from __future__ import annotations

import hashlib
import random
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from eval.records import records
from rag.ingest.sentences import sentences

_FIRST_CHARACTERS = 8000  # enough of a long article, and its most quoted part
_SHORTEST, _LONGEST = 8, 45  # words
_PROSE = re.compile(r"^[A-Z“\"].*[.”\"]$", re.DOTALL)


@dataclass(frozen=True, slots=True)
class TrueSentence:
    """A sentence that its document supports.

    Attributes:
        text: The sentence.
        document: The document's sentences, in order.
        published: When the document was published, where that is known.
    """

    text: str
    document: tuple[str, ...]
    published: date | None = None

    @property
    def is_reported(self) -> bool:
        """Tells whether this document belongs to the half to report on; the other half is for looking at."""
        return in_reporting_half(self.document)


def in_reporting_half(document: tuple[str, ...]) -> bool:
    """Divides documents by a hash of their opening words, so that every use of a document falls in the same half."""
    opening = "".join(" ".join(document).split())[:200]
    return hashlib.sha256(opening.encode()).digest()[0] % 2 == 1


def verbatim(folder: Path) -> list[TrueSentence]:
    """Returns well-formed sentences of a folder's articles: ``articles.jsonl.gz`` or ``corpus.jsonl.gz``, shuffled."""
    found = []
    for document, published in _documents(folder):
        found += [TrueSentence(text, document, published) for text in document if is_prose(text)]
    random.Random(0).shuffle(found)
    return found


def paraphrased(folder: Path) -> list[TrueSentence]:
    """Returns the sentences of ``ragtruth_sentences.jsonl.gz`` that people found supported, shuffled."""
    documents = {
        row["id"]: tuple(span.of(row["doc"]) for span in sentences(row["doc"]))
        for path in sorted(folder.glob("ragtruth_*.jsonl.gz"))
        if path.name != "ragtruth_sentences.jsonl.gz"
        for _, row in records(path)
    }
    rows = (row for _, row in records(folder / "ragtruth_sentences.jsonl.gz"))
    found = [
        TrueSentence(row["sentence"], documents[row["response_id"]])
        for row in rows
        if row["label"] == 1 and is_prose(row["sentence"])
    ]
    random.Random(0).shuffle(found)
    return found


def is_prose(text: str) -> bool:
    """Tells whether a text looks like one whole sentence of a usual length."""
    return _SHORTEST <= len(text.split()) <= _LONGEST and bool(_PROSE.match(text)) and "\n" not in text


def _documents(folder: Path) -> Iterator[tuple[tuple[str, ...], date | None]]:
    articles, corpus = folder / "articles.jsonl.gz", folder / "corpus.jsonl.gz"
    if articles.exists():
        for _, row in records(articles):
            yield tuple(row["sentences"]), date.fromisoformat(row["published"])
        return
    for number, (_, row) in enumerate(records(corpus)):
        if number % 10 == 0:  # a tenth is plenty, and reading all takes minutes
            text = row["text"][:_FIRST_CHARACTERS]
            published = date.fromisoformat(row["published"].replace("/", "-")) if row.get("published") else None
            yield tuple(span.of(text) for span in sentences(text)), published
