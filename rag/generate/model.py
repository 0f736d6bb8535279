"""What every language model can do, and what it is told and answers."""

from __future__ import annotations

from collections.abc import Generator, Sequence
from dataclasses import dataclass
from typing import Any, Literal, Protocol, TypedDict

from rag.types import Usage

Strength = Literal["small", "large"]


class Message(TypedDict):
    """One turn of a chat."""

    role: Literal["system", "user", "assistant"]
    content: str


@dataclass(frozen=True, slots=True)
class Completion:
    """What a model answered.

    Attributes:
        text: The answer, without white space at its ends; may be empty.
        finish_reason: ``stop``, ``length`` when ``max_tokens`` cut the answer off, or a provider's own word.
    """

    text: str
    usage: Usage
    finish_reason: str


class LanguageModel(Protocol):
    """A chat model at temperature 0.

    All calls raise ``ModelUnavailableError``, ``ModelTimeoutError``, ``ContextOverflowError`` or ``ModelError``.
    """

    @property
    def name(self) -> str:
        """The name shown in answers."""

    @property
    def strength(self) -> Strength:
        """Which answering strategy suits the model."""

    @property
    def context(self) -> int:
        """Context window in tokens, prompt and answer together."""

    def complete(
        self,
        messages: Sequence[Message],
        *,
        max_tokens: int,
        stop: Sequence[str] = (),
        schema: dict[str, Any] | None = None,
        grammar: str | None = None,
    ) -> Completion:
        """Answers ``messages``.

        Args:
            messages: The chat so far.
            max_tokens: Longest answer, in tokens.
            stop: Strings before which the answer ends.
            schema: JSON schema of the answer. Enforced by the embedded model; a network model is asked to follow it.
            grammar: llama.cpp grammar of the answer; network models, which know no grammars, answer freely.
        """

    def stream(
        self,
        messages: Sequence[Message],
        *,
        max_tokens: int,
        stop: Sequence[str] = (),
        schema: dict[str, Any] | None = None,
    ) -> Generator[str, None, Completion]:
        """Yields the answer in pieces and returns it whole; closing the generator stops the model."""

    def probability_of_yes(self, messages: Sequence[Message]) -> tuple[float, Usage]:
        """Returns P(yes) / (P(yes) + P(no)) of the first token of the answer, in [0, 1], and what it cost.

        Raises:
            ModelError: The model gives no log probabilities, or answers neither yes nor no.
        """

    def close(self) -> None:
        """Frees what the model holds; it cannot be used afterwards."""
