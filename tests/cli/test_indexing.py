from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from tests.cli.conftest import Run
from tests.corpora import write_article


@pytest.fixture
def corpus(run: Run, workplace: Path) -> Path:
    folder = workplace / "corpus"
    write_article(
        folder / "a.md", "The mayor of Arkona opened a bridge on Monday.", title="A bridge", published="2020-01-02"
    )
    write_article(folder / "b.md", "The council of Belmar closed a school.", title="A school")
    assert run("ingest", folder).code == 0
    return folder


def test_an_index_is_rebuilt_moved_and_proved(run: Run, corpus: Path, workplace: Path) -> None:
    shutil.rmtree(workplace / ".dateline" / "vectors")
    for command in (("search", "bridge"), ("ask", "Who opened a bridge?", "--model", "extractive")):
        broken = run(*command)
        assert broken.code == 2 and broken.err.count("\n") == 1 and "run `dateline reindex`" in broken.err
    assert run("doctor").code == 1
    assert run("reindex", "--json").json == {"passages": 2}
    healthy = run("doctor", "--deep", "--json")
    assert healthy.code == 0
    assert healthy.json["findings"][-1]["name"] == "index in depth"
    exported = run("export", "moved.dateline", "--json").json
    assert (exported["articles"], exported["passages"]) == (2, 2)
    again = run("export", "moved.dateline")
    assert again.code == 2 and "--force" in again.err
    assert run("export", "moved.dateline", "--force").code == 0
    assert run("import", "moved.dateline", "--index", "there", "--json").json["articles"] == 2
    assert run("doctor", "--deep", "--index", "there").code == 0
    here, there = (run("search", "bridge", "--json", "--index", i).json["results"] for i in (".dateline", "there"))
    assert [(hit["article_id"], hit["start"]) for hit in here] == [(hit["article_id"], hit["start"]) for hit in there]
    assert "not empty" in run("import", "moved.dateline", "--index", "there").err
    for wrong in ("corpus/a.md", "nowhere"):
        refused = run("import", wrong, "--index", "new")
        assert refused.code == 2 and refused.err.count("\n") == 1
        assert not Path("new").exists()


def test_an_article_shows_its_versions_and_which_answers_are_stale(run: Run, corpus: Path) -> None:
    question = "Who opened a bridge in Arkona?"
    assert not run("ask", question, "--model", "extractive", "--json").json["abstained"]
    before = run("sources", "show", "a.md", "--json").json
    assert [(g["question"], g["stale"]) for g in before["cited_by"]] == [(question, False)]
    write_article(corpus / "a.md", "The minister of Arkona opened a bridge on Monday.", title="A bridge")
    run("ingest", corpus)
    after = run("sources", "show", "a.md", "--json").json
    assert [g["stale"] for g in after["cited_by"]] == [True]
    assert [v["current"] for v in after["versions"]] == [True, False]
    assert after["versions"][1]["version"] == before["version"]
    shown = run("sources", "show", "a.md").out
    assert "Cited by" in shown and "stale" in shown and before["version"][:16] in shown
    old = run("sources", "show", "a.md", "--version", before["version"][:12], "--json").json
    assert (old["text"], old["version"]) == (before["text"], before["version"])
    assert "has no version" in run("sources", "show", "a.md", "--version", "0000").err


def test_what_was_asked_is_not_kept_when_that_is_switched_off(
    run: Run, corpus: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DATELINE_KEEP_ANSWERS", "false")
    run("ask", "Who opened a bridge in Arkona?", "--model", "extractive")
    assert json.loads(run("sources", "show", "a.md", "--json").out)["cited_by"] == []
