"""The documents that the API gives back, as the command line prints them with ``--json``."""

from __future__ import annotations

from datetime import date
from typing import Any, Literal

from pydantic import BaseModel, Field

Verdict = Literal["supported", "partial", "unsupported", "contradicted"]


class ErrorBody(BaseModel):
    """What went wrong."""

    code: str = Field(description="Stays the same from release to release.", examples=["not_found"])
    message: str = Field(description="One line for a person: what is wrong and what to do.")


class ErrorDocument(BaseModel):
    """Every answer that is not a success."""

    error: ErrorBody


class Citation(BaseModel):
    """A numbered pointer to exact words: ``article.text[start:end] == quote``."""

    n: int
    article_id: str
    version: str
    title: str
    publisher: str
    published: date | None
    start: int = Field(description="In code points of the article's text.")
    end: int
    quote: str
    also_carried_by: list[str]


class Sentence(BaseModel):
    """A sentence that was checked; ``citations`` are numbers of the citations it rests on."""

    text: str
    verdict: Verdict
    support: float
    citations: list[int]


class Position(BaseModel):
    """One side of a disagreement."""

    value: str
    publishers: list[str]
    citations: list[int]


class Disagreement(BaseModel):
    """What sources differ on."""

    kind: str = Field(examples=["numeric", "date", "attribution", "stance"])
    about: str
    positions: list[Position]


class PassagePlace(BaseModel):
    """A passage that an answer was drawn from."""

    article_id: str
    start: int
    end: int
    score: float


class Usage(BaseModel):
    """Tokens and US dollars."""

    prompt_tokens: int
    completion_tokens: int
    cost_usd: float


class Seconds(BaseModel):
    """Wall-clock seconds by stage."""

    retrieve: float
    generate: float
    check: float
    total: float


class DroppedSentence(BaseModel):
    """A sentence that did not survive checking."""

    text: str
    verdict: Verdict
    why: str


class Answer(BaseModel):
    """A checked answer, or an abstention with its reason and the nearest evidence."""

    question: str
    standalone_question: str
    model: str
    abstained: bool
    reason: Literal["not_in_corpus", "outside_filters", "false_premise", "conflicting", "partial"] | None
    text: str
    sentences: list[Sentence]
    citations: list[Citation]
    disagreements: list[Disagreement]
    nearest: list[Citation]
    passages: list[PassagePlace]
    usage: Usage
    seconds: Seconds
    dropped: list[DroppedSentence]
    warnings: list[str]


class FoundPassage(BaseModel):
    """A passage that matches a query."""

    article_id: str
    title: str
    publisher: str
    published: date | None
    start: int
    end: int
    text: str
    score: float


class SearchResults(BaseModel):
    """What a search found, best first."""

    results: list[FoundPassage]
    seconds: float


class FoundQuotation(BaseModel):
    """A place where an article has the words, or nearly; ``difference`` says where it has others."""

    article_id: str
    title: str
    publisher: str
    published: date | None
    start: int
    end: int
    quote: str
    speaker: str | None
    exact: bool
    difference: str | None


class Quotations(BaseModel):
    """Who carries a quotation, the earliest first."""

    results: list[FoundQuotation]


class Source(BaseModel):
    """An article of the index, without its text."""

    id: str
    version: str
    title: str
    publisher: str
    published: date | None
    language: str
    passages: int
    duplicate_of: str | None


class SourcePage(BaseModel):
    """Some of the articles, by publication date."""

    sources: list[Source]
    total: int = Field(description="Of all articles.")
    offset: int
    limit: int


class ArticleVersion(BaseModel):
    """A version that an article has had."""

    version: str
    first_seen: str
    current: bool


class GivenAnswer(BaseModel):
    """An answer or briefing that cited an article."""

    kind: str
    question: str
    given: str
    version: str
    stale: bool


class Article(Source):
    """An article with the canonical text that citations point into."""

    url: str
    authors: list[str]
    text: str
    versions: list[ArticleVersion]
    cited_by: list[GivenAnswer]


class Removed(BaseModel):
    """What was removed."""

    removed: list[str]


class Verification(BaseModel):
    """Whether a bundle is intact, and if not what differs."""

    valid: bool
    problems: list[str]


class Progress(BaseModel):
    """How far a job is."""

    articles: int
    passages: int


class Job(BaseModel):
    """Work that goes on after the request that began it."""

    id: str
    kind: Literal["ingest", "evaluation", "briefing"]
    state: Literal["waiting", "running", "done", "failed", "cancelled", "interrupted"]
    created: str
    started: str | None
    finished: str | None
    progress: Progress
    result: dict[str, Any] | None = Field(description="What it came to, when it is done; left out of lists.")
    error: ErrorBody | None = Field(description="Why it failed or was interrupted.")


class Jobs(BaseModel):
    """Jobs, the latest first."""

    jobs: list[Job]


class Evaluations(BaseModel):
    """What can be run and compared with."""

    suites: list[str]
    baselines: list[str] = Field(description="Those that come with the program, and earlier runs.")


class Health(BaseModel):
    """Whether the server is there, or ready to answer."""

    status: str
