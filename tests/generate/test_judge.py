from __future__ import annotations

from pathlib import Path

import pytest

from rag.check.facts import FactContext
from rag.config import load_settings
from rag.errors import SettingsError
from rag.generate.judge import JudgeVerifier
from rag.generate.judgements import JudgementCache
from rag.generate.verifiers import load_verifier
from rag.types import Verdict
from tests.fakes import ScriptedModel

EVIDENCE = "The storm killed 400 birds on the coast."
SUPPORTED = '{"verdict": "supported", "why": "stated"}'


def judge(*replies: str, cache: JudgementCache | None = None) -> tuple[JudgeVerifier, ScriptedModel]:
    model = ScriptedModel(replies=list(replies))
    return JudgeVerifier(model, cache or JudgementCache(None)), model


def test_the_verdict_is_the_models() -> None:
    verifier, _ = judge(SUPPORTED, '```json\n{"verdict": "contradicted", "why": "the source says 400"}\n```')
    assert verifier.verify("The storm killed birds.", EVIDENCE, FactContext()).verdict is Verdict.SUPPORTED
    other = verifier.verify("The storm spared the birds.", EVIDENCE, FactContext())
    assert (other.verdict, other.why) == (Verdict.CONTRADICTED, "the source says 400")


def test_a_changed_number_is_never_supported_whatever_the_judge_says() -> None:
    verifier, _ = judge(SUPPORTED)
    check = verifier.verify("The storm killed 900 birds.", EVIDENCE, FactContext())
    assert check.verdict is Verdict.UNSUPPORTED
    assert "900" in check.why


@pytest.mark.parametrize("reply", ["Sure, that is right.", '{"verdict": "certainly"}', "{", '{"why": "x"}', "[]"])
def test_a_reply_that_is_no_verdict_is_unscored(reply: str) -> None:
    verifier, _ = judge(reply)
    check = verifier.verify("The storm killed birds.", EVIDENCE, FactContext())
    assert not check.scored
    assert check.verdict is Verdict.UNSUPPORTED


def test_nothing_is_asked_twice_not_even_by_another_process(tmp_path: Path) -> None:
    first, model = judge(SUPPORTED, cache=JudgementCache(tmp_path / "cache"))
    again, silent = judge(cache=JudgementCache(tmp_path / "cache"))
    for verifier in (first, again):
        assert verifier.verify("The storm killed birds.", EVIDENCE, FactContext()).verdict is Verdict.SUPPORTED
    assert len(model.asked) == 1
    assert silent.asked == []


def test_other_evidence_is_another_question(tmp_path: Path) -> None:
    verifier, model = judge(SUPPORTED, SUPPORTED)
    verifier.verify("The storm killed birds.", EVIDENCE, FactContext())
    verifier.verify("The storm killed birds.", "Birds died in a storm.", FactContext())
    assert len(model.asked) == 2


@pytest.mark.parametrize("name", ["best", "llm", "llm:", "cross-encoder", "cascade:x"])
def test_an_unknown_verifier_is_a_setting_to_correct(name: str) -> None:
    with pytest.raises(SettingsError, match="there is no verifier"):
        load_verifier(load_settings(verifier=name))
