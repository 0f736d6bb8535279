"""What the API is asked with. A field that does not exist is refused rather than passed over."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints, model_validator

from rag.brief.types import Length, Request
from rag.types import Filters, Turn

LONGEST_QUESTION = 4000  # as on the command line
MOST_SOURCES = 100
MOST_TURNS = 100


def _in_words(text: str) -> str:
    if not any(character.isalnum() for character in text):
        raise ValueError("ask something in words")
    return text


Question = Annotated[
    str,
    StringConstraints(min_length=1, max_length=LONGEST_QUESTION),
    Field(examples=["What did Assad ask Russia for?"]),
    AfterValidator(_in_words),
]
Publisher = Annotated[str, StringConstraints(min_length=1, max_length=200)]


def _written_out(value: object) -> object:
    # Else a number counts as seconds since 1970.
    if value is not None and not (isinstance(value, date) or re.fullmatch(r"\d{4}-\d{2}-\d{2}", str(value))):
        raise ValueError("write the day as 2017-11-30")
    return value


Day = Annotated[date, BeforeValidator(_written_out)]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Filtering(_Strict):
    """What may be drawn on. Both dates are inclusive; articles without a date fail any date bound."""

    sources: list[Publisher] = Field([], max_length=MOST_SOURCES, description="Publishers; empty accepts all.")
    after: Day | None = Field(None, description="Published on or after this day.")
    before: Day | None = Field(None, description="Published on or before this day.")

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        latest = self._latest()
        if self.after and latest and self.after > latest:
            raise ValueError("after is later than the last day allowed")
        return self

    def _latest(self) -> date | None:
        return self.before

    def filters(self) -> Filters:
        """Returns the filters."""
        return Filters(tuple(self.sources), self.after, self.before)


class PastTurn(_Strict):
    """A question of the conversation so far and the answer it got."""

    question: Annotated[str, StringConstraints(min_length=1, max_length=LONGEST_QUESTION)]
    answer: Annotated[str, StringConstraints(max_length=50_000)] = ""
    latest: Day | None = Field(
        None,
        description="Day of the newest article that the answer cites. With `as_of`, a turn with a later day is left"
        " out, and so is an answer without one.",
    )


class AskRequest(Filtering):
    """A question."""

    question: Question
    as_of: Day | None = Field(None, description="Use nothing published after this day.")
    history: list[PastTurn] = Field([], max_length=MOST_TURNS, description="The conversation so far, oldest first.")
    model: Annotated[str, StringConstraints(max_length=200)] | None = Field(
        None, description="`extractive`, or a model this server offers; by default the one it was started with."
    )
    stream: bool = Field(False, description="Answer with server-sent events; so does `Accept: text/event-stream`.")

    def _latest(self) -> date | None:
        return min((day for day in (self.before, self.as_of) if day), default=None)

    def filters(self) -> Filters:
        """Returns the filters."""
        return replace(super().filters(), as_of=self.as_of)

    def turns(self) -> tuple[Turn, ...]:
        """Returns the conversation so far."""
        return tuple(Turn(turn.question, turn.answer, turn.latest) for turn in self.history)


class QuoteRequest(Filtering):
    """A quotation to look for."""

    words: Question = Field(description="The quotation; marks around it do not matter.")


class QuoteQuery(QuoteRequest):
    """The same as parameters of an address; ``source`` may be repeated."""

    sources: list[Publisher] = Field([], max_length=MOST_SOURCES, alias="source", description="Only this publisher.")


class BriefingRequest(Filtering):
    """What a briefing is to be about."""

    topic: Question | None = Field(None, description="In words; without one, the main stories of the newest week.")
    length: Literal["short", "standard", "long"] = "standard"
    since: Day | None = Field(None, description="Mark what was not told up to this day.")
    compare: list[Publisher] | None = Field(
        None, min_length=2, max_length=2, description="Two publishers whose telling is compared."
    )

    @model_validator(mode="after")
    def _of_two(self) -> Self:
        if self.compare and self.compare[0].casefold() == self.compare[1].casefold():
            raise ValueError("compare wants two different publishers")
        return self

    def request(self) -> Request:
        """Returns the request."""
        pair = (self.compare[0], self.compare[1]) if self.compare else None
        return Request(self.topic or "", self.filters(), Length(self.length), self.since, pair)


class EvaluationRequest(_Strict):
    """A suite to be run against the articles of this server."""

    suite: Annotated[str, StringConstraints(min_length=1, max_length=100)] = Field(examples=["sample"])
    model: Annotated[str, StringConstraints(max_length=200)] | None = Field(
        None, description="`extractive`, or a model this server offers; by default the one it was started with."
    )
    baseline: Annotated[str, StringConstraints(max_length=200)] | None = Field(
        None, description="A baseline or an earlier run to compare with."
    )
    own_corpus: bool = Field(True, description="Ask the articles of this server, whatever corpus the suite names.")


class SearchRequest(Filtering):
    """A query for passages."""

    query: Question
    k: int = Field(8, ge=1, le=1000, description="Passages wanted.")
    mode: Literal["hybrid", "dense", "bm25"] = "hybrid"


class SearchQuery(SearchRequest):
    """The same as parameters of an address; ``source`` may be repeated."""

    sources: list[Publisher] = Field([], max_length=MOST_SOURCES, alias="source", description="Only this publisher.")


class Page(_Strict):
    """Which part of a list."""

    offset: int = Field(0, ge=0, le=10_000_000)
    limit: int = Field(100, ge=1, le=1000)
