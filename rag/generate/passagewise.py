"""Answering with a small model: one passage at a time.

A small model mixes up passages it sees together and invents passage numbers, but it can tell whether one passage
states the answer and say it in one sentence. So each passage is gated, then asked alone, and code knows what the
sentence rests on. Two sources that differ stand side by side. Where nothing comes of it, the source sentence that
answers best may stand for itself.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from rag.generate import prompts
from rag.generate.answerability import Assessor
from rag.generate.drafting import Draft, Trace
from rag.generate.extractive import ExtractiveAnswerer
from rag.generate.gating import QUOTABLE, STATES_ANSWER
from rag.generate.llm import LanguageModel
from rag.generate.replies import answer_in
from rag.types import RetrievedPassage, Turn

_REWRITE_TOKENS = 80
_QUOTED = "the language model gave no answer that stands: shown is the source sentence that comes closest to one"


class PassagewiseAnswerer:
    """Gates each passage, asks those that pass for one sentence, and asks whether the sentence is true.

    Args:
        model: A model that gives log probabilities and holds to a grammar.
        assessor: A second opinion on whether a passage states the answer.
    """

    def __init__(self, model: LanguageModel, assessor: Assessor) -> None:
        self._model = model
        self._assessor = assessor
        self._quoting = ExtractiveAnswerer(assessor)

    @property
    def name(self) -> str:
        """The model's name."""
        return self._model.name

    def draft(self, question: str, passages: Sequence[RetrievedPassage], trace: Trace) -> Iterator[Draft]:
        """Yields one sentence for each passage that states the answer; what most likely does is asked first.

        Where none is left after its check, the best source sentence follows, of passages that may answer all the same.
        """
        likely = self._assessor.assess(question, passages).answerable
        promising: list[RetrievedPassage] = []
        for passage in sorted(passages, key=lambda passage: -likely[passage.passage.id]):
            trace.go_on()
            yes, usage = self._model.probability_of_yes(prompts.gate_messages(passage, question))
            trace.usage += usage
            if QUOTABLE.passes(yes, likely[passage.passage.id]):
                promising.append(passage)
            if not STATES_ANSWER.passes(yes, likely[passage.passage.id]):
                continue
            trace.go_on()
            reply = self._model.complete(
                prompts.answer_messages(passage, question),
                max_tokens=prompts.ANSWER_TOKENS,
                grammar=prompts.ANSWER_GRAMMAR,
            )
            trace.usage += reply.usage
            text = answer_in(reply.text, passage.passage.shown())
            if not text or reply.finish_reason == "length":  # broken off, even in the middle of a word
                continue
            true, usage = self._model.probability_of_yes(prompts.check_messages(passage, text))
            trace.usage += usage
            if true >= prompts.TRUE_FROM:
                weight = STATES_ANSWER.weigh(yes, likely[passage.passage.id])
                yield Draft(text, (passage,), sure=true, weight=weight)
        if promising and trace.unanswered():
            for draft in self._quoting.draft(question, promising, trace):
                yield draft
                if not trace.unanswered():
                    trace.warnings.append(_QUOTED)
                    return

    def rewrite(self, question: str, history: Sequence[Turn], trace: Trace) -> str | None:
        """Returns the follow-up as a question that stands alone."""
        return rewrite_with(self._model, question, history, trace)

    def close(self) -> None:
        """Releases the model."""
        self._model.close()


def rewrite_with(model: LanguageModel, question: str, history: Sequence[Turn], trace: Trace) -> str | None:
    """Asks a model to make a follow-up stand alone; ``None`` when what it says is not one question."""
    reply = model.complete(prompts.rewrite_messages(history, question), max_tokens=_REWRITE_TOKENS, stop=("\n",))
    trace.usage += reply.usage
    rewritten = reply.text.strip().strip('"')
    return rewritten if rewritten.endswith("?") and len(rewritten) < 400 else None
