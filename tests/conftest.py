"""What tests in several folders need."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings as hypothesis_settings

from rag.config import Settings
from rag.errors import ModelUnavailableError
from rag.generate.gguf import describe_model
from rag.generate.llm import load_model
from rag.generate.model import LanguageModel
from rag.index.embedding import Embedder, load_embedder
from rag.index.store import IndexStore
from rag.ingest.sync import ingest
from tests.fakes import HashEmbedder


def pytest_configure(config: pytest.Config) -> None:
    # Read by pytest-socket: a test that reaches beyond this machine fails.
    config.option.allow_hosts = config.option.allow_hosts or "127.0.0.1,::1,localhost"
    config.option.allow_unix_socket = True
    # How fast a machine is says nothing of whether a property holds.
    hypothesis_settings.register_profile("dateline", deadline=None)
    hypothesis_settings.load_profile("dateline")


@pytest.fixture(scope="session")
def real_model() -> Iterator[LanguageModel]:
    settings = Settings(model="embedded", model_context=2048, model_timeout=300.0)
    try:
        describe_model(settings)
    except ModelUnavailableError as error:
        pytest.skip(str(error))
    model = load_model(settings)
    yield model
    model.close()


@pytest.fixture(scope="session")
def embedder() -> Embedder:
    return load_embedder(Settings())


@pytest.fixture
def store(tmp_path: Path, corpus: Path) -> Iterator[IndexStore]:
    """An index of the articles of the module's own ``corpus``."""
    opened = IndexStore(tmp_path / "index", create=True)
    ingest(opened, HashEmbedder(), [corpus])
    yield opened
    opened.close()
