"""Answering with a large model: all evidence at once, as numbered sentences, under a schema."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from typing import Any

from rag.errors import ModelError
from rag.generate import prompts
from rag.generate.drafting import Draft, Trace
from rag.generate.llm import LanguageModel
from rag.generate.passagewise import rewrite_with
from rag.types import RetrievedPassage, Turn

_ANSWER_TOKENS = 800


class JointAnswerer:
    """Asks once, for sentences that each name the source sentences they rest on."""

    def __init__(self, model: LanguageModel) -> None:
        self._model = model

    @property
    def name(self) -> str:
        """The model's name."""
        return self._model.name

    def draft(self, question: str, passages: Sequence[RetrievedPassage], trace: Trace) -> Iterator[Draft]:
        """Yields the model's sentences with the source sentences it named; none when it abstains.

        Raises:
            ModelError: The reply does not follow the schema.
        """
        if not passages:
            return
        messages, numbered = prompts.large_messages(passages, question)
        reply = self._model.complete(messages, max_tokens=_ANSWER_TOKENS, schema=dict(prompts.LARGE_SCHEMA))
        trace.usage += reply.usage
        if reply.finish_reason == "length":
            raise ModelError(f"the model's answer was cut off at {_ANSWER_TOKENS} tokens")
        known = {sentence.n: sentence for sentence in numbered}
        for text, sources in _sentences(reply.text):
            named = [known[n] for n in dict.fromkeys(sources) if n in known]
            yield Draft(
                text,
                evidence=tuple(passages),
                cited=tuple((sentence.passage, sentence.span) for sentence in named),
                invented=sum(n not in known for n in sources),
            )

    def rewrite(self, question: str, history: Sequence[Turn], trace: Trace) -> str | None:
        """Returns the follow-up as a question that stands alone."""
        return rewrite_with(self._model, question, history, trace)

    def close(self) -> None:
        """Releases the model."""
        self._model.close()


def _sentences(reply: str) -> list[tuple[str, list[int]]]:
    try:
        # Models without a schema mode like to wrap JSON in a code fence.
        content = json.loads(reply[reply.index("{") : reply.rindex("}") + 1])
        if content.get("abstain") is True:
            return []
        if not isinstance(content["sentences"], list):
            raise ValueError("no list of sentences")
        return [_sentence(entry) for entry in content["sentences"]]
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise ModelError(f"the model's reply does not follow the schema: {error}") from error


def _sentence(entry: Any) -> tuple[str, list[int]]:
    text, sources = entry["text"], entry["sources"]
    if not isinstance(text, str) or not isinstance(sources, list) or not all(type(n) is int for n in sources):
        raise ValueError("a sentence has another form")
    return text.strip(), sources
