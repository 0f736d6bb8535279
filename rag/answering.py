"""From a question to a checked answer: rewrite → retrieve → draft → check, sentence by sentence."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass

from rag.check.abstention import decide
from rag.check.courtesies import without_courtesies
from rag.check.disagreement.finding import Findings, find_disagreements
from rag.check.expectations import Expectation, expectations
from rag.check.repetition import says
from rag.check.support import Idf
from rag.check.verification import Verifier
from rag.config import Settings
from rag.errors import ModelUnavailableError
from rag.gathering import gather, interleaved, kept_out
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
from rag.order_of_events import told_order
from rag.question.followups import stand_alone
from rag.question.knowing import known_on
from rag.question.plan import Plan, plan
from rag.retrieve.hybrid import Retriever
from rag.retrieve.untrusted import set_aside_orders
from rag.types import Answer, AnswerSentence, Citation, Disagreement, Filters, RetrievedPassage, Seconds, Turn


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
    has_left: Callable[[], bool] = lambda: False,
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
        has_left: Tells whether whoever asked has left; asked before each step of the model, which is then not taken.

    Raises:
        NobodyWaitsError: Whoever asked has left.

    Yields:
        Notices, then the growing list of checked sentences, then ``Finished``.
    """
    started = time.perf_counter()
    trace = Trace(has_left=has_left)
    history, forgotten = known_on(history, filters.as_of)
    standalone = stand_alone(question, history, lambda asked, before: answerer.rewrite(asked, before, trace))
    planned = plan(standalone, filters, catalog.publishers(), catalog.newest())
    trace.warnings.extend([*filter(None, [forgotten]), *planned.notes])
    matter = without_courtesies(planned.matter)
    gathered = gather(planned, retriever, k)
    passages = gathered.passages
    if gathered.obtrusive:
        left_out = ", ".join(gathered.obtrusive)
        trace.warnings.append(f"sentences that give orders to software were left out: {left_out}")
    retrieved = time.perf_counter()
    yield Notice(f"reading {len(passages)} passages{f', {planned.read}' if planned.read else ''}")
    asks_when = Expectation.DATE in expectations(standalone)  # also by "give the date", which is no part of the matter
    ledger = ClaimLedger(catalog, matter, passages, verifier, idf, dated=asks_when)
    checking = time.perf_counter() - retrieved
    asked = [part.asked for part in gathered.parts]
    drafted: list[list[str]] = []
    nothing_kept = True
    for part in (*gathered.parts, *([gathered.spare] if gathered.spare else [])):
        if part is gathered.spare and not nothing_kept:
            break
        drafted.append([])
        ledger.turn_to(part.asked.text)
        trace.unanswered = ledger.is_empty
        given = () if part.asked.refuted else part.passages
        with closing(answerer.draft(part.asked.text, given, trace)) as drafts:  # type: ignore[type-var]
            for draft in drafts:
                before = time.perf_counter()
                drafted[-1].append(draft.text)
                changed = ledger.add(draft)
                checking += time.perf_counter() - before
                if changed:
                    yield SentenceReady(ledger.sentences(), ledger.citations())
                if len(ledger.sentences()) >= _ENOUGH * len(drafted):
                    break
        nothing_kept = nothing_kept and ledger.is_empty()
    generated = time.perf_counter()
    ledger.settle()
    ledger.arrange()
    if gathered.spare is not None and len(drafted) > len(asked):
        instead = drafted.pop()
        if any(map(ledger.holds, instead)):
            asked, drafted = [gathered.spare.asked], [instead]
            trace.warnings.append("what each side says was not found: shown is what the sources say of the matter")
    # A source that differs is often ranked below those that agree.
    wider = retriever.search(planned.matter, _COMPARED * k, filters=planned.filters) if ledger.sentences() else ()
    compared = interleaved([passages, set_aside_orders(wider)[0]], (1 + _COMPARED) * k)
    differing = Findings()
    for about in map(without_courtesies, planned.compared):
        differing += find_disagreements(
            about, compared, ledger.sentences(), ledger.citations(), ledger.cite,
            lambda words: set_aside_orders(retriever.search(words, _ALIKE_READ, filters=planned.filters))[0],
            words_asked=planned.sides is not None and planned.sides.of_speakers,
        )  # fmt: skip
    beyond: list[ClaimLedger] = []

    def elsewhere() -> bool:
        # First without what was read from the question, then without what the reader set.
        for within in ([filters] if planned.read else []) + ([None] if filters else []):
            hidden = kept_out(planned.matter, retriever, passages, within)
            other = ClaimLedger(catalog, planned.matter, hidden, verifier, idf)
            if _answers(planned.matter, hidden, answerer, other, trace):
                beyond.extend([other] if within is not None else [])
                return True
        return bool(planned.read) and not catalog.matching(planned.filters)

    if not ledger.sentences() and planned.filters:
        yield Notice("looking beyond the filters")
    answered = [any(map(ledger.holds, texts)) for texts in drafted] if len(asked) > 1 else [bool(ledger.sentences())]
    if planned.sides is not None and planned.sides.first.publisher and len(answered) == 2:
        # What the sources differ on says what each of them has.
        heard = {name for found in differing.disagreements for p in found.positions for name in p.publishers}
        sides = (planned.sides.first.publisher, planned.sides.second.publisher)
        answered = [done or name in heard for done, name in zip(answered, sides, strict=True)]
    decision = decide(asked, answered, disagreements=differing.disagreements, elsewhere=elsewhere)
    abstained = not ledger.sentences()
    nearest = (beyond[0] if beyond else ledger).nearest(decision.evidence) if abstained else ()
    read = _as_read(planned, answered, drafted, ledger, catalog, differing.disagreements, found_beyond=bool(beyond))
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
            nearest=nearest,
            passages=tuple(passages),
            usage=trace.usage,
            seconds=Seconds(
                retrieve=retrieved - started,
                generate=generated - retrieved - checking,
                check=checking,
                total=time.perf_counter() - started,
            ),
            dropped=ledger.dropped(),
            warnings=(*trace.warnings, *read, *decision.warnings, *ledger.warnings(), *differing.updates),
            failure=trace.failure,
        )
    )


