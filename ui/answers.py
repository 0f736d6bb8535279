"""Turns of a conversation as HTML: sentences with their citations and verdicts, and all that stands around them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final

from rag.types import AbstentionReason, Answer, AnswerSentence, Citation, Disagreement, Verdict
from ui.asking import STOPPED
from ui.footnotes import with_footnotes
from ui.history import Scope, StoredTurn
from ui.markup import button, day, listed, plural, text

CITED, NEAREST = "citation", "nearest"

_VERDICTS: Final = {
    Verdict.SUPPORTED: ("✓", "Supported: the cited words say this"),
    Verdict.PARTIAL: ("◐", "Partly supported: the cited words do not say all of this"),
    Verdict.UNSUPPORTED: ("?", "Could not be confirmed"),
    Verdict.CONTRADICTED: ("✗", "The sources contradict this"),
}
_REASONS: Final = {
    AbstentionReason.NOT_IN_CORPUS: "The articles do not say.",
    AbstentionReason.OUTSIDE_FILTERS: "What your filters let through does not say, but other articles do.",
    AbstentionReason.FALSE_PREMISE: "The question takes for granted what the articles do not bear out.",
    AbstentionReason.CONFLICTING: "The articles contradict one another, and none can be preferred.",
    AbstentionReason.PARTIAL: "The articles answer a part of this only.",
}
_KINDS: Final = {
    "numeric": "figures", "date": "dates", "attribution": "attribution", "stance": "position",
}  # fmt: skip


def turn(stored: StoredTurn, conversation: str, *, is_last: bool = False) -> str:
    """Returns a question and what became of it."""
    shown = _no_answer(stored) if stored.answer is None else _answer(stored.answer, stored.n, question=stored.question)
    tools = [button("Edit", "edit", title=f"Edit question {stored.n} and ask again", n=stored.n)]
    if is_last:
        tools.append(button("Retry", "retry", title="Retry: ask the last question again", n=stored.n))
    if stored.answer is not None:
        place = f"conversations/{conversation}/turns/{stored.n}"
        title = f"Copy answer {stored.n} with footnotes"
        tools.append(
            f'<button type="button" class="quiet" data-copy aria-label="{title}" title="{title}">Copy</button>'
        )
        tools.append(f'<pre class="footnotes" hidden>{text(with_footnotes(stored.answer))}</pre>')
        if stored.state == "answered":
            label = f"Download the audit bundle of answer {stored.n}"
            tools.append(f'<a class="quiet" href="{text(place)}/bundle.json" download aria-label="{label}"'
                         f' title="{label}: it can be verified without a model">Bundle</a>')  # fmt: skip
    return (
        f'<article class="turn" data-turn="{stored.n}" aria-label="Question {stored.n}">'
        f"{_asked(stored.question, stored.scope)}{shown}"
        f'<footer class="tools">{"".join(tools)}{_cost(stored.answer)}</footer></article>'
    )


def live(
    n: int, question: str, scope: Scope, sentences: Sequence[AnswerSentence], citations: Sequence[Citation], status: str
) -> str:
    """Returns a question whose answer is being written."""
    shown = _sentences(sentences, citations, n)
    waiting = f'<p class="status"><span class="pulse" aria-hidden="true"></span>{text(status)}</p>'
    return f'<article class="turn live" data-turn="{n}">{_asked(question, scope)}{shown}{waiting}</article>'


def _asked(question: str, scope: Scope) -> str:
    said = []
    if scope.publishers:
        said.append(f"only {listed(scope.publishers)}")
    if scope.after:
        said.append(f"from {day(scope.after)}")
    if scope.before:
        said.append(f"until {day(scope.before)}")
    if scope.as_of:
        said.append(f"as known on {day(scope.as_of)}")
    within = f'<p class="scope">{text(", ".join(said))}</p>' if said else ""
    return f'<header class="asked"><h2 dir="auto">{text(question)}</h2>{within}</header>'


def _no_answer(stored: StoredTurn) -> str:
    said = {
        "stopped": "You stopped this before anything was found.",
        "failed": stored.made_with.get("failure", "No answer could be given."),
    }.get(stored.state, "This was interrupted before it was answered. Retry asks it again.")
    return f'<div class="notice {text(stored.state)}" role="note"><p>{text(said)}</p></div>'


def _answer(answer: Answer, n: int, question: str) -> str:
    parts = []
    if answer.standalone_question not in (question, answer.question):
        parts.append(f'<p class="understood">Understood as: <q>{text(answer.standalone_question)}</q></p>')
    if answer.failure:
        parts.append(
            '<div class="notice failed" role="note"><p><strong>The language model did not answer.</strong> '
            f"{text(answer.failure)}.</p><p>Below are source sentences, chosen without a language model.</p></div>"
        )
    if answer.abstained:
        parts.append(_abstention(answer, n))
    else:
        parts.append(_sentences(answer.sentences, answer.citations, n))
        if answer.reason:
            parts.append(f'<p class="reason">{text(_REASONS[answer.reason])}</p>')
    parts += [_disagreement(one, answer, n) for one in answer.disagreements]
    if not answer.abstained:
        parts.append(_sources(answer.citations, n, CITED, "Sources"))
    if answer.dropped:
        lines = "".join(
            f'<li><span dir="auto">{text(one.text)}</span>'
            f' <span class="why">{text(one.why or one.verdict.value)}</span></li>'
            for one in answer.dropped
        )
        summary = f"{plural(len(answer.dropped), 'sentence')} left out: not confirmed by the sources, or no answer"
        parts.append(f'<details class="dropped"><summary>{summary}</summary><ul>{lines}</ul></details>')
    said = [w for w in answer.warnings if not (answer.failure and w.startswith(answer.failure))]
    if STOPPED in said:
        parts.append('<div class="notice stopped" role="note"><p>You stopped this before it was complete.</p></div>')
    noted = "".join(f"<li>{text(warning)}</li>" for warning in said if warning != STOPPED)
    return "".join(parts) + (f'<ul class="warnings" aria-label="Notes">{noted}</ul>' if noted else "")


def _sentences(sentences: Sequence[AnswerSentence], citations: Iterable[Citation], n: int) -> str:
    known = {citation.n: citation for citation in citations}
    lines = []
    for sentence in sentences:
        mark, meaning = _VERDICTS[sentence.verdict]
        chips = "".join(_chip(known[number], n, CITED) for number in sentence.citations if number in known)
        lines.append(
            f'<p class="sentence {sentence.verdict.value}"><span class="said" dir="auto">{text(sentence.text)}</span>'
            f'<span class="marks">{chips}<span class="verdict" role="img" aria-label="{meaning}" title="{meaning}">'
            f"{mark}</span></span></p>"
        )
    return f'<div class="sentences">{"".join(lines)}</div>' if lines else ""


def _chip(citation: Citation, n: int, kind: str) -> str:
    source = f"{citation.publisher or 'unnamed publisher'}, {day(citation.published)}"
    title = f"Citation {citation.n}: {source}"
    return button(str(citation.n), "cite", title=title, classes="chip", turn=n, n=citation.n, kind=kind)


def _sources(citations: Sequence[Citation], n: int, kind: str, heading: str) -> str:
    if not citations:
        return ""
    lines = []
    for citation in citations:
        also = f'<span class="also">also carried by {text(listed(citation.also_carried_by))}</span>'
        quote = f'<q dir="auto">{text(citation.quote)}</q>' if kind == NEAREST else ""
        publisher = f'<span class="publisher">{text(citation.publisher or "unnamed publisher")}</span>'
        about = f"{publisher}, <time>{day(citation.published)}</time> {also if citation.also_carried_by else ''}"
        lines.append(f"<li>{_chip(citation, n, kind)}<div>{about}{quote}</div></li>")
    return f'<section class="sources"><h3>{heading}</h3><ol>{"".join(lines)}</ol></section>'


def _abstention(answer: Answer, n: int) -> str:
    reason = _REASONS.get(answer.reason or AbstentionReason.NOT_IN_CORPUS, "")
    nearest = _sources(answer.nearest, n, NEAREST, "Nearest evidence")
    return (
        f'<div class="abstained" role="note"><p class="verdictline"><strong>No answer.</strong> {text(reason)}</p>'
        f"{nearest}</div>"
    )


def _disagreement(found: Disagreement, answer: Answer, n: int) -> str:
    known = {citation.n: citation for citation in answer.citations}
    rows = []
    for position in found.positions:
        chips = "".join(_chip(known[number], n, CITED) for number in position.citations if number in known)
        rows.append(
            f'<tr><th scope="row" dir="auto">{text(position.value)}</th><td>{text(listed(position.publishers))}</td>'
            f"<td>{chips}</td></tr>"
        )
    kind = _KINDS.get(found.kind, found.kind)
    # What it is about may end in the question, which stands above.
    topic = found.about
    for question in (answer.standalone_question, answer.question):
        topic = topic.removesuffix(question).rstrip(" :")
    about = f": {text(topic)}" if topic else ""
    return (
        f'<table class="disagreement"><caption>Sources differ in {text(kind)}{about}</caption>'
        '<thead class="hidden"><tr><th scope="col">Position</th><th scope="col">Publishers</th>'
        f'<th scope="col">Citations</th></tr></thead><tbody>{"".join(rows)}</tbody></table>'
    )


def _cost(answer: Answer | None) -> str:
    if answer is None:
        return ""
    tokens = answer.usage.prompt_tokens + answer.usage.completion_tokens
    said = [answer.model, f"{answer.seconds.total:.1f} s"]
    if tokens:
        said.append(f"{tokens:,} tokens")
    if answer.usage.cost_usd:
        said.append(f"${answer.usage.cost_usd:.4f}")
    return f'<span class="cost">{text(" · ".join(said))}</span>'
