"""What a judge makes of shown sentences and their citations: the raw material of faithfulness and citation quality.

The questions put to the judge are those of ALCE (Gao et al., "Enabling Large Language Models to Generate Text with
Citations", EMNLP 2023, section 4): do all cited words together bear out the sentence, does each alone, and do the
others without it? Any verifier can be the judge.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from rag.check.facts import FactContext
from rag.check.verification import Claim, Verifier
from rag.types import Answer, AnswerSentence, Article, Citation, Verdict

_BEFORE = 400  # characters before the cited words, where a pronoun's name may stand


@dataclass(frozen=True, slots=True)
class JudgedCitation:
    """Whether a citation alone bears out its sentence, and whether the sentence's other citations do without it."""

    alone: bool
    others: bool


@dataclass(frozen=True, slots=True)
class JudgedSentence:
    """The judge's view of one sentence.

    Attributes:
        cited: Whether all its citations together bear it out; ``None`` when the judge gave no verdict.
        sourced: Whether its citations or any retrieved passage does; ``None`` as above.
        why: What the judge found missing.
    """

    cited: bool | None
    sourced: bool | None
    citations: tuple[JudgedCitation, ...] = ()
    why: str = ""


def judge_answer(answer: Answer, articles: Mapping[str, Article], judge: Verifier) -> tuple[JudgedSentence, ...]:
    """Judges each sentence of an answer.

    Args:
        answer: Its citations are read from the articles, not from its own quotations.
        articles: Those cited, by id.
        judge: Decides whether words bear out a sentence.
    """
    return tuple(
        _judge(sentence, citations_of(sentence, answer), answer, articles, judge) for sentence in answer.sentences
    )


def citations_of(sentence: AnswerSentence, answer: Answer) -> list[Citation]:
    """Returns the citations of a sentence, in its order; a number that the answer does not have is left out."""
    by_number = {citation.n: citation for citation in answer.citations}
    return [by_number[n] for n in sentence.citations if n in by_number]


def _judge(
    sentence: AnswerSentence,
    citations: Sequence[Citation],
    answer: Answer,
    articles: Mapping[str, Article],
    judge: Verifier,
) -> JudgedSentence:
    cited, why = _supported(sentence.text, citations, articles, judge)
    judged: tuple[JudgedCitation, ...] = ()
    if cited and len(citations) == 1:
        judged = (JudgedCitation(alone=True, others=False),)
    elif cited:
        alone = [bool(_supported(sentence.text, [c], articles, judge)[0]) for c in citations]
        judged = tuple(
            # What a citation adds is asked only of one that does not stand alone.
            JudgedCitation(own, not own and bool(_supported(sentence.text, _without(citations, c), articles, judge)[0]))
            for c, own in zip(citations, alone, strict=True)
        )
    return JudgedSentence(cited, cited or _sourced(sentence, answer, judge, cited), judged, why)


def _without(citations: Sequence[Citation], left_out: Citation) -> list[Citation]:
    return [citation for citation in citations if citation is not left_out]


def cited_claim(text: str, citations: Sequence[Citation], articles: Mapping[str, Article]) -> Claim | None:
    """Returns a sentence beside the words it cites, read from the articles; ``None`` where it cites none."""
    words = [(c, articles[c.article_id].text[c.start : c.end]) for c in citations if c.article_id in articles]
    if not any(quote.strip() for _, quote in words):
        return None
    first = words[0][0]
    article = articles[first.article_id]
    before = article.text[max(0, first.start - _BEFORE) : first.start]
    context = FactContext(article.title, article.publisher, article.published, before)
    return Claim(text, " ".join(quote for _, quote in words), context)


def _supported(
    text: str, citations: Sequence[Citation], articles: Mapping[str, Article], judge: Verifier
) -> tuple[bool | None, str]:
    if (claim := cited_claim(text, citations, articles)) is None:
        return False, "nothing is cited"
    check = judge.verify(claim.text, claim.evidence, claim.context)
    return (check.verdict is Verdict.SUPPORTED if check.scored else None), check.why


def _sourced(sentence: AnswerSentence, answer: Answer, judge: Verifier, cited: bool | None) -> bool | None:
    claims = [
        Claim(sentence.text, hit.passage.text, FactContext(hit.title, hit.publisher, hit.published))
        for hit in answer.passages
    ]
    checks = judge.verify_many(claims)
    if any(check.scored and check.verdict is Verdict.SUPPORTED for check in checks):
        return True
    return None if cited is None or any(not check.scored for check in checks) else False
