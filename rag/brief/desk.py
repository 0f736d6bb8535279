"""The copy desk of a briefing: only what passes its check goes in, and every citation is numbered once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from rag.brief.facts import Telling
from rag.check.facts import FactContext, missing_facts
from rag.check.support import Idf
from rag.check.verification import Claim, Verifier
from rag.citing import CitationList, Source, source_at
from rag.generate.drafting import Draft
from rag.index.catalog import Catalog
from rag.ledger import ClaimLedger
from rag.types import AnswerSentence, Citation, DroppedSentence, RetrievedPassage, Span, Verdict

_SHOWN = frozenset({Verdict.SUPPORTED})


class Desk:
    """Checks and cites the sentences of one briefing.

    Args:
        catalog: Source of the canonical texts.
        verifier: Decides whether cited words support a sentence.
        idf: Weight of a word stem in the corpus.
    """

    def __init__(self, catalog: Catalog, verifier: Verifier, idf: Idf) -> None:
        self._catalog = catalog
        self._verifier = verifier
        self._idf = idf
        self._citations = CitationList(catalog)
        self._dropped: list[DroppedSentence] = []

    def told(self, text: str, telling: Telling, among: Sequence[RetrievedPassage]) -> AnswerSentence | None:
        """Passes a sentence drawn from a telling through the claim ledger, as an answer sentence is.

        Args:
            text: The sentence as it is to be shown.
            telling: What it is drawn from.
            among: Passages whose sentences may carry it too, and are then cited with it.

        Returns:
            The sentence with all its citations; ``None`` when its check did not pass it as written.
        """
        passages = list({p.passage.id: p for p in (telling.passage, *among)}.values())
        ledger = ClaimLedger(self._catalog, "", passages, self._verifier, self._idf, self._citations)
        ledger.add(Draft(text, (telling.passage,), cited=((telling.passage, telling.span),)))
        # Shown as written only: what the ledger would put in its place may repeat what stands elsewhere.
        kept = [s for s in ledger.sentences() if s.verdict in _SHOWN]
        if len(kept) == 1 and _same(kept[0].text, text):
            return kept[0]
        if len(kept) > 1:  # a quotation of several sentences
            joined = " ".join(s.text for s in kept)
            numbers = tuple(sorted({n for s in kept for n in s.citations}))
            if _same(joined, text):
                return AnswerSentence(text, Verdict.SUPPORTED, min(s.support for s in kept), numbers)
        self._dropped.extend(ledger.dropped() or [DroppedSentence(text, Verdict.PARTIAL, "not confirmed as written")])
        return None

    def composed(
        self,
        text: str,
        tellings: Sequence[tuple[RetrievedPassage, Span]],
        pieces: Sequence[tuple[str, Telling]] = (),
    ) -> AnswerSentence | None:
        """Checks a sentence that the briefing puts together from several sources, against all of them at once.

        Args:
            text: The sentence.
            tellings: What it rests on; all are cited.
            pieces: Its parts, each with the source that must bear it out alone; then the whole must only hold no
                fact that the sources lack.
        """
        found = (source_at(p, at) for p, at in tellings)
        sources = list({(s.sentence.article_id, s.sentence.span): s for s in found}.values())
        evidence, context = " ".join(s.sentence.text for s in sources), _joint(sources)
        claims = [Claim(text, evidence, context)]
        if pieces:
            missing = missing_facts(text, evidence, context=context)
            if missing:
                self._dropped.append(
                    DroppedSentence(text, Verdict.UNSUPPORTED, f"not in the sources: {missing[0].text}")
                )
                return None
            placed = [(part, source_at(t.passage, t.span)) for part, t in pieces]
            claims = [Claim(part, s.sentence.text, s.context()) for part, s in placed]
        checks = self._verifier.verify_many(claims)
        worst = min(checks, key=lambda check: check.support)
        if failed := next((check for check in checks if check.verdict not in _SHOWN), None):
            self._dropped.append(DroppedSentence(text, failed.verdict, failed.why))
            return None
        numbers = [n for s in sources if (n := self._citations.number(s)) is not None]
        if len(numbers) < len(sources):
            return None
        return AnswerSentence(text, worst.verdict, worst.support, tuple(sorted(set(numbers))))

    def with_voice(self, sentence: AnswerSentence, telling: Telling) -> AnswerSentence:
        """Adds to a quotation the citation of the sentence that names its speaker, where its own does not."""
        number = self.cite(*telling.voice) if telling.voice else None
        if number is None:
            return sentence
        return replace(sentence, citations=tuple(sorted({*sentence.citations, number})))

    def supports(self, text: str, *tellings: Telling) -> bool:
        """Tells whether sentences of one source, read together, bear out a text."""
        sources = [source_at(t.passage, t.span) for t in tellings]
        claim = Claim(text, " ".join(s.sentence.text for s in sources), sources[0].context())
        return self._verifier.verify_many([claim])[0].verdict in _SHOWN

    def cite(self, passage: RetrievedPassage, span: Span) -> int | None:
        """Numbers a sentence of a passage as a citation."""
        return self._citations.number(source_at(passage, span))

    def citations(self) -> tuple[Citation, ...]:
        """Returns the citations given so far, by number."""
        return self._citations.given()

    def dropped(self) -> tuple[DroppedSentence, ...]:
        """Returns what did not survive its check."""
        return tuple(dict.fromkeys(self._dropped))

    def stale(self) -> tuple[str, ...]:
        """Returns the articles that changed while the briefing was made, sorted."""
        return tuple(sorted(self._citations.stale))


def _joint(sources: Sequence[Source]) -> FactContext:
    """Returns what is known beside the words of several sources: all their titles and publishers."""
    contexts = [source.context() for source in sources]
    days = {c.published for c in contexts}
    common: date | None = next(iter(days)) if len(days) == 1 else None
    return FactContext(
        ". ".join(dict.fromkeys(c.title for c in contexts if c.title)),
        ", ".join(dict.fromkeys(c.publisher for c in contexts if c.publisher)),
        common,
        " ".join(c.before for c in contexts),
    )


def _same(one: str, other: str) -> bool:
    return " ".join(one.split()) == " ".join(other.split())
