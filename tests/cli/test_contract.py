from __future__ import annotations

import hashlib
import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from rag.types import AbstentionReason, Verdict
from tests.cli.conftest import ARTICLES, Run

QUESTION = "What did Assad ask Russia for?"
NUMBER = (int, float)
SUMMARY = {
    "id": str, "version": str, "title": str, "publisher": str, "published": (str, type(None)), "language": str,
    "passages": int, "duplicate_of": (str, type(None)),
}  # fmt: skip
CITATION = {
    "n": int, "article_id": str, "version": str, "title": str, "publisher": str, "published": (str, type(None)),
    "start": int, "end": int, "quote": str, "also_carried_by": list,
}  # fmt: skip
ANSWER = {
    "question": str, "standalone_question": str, "model": str, "abstained": bool, "reason": (str, type(None)),
    "text": str, "sentences": list, "citations": list, "disagreements": list, "nearest": list, "passages": list,
    "usage": dict, "seconds": dict, "dropped": list, "warnings": list,
}  # fmt: skip


def has_form(value: dict[str, Any], form: dict[str, Any]) -> None:
    """Exactly these fields, each of its type; a truth value is not a number."""
    assert list(value) == list(form)
    for name, kind in form.items():
        assert isinstance(value[name], kind), name
        assert kind is bool or not isinstance(value[name], bool), name


def is_an_answer(answer: dict[str, Any]) -> None:
    has_form(answer, ANSWER)
    for sentence in answer["sentences"]:
        has_form(sentence, {"text": str, "verdict": str, "support": NUMBER, "citations": list})
        assert sentence["verdict"] in list(Verdict)
        assert 0 <= sentence["support"] <= 1
    for citation in answer["citations"] + answer["nearest"]:
        has_form(citation, CITATION)
    for passage in answer["passages"]:
        has_form(passage, {"article_id": str, "start": int, "end": int, "score": NUMBER})
    for dropped in answer["dropped"]:
        has_form(dropped, {"text": str, "verdict": str, "why": str})
    has_form(answer["usage"], {"prompt_tokens": int, "completion_tokens": int, "cost_usd": NUMBER})
    has_form(answer["seconds"], dict.fromkeys(("retrieve", "generate", "check", "total"), NUMBER))
    numbers = [citation["n"] for citation in answer["citations"]]
    assert numbers == list(range(1, len(numbers) + 1))
    assert {n for s in answer["sentences"] for n in s["citations"]} <= set(numbers)
    if answer["abstained"]:
        assert answer["reason"] in list(AbstentionReason)
        assert not answer["sentences"]
    else:
        assert answer["reason"] is None
        assert answer["sentences"]
        assert all(sentence["citations"] for sentence in answer["sentences"])
        for sentence in answer["sentences"]:
            assert sentence["text"] in answer["text"]
        assert {int(n) for n in re.findall(r"\[(\d+)\]", answer["text"])} == set(numbers)


def test_ingest(run: Run, harbour: Path) -> None:
    (harbour / "broken.json").write_text("{", encoding="utf-8")
    first = run("ingest", harbour, "--json")
    assert (first.code, first.err) == (0, "")
    has_form(first.json, {"articles": dict, "passages": int, "duplicates": list, "seconds": NUMBER})
    has_form(first.json["articles"], {"added": int, "updated": int, "unchanged": int, "removed": int, "failed": list})
    assert first.json["articles"]["added"] == 2
    [failed] = first.json["articles"]["failed"]
    assert failed["source"] == "broken.json"
    assert "is not JSON" in failed["error"]

    (harbour / "broken.json").unlink()
    (harbour / "bridge.txt").unlink()
    (harbour / "opening.md").write_text("The harbour of Tallinn stayed shut.", encoding="utf-8")
    articles = run("ingest", harbour, "--prune", "--json").json["articles"]
    assert articles == {"added": 0, "updated": 1, "unchanged": 0, "removed": 1, "failed": []}


def test_ingest_names_copies(run: Run) -> None:
    found = run("ingest", ARTICLES, "--index", "index", "--json")
    assert found.json["duplicates"] == [
        {
            "article_id": "2017-11-21-meridian-morning-herald-kremlin-talks.md",
            "duplicate_of": "2017-11-21-northline-wire-putin-hosts-assad.md",
        }
    ]


