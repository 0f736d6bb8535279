"""Finds the sentences that bear out one sentence of an answer, and says how well they do."""

from __future__ import annotations

from collections.abc import Sequence

from rag.check.citations import choose_citations
from rag.check.speakers import asked_speaker, same_person, speaker_of
from rag.check.support import Idf, support
from rag.check.verification import Claim, Verifier
from rag.citing import Source, scattered, sources_in
from rag.types import Check, RetrievedPassage, Verdict

_PLACE = "place"  # what is cited is not in one place, or not the words of the one asked about
_DRAWN_FROM = 0.35
_AS_WELL = 0.95


class Checker:
    """Checks sentences that answer one question, or one part of it.

    Args:
        verifier: Decides whether cited words support a sentence.
        asked: The question or part.
        idf: Weight of a word stem in this corpus; ``None`` weighs all alike.
    """

    def __init__(self, verifier: Verifier, asked: str, idf: Idf | None) -> None:
        self._verifier = verifier
        self._part = asked
        self._asked = asked_speaker(asked)
        self._idf = idf

    def closest(self, text: str, pool: Sequence[Source]) -> Source | None:
        """Returns the source sentence that a sentence was drawn from, if one is close enough to tell."""
        by_sentence = {source.sentence: source for source in pool}
        found = choose_citations(text, list(by_sentence), idf=self._idf, limit=1)
        if not found or support(text, found[0].text, self._idf) < _DRAWN_FROM:
            return None
        return by_sentence[found[0]]

    def check(self, text: str, pool: Sequence[Source], *, chosen: bool = False) -> tuple[list[Source], Check]:
        """Returns the sentences of a pool that bear out a sentence best, one if one does alone, and how well they do.

        Args:
            text: The sentence.
            pool: All sentences that it may rest on, in reading order.
            chosen: Whether its author named these and no others; they need not stand in one place then.
        """
        by_sentence = {source.sentence: source for source in pool}
        cited = [by_sentence[s] for s in choose_citations(text, [source.sentence for source in pool], idf=self._idf)]
        if not cited:
            return [], Check(Verdict.UNSUPPORTED, 0.0, "nothing retrieved has these words")
        claims = [Claim(text, " ".join(s.sentence.text for s in cited), cited[0].context())]
        if len(cited) > 1:  # a source that carries the sentence alone needs no company
            claims += [Claim(text, source.sentence.text, source.context()) for source in cited]
        together, *alone = self._verifier.verify_many(claims)
        best = max(range(len(alone)), key=lambda i: alone[i].support, default=None)
        if best is not None and alone[best].verdict is Verdict.SUPPORTED:
            cited, together = [cited[best]], alone[best]
        if together.verdict is Verdict.SUPPORTED and (why := self._objection(text, cited, pool, chosen)):
            together = Check(Verdict.PARTIAL, together.support, why, lacks=(_PLACE,))
        return cited, together

    def needed(self, text: str, check: Check, cited: Sequence[Source]) -> list[Source]:
        """Returns those of the cited sentences that a partly supported one rests on, in their order.

        One without which it is supported as well is left out (the precision of citations in Gao et al., "Enabling large
        language models to generate text with citations", EMNLP 2023).
        """
        needed = list(cited)
        for source in reversed(cited):
            rest = [other for other in needed if other is not source]
            if not rest:
                break
            claim = Claim(text, " ".join(other.sentence.text for other in rest), rest[0].context())
            [without] = self._verifier.verify_many([claim])
            if without.support >= _AS_WELL * check.support:
                needed = rest
        return needed

    def _objection(self, text: str, cited: Sequence[Source], pool: Sequence[Source], chosen: bool) -> str:
        """Returns why words that support a sentence as words may still not say it; empty when nothing speaks so."""
        if other := self.other_speaker(cited):
            return f"in the source {other} says this"
        return "" if chosen else scattered(text, cited, pool, self._part)

    def other_speaker(self, cited: Sequence[Source]) -> str:
        """Returns who says the cited words, where the question asks for somebody else's."""
        speakers = []
        for source in cited if self._asked else ():
            speakers.append(speaker_of(source.sentence.text, source.before(), source.passage.title))
        known = [speaker for speaker in speakers if speaker]
        return next((speaker for speaker in known if not same_person(speaker, self._asked)), "")

    def elsewhere(self, text: str, cited: Sequence[Source], passages: Sequence[RetrievedPassage]) -> list[Source]:
        """Returns sentences of other articles that carry the same claim on their own."""
        taken = {source.sentence.article_id for source in cited}
        found: list[Source] = []
        for passage in passages:
            if passage.passage.article_id in taken:
                continue
            others, check = self.check(text, sources_in([passage]))
            if others and check.verdict is Verdict.SUPPORTED:
                found.extend(others)
                taken.add(passage.passage.article_id)
        return found
