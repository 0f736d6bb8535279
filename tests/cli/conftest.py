"""Runs commands in this process, as a shell would see them."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from rag.cli.main import main
from rag.config import Settings
from rag.service import Dateline

ARTICLES = Path(__file__).parents[2] / "corpus" / "articles"


@dataclass(frozen=True)
class Outcome:
    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        """The one document on standard output; anything beside it fails."""
        return json.loads(self.out)


Run = Callable[..., Outcome]


@pytest.fixture
def workplace(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty current folder, and no settings from the developer's own environment."""
    for name in os.environ:
        if name.startswith("DATELINE_"):
            monkeypatch.delenv(name)
    monkeypatch.setenv("COLUMNS", "80")
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def run(workplace: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> Run:
    """Runs ``dateline`` with these arguments in the workplace."""

    def command(*arguments: str | Path) -> Outcome:
        monkeypatch.setattr(sys, "argv", ["dateline", *map(str, arguments)])
        capfd.readouterr()
        with pytest.raises(SystemExit) as exit_:
            main()
        out, err = capfd.readouterr()
        return Outcome(int(exit_.value.code or 0), out, err)

    return command


@pytest.fixture(scope="session")
def sample_index(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An index of the sample corpus. Not to be changed."""
    index = tmp_path_factory.mktemp("sample") / "index"
    dateline = Dateline(Settings(index=index))
    dateline.ingest([ARTICLES])
    dateline.close()
    return index


@pytest.fixture
def harbour(workplace: Path) -> Path:
    """A folder of two articles: one with everything stated, one with nothing."""
    folder = workplace / "harbour"
    folder.mkdir()
    (folder / "opening.md").write_text(
        "---\ntitle: Harbour opens\npublisher: The Port\npublished: 2024-03-01\nurl: https://port.example/1\n---\n"
        "The harbour of Tallinn opened on Monday. Mayor Anna Kask said the work took nine years.\n",
        encoding="utf-8",
    )
    (folder / "bridge.txt").write_text(
        "The bridge of Narva closed in May after engineers found cracks in two of its pillars.\n", encoding="utf-8"
    )
    return folder
