"""The examples of docs/API.md, run as they stand there."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.api.served import Served, serving
from ui.access.identity import Scope

TEXT = (Path(__file__).parents[2] / "docs" / "API.md").read_text(encoding="utf-8")
EXAMPLES = re.findall(r"```(sh|python)\n(.*?)```", TEXT, re.DOTALL)


@pytest.fixture(scope="module")
def place(served: Served, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("place")


@pytest.fixture(scope="module")
def closed(sample_index: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with serving(sample_index, tmp_path_factory.mktemp("closed")) as running:
        yield running


def run(language: str, example: str, url: str, place: Path, key: str = "") -> str:
    command = ["sh", "-ec"] if language == "sh" else [sys.executable, "-c"]
    found = subprocess.run(
        [*command, example.replace("http://127.0.0.1:8017", url)], cwd=place, capture_output=True, text=True,
        env={**os.environ, "DATELINE_KEY": key}, timeout=60,
    )  # fmt: skip
    assert found.returncode == 0, found.stderr
    return found.stdout


def test_there_are_examples_of_each_kind() -> None:
    assert len(EXAMPLES) >= 7
    assert {language for language, _ in EXAMPLES} == {"sh", "python"}


@pytest.mark.parametrize(("language", "example"), EXAMPLES)
def test_an_example(served: Served, closed: Served, place: Path, language: str, example: str) -> None:
    if "curl" in example and not shutil.which("curl"):
        pytest.skip("there is no curl on this machine")
    if "DATELINE_KEY" in example:
        key = closed.accounts.add_key("documentation", Scope.READ)
        assert '"unauthorized"' in run(language, example, closed.url, place, "wrong")
        out = run(language, example, closed.url, place, key)
    else:
        out = run(language, example, served.url, place)
    assert out.strip()
    assert '"error":{' not in out.replace(" ", "")  # a job without one has null there
