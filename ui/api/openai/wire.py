"""What OpenAI's chat completions are asked with, and how their documents look."""

from __future__ import annotations

import re
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from rag.types import Answer, Turn
from ui.api.errors import ApiError, Told
from ui.api.openai.message import HEADINGS
from ui.api.requests import LONGEST_QUESTION

_MOST_MESSAGES = 200
_PLACE = re.compile(r"([\w.]+): ")


class _Lenient(BaseModel):
    """Parameters that mean nothing here are passed over, since every client sends some."""

    model_config = ConfigDict(extra="ignore", frozen=True)


class ContentPart(_Lenient):
    """A part of a message; only text is read."""

    type: str
    text: str | None = None


class ChatMessage(_Lenient):
    """A message. What is said as system, developer or tool does not steer anything here."""

    role: Literal["system", "developer", "user", "assistant", "tool", "function"]
    content: str | list[ContentPart] | None = None

    def text(self) -> str:
        """Returns its text.

        Raises:
            ApiError: It holds something that is no text.
        """
        if not isinstance(self.content, list):
            return self.content or ""
        if any(part.type not in ("text", "refusal") for part in self.content):
            raise ApiError(400, "invalid_request", "messages: only text can be read")
        return " ".join(part.text or "" for part in self.content)


class StreamOptions(_Lenient):
    """What a stream holds beside its text."""

    include_usage: bool = False


class ChatRequest(_Lenient):
    """A conversation whose last message is a question."""

    model: str = Field(description="`dateline` for the model the server was started with, or one of `/v1/models`.")
    messages: list[ChatMessage] = Field(min_length=1, max_length=_MOST_MESSAGES)
    stream: bool | None = False
    stream_options: StreamOptions | None = None
    n: Literal[1] | None = Field(1, description="One answer is given.")

    def question(self) -> tuple[str, tuple[Turn, ...]]:
        """Returns the question and the conversation before it.

        Raises:
            ApiError: The last message is not a question.
        """
        said = [m for m in self.messages if m.role in ("user", "assistant")]
        if not said or said[-1].role != "user" or self.messages[-1].role == "assistant":
            raise ApiError(400, "invalid_request", "messages: the last one has to be the user's")
        question = said[-1].text()
        if not any(character.isalnum() for character in question):
            raise ApiError(400, "invalid_request", "messages: ask something in words")
        if len(question) > LONGEST_QUESTION:
            raise ApiError(400, "invalid_request", f"messages: a question has at most {LONGEST_QUESTION:,} characters")
        turns: list[Turn] = []
        for message in said[:-1]:
            if message.role == "user":
                turns.append(Turn(message.text()[:LONGEST_QUESTION]))
            elif turns:
                turns[-1] = Turn(turns[-1].question, _without_sources(message.text()))
        return question, tuple(turns)


def _without_sources(text: str) -> str:
    """Returns an earlier answer of ours without its list of sources, which would only mislead who reads on."""
    return min((text.partition(f"\n{heading}\n")[0] for heading in HEADINGS), key=len).strip()


def usage(answer: Answer) -> dict[str, int]:
    """Returns tokens as OpenAI counts them."""
    spent = answer.usage
    total = spent.prompt_tokens + spent.completion_tokens
    return {
        "prompt_tokens": spent.prompt_tokens,
        "completion_tokens": spent.completion_tokens,
        "total_tokens": total,
    }


def error_document(found: Told) -> dict[str, Any]:
    """Returns an error in OpenAI's form."""
    kinds = {401: "authentication_error", 403: "permission_error", 429: "rate_limit_error"}
    kind = kinds.get(found.status, "invalid_request_error" if found.status < 500 else "server_error")
    place = _PLACE.match(found.message) if found.code == "invalid_request" else None
    param = place[1] if place else None
    return {"error": {"message": found.message, "type": kind, "param": param, "code": found.code}}
