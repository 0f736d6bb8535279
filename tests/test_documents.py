"""What the pages in docs/ name exists: tests, files, commands, variables, figures, routes."""

from __future__ import annotations

import ast
import re
import shutil
import subprocess
from pathlib import Path

import pytest
from click import Context, Group

from rag.cli.main import dateline
from rag.config import Settings
from rag.types import Usage
from ui.access.figures import Figures

ROOT = Path(__file__).parents[1]
DOCS = ROOT / "docs"
PAGES = sorted(DOCS.glob("*.md"))


def text_of(name: str) -> str:
    return (DOCS / name).read_text(encoding="utf-8")


def names_in(path: Path) -> set[str]:
    found = set()
    for node in ast.parse(path.read_text(encoding="utf-8")).body:
        if isinstance(node, ast.FunctionDef):
            found.add(node.name)
        elif isinstance(node, ast.ClassDef):
            found |= {f"{node.name}::{each.name}" for each in node.body if isinstance(each, ast.FunctionDef)}
    return found


@pytest.mark.parametrize("page", ["THREATS.md", "FAULTS.md"])
def test_every_row_names_tests_that_exist(page: str) -> None:
    rows = [line for line in text_of(page).splitlines() if line.startswith("| ") and "---" not in line]
    named = 0
    for row in rows:
        for path, name in re.findall(r"`(tests/[\w/]+\.py)::([\w:]+)`", row):
            assert (ROOT / path).is_file(), path
            assert name in names_in(ROOT / path), f"{path}::{name}"
            named += 1
    headers = sum(line.startswith("|---") for line in text_of(page).splitlines())
    assert len([row for row in rows if "`tests/" in row]) == len(rows) - headers
    assert named >= len(rows) - headers


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_files_commands_and_variables_exist(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    for path in re.findall(r"`((?:docs|eval|tests|rag|ui)/[\w./-]+)`", text):
        assert (ROOT / path).exists(), path
    variables = {f"DATELINE_{name.upper()}" for name in Settings.model_fields} | {"DATELINE_KEY"}  # an example's own
    assert set(re.findall(r"\bDATELINE_[A-Z_]+\b", text)) <= variables
    for words in re.findall(r"^\$ .*?\bdateline ((?!compose)[a-z]+(?: [a-z]+)?)", text, re.MULTILINE):
        first, *rest = words.split()
        if first in ("dateline",):
            continue
        command = dateline.get_command(Context(dateline), first)
        assert command is not None, words
        if isinstance(command, Group):
            assert rest and command.get_command(Context(command), rest[0]) is not None, words


def test_the_figures_that_are_worth_a_look_are_there() -> None:
    figures = Figures()
    figures.watch("dateline_queue_length", "", float)
    figures.watch("dateline_jobs_waiting", "", float)
    figures.request("r", "GET", 200, 0.1)
    figures.turned_away("rate")
    figures._spent(Usage(1, 1, 0.0), "m", "c")
    written = figures.text().decode()
    named = set(re.findall(r"`((?:dateline|process)_\w+)`", text_of("DEPLOYMENT.md")))
    assert len(named) >= 10
    assert [name for name in named if f"# HELP {name.removesuffix('_total')}" not in written] == []


def test_no_gap_is_left_to_fill() -> None:
    assert [page.name for page in PAGES if "@@" in page.read_text(encoding="utf-8")] == []


def test_the_proxy_lets_streams_and_uploads_through() -> None:
    found = (DOCS / "deployment" / "nginx.conf").read_text(encoding="utf-8")
    settings = Settings()
    assert "proxy_buffering off;" in found
    assert f"client_max_body_size {settings.serve_upload_bytes // 1_000_000}m;" in found
    seconds = re.search(r"proxy_read_timeout (\d+)s", found)
    assert seconds is not None
    assert int(seconds[1]) > settings.serve_seconds
    assert "proxy_set_header Host $http_host;" in found


def test_the_unit_is_one_that_systemd_takes(tmp_path: Path) -> None:
    unit = (DOCS / "deployment" / "dateline.service").read_text(encoding="utf-8")
    assert "--host 127.0.0.1" in unit
    assert re.findall(r"DATELINE_[A-Z_]+(?==)", unit)
    for name in re.findall(r"(DATELINE_[A-Z_]+)=", unit):
        assert name.removeprefix("DATELINE_").lower() in Settings.model_fields
    if not shutil.which("systemd-analyze"):
        pytest.skip("there is no systemd-analyze on this machine")
    here = unit.replace("/opt/dateline/bin/dateline", "/bin/true").replace("User=dateline", "User=daemon")
    (tmp_path / "dateline.service").write_text(here, encoding="utf-8")
    command = ["systemd-analyze", "verify", str(tmp_path / "dateline.service")]
    found = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert (found.returncode, found.stderr) == (0, "")
