"""A language model whose replies are kept on disk, so that a benchmark can be run again in pieces and at no cost."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Generator, Sequence
from pathlib import Path
from typing import Any

from eval.bench.recording import recorded, restored
from rag.generate.model import Completion, LanguageModel, Message, Strength
from rag.types import Usage

_KEY = 20  # hexadecimal digits of a key: 80 bits
_DIGITS = 6  # of a probability


class CachedModel:
    """Asks the model behind it only what it has not been asked before.

    Args:
        load: Loads the model; called with the first question that is not in the file.
        file: JSON Lines of earlier replies, which hold no words of their prompts (``eval.bench.recording``); made when
            missing, appended to with each new reply.
        name: The model's name; replies of another name are not used.
        context: Context window in tokens.
        strength: Which strategy suits the model.
    """

    def __init__(
        self, load: Callable[[], LanguageModel], file: Path, *, name: str, context: int, strength: Strength = "small"
    ) -> None:
        self.name, self.context, self.strength = name, context, strength
        self._load = load
        self._model: LanguageModel | None = None
        self._known: dict[str, Any] = {}
        if file.exists():
            for line in file.read_text(encoding="utf-8").splitlines():
                key, reply = json.loads(line)
                self._known[key] = reply
        self._file = file.open("a", encoding="utf-8")

    def complete(
        self,
        messages: Sequence[Message],
        *,
        max_tokens: int,
        stop: Sequence[str] = (),
        schema: dict[str, Any] | None = None,
        grammar: str | None = None,
    ) -> Completion:
        """See ``LanguageModel.complete``."""
        shown = "\n".join(message["content"] for message in messages)

        def ask() -> list[Any]:
            reply = self._loaded().complete(messages, max_tokens=max_tokens, stop=stop, schema=schema, grammar=grammar)
            used = reply.usage
            return [recorded(reply.text, shown), reply.finish_reason, used.prompt_tokens, used.completion_tokens]

        parts, finish, prompt, completion = self._get(
            ["complete", messages, max_tokens, list(stop), schema, grammar], ask
        )
        return Completion(restored(parts, shown), Usage(prompt, completion), finish)

    def stream(
        self,
        messages: Sequence[Message],
        *,
        max_tokens: int,
        stop: Sequence[str] = (),
        schema: dict[str, Any] | None = None,
    ) -> Generator[str, None, Completion]:
        """Yields a reply in one piece."""
        reply = self.complete(messages, max_tokens=max_tokens, stop=stop, schema=schema)
        yield reply.text
        return reply

    def probability_of_yes(self, messages: Sequence[Message]) -> tuple[float, Usage]:
        """See ``LanguageModel.probability_of_yes``."""

        def ask() -> list[Any]:
            probability, usage = self._loaded().probability_of_yes(messages)
            return [round(probability, _DIGITS), usage.prompt_tokens, usage.completion_tokens]

        probability, prompt, completion = self._get(["yes", messages], ask)
        return probability, Usage(prompt, completion)

    def close(self) -> None:
        """Frees the model, if one was loaded."""
        if self._model is not None:
            self._model.close()
            self._model = None

    def _loaded(self) -> LanguageModel:
        if self._model is None:
            self._model = self._load()
        return self._model

    def _get(self, asked: list[Any], ask: Callable[[], list[Any]]) -> Any:
        key = hashlib.sha256(json.dumps([self.name, *asked]).encode()).hexdigest()[:_KEY]
        if key not in self._known:
            self._known[key] = ask()
            self._file.write(json.dumps([key, self._known[key]], separators=(",", ":")) + "\n")
            self._file.flush()
        return self._known[key]
