"""Citation quality: exact spans, recall and precision by a judge, and the evidence that people named.

Recall and precision are those of ALCE (Gao et al., "Enabling Large Language Models to Generate Text with Citations",
EMNLP 2023, section 4), computed in each answer and averaged over answers as there.
"""

from __future__ import annotations

import re
from statistics import mean

from eval.metrics.base import Case, Metric, share_of
from eval.suites import Evidence
from rag.types import Article, Citation


def span_exactness(case: Case) -> float | None:
    """Returns the share of pointers whose words stand exactly there, in the version of the article they name."""
    return share_of(_is_exact(pointer, case.articles.get(pointer.article_id)) for pointer in case.pointers())


def citation_recall(case: Case) -> float | None:
    """Returns the share of sentences that their citations bear out."""
    return share_of(sentence.cited for sentence in case.judged)


def citation_precision(case: Case) -> float | None:
    """Returns the share of citations that matter to a sentence that is borne out.

    A citation does not count when it neither bears out its sentence alone nor is missed by the others, and none counts
    of a sentence that its citations together do not bear out.
    """
    relevant: list[bool] = []
    for sentence, judged in zip(case.answer.sentences, case.judged, strict=True):
        if judged.cited is None:
            continue
        if judged.cited:
            relevant += [citation.alone or not citation.others for citation in judged.citations]
        else:
            relevant += [False] * len(sentence.citations)
    return share_of(relevant)


def evidence_recall(case: Case) -> float | None:
    """Returns the share of the evidence that people named which the answer cites; of an abstention it is 0."""
    wanted = case.item.evidence
    if not wanted or not case.is_answerable:
        return None
    return mean(any(is_cited(evidence, citation, case) for citation in case.answer.citations) for evidence in wanted)


def evidence_hit(case: Case) -> float | None:
    """Returns 1 when at least one piece of the evidence that people named is cited."""
    recall = evidence_recall(case)
    return None if recall is None else float(recall > 0)


def is_cited(evidence: Evidence, citation: Citation, case: Case) -> bool:
    """Tells whether a citation points at evidence: at words of its quotation, in its article or a copy of that."""
    if case.report_of(evidence.article) != case.report_of(citation.article_id):
        return False
    if not evidence.quote:
        return True
    article = case.articles.get(citation.article_id)
    if article is None:
        return False
    starts = [match.start() for match in re.finditer(re.escape(evidence.quote), article.text)]
    if not starts:  # cited in a copy, whose words may differ slightly, or broken into lines otherwise
        return _flat(evidence.quote) in _flat(citation.quote) or _flat(citation.quote) in _flat(evidence.quote)
    return any(citation.start < start + len(evidence.quote) and start < citation.end for start in starts)


def _flat(text: str) -> str:
    return " ".join(text.split())


def _is_exact(pointer: Citation, article: Article | None) -> bool:
    if article is None or article.version != pointer.version:
        return False
    # A slice forgives an end beyond the text; whoever else reads the numbers may not.
    inside = 0 <= pointer.start < pointer.end <= len(article.text)
    return inside and article.text[pointer.start : pointer.end] == pointer.quote


METRICS = (
    Metric("span_exactness", span_exactness, "higher", "share of citations whose words stand exactly at their place"),
    Metric(
        "citation_recall", citation_recall, "higher",
        "share of sentences that their citations bear out, by the judge (ALCE, Gao et al. 2023)",
    ),
    Metric(
        "citation_precision", citation_precision, "higher",
        "share of citations that their sentence needs, by the judge (ALCE, Gao et al. 2023)",
    ),
    Metric("evidence_recall", evidence_recall, "higher", "share of the evidence named in the suite that is cited"),
    Metric("evidence_hit", evidence_hit, "higher", "answers that cite at least one piece of the named evidence"),
)  # fmt: skip
