"""An optional language model as judge of answers, for where words alone cannot tell that two answers are the same.

One fixed question with a yes or no, in the manner of G-Eval (Liu et al., EMNLP 2023): the probability of "yes" is the
score. It is shown neither sources nor citations, which other metrics judge.
"""

from __future__ import annotations

import json

from eval.matching import Answer as Accepted
from eval.matching import Regex, parts_of
from eval.suites import Item
from rag.errors import ModelError, ModelUnavailableError
from rag.generate.judgements import JudgementCache
from rag.generate.model import LanguageModel, Message
from rag.types import Answer

_ASK = (
    "Question: {question}\n\nAccepted answers, any one of which suffices: {accepted}\n\nGiven answer: {given}\n\n"
    "Does the given answer state one of the accepted answers, in whatever words? Answer yes or no."
)


class AnswerJudge:
    """Decides whether an answer says what is accepted.

    Args:
        model: Any language model.
        cache: Remembers what it said, by model and by all it was shown.
    """

    def __init__(self, model: LanguageModel, cache: JudgementCache) -> None:
        self._model, self._cache = model, cache
        self.name = model.name

    def score(self, item: Item, answer: Answer) -> float | None:
        """Returns how likely an answer is right, in [0, 1].

        Returns:
            ``None`` where the item accepts no answer in words, or where the model gave no verdict; 0 for an abstention.

        Raises:
            ModelUnavailableError: The model does not exist or refuses.
        """
        accepted = [words for one in item.answers if (words := _in_words(one))]
        if not accepted or item.unanswerable:
            return None
        if answer.abstained:
            return 0.0
        text = " ".join(sentence.text for sentence in answer.sentences)
        asked = _ASK.format(question=item.question, accepted="; ".join(accepted), given=text)
        messages: list[Message] = [{"role": "user", "content": asked}]
        key = self._cache.key(f"{self.name} judging answers", messages)
        known = self._cache.get(key)
        if known is None:
            try:
                probability, _ = self._model.probability_of_yes(messages)
            except ModelUnavailableError:
                raise
            except ModelError:
                return None
            known = json.dumps(probability)
            self._cache.put(key, known)
        return float(json.loads(known))


def _in_words(answer: Accepted) -> str:
    """Returns an accepted answer as a person would say it; empty when it is only a pattern."""
    parts = parts_of(answer)
    return "" if any(isinstance(part, Regex) for part in parts) else " and ".join(str(part) for part in parts)
