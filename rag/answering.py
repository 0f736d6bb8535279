"""From a question to a checked answer: rewrite → retrieve → draft → check, sentence by sentence."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass

from rag.check.disagreement.finding import find_disagreements
from rag.check.support import Idf
from rag.check.verification import LexicalVerifier
from rag.config import Settings
from rag.errors import ModelUnavailableError
from rag.generate.answerability import Assessor
from rag.generate.drafting import Answerer, Trace
from rag.generate.extractive import ExtractiveAnswerer
from rag.generate.fallback import FallbackAnswerer
from rag.generate.jointly import JointAnswerer
from rag.generate.passagewise import PassagewiseAnswerer
from rag.index.catalog import Catalog
from rag.index.embedding import Embedder
from rag.ledger import ClaimLedger
from rag.retrieve.hybrid import Retriever
from rag.retrieve.rewriting import is_follow_up, rewrite_by_rule
from rag.retrieve.untrusted import set_aside_orders
from rag.types import AbstentionReason, Answer, AnswerSentence, Citation, Filters, RetrievedPassage, Seconds, Turn


@dataclass(frozen=True, slots=True)
class Notice:
    """What is going on, in a few words."""

    message: str


@dataclass(frozen=True, slots=True)
class SentenceReady:
    """The sentences shown so far, all checked, with their citations; each event replaces the one before."""

    sentences: tuple[AnswerSentence, ...]
    citations: tuple[Citation, ...]


@dataclass(frozen=True, slots=True)
class Finished:
    """The whole answer; always the last event."""

    answer: Answer


_HIDDEN_READ = 3
_ALIKE_READ = 5

AnswerEvent = Notice | SentenceReady | Finished


def load_answerer(settings: Settings, embedder: Embedder, idf: Idf, notice: Callable[[str], None]) -> Answerer:
    """Returns the way of answering that the settings ask for.

    The source sentences answer by themselves when the embedded model is not installed, and whenever a model fails
    while it answers; both are said in the answer's warnings.

    Args:
        settings: Chooses model and strategy.
        embedder: Compares sentences with the question.
        idf: Weight of a word stem in the corpus.
        notice: Told when a model is being loaded.

    Raises:
        ModelUnavailableError: A model that was asked for by name does not exist or refuses.
    """
    assessor = Assessor(embedder, idf)
    extractive = ExtractiveAnswerer(assessor)
    if settings.model == "extractive":
        return extractive
    from rag.generate.llm import load_model

    notice("loading the language model")
    try:
        model = load_model(settings, progress=lambda done, size: notice(f"assembling the model, {100 * done // size}%"))
    except ModelUnavailableError as error:
        if settings.model != "embedded":
            raise
        return FallbackAnswerer(None, extractive, str(error))
    answerer = PassagewiseAnswerer(model, assessor) if model.strength == "small" else JointAnswerer(model)
    return FallbackAnswerer(answerer, extractive)


def answer_stream(
    question: str,
    filters: Filters,
    history: Sequence[Turn],
    *,
    catalog: Catalog,
    retriever: Retriever,
    answerer: Answerer,
    idf: Idf,
    k: int,
) -> Iterator[AnswerEvent]:
    """Answers a question, yielding as soon as something is ready.

    Args:
        question: As asked.
        filters: What the answer may draw on.
        history: The conversation before, oldest first.
        catalog: Source of the canonical texts that citations point into.
        retriever: Finds passages.
        answerer: Drafts sentences.
        idf: Weight of a word stem in the corpus.
        k: Passages to draw on.

    Yields:
        Notices, then the growing list of checked sentences, then ``Finished``.
    """
    started = time.perf_counter()
    trace = Trace()
    standalone = _stand_alone(question, history, answerer, trace)
    passages, obtrusive = set_aside_orders(retriever.search(standalone, k, filters=filters, fill=True))
    if obtrusive:
        trace.warnings.append(f"sentences that give orders to software were left out: {', '.join(obtrusive)}")
    retrieved = time.perf_counter()
    yield Notice(f"reading {len(passages)} passages")
    verifier = LexicalVerifier(idf)
    ledger = ClaimLedger(catalog, standalone, passages, verifier, idf)
    checking = 0.0
    with closing(answerer.draft(standalone, passages, trace)) as drafts:  # type: ignore[type-var]
        for draft in drafts:
            before = time.perf_counter()
            changed = ledger.add(draft)
            checking += time.perf_counter() - before
            if changed:
                yield SentenceReady(ledger.sentences(), ledger.citations())
    drafted = time.perf_counter()
    ledger.settle()
    differing = find_disagreements(
        standalone, passages, ledger.sentences(), ledger.citations(), ledger.cite,
        lambda words: set_aside_orders(retriever.search(words, _ALIKE_READ, filters=filters))[0],
    )  # fmt: skip
    abstained = not ledger.sentences()
    reason = AbstentionReason.NOT_IN_CORPUS if abstained else None
    if abstained and filters:
        yield Notice("looking beyond the filters")
        hidden = _hidden(standalone, retriever, passages)
        if _answers(standalone, hidden, answerer, ClaimLedger(catalog, standalone, hidden, verifier, idf), trace):
            reason = AbstentionReason.OUTSIDE_FILTERS
    yield Finished(
        Answer(
            question=question,
            standalone_question=standalone,
            model=trace.model or answerer.name,
            abstained=abstained,
            reason=reason,
            text=ledger.text(),
            sentences=ledger.sentences(),
            citations=ledger.citations(),
            disagreements=differing.disagreements,
            nearest=ledger.nearest() if abstained else (),
            passages=tuple(passages),
            usage=trace.usage,
            seconds=Seconds(
                retrieve=retrieved - started,
                generate=drafted - retrieved - checking,
                check=checking,
                total=time.perf_counter() - started,
            ),
            dropped=ledger.dropped(),
            warnings=(*trace.warnings, *ledger.warnings(), *differing.updates),
        )
    )


def _stand_alone(question: str, history: Sequence[Turn], answerer: Answerer, trace: Trace) -> str:
    if not history or not is_follow_up(question):
        return question
    rewritten = answerer.rewrite(question, history, trace)
    return rewritten or rewrite_by_rule(question, history)


def _hidden(question: str, retriever: Retriever, passages: Sequence[RetrievedPassage]) -> list[RetrievedPassage]:
    """Returns the best passages for a question that its filters kept out."""
    seen = {hit.passage.id for hit in passages}
    everywhere, _ = set_aside_orders(retriever.search(question, len(seen) + _HIDDEN_READ))
    return [hit for hit in everywhere if hit.passage.id not in seen][:_HIDDEN_READ]


def _answers(
    question: str, passages: Sequence[RetrievedPassage], answerer: Answerer, ledger: ClaimLedger, trace: Trace
) -> bool:
    """Tells whether an answer would come of passages; what finding out costs is added to the trace."""
    aside = Trace()
    with closing(answerer.draft(question, passages, aside)) as drafts:  # type: ignore[type-var]
        found = bool(passages) and any(ledger.add(draft) for draft in drafts)
    trace.usage += aside.usage
    ledger.settle()
    return found or bool(ledger.sentences())
