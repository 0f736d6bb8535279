"""Labelled sentences for the built-in verifier: judged ones, and true ones with one fact changed."""

from __future__ import annotations

import hashlib
import random
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from eval.edits import EditKind, edits_of
from eval.edits.sources import in_reporting_half, is_prose
from eval.judged import claims_of, is_about_itself, read_judged
from eval.records import records
from rag.check.citations import CitedSentence, choose_citations
from rag.check.facts import FactContext
from rag.check.features import Evidence, describe, rarity
from rag.ingest.sentences import sentences as segment
from rag.types import Span

SENTENCES = "ragtruth_sentences"
EDITS = "edits"
_MOST_EDITS = 150  # of one kind
_SUFFIX = ".jsonl.gz"


@dataclass(frozen=True, slots=True)
class Example:
    """One sentence to learn from or to be measured on.

    Attributes:
        dataset: The file it comes from.
        document: Digest of the document; what is split, and what the bootstrap draws.
        text: Which text of the data set it is a sentence of.
        label: Whether it is supported; ``None`` in an unsupported text of several sentences, any of which may be it.
        text_label: Whether the whole text is supported.
        features: Against the whole document.
        cited: Against the sentences of the document that would be cited for it.
    """

    dataset: str
    document: str
    text: str
    label: bool | None
    text_label: bool
    features: dict[str, float]
    cited: dict[str, float]


@dataclass(frozen=True, slots=True)
class Sentence:
    """A judged sentence with its document, before features are computed; the fields are those of ``Example``."""

    dataset: str
    document: str
    text: str
    sentence: str
    label: bool | None
    text_label: bool


def read_sentences(folder: Path) -> list[Sentence]:
    """Reads every judged file of a folder, as sentences.

    Where ``ragtruth_sentences`` labels single sentences of a text, those labels are used. Elsewhere the sentences of
    a supported text are supported, and one that is a whole unsupported text is unsupported.
    """
    files = {path.name.removesuffix(_SUFFIX): path for path in sorted(folder.glob(f"*{_SUFFIX}"))}
    texts = {row.id: (name, row) for name, path in files.items() if name != SENTENCES for row in read_judged(path)}
    found: list[Sentence] = []
    split: set[str] = set()
    for _, record in records(files[SENTENCES]) if SENTENCES in files else ():
        name, row = texts[record["response_id"]]
        split.add(row.id)
        if not is_about_itself(record["sentence"]):
            own = bool(int(record["label"]))
            found.append(Sentence(name, row.doc, row.id, record["sentence"], own, row.supported))
    for key, (name, row) in texts.items():
        if key not in split:
            claims = claims_of(row.claim)
            label = row.supported if row.supported or len(claims) == 1 else None
            found += [Sentence(name, row.doc, key, claim, label, row.supported) for claim in claims]
    return found


def edited(found: Sequence[Sentence], seed: int = 0) -> list[Sentence]:
    """Returns supported sentences with one fact changed, each with itself before the change.

    None is of the documents that ``eval.bench.edits`` reports on.
    Of each sentence one edit is taken, of the kind that has been taken least often.
    """
    rng = random.Random(seed)
    taken: Counter[EditKind] = Counter()
    changed: list[Sentence] = []
    halves: dict[str, bool] = {}
    for row in found:
        if not row.label or not row.dataset.startswith("ragtruth") or not is_prose(row.sentence):
            continue
        if row.document not in halves:
            halves[row.document] = in_reporting_half(tuple(s.of(row.document) for s in segment(row.document)))
        if halves[row.document]:
            continue
        offered = [edit for edit in edits_of(row.sentence, row.document, rng) if edit.kind is not EditKind.ATTRIBUTION]
        if offered:
            edit = min(offered, key=lambda e: taken[e.kind])
            if taken[edit.kind] == _MOST_EDITS:
                continue
            taken[edit.kind] += 1
            key = f"{row.text}/{len(changed)}"
            changed.append(Sentence(EDITS, row.document, key, edit.text, label=False, text_label=False))
            changed.append(replace(row, dataset=EDITS, text=f"{key}/before"))
    return changed


def examples(sentences: Iterable[Sentence]) -> list[Example]:
    """Computes the features of sentences, reading each document once."""
    read: dict[str, Evidence] = {}
    found = []
    for row in sentences:
        evidence = read.get(row.document) or read.setdefault(row.document, Evidence(row.document))
        near = Evidence(cited_words(row.sentence, evidence.sentences))
        context = FactContext()
        found.append(
            Example(
                row.dataset, digest(row.document), row.text, row.label, row.text_label,
                describe(row.sentence, evidence, context)[0], describe(row.sentence, near, context)[0],
            )
        )  # fmt: skip
    return found


def cited_words(sentence: str, candidates: Sequence[str]) -> str:
    """Returns the source sentences that would be cited for a sentence, as one text; the first when none fits."""
    offered = [CitedSentence("", "", Span(i, i + 1), text) for i, text in enumerate(candidates)]
    return " ".join(cited.text for cited in choose_citations(sentence, offered, idf=rarity)) or candidates[0]


def digest(document: str) -> str:
    """Returns a short name of a document that does not depend on the run."""
    return hashlib.sha256(document.encode("utf-8", "replace")).hexdigest()[:16]
