"""docs/API.md: its examples and those of docs/examples/, run as they stand there, and its routes, which are all."""

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
from tests.api.test_access import flat
from ui.access.identity import Scope
from ui.access.policy import needed

DOCS = Path(__file__).parents[2] / "docs"
TEXT = (DOCS / "API.md").read_text(encoding="utf-8")
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


@pytest.fixture(scope="module")
def shown() -> dict[str, str]:
    """Each route of the page with the scope it names."""
    found = {}
    for cells, scope in re.findall(r"^\| ((?:`[A-Z]+ /[^`]*`(?:, )?)+) \| (\w+) \|", TEXT, re.MULTILINE):
        found |= dict.fromkeys(re.findall(r"`([^`]+)`", cells), scope)
    return found


def test_every_route_is_on_the_page_and_no_other(served: Served, shown: dict[str, str]) -> None:
    assert set(shown) == {f"{method} {path}" for method, path in flat(served.programs.app.routes)}


def test_the_page_names_the_scope_that_is_asked_for(shown: dict[str, str]) -> None:
    for route, scope in shown.items():
        method, path = route.split(" ")
        wanted = needed(method, re.sub(r"{\w+}", "nothing", path))
        assert (wanted.value if wanted else "none") == scope, route


@pytest.mark.parametrize(
    ("name", "expected"),
    [("openai_client.py", ["[1]", "Sources", "“"]), ("mcp_client.py", ["find_quote", "[1]", "“"]),
     ("ask.sh", ["harbour", "event: sentence", "event: answer"])],
)  # fmt: skip
def test_an_example_file_with_a_key(closed: Served, name: str, expected: list[str]) -> None:
    path = DOCS / "examples" / name
    if path.suffix == ".sh" and not shutil.which("curl"):
        pytest.skip("there is no curl on this machine")
    key = closed.accounts.add_key(f"example-{name}", Scope.WRITE)
    command = ["sh", str(path)] if path.suffix == ".sh" else [sys.executable, str(path)]
    found = subprocess.run([*command, closed.url, key], capture_output=True, text=True, timeout=120, check=False)
    assert found.returncode == 0, found.stderr + found.stdout
    for words in expected:
        assert words in found.stdout
    denied = subprocess.run([*command, closed.url, "wrong"], capture_output=True, text=True, timeout=120, check=False)
    assert denied.returncode != 0