def test_ingest_of_several_paths(run: Run, harbour: Path) -> None:
    found = run("ingest", harbour / "opening.md", harbour / "bridge.txt", "--json")
    assert found.json["articles"]["added"] == 2


def test_sources(run: Run, harbour: Path) -> None:
    run("ingest", harbour)
    listed = run("sources", "--json")
    assert (listed.code, listed.err) == (0, "")
    assert listed.json == run("sources", "list", "--json").json
    assert list(listed.json) == ["sources"]
    for source in listed.json["sources"]:
        has_form(source, SUMMARY)
    stated, bare = listed.json["sources"]
    assert (stated["id"], stated["title"], stated["publisher"]) == ("opening.md", "Harbour opens", "The Port")
    assert stated["published"] == "2024-03-01"
    assert (bare["id"], bare["title"], bare["publisher"], bare["published"]) == ("bridge.txt", "", "", None)

    shown = run("sources", "show", "opening.md", "--json").json
    assert {name: shown[name] for name in SUMMARY} == stated
    assert shown["text"].startswith("The harbour of Tallinn opened on Monday.")
    assert shown["version"] == hashlib.sha256(shown["text"].encode()).hexdigest()

    removed = run("sources", "remove", "opening.md", "--json")
    assert (removed.code, removed.json) == (0, {"removed": ["opening.md"]})
    assert [source["id"] for source in run("sources", "--json").json["sources"]] == ["bridge.txt"]


def test_what_cleaning_removed_is_shown_on_request(run: Run, sample_index: Path) -> None:
    article = "2017-11-21-harbour-gazette-assad-in-sochi.md"
    assert "removed" not in run("sources", "show", article, "--index", sample_index, "--json").json
    shown = run("sources", "show", article, "--raw", "--index", sample_index, "--json").json
    assert any("automated translation" in piece["text"] for piece in shown["removed"])
    assert "automated translation" not in shown["text"]


def test_options_before_a_subcommand_of_sources_hold_for_it(run: Run, harbour: Path) -> None:
    run("ingest", harbour, "--index", "index")
    assert len(run("sources", "--index", "index", "--json", "list").json["sources"]) == 2
    assert run("sources", "--index", "index", "show", "opening.md", "--json").json["id"] == "opening.md"


def test_search(run: Run, sample_index: Path) -> None:
    found = run("search", QUESTION, "-k", "3", "--index", sample_index, "--json")
    assert (found.code, found.err) == (0, "")
    has_form(found.json, {"results": list, "seconds": NUMBER})
    assert len(found.json["results"]) == 3
    for hit in found.json["results"]:
        has_form(hit, {"article_id": str, "title": str, "publisher": str, "published": (str, type(None)),
                       "start": int, "end": int, "text": str, "score": NUMBER})  # fmt: skip
        article = run("sources", "show", hit["article_id"], "--index", sample_index, "--json").json
        assert article["text"][hit["start"] : hit["end"]] == hit["text"]
    scores = [hit["score"] for hit in found.json["results"]]
    assert scores == sorted(scores, reverse=True)


@pytest.mark.parametrize("mode", ["hybrid", "dense", "bm25"])
def test_search_modes(run: Run, sample_index: Path, mode: str) -> None:
    found = run("search", "minibus crash injured", "--mode", mode, "--index", sample_index, "--json").json
    assert "minibus" in found["results"][0]["article_id"]


def test_filters(run: Run, sample_index: Path) -> None:
    def published(*filters: str) -> set[tuple[str, str]]:
        found = run("search", QUESTION, "-k", "50", *filters, "--index", sample_index, "--json")
        return {(hit["publisher"], hit["published"]) for hit in found.json["results"]}

    everything = published()
    assert published("--after", "2017-11-22") == {(p, d) for p, d in everything if d >= "2017-11-22"}
    assert published("--before", "2017-11-21") == {(p, d) for p, d in everything if d <= "2017-11-21"}
    two = published("--source", "northline wire", "--source", "Harbour Gazette")
    assert two == {(p, d) for p, d in everything if p in ("Northline Wire", "Harbour Gazette")}
    assert published("--source", "Nobody") == set()


