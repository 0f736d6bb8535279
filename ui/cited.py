"""What answers and briefings share as HTML: sentences with citations and verdicts, sources, disagreements."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final

from rag.types import AnswerSentence, Citation, Disagreement, DroppedSentence, Verdict
from ui.markup import button, day, listed, plural, text

CITED, NEAREST = "citation", "nearest"

Where = int | str
"""The number of a turn, or the id of a briefing."""

_VERDICTS: Final = {
    Verdict.SUPPORTED: ("✓", "Supported: the cited words say this"),
    Verdict.PARTIAL: ("◐", "Partly supported: the cited words do not say all of this"),
    Verdict.UNSUPPORTED: ("?", "Could not be confirmed"),
    Verdict.CONTRADICTED: ("✗", "The sources contradict this"),
}
_KINDS: Final = {
    "numeric": "figures", "date": "dates", "attribution": "attribution", "stance": "position",
}  # fmt: skip


def sentence_lines(
    sentences: Sequence[AnswerSentence], citations: Iterable[Citation], place: Where, new: Sequence[int] = ()
) -> str:
    """Returns sentences, each with its citations and its verdict.

    Args:
        sentences: As shown.
        citations: Those of the whole answer or briefing.
        place: The answer or briefing, for the page to find its citations again.
        new: Places of the sentences that are marked as new.
    """
    known = {citation.n: citation for citation in citations}
    lines = []
    for number, sentence in enumerate(sentences):
        mark, meaning = _VERDICTS[sentence.verdict]
        chips = "".join(chip(known[one], place, CITED) for one in sentence.citations if one in known)
        badge = '<span class="new">New</span> ' if number in new else ""
        lines.append(
            f'<p class="sentence {sentence.verdict.value}">{badge}'
            f'<span class="said" dir="auto">{text(sentence.text)}</span>'
            f'<span class="marks">{chips}<span class="verdict" role="img" aria-label="{meaning}" title="{meaning}">'
            f"{mark}</span></span></p>"
        )
    return f'<div class="sentences">{"".join(lines)}</div>' if lines else ""


def chip(citation: Citation, place: Where, kind: str) -> str:
    """Returns the button that opens the source of a citation."""
    source = f"{citation.publisher or 'unnamed publisher'}, {day(citation.published)}"
    title = f"Citation {citation.n}: {source}"
    return button(str(citation.n), "cite", title=title, classes="chip", turn=place, n=citation.n, kind=kind)


def sources(citations: Sequence[Citation], place: Where, kind: str, heading: str) -> str:
    """Returns where citations stand, one line each; nearest evidence with its words."""
    if not citations:
        return ""
    lines = []
    for citation in citations:
        also = f'<span class="also">also carried by {text(listed(citation.also_carried_by))}</span>'
        quote = f'<q dir="auto">{text(citation.quote)}</q>' if kind == NEAREST else ""
        publisher = f'<span class="publisher">{text(citation.publisher or "unnamed publisher")}</span>'
        about = f"{publisher}, <time>{day(citation.published)}</time> {also if citation.also_carried_by else ''}"
        lines.append(f"<li>{chip(citation, place, kind)}<div>{about}{quote}</div></li>")
    return f'<section class="sources"><h3>{heading}</h3><ol>{"".join(lines)}</ol></section>'


def disagreement(
    found: Disagreement, citations: Iterable[Citation], place: Where, questions: Sequence[str] = ()
) -> str:
    """Returns what sources differ on as a table of positions.

    Args:
        found: The disagreement.
        citations: Those of the whole answer or briefing.
        place: The answer or briefing.
        questions: Which what it is about may end in; they stand above already.
    """
    known = {citation.n: citation for citation in citations}
    rows = []
    for position in found.positions:
        chips = "".join(chip(known[number], place, CITED) for number in position.citations if number in known)
        rows.append(
            f'<tr><th scope="row" dir="auto">{text(position.value)}</th><td>{text(listed(position.publishers))}</td>'
            f"<td>{chips}</td></tr>"
        )
    kind = _KINDS.get(found.kind, found.kind)
    topic = found.about
    for question in questions:
        topic = topic.removesuffix(question).rstrip(" :")
    about = f": {text(topic)}" if topic else ""
    return (
        f'<table class="disagreement"><caption>Sources differ in {text(kind)}{about}</caption>'
        '<thead class="hidden"><tr><th scope="col">Position</th><th scope="col">Publishers</th>'
        f'<th scope="col">Citations</th></tr></thead><tbody>{"".join(rows)}</tbody></table>'
    )


def left_out(dropped: Sequence[DroppedSentence], why: str) -> str:
    """Returns the sentences that were left out, behind a disclosure that says why."""
    if not dropped:
        return ""
    lines = "".join(
        f'<li><span dir="auto">{text(one.text)}</span>'
        f' <span class="why">{text(one.why or one.verdict.value)}</span></li>'
        for one in dropped
    )
    summary = f"{plural(len(dropped), 'sentence')} left out: {why}"
    return f'<details class="dropped"><summary>{summary}</summary><ul>{lines}</ul></details>'
