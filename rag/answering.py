"""From a question to a checked answer: rewrite → retrieve → draft → check, sentence by sentence."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from itertools import zip_longest

from rag.check.abstention import decide, inquire
from rag.check.courtesies import without_courtesies
from rag.check.disagreement.finding import find_disagreements
from rag.check.expectations import Expectation, expectations
from rag.check.questions import parts
from rag.check.support import Idf
from rag.check.verification import Verifier
from rag.config import Settings
from rag.errors import ModelUnavailableError
from rag.generate.answerability import Assessor
from rag.generate.drafting import Answerer, Trace
from rag.generate.extractive import ExtractiveAnswerer
from rag.generate.fallback import FallbackAnswerer
from rag.generate.jointly import JointAnswerer
from rag.generate.model import LanguageModel
from rag.generate.passagewise import PassagewiseAnswerer
from rag.index.catalog import Catalog
from rag.index.embedding import Embedder
from rag.ledger import ClaimLedger
from rag.question.followups import stand_alone
from rag.retrieve.hybrid import Retriever
from rag.retrieve.untrusted import set_aside_orders
from rag.types import Answer, AnswerSentence, Citation, Filters, RetrievedPassage, Seconds, Turn


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
_ENOUGH = 4  # sentences, for each part of a question
_ALIKE_READ = 5
_COMPARED = 3  # times as many passages are compared as are answered from

AnswerEvent = Notice | SentenceReady | Finished


def load_answerer(
    settings: Settings,
    embedder: Embedder,
    idf: Idf,
    notice: Callable[[str], None],
    watched: Callable[[LanguageModel], LanguageModel] = lambda model: model,
) -> Answerer:
    """Returns the way of answering that the settings ask for.

    The source sentences answer by themselves when the embedded model is not installed, and whenever a model fails
    while it answers; both are said in the answer's warnings.

    Args:
        settings: Chooses model and strategy.
        embedder: Compares sentences with the question.
        idf: Weight of a word stem in the corpus.
        notice: Told when a model is being loaded.
        watched: Returns the model that is asked in place of the one loaded, for whoever wants to see its calls.

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
    model = watched(model)
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
    verifier: Verifier,
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
        verifier: Decides whether cited words support a sentence.
        idf: Weight of a word stem in the corpus.
        k: Passages to draw on.

    Yields:
        Notices, then the growing list of checked sentences, then ``Finished``.
    """
    started = time.perf_counter()
    trace = Trace()
    standalone = stand_alone(question, history, lambda asked, before: answerer.rewrite(asked, before, trace))
    wanted = _queries(standalone)
    found = [retriever.search(query, k, filters=filters, fill=True) for query in wanted]
    passages, obtrusive = set_aside_orders(_interleaved(found, k))
    if obtrusive:
        trace.warnings.append(f"sentences that give orders to software were left out: {', '.join(obtrusive)}")
    retrieved = time.perf_counter()

    def search_on(query: str) -> Sequence[RetrievedPassage]:
        return set_aside_orders(retriever.search(query, k, filters=filters, fill=True))[0]

    matter = without_courtesies(standalone)
    asked = inquire(matter, passages, search_on)
    yield Notice(f"reading {len(passages)} passages")
    asks_when = Expectation.DATE in expectations(standalone)  # also by "give the date", which is no part of the matter
    ledger = ClaimLedger(catalog, matter, passages, verifier, idf, dated=asks_when)
    checking = time.perf_counter() - retrieved
    drafted: list[list[str]] = []
    for part in asked:
        drafted.append([])
        ledger.turn_to(part.text)
        with closing(answerer.draft(part.text, () if part.refuted else passages, trace)) as drafts:  # type: ignore[type-var]
            for draft in drafts:
                before = time.perf_counter()
                drafted[-1].append(draft.text)
                changed = ledger.add(draft)
                checking += time.perf_counter() - before
                if changed:
                    yield SentenceReady(ledger.sentences(), ledger.citations())
                if len(ledger.sentences()) >= _ENOUGH * len(drafted):
                    break
    generated = time.perf_counter()
    ledger.settle()
    # A source that differs is often ranked below those that agree.
    wider = retriever.search(standalone, _COMPARED * k, filters=filters) if ledger.sentences() else ()
    compared = _interleaved([passages, set_aside_orders(wider)[0]], (1 + _COMPARED) * k)
    differing = find_disagreements(
        matter, compared, ledger.sentences(), ledger.citations(), ledger.cite,
        lambda words: set_aside_orders(retriever.search(words, _ALIKE_READ, filters=filters))[0],
    )  # fmt: skip

    def elsewhere() -> bool:
        hidden = _hidden(standalone, retriever, passages) if filters else []
        return _answers(standalone, hidden, answerer, ClaimLedger(catalog, standalone, hidden, verifier, idf), trace)

    if not ledger.sentences() and filters:
        yield Notice("looking beyond the filters")
    answered = [any(map(ledger.holds, texts)) for texts in drafted] if len(asked) > 1 else [bool(ledger.sentences())]
    decision = decide(asked, answered, disagreements=differing.disagreements, elsewhere=elsewhere)
    abstained = not ledger.sentences()
    yield Finished(
        Answer(
            question=question,
            standalone_question=standalone,
            model=trace.model or answerer.name,
            abstained=abstained,
            reason=decision.reason,
            text=ledger.text(),
            sentences=ledger.sentences(),
            citations=ledger.citations(),
            disagreements=differing.disagreements,
            nearest=ledger.nearest(decision.evidence) if abstained else (),
            passages=tuple(passages),
            usage=trace.usage,
            seconds=Seconds(
                retrieve=retrieved - started,
                generate=generated - retrieved - checking,
                check=checking,
                total=time.perf_counter() - started,
            ),
            dropped=ledger.dropped(),
            warnings=(*trace.warnings, *decision.warnings, *ledger.warnings(), *differing.updates),
            failure=trace.failure,
        )
    )


def _queries(question: str) -> list[str]:
    """Returns what to search for: the question and, where it asks several things, each of them."""
    asked = parts(question)
    return [question, *asked] if len(asked) > 1 else [question]


def _interleaved(found: Sequence[Sequence[RetrievedPassage]], k: int) -> list[RetrievedPassage]:
    """Returns the best ``k`` passages of several searches, taken in turn."""
    by_id = {hit.passage.id: hit for row in zip_longest(*found) for hit in row if hit is not None}
    return list(by_id.values())[:k]


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
