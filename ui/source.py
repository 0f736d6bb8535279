"""The source panel: an article with exactly the cited words marked, and the way to the next citation."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from rag.types import Article, Citation, Span
from ui.markup import address, button, day, listed, text

EMPTY = (
    '<div class="empty"><p>Click a citation, such as <span class="chip sample" aria-hidden="true">1</span>, to read'
    " the exact words in their source.</p></div>"
)


@dataclass(frozen=True, slots=True)
class Place:
    """Where a citation stands among those of its answer or briefing, whose number or id is ``turn``."""

    turn: int | str
    kind: str
    citation: Citation
    among: Sequence[Citation]


def cited_source(place: Place, article: Article | None) -> str:
    """Returns the article of a citation with its words marked.

    An article that has changed since is shown as it is now, without a mark unless the words still stand in it; of one
    that is gone, the words remain.

    Args:
        place: The citation.
        article: Its article as it is now; ``None`` when there is none any more.
    """
    citation = place.citation
    title = citation.title or (article.title if article else "")
    head = _head(title, citation.publisher, day(citation.published), article.url if article else "")
    also = (
        f'<p class="also">Also carried by {text(listed(citation.also_carried_by))}</p>'
        if citation.also_carried_by
        else ""
    )
    head = f"{_steps(place)}{head}{also}"
    if article is None:
        gone = "This article has been removed since. These were the words:"
        return f'{head}<div class="notice"><p>{gone}</p></div>{_marked(citation.quote, Span(0, len(citation.quote)))}'
    if article.version == citation.version:
        return head + _marked(article.text, Span(citation.start, citation.end))
    at = article.text.find(citation.quote)
    if at < 0:
        changed = "This article has changed since and no longer has the cited words, which were:"
        words = f'<blockquote dir="auto">{text(citation.quote)}</blockquote>'
        return f'{head}<div class="notice"><p>{changed}</p>{words}</div>{_marked(article.text, None)}'
    changed = '<div class="notice"><p>This article has changed since; the cited words still stand in it.</p></div>'
    return head + changed + _marked(article.text, Span(at, at + len(citation.quote)))


def whole_article(article: Article) -> str:
    """Returns an article to read, and what cleaning removed from it."""
    head = _head(article.title, article.publisher, day(article.published), article.url)
    copy = f'<p class="also">Near-duplicate of {text(article.duplicate_of)}</p>' if article.duplicate_of else ""
    removed = "".join(
        f"<li>{text(piece.text)} <span class='why'>{text(piece.rule)}</span></li>" for piece in article.removed
    )
    dropped = f"<details class='dropped'><summary>Left out by cleaning</summary><ul>{removed}</ul></details>"
    facts = f"{text(article.id)} · version {text(article.version[:12])} · {len(article.text):,} characters"
    return f"{head}{copy}{_marked(article.text, None)}{dropped if removed else ''}<p class='facts'>{facts}</p>"


def _head(title: str, publisher: str, published: str, url: str) -> str:
    link = address(url)
    return (
        f'<header><h2 tabindex="-1" dir="auto">{text(title or "(untitled)")}</h2><p class="byline">'
        f'<span class="publisher">{text(publisher or "unnamed publisher")}</span>, <time>{text(published)}</time>'
        f"{f' · {link}' if link else ''}</p></header>"
    )


def _steps(place: Place) -> str:
    numbers = [citation.n for citation in place.among]
    at = numbers.index(place.citation.n)

    def step(label: str, to: int, title: str) -> str:
        if not 0 <= to < len(numbers):
            return f'<button type="button" class="step" disabled aria-label="{title}">{label}</button>'
        return button(label, "cite", title=title, classes="step", turn=place.turn, n=numbers[to], kind=place.kind)

    what = "Citation" if place.kind == "citation" else "Nearest evidence"
    return (
        f'<nav class="steps" aria-label="Citations">{step("‹", at - 1, "Previous citation")}'
        f"<span>{what} {place.citation.n} of {len(numbers)}</span>{step('›', at + 1, 'Next citation')}"
        '<button type="button" class="quiet back" data-back>Back to the text</button></nav>'
    )


def _marked(words: str, span: Span | None) -> str:
    if span is None:
        shown = text(words)
    else:
        shown = f"{text(words[: span.start])}<mark>{text(span.of(words))}</mark>{text(words[span.end :])}"
    return f'<div class="article" dir="auto">{shown}</div>'
