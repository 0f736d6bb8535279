from __future__ import annotations

import pytest

from rag.check.builtin import BuiltinVerifier, text_features
from rag.check.facts import FactContext
from rag.check.verification import Claim
from rag.generate.cascade import CascadeVerifier
from rag.types import Verdict
from tests.fakes import ScriptedModel

EVIDENCE = "The storm killed 400 birds on the coast. Officials closed the harbour for two days."
CLEAR = "Officials closed the harbour for two days."
DOUBTFUL = "Authorities shut the port briefly because of severe weather."


def cascade(yes: float) -> tuple[CascadeVerifier, ScriptedModel]:
    model = ScriptedModel(yes=lambda messages: yes)
    return CascadeVerifier(BuiltinVerifier(), lambda: model), model


def test_only_doubtful_sentences_are_put_to_the_model() -> None:
    verifier, model = cascade(0.9)
    checks = verifier.verify_many([Claim(text, EVIDENCE, FactContext()) for text in (CLEAR, DOUBTFUL)])
    assert checks[0].verdict is Verdict.SUPPORTED
    assert len(model.asked) == 1
    assert DOUBTFUL in model.asked[0][-1]["content"]
    assert model.asked[0][-1]["content"].index(EVIDENCE) < model.asked[0][-1]["content"].index(DOUBTFUL)


def test_the_model_moves_the_verdict_both_ways() -> None:
    supports = [cascade(yes)[0].verify(DOUBTFUL, EVIDENCE, FactContext()).support for yes in (0.02, 0.5, 0.999)]
    assert supports == sorted(supports)
    assert supports[0] < supports[2]


def test_a_changed_number_stands_whatever_the_model_says() -> None:
    verifier, _ = cascade(1.0)
    assert verifier.verify("The storm killed 900 birds.", EVIDENCE, FactContext()).verdict is Verdict.UNSUPPORTED


def test_no_model_is_loaded_where_nothing_is_in_doubt() -> None:
    def load() -> ScriptedModel:
        raise AssertionError("loaded")

    verifier = CascadeVerifier(BuiltinVerifier(), load)
    assert verifier.verify(CLEAR, EVIDENCE, FactContext()).verdict is Verdict.SUPPORTED


@pytest.mark.parametrize("supports", [[0.99, 0.98, 0.5], [1.0, 1.0, 0.2]])
def test_a_text_is_no_better_for_good_sentences_beside_a_bad_one(supports: list[float]) -> None:
    verifier = BuiltinVerifier()
    assert verifier.all_supported(supports) < verifier.all_supported([0.99, 0.98, 0.97])


def test_what_a_text_is_described_by() -> None:
    described = text_features([0.9, 0.5])
    assert described["worst"] == pytest.approx(0.0)
    assert described["second"] > 2
