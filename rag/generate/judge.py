"""Verifying with a language model: one fixed rubric, one claim at a time, nothing paid twice."""

from __future__ import annotations

import json
from collections.abc import Sequence

from rag.check.facts import FactContext, missing_facts
from rag.check.verification import Claim, Thresholds, at_best_partial
from rag.generate.judgements import JudgementCache
from rag.generate.llm import LanguageModel
from rag.generate.prompts import JUDGE_SCHEMA, JUDGE_TOKENS, judge_messages
from rag.types import Check, Verdict

_SUPPORT = {Verdict.SUPPORTED: 0.95, Verdict.PARTIAL: 0.4, Verdict.UNSUPPORTED: 0.1, Verdict.CONTRADICTED: 0.02}
_THRESHOLDS = Thresholds(supported_at=0.5, unsupported_below=0.25, sentence_even=0.5, text_even=0.5)


class JudgeVerifier:
    """Asks a language model for a verdict under a rubric; the fact rules still have the last word.

    A reply that is not a verdict leaves the claim unscored, so that neither side of a measurement gains by it. The four
    verdicts stand on a scale of support without more between them: language models' own percentages are not
    calibrated (Xiong et al., "Can LLMs express their uncertainty?", ICLR 2024).

    Args:
        model: Any model; it sees claim and evidence, nothing else.
        cache: Remembers verdicts by model, rubric, claim and evidence.
    """

    def __init__(self, model: LanguageModel, cache: JudgementCache) -> None:
        self._model = model
        self._cache = cache
        self.name = f"llm:{model.name}"
        self.thresholds = _THRESHOLDS

    def verify(self, claim: str, evidence: str, context: FactContext) -> Check:
        """Returns the verdict on one sentence.

        Raises:
            ModelError: The model cannot be reached or fails.
        """
        found = _read(self._reply(claim, evidence))
        if found is None:
            return Check(Verdict.UNSUPPORTED, 0.0, f"{self._model.name} gave no verdict", scored=False)
        return at_best_partial(found, missing_facts(claim, evidence, context=context))

    def verify_many(self, claims: Sequence[Claim]) -> list[Check]:
        """Returns the verdict on each claim, in order."""
        return [self.verify(claim.text, claim.evidence, claim.context) for claim in claims]

    def all_supported(self, supports: Sequence[float]) -> float:
        """Returns the support of the worst sentence."""
        return min(supports)

    def _reply(self, claim: str, evidence: str) -> str:
        messages = judge_messages(evidence, claim)
        key = self._cache.key(self._model.name, messages)
        known = self._cache.get(key)
        if known is None:
            known = self._model.complete(messages, max_tokens=JUDGE_TOKENS, schema=dict(JUDGE_SCHEMA)).text
            self._cache.put(key, known)
        return known


def _read(reply: str) -> Check | None:
    try:
        # Models without a schema mode like to wrap JSON in a code fence.
        content = json.loads(reply[reply.index("{") : reply.rindex("}") + 1])
        verdict = Verdict(content["verdict"])
        why = content.get("why", "")
    except (ValueError, KeyError, TypeError, RecursionError):
        return None
    said = why.strip() if isinstance(why, str) else ""
    return Check(verdict, _SUPPORT[verdict], "" if verdict is Verdict.SUPPORTED else said or "the judge says so")
