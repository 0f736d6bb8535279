"""What the OpenAI-compatible interface gives back, for its description."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import BaseModel, Field


class OpenAIErrorBody(BaseModel):
    """What went wrong."""

    message: str
    type: str
    param: str | None
    code: str


class OpenAIError(BaseModel):
    """Every answer that is not a success."""

    error: OpenAIErrorBody


class UrlCitation(BaseModel):
    """A marker in the text and the exact words behind it: ``article.text[start:end] == quote``."""

    start_index: int = Field(description="Of the marker, in code points of the message.")
    end_index: int
    title: str
    url: str = Field(description="The article's text on this server.")
    article_id: str
    version: str
    publisher: str
    published: str | None
    start: int
    end: int
    quote: str


class Annotation(BaseModel):
    """A citation in OpenAI's form."""

    type: Literal["url_citation"]
    url_citation: UrlCitation


class AssistantMessage(BaseModel):
    """The answer."""

    role: Literal["assistant"]
    content: str
    refusal: None
    annotations: list[Annotation]


class Choice(BaseModel):
    """The one answer there is."""

    index: Literal[0]
    message: AssistantMessage
    logprobs: None
    finish_reason: Literal["stop"]


class TokenUsage(BaseModel):
    """Tokens."""

    prompt_tokens: int
    completion_tokens: int
    total_tokens: int


class ChatCompletion(BaseModel):
    """A whole answer."""

    id: str
    object: Literal["chat.completion"]
    created: int
    model: str
    choices: list[Choice]
    usage: TokenUsage


class Model(BaseModel):
    """A model that may be named."""

    id: str
    object: Literal["model"]
    created: int
    owned_by: str


class ModelList(BaseModel):
    """The models that may be named."""

    object: Literal["list"]
    data: list[Model]


def refusals(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """Returns what the description of a route says of its errors."""
    said = {
        400: "A parameter does not fit.", 401: "No valid key.", 403: "The key may not do this.",
        404: "There is no such model.", 413: "Too large.",
        429: "Too many requests; `Retry-After` says when to come back.", 500: "A fault of the server.",
        503: "Not possible at the moment.", 504: "It took too long.",
    }  # fmt: skip
    always = (400, 401, 403, 429, 500, 503)
    return {status: {"model": OpenAIError, "description": said[status]} for status in sorted({*always, *statuses})}
