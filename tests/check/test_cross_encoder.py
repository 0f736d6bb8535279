from __future__ import annotations

import json
from pathlib import Path

import pytest

from rag.check.cross_encoder import CrossEncoderVerifier
from rag.check.facts import FactContext
from rag.check.verification import Claim
from rag.config import load_settings
from rag.errors import ModelUnavailableError
from rag.generate.verifiers import load_verifier
from rag.index.sentence_models import CrossEncoderScorer
from rag.types import Verdict

EVIDENCE = "The storm killed 400 birds on the coast."


class Fixed:
    """Gives every pair the same probability."""

    def __init__(self, probability: float) -> None:
        self.probability = probability
        self.pairs: list[tuple[str, str]] = []

    def score(self, pairs: list[tuple[str, str]]) -> list[float]:
        self.pairs += pairs
        return [self.probability] * len(pairs)


def tiny_model(folder: Path, labels: list[str]) -> Path:
    """A real sequence-classification model with random weights, as sentence-transformers loads it."""
    from transformers import BertConfig, BertForSequenceClassification, BertTokenizerFast

    folder.mkdir()
    vocabulary = folder / "vocab.txt"
    vocabulary.write_text("\n".join(["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "storm", "birds"]), encoding="utf-8")
    config = BertConfig(
        vocab_size=7, hidden_size=8, num_hidden_layers=1, num_attention_heads=1, intermediate_size=8,
        id2label=dict(enumerate(labels)), label2id={label: i for i, label in enumerate(labels)},
    )  # fmt: skip
    BertForSequenceClassification(config).save_pretrained(folder)
    BertTokenizerFast(str(vocabulary)).save_pretrained(folder)
    return folder


def test_evidence_comes_first_and_facts_have_the_last_word() -> None:
    scorer = Fixed(0.9)
    verifier = CrossEncoderVerifier("some/model", scorer)  # type: ignore[arg-type]
    claims = [Claim("The storm killed birds.", EVIDENCE, FactContext()),
              Claim("The storm killed 900 birds.", EVIDENCE, FactContext())]  # fmt: skip
    right, wrong = verifier.verify_many(claims)
    assert scorer.pairs[0] == (EVIDENCE, "The storm killed birds.")
    assert (right.verdict, wrong.verdict) == (Verdict.SUPPORTED, Verdict.UNSUPPORTED)
    assert "900" in wrong.why
    assert verifier.verify_many([]) == []


@pytest.mark.parametrize("labels", [["only"], ["contradiction", "entailment", "neutral"], ["LABEL_0", "LABEL_1"]])
def test_any_model_that_tells_support_is_taken(tmp_path: Path, labels: list[str]) -> None:
    folder = tiny_model(tmp_path / "model", labels)
    verifier = load_verifier(load_settings(verifier=f"cross-encoder:{folder}"))
    check = verifier.verify("Storm birds.", EVIDENCE, FactContext())
    assert 0 <= check.support <= 1


def test_a_model_without_such_a_label_is_refused_in_one_line(tmp_path: Path) -> None:
    with pytest.raises(ModelUnavailableError, match="none says supported"):
        CrossEncoderScorer(str(tiny_model(tmp_path / "model", ["joy", "anger", "fear"])))


def test_a_folder_without_a_model_is_refused_in_one_line(tmp_path: Path) -> None:
    (tmp_path / "notes.json").write_text(json.dumps({}), encoding="utf-8")
    with pytest.raises(ModelUnavailableError, match="holds no sentence-transformers model"):
        CrossEncoderScorer(str(tmp_path))
