"""The claim ledger: takes draft sentences, shows only those that survive their checks, and numbers what they cite."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from typing import NamedTuple

from rag.check.citations import strip_markers
from rag.check.expectations import Expectation, expectations
from rag.check.facts import FactKind
from rag.check.modality import tells_as_done
from rag.check.relevance import Relevance, Shown
from rag.check.repetition import says
from rag.check.rewording import BELIEVED, asked_but_not_told, points_back, word_share
from rag.check.support import Idf
from rag.check.verification import Claim, Verifier
from rag.checking import Checker
from rag.citing import CitationList, Source, added, source_at, sources_in, stating
from rag.generate.drafting import Draft
from rag.index.catalog import Catalog
from rag.ingest.sentences import sentences as segment
from rag.types import AnswerSentence, Check, Citation, DroppedSentence, RetrievedPassage, Span, Verdict

_DOUBT = "doubt"  # a small model's wording of what the source says
_BEARABLE = frozenset({str(FactKind.ATTRIBUTION), _DOUBT})
# What several pools say of one sentence: a contradiction is not outweighed by words that half agree.
_GRAVITY = {Verdict.UNSUPPORTED: 0, Verdict.PARTIAL: 1, Verdict.CONTRADICTED: 2}
_AFFIRMS = re.compile(r"(?:yes|no)\b[,:;.]?\s*", re.IGNORECASE)  # what is asked; then nothing need be added to it
_UNREADABLE = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff]")


class _Held(NamedTuple):
    """A sentence that is decided on at the end, and the source that may stand in its place."""

    text: str
    check: Check
    cited: list[Source]
    own: Source | None
    place: tuple[int, float]


class ClaimLedger:
    """Collects the checked sentences of one answer.

    Args:
        catalog: Source of the canonical texts that every citation is compared with, byte for byte.
        question: The standalone question.
        passages: All retrieved passages, best first.
        verifier: Decides whether cited words support a sentence.
        idf: Weight of a word stem in this corpus; ``None`` weighs all alike.
        citations: A list to go on with, where several ledgers share one; a new one by default.
        dated: Whether sentences say what day their "on Monday" means; a part of the question that asks when has it so
            in any case.
    """

    def __init__(
        self,
        catalog: Catalog,
        question: str,
        passages: Sequence[RetrievedPassage],
        verifier: Verifier,
        idf: Idf | None = None,
        citations: CitationList | None = None,
        *,
        dated: bool = False,
    ) -> None:
        self._question = question
        self._passages = passages
        self._verifier = verifier
        self._idf = idf
        self._dated = dated
        self._citations = citations or CitationList(catalog)
        self._sentences: list[AnswerSentence] = []
        self._dropped: list[DroppedSentence] = []
        self._partial: list[_Held] = []
        self._places: list[tuple[int, float]] = []  # of each sentence: which part it answers, and its draft's weight
        self._place = 0, 0.0
        self._invented = 0
        self.turn_to(question)

    # -- what a draft becomes ---------------------------------------------------------------------------------

    def turn_to(self, part: str) -> None:
        """Says which part of the question the drafts that follow are to answer; at first it is the whole."""
        self._checker = Checker(self._verifier, part, self._idf)
        self._part = part
        self._relevance = Relevance(part)
        self._asks_when = self._dated or Expectation.DATE in expectations(part)
        self._kept = False
        self._place = self._place[0] + 1, 0.0

    def is_empty(self) -> bool:
        """Tells whether no draft for the part turned to last is shown or held back to the end."""
        return not self._kept

    def add(self, draft: Draft) -> bool:
        """Checks a draft and shows it, a quotation in its place, or nothing.

        Returns:
            Whether the shown sentences changed.
        """
        stripped = strip_markers(_readable(draft.text), set())
        self._invented += draft.invented + len(stripped.invented)
        before = list(self._sentences)
        self._place = self._place[0], draft.weight
        for text in dict.fromkeys(span.of(stripped.text) for span in segment(stripped.text)):
            self._add_sentence(text, draft)
        return self._sentences != before

    def _add_sentence(self, text: str, draft: Draft) -> None:
        evidence = sources_in(draft.evidence)
        named = stating(source_at(passage, span) for passage, span in draft.cited)
        everything = sources_in(self._passages)
        pools = [pool for pool in (named, evidence, everything) if pool]
        best: tuple[list[Source], Check] = ([], Check(Verdict.UNSUPPORTED, 0.0, "nothing retrieved has these words"))
        for pool in pools:  # first what its author named, then what it was shown, then all that was retrieved
            cited, check = self._checker.check(text, pool, chosen=pool is named)
            if check.verdict is Verdict.SUPPORTED:
                if why := self._besides(text, cited):
                    self._dropped.append(DroppedSentence(text, check.verdict, f"not an answer: {why}"))
                elif why := self._doubt(text, cited, draft):
                    self._hold(text, replace(check, verdict=Verdict.PARTIAL, why=why, lacks=(_DOUBT,)), cited)
                else:
                    self._show(text, check, [*cited, *self._checker.elsewhere(text, cited, self._passages)])
                return
            if pool is everything and check.verdict is Verdict.CONTRADICTED:
                continue  # another source that says otherwise is a disagreement, not an error of the sentence
            if (_GRAVITY[check.verdict], check.support) > (_GRAVITY[best[1].verdict], best[1].support):
                best = cited, check
        cited, check = best
        articles = {source.sentence.article_id for source in cited}
        if check.verdict is Verdict.PARTIAL and draft.sure is not None and len(articles) > 1:
            # A small model reads one passage; what only several articles together half bear out it made up.
            check = replace(check, verdict=Verdict.UNSUPPORTED, why="no one article says this")
        besides = self._besides(text, cited) if check.verdict is Verdict.PARTIAL else ""
        if check.verdict is Verdict.PARTIAL and not besides:
            self._hold(text, check, cited)
            return
        self._dropped.append(
            DroppedSentence(text, check.verdict, f"not an answer: {besides}" if besides else check.why)
        )
        quoted = self._checker.closest(text, named or evidence)
        if quoted and self._answers(quoted):
            # What cannot be confirmed as worded is replaced by the source's own words.
            self._show(quoted.sentence.text, Check(Verdict.SUPPORTED, 1.0), [quoted])

    def _doubt(self, text: str, cited: Sequence[Source], draft: Draft) -> str:
        """Returns why a supported sentence is not believed as its author worded it; empty if it is."""
        if draft.sure is None:
            return ""
        read = " ".join(f"{source.passage.title} {source.passage.passage.shown()}" for source in cited)
        if noun := asked_but_not_told(text, self._part, read):
            return f"the source does not speak of the {noun}"
        if word := tells_as_done(text, [source.sentence.text for source in cited]):
            return f"the source only foresees this ({word})"
        return BELIEVED.doubt(word_share(text, (source.sentence.text for source in cited)), draft.sure)

    def _hold(self, text: str, check: Check, cited: list[Source]) -> None:
        """Shows the source's own words in the place of what is only doubted, else leaves the sentence to the end."""
        self._kept = True
        own = self._own_words(text, cited)
        if check.lacks != (_DOUBT,):
            self._partial.append(_Held(text, check, cited, own, self._place))
        elif own is None or points_back(own.sentence.text):
            self._partial.append(_Held(text, check, cited, None, self._place))
        else:
            self._dropped.append(DroppedSentence(text, check.verdict, check.why))
            self._show(own.sentence.text, Check(Verdict.SUPPORTED, 1.0), [own])

    def _besides(self, text: str, cited: Sequence[Source]) -> str:
        """Returns why a sentence does not answer the question that is asked; empty when it may."""
        first = cited[0]
        inside, before = first.passage.passage, first.before()
        words = " ".join(source.sentence.text for source in cited)
        return self._relevance.objection(
            Shown(text, words, before, first.passage.title, inside.shown(), first.passage.publisher)
        )

    def _answers(self, source: Source) -> bool:
        """Tells whether a source sentence, shown as it is, would answer the question."""
        return not self._besides(source.sentence.text, [source]) and not self._checker.other_speaker([source])

    def _own_words(self, text: str, cited: Sequence[Source]) -> Source | None:
        """Returns the cited sentence that answers in the place of one drawn from it, with all that this one adds."""
        affirms = _AFFIRMS.match(text)
        answer = added(text[affirms.end() :] if affirms else text, self._part)
        saying = [source for source in cited if (answer or affirms) and source.has(answer) and self._answers(source)]
        return self._checker.closest(text, saying) if saying else None

    def settle(self) -> None:
        """Decides on sentences that are only partly supported.

        They are shown when there is nothing better, or beside what other articles say, since they may be what the
        sources differ on: in the source's words where one of its sentences says all that they add to the question, else
        as they are, beside others only if short of no more than a word like "believed" or the last certainty.
        """
        alone = not self._sentences
        heard = {citation.article_id for citation in self._citations.given()}
        for held in self._partial:
            text, check, cited, own, self._place = held
            others = heard.isdisjoint(source.sentence.article_id for source in cited)
            if own is not None and (alone or others):
                self._dropped.append(DroppedSentence(text, check.verdict, check.why))
                self._show(own.sentence.text, Check(Verdict.SUPPORTED, 1.0), [own])
            elif alone or (others and set(check.lacks) <= _BEARABLE):
                self._show(text, check, self._checker.needed(text, check, cited))
            elif not any(says(shown.text, text) for shown in self._sentences):
                self._dropped.append(DroppedSentence(text, check.verdict, check.why))
        self._partial.clear()

    def arrange(self) -> None:
        """Puts, for each part of the question, what is supported first and of that the weightiest; numbers follow."""

        def place(i: int) -> tuple[int, bool, float]:
            part, weight = self._places[i]
            return part, self._sentences[i].verdict is not Verdict.SUPPORTED, -weight

        order = sorted(range(len(self._sentences)), key=place)
        if order == list(range(len(order))):
            return
        sentences = [self._sentences[i] for i in order]
        numbers = self._citations.renumbered([n for sentence in sentences for n in sentence.citations])
        self._sentences = [replace(s, citations=tuple(sorted(numbers[n] for n in s.citations))) for s in sentences]
        self._places = [self._places[i] for i in order]

    def _show(self, text: str, check: Check, cited: Sequence[Source]) -> None:
        repeated = next((i for i, shown in enumerate(self._sentences) if says(shown.text, text)), None)
        if repeated is not None:
            self._kept = True
            self._lend(repeated, cited)
            part, weight = self._places[repeated]
            self._places[repeated] = part, max(weight, self._place[1])
            return
        numbers = tuple(n for source in cited if (n := self._citations.number(source)) is not None)
        if not numbers:
            self._dropped.append(DroppedSentence(text, Verdict.UNSUPPORTED, "the cited article has changed meanwhile"))
            return
        if self._asks_when:
            text = self._citations.dated(text, cited)
        self._kept = True
        self._sentences.append(AnswerSentence(text, check.verdict, check.support, tuple(sorted(set(numbers)))))
        self._places.append(self._place)

    def _lend(self, place: int, sources: Sequence[Source]) -> None:
        """Adds those sources of a repetition to a shown sentence that carry all of it, which may say more."""
        shown = self._sentences[place]
        claims = [Claim(shown.text, source.sentence.text, source.context()) for source in sources]
        checked = zip(sources, self._verifier.verify_many(claims), strict=True)
        carrying = [source for source, check in checked if check.verdict is Verdict.SUPPORTED]
        numbers = [n for source in carrying if (n := self._citations.number(source)) is not None]
        self._sentences[place] = replace(shown, citations=tuple(sorted({*shown.citations, *numbers})))

    def cite(self, passage: RetrievedPassage, span: Span) -> int | None:
        """Numbers a sentence of a retrieved passage as a citation beside those of the answer's sentences.

        Returns:
            Its number, the same each time; ``None`` when its article has changed meanwhile.
        """
        return self._citations.number(source_at(passage, span))

    # -- what the reader gets ---------------------------------------------------------------------------------

    def sentences(self) -> tuple[AnswerSentence, ...]:
        """Returns the sentences shown so far."""
        return tuple(self._sentences)

    def citations(self) -> tuple[Citation, ...]:
        """Returns the citations given so far, by number."""
        return self._citations.given()

    def dropped(self) -> tuple[DroppedSentence, ...]:
        """Returns the sentences that did not survive as written."""
        return tuple(self._dropped)

    def warnings(self) -> tuple[str, ...]:
        """Returns what the reader should know about the model's honesty and the corpus, one line each."""
        found = []
        if self._invented:
            found.append(f"the model named {self._invented} source{'s' * (self._invented > 1)} that it was never shown")
        if self._citations.stale:
            found.append(f"changed or removed while answering: {', '.join(sorted(self._citations.stale))}; ask again")
        return tuple(found)

    def text(self) -> str:
        """Returns the answer as one paragraph with its citation markers."""
        return " ".join(f"{s.text} {''.join(f'[{n}]' for n in s.citations)}" for s in self._sentences)

    def holds(self, text: str) -> bool:
        """Tells whether what is shown says what a draft says, so that the draft was shown or would repeat it."""
        return any(says(shown.text, text) for shown in self._sentences)

    def nearest(self, first: Sequence[tuple[RetrievedPassage, Span]] = ()) -> tuple[Citation, ...]:
        """Returns the closest sentence of each of the best passages, for a reader whose question has no answer.

        Args:
            first: Sentences that are nearer than those, best first.
        """
        return self._citations.nearest(self._question, self._passages, first, self._idf)


def _readable(text: str) -> str:
    """Returns a text without control characters and half characters, which no terminal or file takes."""
    return _UNREADABLE.sub("", text)
