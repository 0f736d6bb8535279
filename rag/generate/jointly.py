"""Answering with a large model: all evidence at once, as numbered sentences, under a schema."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from contextlib import closing
from typing import Any

from pydantic_core import from_json

from rag.errors import ModelError
from rag.generate import prompts
from rag.generate.drafting import Draft, Trace
from rag.generate.model import Completion, LanguageModel, Message
from rag.generate.passagewise import rewrite_with
from rag.types import RetrievedPassage, Turn

_ANSWER_TOKENS = 800
_Written = tuple[str, list[int]]


class JointAnswerer:
    """Asks once, for sentences that each name the source sentences they rest on."""

    def __init__(self, model: LanguageModel) -> None:
        self._model = model

    @property
    def name(self) -> str:
        """The model's name."""
        return self._model.name

    def draft(self, question: str, passages: Sequence[RetrievedPassage], trace: Trace) -> Iterator[Draft]:
        """Yields each of the model's sentences, with the source sentences it named, as soon as it is written.

        None when the model abstains. Closing the generator stops the model.

        Raises:
            ModelError: The reply does not follow the schema.
        """
        if not passages:
            return
        messages, numbered = prompts.large_messages(passages, question)
        known = {sentence.n: sentence for sentence in numbered}
        for text, sources in self._written(messages, trace):
            named = [known[n] for n in dict.fromkeys(sources) if n in known]
            yield Draft(
                text,
                evidence=tuple(passages),
                cited=tuple((sentence.passage, sentence.span) for sentence in named),
                invented=sum(n not in known for n in sources),
            )

    def _written(self, messages: Sequence[Message], trace: Trace) -> Iterator[_Written]:
        schema, so_far, given = dict(prompts.LARGE_SCHEMA), "", 0
        with closing(self._model.stream(messages, max_tokens=_ANSWER_TOKENS, schema=schema)) as pieces:
            while True:
                try:
                    piece = next(pieces)
                except StopIteration as end:
                    reply: Completion = end.value
                    break
                trace.go_on()
                so_far += piece
                if "}" in piece:
                    ready = _sentences_so_far(so_far)[given:]
                    given += len(ready)
                    yield from ready
        trace.usage += reply.usage
        if reply.finish_reason == "length":
            raise ModelError(f"the model's answer was cut off at {_ANSWER_TOKENS} tokens")
        yield from _sentences(reply.text)[given:]

    def rewrite(self, question: str, history: Sequence[Turn], trace: Trace) -> str | None:
        """Returns the follow-up as a question that stands alone."""
        return rewrite_with(self._model, question, history, trace)

    def close(self) -> None:
        """Releases the model."""
        self._model.close()


def _sentences_so_far(reply: str) -> list[_Written]:
    """Returns the sentences that are complete in the beginning of a reply, once it says that it does not abstain."""
    try:
        content = from_json(reply[reply.index("{") :], allow_partial=True)
        if content.get("abstain") is not False:
            return []
        entries = content.get("sentences") or []
        ended = reply.rstrip(", \n\r\t").endswith("}")
        return [_sentence(entry) for entry in (entries if ended else entries[:-1])]
    except (ValueError, KeyError, TypeError, AttributeError):
        return []  # what is wrong with it is said when it has ended


def _sentences(reply: str) -> list[_Written]:
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


def _sentence(entry: Any) -> _Written:
    text, sources = entry["text"], entry["sources"]
    if not isinstance(text, str) or not isinstance(sources, list) or not all(type(n) is int for n in sources):
        raise ValueError("a sentence has another form")
    return text.strip(), sources
