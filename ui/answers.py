"""Turns of a conversation as HTML: sentences with their citations and verdicts, and all that stands around them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from rag.types import AbstentionReason, Answer, AnswerSentence, Citation
from ui.asking import STOPPED
from ui.cited import CITED, NEAREST, disagreement, left_out, sentence_lines, sources
from ui.footnotes import with_footnotes
from ui.history import Scope, StoredTurn
from ui.markup import button, day, listed, text

_REASONS: Final = {
    AbstentionReason.NOT_IN_CORPUS: "The articles do not say.",
    AbstentionReason.OUTSIDE_FILTERS: "What your filters let through does not say, but other articles do.",
    AbstentionReason.FALSE_PREMISE: "The question takes for granted what the articles do not bear out.",
    AbstentionReason.CONFLICTING: "The articles contradict one another, and none can be preferred.",
    AbstentionReason.PARTIAL: "The articles answer a part of this only.",
}


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
    shown = sentence_lines(sentences, citations, n)
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
        parts.append(sentence_lines(answer.sentences, answer.citations, n))
        if answer.reason:
            parts.append(f'<p class="reason">{text(_REASONS[answer.reason])}</p>')
    asked = (answer.standalone_question, answer.question)
    parts += [disagreement(one, answer.citations, n, asked) for one in answer.disagreements]
    if not answer.abstained:
        parts.append(sources(answer.citations, n, CITED, "Sources"))
    parts.append(left_out(answer.dropped, "not confirmed by the sources, or no answer"))
    said = [w for w in answer.warnings if not (answer.failure and w.startswith(answer.failure))]
    if STOPPED in said:
        parts.append('<div class="notice stopped" role="note"><p>You stopped this before it was complete.</p></div>')
    noted = "".join(f"<li>{text(warning)}</li>" for warning in said if warning != STOPPED)
    return "".join(parts) + (f'<ul class="warnings" aria-label="Notes">{noted}</ul>' if noted else "")


def _abstention(answer: Answer, n: int) -> str:
    reason = _REASONS.get(answer.reason or AbstentionReason.NOT_IN_CORPUS, "")
    nearest = sources(answer.nearest, n, NEAREST, "Nearest evidence")
    return (
        f'<div class="abstained" role="note"><p class="verdictline"><strong>No answer.</strong> {text(reason)}</p>'
        f"{nearest}</div>"
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
