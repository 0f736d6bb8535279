"""``dateline brief`` and ``quote``, as a shell sees them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.cli.conftest import Run

TOPIC = "Putin and Assad meet in Sochi"


def test_json_is_one_document_of_the_contract(run: Run, sample_index: Path) -> None:
    found = run("brief", TOPIC, "--index", sample_index, "--model", "extractive", "--json")
    assert found.code == 0
    for section in found.json["sections"]:
        assert set(section) == {"title", "sentences"}
        for sentence in section["sentences"]:
            assert set(sentence) == {"text", "verdict", "support", "citations"}
    texts = {
        i: run("sources", "show", i, "--index", sample_index, "--json").json["text"]
        for i in {c["article_id"] for c in found.json["citations"]}
    }
    assert all(texts[c["article_id"]][c["start"] : c["end"]] == c["quote"] for c in found.json["citations"])


def test_a_file_is_written_once_and_again_only_by_force(run: Run, sample_index: Path, workplace: Path) -> None:
    arguments = ("brief", TOPIC, "--index", sample_index, "--model", "extractive", "--length", "short", "-o", "b.html")
    assert run(*arguments).out == "written: b.html\n"
    before = (workplace / "b.html").read_text(encoding="utf-8")
    refused = run(*arguments)
    assert (refused.code, refused.out) == (2, "")
    assert "--force" in refused.err
    assert run(*arguments, "--force").code == 0
    assert (workplace / "b.html").read_text(encoding="utf-8").startswith("<!DOCTYPE html>")
    assert before.startswith("<!DOCTYPE html>")
    assert list(workplace.glob(".*partial")) == []


def test_a_bundle_is_accepted_until_a_byte_differs(run: Run, sample_index: Path, workplace: Path) -> None:
    made = run("brief", TOPIC, "--index", sample_index, "--model", "extractive", "--bundle", "b.json", "--json")
    assert made.code == 0
    assert run("verify", "b.json").code == 0
    bundle = json.loads((workplace / "b.json").read_text(encoding="utf-8"))
    assert bundle["briefing"]["sections"] == made.json["sections"]
    text = (workplace / "b.json").read_text(encoding="utf-8")
    (workplace / "b.json").write_text(text.replace("Sochi", "Soch1", 1), encoding="utf-8")
    assert run("verify", "b.json").code == 1


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--format", "pdf"], "-o"),
        (["-o", "b.xyz"], "--format"),
        (["--compare", "A", "a"], "two different publishers"),
        (["--length", "endless"], "endless"),
        (["--since", "yesterday"], "YYYY-MM-DD"),
        (["-o", "nowhere/b.md"], "no folder"),
    ],
)
def test_wrong_use_is_one_line(run: Run, sample_index: Path, arguments: list[str], said: str) -> None:
    found = run("brief", TOPIC, "--index", sample_index, *arguments)
    assert (found.code, found.out) == (2, "")
    assert said in found.err
    assert found.err.count("\n") == 1


def test_a_terminal_shows_sections_and_sources(run: Run, sample_index: Path) -> None:
    found = run("brief", TOPIC, "--index", sample_index, "--model", "extractive")
    assert found.code == 0
    assert "Bottom line" in found.out and "Who said what" in found.out
    assert "Sources: " in found.out and "independent" in found.out


def test_markdown_goes_to_standard_output(run: Run, sample_index: Path) -> None:
    found = run("brief", TOPIC, "--index", sample_index, "--model", "extractive", "--format", "md", "--length", "short")
    assert found.out.startswith("# ")
    assert "[^1]: “" in found.out


def test_nothing_found_is_said(run: Run, sample_index: Path) -> None:
    found = run("brief", TOPIC, "--index", sample_index, "--model", "extractive", "--source", "Nobody")
    assert found.code == 0
    assert "No article is about this" in found.out


def test_quote_prints_and_encodes(run: Run, sample_index: Path) -> None:
    words = "this military operation is indeed wrapping up"
    shown = run("quote", words, "--index", sample_index)
    assert shown.code == 0
    assert "[-indeed wrapping up-]{+now finished+}" in " ".join(shown.out.split())
    results = run("quote", words, "--index", sample_index, "--json").json["results"]
    assert [r["exact"] for r in results] == [True, True, True, False]
    nothing = run("quote", "the moon is made of green cheese", "--index", sample_index)
    assert (nothing.code, nothing.out.strip()) == (0, "no article has these words, or words close to them")