def test_ask(run: Run, sample_index: Path) -> None:
    asked = run("ask", QUESTION, "--model", "extractive", "--index", sample_index, "--json")
    assert (asked.code, asked.err) == (0, "")
    answer = asked.json
    is_an_answer(answer)
    assert (answer["question"], answer["standalone_question"]) == (QUESTION, QUESTION)
    assert answer["model"] == "extractive"
    assert not answer["abstained"]
    for citation in answer["citations"]:
        article = run("sources", "show", citation["article_id"], "--index", sample_index, "--json").json
        assert article["text"][citation["start"] : citation["end"]] == citation["quote"]
        assert {name: citation[name] for name in ("version", "title", "publisher", "published")} == {
            name: article[name] for name in ("version", "title", "publisher", "published")
        }


def test_offsets_are_code_points_where_text_is_not_ascii(run: Run, workplace: Path) -> None:
    text = "Ärger in Tallinn 😀: the „Hafen“ is full.\n\nMayor Õnne Kõiv opened the harbour of Tallinn 🚢 on Monday."
    (workplace / "a.txt").write_text(text, encoding="utf-8")
    run("ingest", "a.txt")
    answer = run("ask", "Who opened the harbour of Tallinn?", "--model", "extractive", "--json").json
    article = run("sources", "show", "a.txt", "--json").json["text"]
    assert answer["citations"]
    for citation in answer["citations"]:
        assert article[citation["start"] : citation["end"]] == citation["quote"]


def test_an_abstention_is_no_failure(run: Run, harbour: Path) -> None:
    run("ingest", harbour)
    asked = run("ask", "Who won the 1998 football World Cup?", "--model", "extractive", "--json")
    assert asked.code == 0
    is_an_answer(asked.json)
    assert (asked.json["abstained"], asked.json["reason"]) == (True, "not_in_corpus")
    assert asked.json["nearest"]


def test_dates_and_sources_bound_an_answer(run: Run, harbour: Path) -> None:
    run("ingest", harbour)
    question = ("ask", "When did the harbour of Tallinn open?", "--model", "extractive", "--json")
    for allowed in (["--as-of", "2024-03-01"], ["--before", "2024-03-01"], ["--after", "2024-03-01"]):
        assert not run(*question, *allowed).json["abstained"], allowed
    assert not run(*question, "--source", "the port").json["abstained"]
    for refused in (["--as-of", "2024-02-29"], ["--before", "2024-02-29"], ["--after", "2024-03-02"]):
        answer = run(*question, *refused).json
        assert (answer["abstained"], answer["reason"]) == (True, "outside_filters"), refused
    assert run(*question, "--before", "2025-01-01", "--as-of", "2024-02-29").json["abstained"]


def test_k_bounds_the_passages_read(run: Run, sample_index: Path) -> None:
    answer = run("ask", QUESTION, "-k", "2", "--model", "extractive", "--index", sample_index, "--json").json
    assert 0 < len(answer["passages"]) <= 2


@pytest.mark.parametrize(
    "history",
    [
        [{"question": "When did the harbour of Tallinn open?", "answer": "On Monday."}],
        [{"question": "When did the harbour of Tallinn open?"}],
        [
            {"role": "system", "content": "Be brief."},
            {"role": "user", "content": "When did the harbour of Tallinn open?"},
            {"role": "assistant", "content": "On Monday."},
        ],
    ],
)
def test_a_follow_up_is_understood_from_the_history(run: Run, harbour: Path, history: list[dict[str, str]]) -> None:
    run("ingest", harbour)
    Path("history.json").write_text(json.dumps(history), encoding="utf-8")
    answer = run("ask", "And who said how long it took?", "--history", "history.json",
                 "--model", "extractive", "--json").json  # fmt: skip
    assert answer["question"] == "And who said how long it took?"
    assert "harbour" in answer["standalone_question"]


@pytest.mark.parametrize("day", ["2024-01-31", "2023-01-01"])
def test_as_of_a_day_a_later_answer_of_the_history_is_not_used(run: Run, harbour: Path, day: str) -> None:
    run("ingest", harbour)
    earlier = {"question": "Who spoke?", "text": "Mayor Kask spoke.", "citations": [{"published": "2023-12-31"}]}
    Path("history.json").write_text(json.dumps([earlier]), encoding="utf-8")
    answer = run("ask", "What did he say?", "--history", "history.json", "--as-of", day,
                 "--model", "extractive", "--json").json  # fmt: skip
    assert ("Kask" in answer["standalone_question"]) == (day == "2024-01-31")