def _as_read(
    planned: Plan,
    answered: Sequence[bool],
    drafted: Sequence[Sequence[str]],
    ledger: ClaimLedger,
    catalog: Catalog,
    disagreements: Sequence[Disagreement],
    *,
    found_beyond: bool,
) -> Iterator[str]:
    """Yields what is to be said of an answer to a question that was limited by its words, or that compares."""
    if found_beyond:
        yield "other articles answer this: the nearest evidence is from outside what was read from the question"
    elif planned.read and not catalog.matching(planned.filters):
        yield "no article is within what was read from the question"
    if planned.asks_agreement and all(answered) and not disagreements:
        several = len({c.publisher for c in ledger.citations()}) > 1
        agreed = "no contradiction was found among those cited" if several else "only one was found to speak of this"
        yield f"whether the sources agree: {agreed}"
    if planned.sides is None or not all(answered):
        return
    if planned.sides.of_time:
        said = [[s for s in ledger.sentences() if any(says(s.text, text) for text in texts)] for texts in drafted]
        if order := told_order(planned.sides, said, ledger.citations(), catalog):
            yield order
    elif not disagreements and planned.sides.first.publisher:
        both = {planned.sides.first.publisher, planned.sides.second.publisher}
        by_number = {c.n: c.publisher for c in ledger.citations()}
        for sentence in ledger.sentences():
            if both <= {by_number[n] for n in sentence.citations}:
                yield f"{' and '.join(sorted(both))} both bear out: {sentence.text}"
                return


def _answers(
    question: str, passages: Sequence[RetrievedPassage], answerer: Answerer, ledger: ClaimLedger, trace: Trace
) -> bool:
    """Tells whether an answer would come of passages; what finding out costs is added to the trace."""
    aside = Trace(has_left=trace.has_left, unanswered=ledger.is_empty)
    with closing(answerer.draft(question, passages, aside)) as drafts:  # type: ignore[type-var]
        found = bool(passages) and any(ledger.add(draft) for draft in drafts)
    trace.usage += aside.usage
    ledger.settle()
    return found or bool(ledger.sentences())