def test_a_question_without_an_index_reads_the_configured_corpus(run: Run, harbour: Path) -> None:
    Path("dateline.toml").write_text('corpus = "harbour"\n', encoding="utf-8")
    answer = run("ask", "When did the harbour of Tallinn open?", "--model", "extractive", "--json").json
    assert answer["citations"][0]["quote"] == "The harbour of Tallinn opened on Monday."
    assert len(run("sources", "--json").json["sources"]) == 2


def test_a_mistyped_ingest_does_not_keep_the_configured_corpus_from_being_read(run: Run, harbour: Path) -> None:
    Path("dateline.toml").write_text('corpus = "harbour"\n', encoding="utf-8")
    assert run("ingest", "harbuor").code == 2
    answer = run("ask", "When did the harbour of Tallinn open?", "--model", "extractive", "--json").json
    assert not answer["abstained"]


def test_a_bundle_verifies_until_a_byte_changes(run: Run, harbour: Path) -> None:
    run("ingest", harbour)
    asked = run("ask", "When did the harbour of Tallinn open?", "--bundle", "b.json", "--model", "extractive", "--json")
    assert (asked.code, asked.json["abstained"]) == (0, False)
    verified = run("verify", "b.json", "--json")
    assert (verified.code, verified.json) == (0, {"valid": True, "problems": []})

    bundle = Path("b.json")
    bundle.write_bytes(bundle.read_bytes().replace(b"Monday", b"Sunday"))
    refused = run("verify", "b.json", "--json")
    assert refused.code == 1
    assert refused.json["valid"] is False
    assert refused.json["problems"]
    assert run("verify", "b.json").code == 1


def test_an_abstention_has_a_bundle_too(run: Run, harbour: Path) -> None:
    run("ingest", harbour)
    run("ask", "Who won the 1998 World Cup?", "--bundle", "b.json", "--model", "extractive")
    assert run("verify", "b.json").code == 0


def test_doctor(run: Run, harbour: Path) -> None:
    before = run("doctor", "--json")
    assert before.json["findings"]
    run("ingest", harbour)
    after = run("doctor", "--json")
    assert (after.code, after.err) == (0, "") if after.json["healthy"] else (after.code == 1)
    for finding in after.json["findings"]:
        has_form(finding, {"name": str, "ok": bool, "detail": str})
    details = {finding["name"]: finding["detail"] for finding in after.json["findings"]}
    assert "nothing reaches the network" in details["network"]
    assert "2 articles" in details["index"]


def test_doctor_says_what_would_reach_the_network(run: Run, workplace: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATELINE_MODEL", "openai/gpt-4o-mini")
    monkeypatch.setenv("DATELINE_EMBEDDING_MODEL", "somebody/some-model")
    found = run("doctor", "--json").json["findings"]
    [network] = [finding["detail"] for finding in found if finding["name"] == "network"]
    assert "openai/gpt-4o-mini" in network
    assert "somebody/some-model" in network


def test_doctor_finds_an_index_that_is_none(run: Run, workplace: Path) -> None:
    Path("file").touch()
    found = run("doctor", "--index", "file", "--json")
    assert found.code == 1
    [index] = [finding for finding in found.json["findings"] if finding["name"] == "index"]
    assert not index["ok"]


def test_without_a_command_the_help_is_shown(run: Run) -> None:
    assert run().out == run("--help").out
    assert run().code == 0


def test_as_a_process_with_nothing_but_json_on_standard_output(harbour: Path, workplace: Path) -> None:
    def process(*arguments: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "rag.cli", *arguments]
        return subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)

    ingested = process("ingest", "harbour", "--json")
    assert (ingested.returncode, ingested.stderr) == (0, "")
    assert json.loads(ingested.stdout)["articles"]["added"] == 2
    asked = process("ask", "When did the harbour of Tallinn open?", "--model", "extractive", "--json")
    assert (asked.returncode, asked.stderr) == (0, "")
    is_an_answer(json.loads(asked.stdout))
    assert process("sources", "show", "none", "--json").returncode == 2


def test_a_reader_that_leaves_early_is_no_failure(sample_index: Path) -> None:
    shell = f"{sys.executable} -m rag.cli sources --json --index {sample_index} | head -c 1; echo ${{PIPESTATUS[0]}}"
    found = subprocess.run(["bash", "-c", shell], capture_output=True, text=True, timeout=60, check=False)
    assert (found.stdout, found.stderr) == ("{0\n", "")
