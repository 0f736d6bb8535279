"""What people do wrong, and what goes wrong around them: one line that helps, exit 2, nothing stored lost."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from rag.cli import corpus
from tests.cli.conftest import Outcome, Run

ASK = ("ask", "When did the harbour of Tallinn open?", "--model", "extractive")
IS_ROOT = hasattr(os, "geteuid") and os.geteuid() == 0


def is_one_line(outcome: Outcome, *words: str) -> None:
    """Wrong use, told in one line that holds these words."""
    assert outcome.code == 2, outcome
    assert outcome.err.startswith("dateline: ")
    assert outcome.err.count("\n") == 1
    for word in words:
        assert word in outcome.err


@pytest.fixture
def stored(run: Run, harbour: Path) -> Callable[[], None]:
    """Ingests the two articles and returns a check that they are still there and still answer."""
    run("ingest", harbour)

    def unharmed() -> None:
        assert [s["id"] for s in run("sources", "--json").json["sources"]] == ["opening.md", "bridge.txt"]
        assert not run(*ASK, "--json").json["abstained"]

    return unharmed


def broken_lines(folder: Path) -> None:
    (folder / "b.jsonl").write_text("{broken\n[1, 2]\n", encoding="utf-8")


def huge_line(folder: Path) -> None:
    with (folder / "b.jsonl").open("w", encoding="utf-8") as file:
        file.write('{"id": "x", "text": "')
        for _ in range(50):
            file.write("x" * 1_000_000)
        file.write('"}\n')


UNREADABLE: dict[str, tuple[Callable[[Path], object], str]] = {
    "empty": (lambda folder: (folder / "b.txt").touch(), "is empty"),
    "blank": (lambda folder: (folder / "b.txt").write_text(" \n\n"), "b.txt"),
    "binary": (lambda folder: (folder / "b.txt").write_bytes(bytes(range(256)) * 9), "is not text"),
    "broken JSON": (lambda folder: (folder / "b.json").write_text('{"text": '), "is not JSON"),
    "broken JSON lines": (broken_lines, "is not JSON"),
    "a line of 50 MB": (huge_line, "is larger than 20,000,000 bytes"),
    "a damaged archive": (lambda folder: (folder / "b.jsonl.gz").write_bytes(b"\x1f\x8b\x08 no"), "gzip"),
    "another format": (lambda folder: (folder / "b.exe").write_bytes(b"MZ"), "format"),
}


@pytest.mark.parametrize("kind", UNREADABLE)
def test_a_file_that_cannot_be_read(run: Run, stored: Callable[[], None], workplace: Path, kind: str) -> None:
    make, words = UNREADABLE[kind]
    bad = workplace / "bad"
    bad.mkdir()
    make(bad)
    [file] = bad.iterdir()
    is_one_line(run("ingest", file), file.name, words)
    reported = run("ingest", file, "--json")
    assert (reported.code, reported.json["articles"]["added"]) == (2, 0)
    assert words in reported.json["articles"]["failed"][0]["error"] or words == file.name
    stored()


def test_what_can_be_read_beside_it_is_read(run: Run, harbour: Path) -> None:
    (harbour / "bad.txt").touch()
    (harbour / "lines.jsonl").write_text('{"id": "a", "text": "A ferry sank."}\n{broken\n', encoding="utf-8")
    found = run("ingest", harbour, "--json")
    assert found.code == 0
    assert found.json["articles"]["added"] == 3
    assert {failure["source"] for failure in found.json["articles"]["failed"]} == {"bad.txt", "lines.jsonl#2"}
    shown = run("ingest", harbour)
    assert shown.code == 0
    assert "bad.txt: is empty" in shown.out


@pytest.mark.skipif(IS_ROOT, reason="nothing is unreadable to root")
def test_a_file_without_permission(run: Run, stored: Callable[[], None], harbour: Path) -> None:
    (harbour / "opening.md").chmod(0)
    is_one_line(run("ingest", harbour / "opening.md"), "Permission denied")
    stored()


def test_an_empty_folder(run: Run, stored: Callable[[], None], workplace: Path) -> None:
    (workplace / "nothing").mkdir()
    is_one_line(run("ingest", "nothing"), "nothing to read")
    stored()


def test_a_corpus_that_was_emptied_may_be_pruned_twice(run: Run, harbour: Path) -> None:
    run("ingest", harbour)
    for file in harbour.iterdir():
        file.unlink()
    assert run("ingest", harbour, "--prune", "--json").json["articles"]["removed"] == 2
    assert run("ingest", harbour, "--prune").code == 0


def test_a_path_that_does_not_exist(run: Run, stored: Callable[[], None], harbour: Path) -> None:
    is_one_line(run("ingest", harbour, "nowhere"), "nowhere does not exist")
    stored()


def test_an_index_that_does_not_exist(run: Run, workplace: Path) -> None:
    for arguments in (("sources",), ("search", "x"), ("sources", "show", "x"), ("sources", "remove", "x")):
        is_one_line(run(*arguments), "there is no index in .dateline", "dateline ingest")
    is_one_line(run(*ASK), "no corpus at corpus/articles")
    assert list(workplace.iterdir()) == []


def test_an_index_that_is_a_file(run: Run, harbour: Path) -> None:
    index = harbour / "bridge.txt"
    before = index.read_bytes()
    for arguments in (("ingest", harbour), ("sources",), ("search", "x")):
        is_one_line(run(*arguments, "--index", index), "is a file, not an index")
    assert index.read_bytes() == before


def test_an_index_folder_that_holds_other_things(run: Run, harbour: Path) -> None:
    is_one_line(run("ingest", harbour, "--index", harbour), "holds other files and no index")


def test_a_damaged_catalog(run: Run, harbour: Path) -> None:
    run("ingest", harbour)
    (Path(".dateline") / "catalog.sqlite").write_bytes(b"no database at all" * 100)
    is_one_line(run("sources"), "catalog")


def test_a_name_too_long_for_this_machine(run: Run, harbour: Path) -> None:
    is_one_line(run("ingest", harbour, "--index", "x" * 300), "File name too long")


def test_another_embedding_model(
    run: Run, stored: Callable[[], None], harbour: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import sqlite3

    catalog = Path(".dateline") / "catalog.sqlite"

    def built_with(fingerprint: str) -> str:
        with sqlite3.connect(catalog) as db:
            [(before,)] = db.execute("SELECT value FROM meta WHERE key = 'embedder'")
            db.execute("UPDATE meta SET value = ? WHERE key = 'embedder'", (fingerprint,))
        return str(before)

    ours = built_with("some-other-model:0:mean:512:768")
    (harbour / "bridge.txt").write_text("The bridge has reopened.", encoding="utf-8")
    for arguments in (("ingest", harbour), ("search", "harbour"), ASK):
        is_one_line(run(*arguments), "some-other-model", "all-MiniLM-L6-v2", "dateline reindex")
    built_with(ours)
    stored()


def test_a_model_that_does_not_exist(run: Run, stored: Callable[[], None]) -> None:
    is_one_line(run("ask", "Who?", "--model", "nosuchmodel"), "no model is called 'nosuchmodel'")
    is_one_line(run("ask", "Who?", "--model", "./nosuch.gguf"), "nosuch.gguf", "No such file")
    stored()


def test_an_embedding_model_that_does_not_exist(run: Run, harbour: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATELINE_EMBEDDING_MODEL", "./nosuch")
    is_one_line(run("ingest", harbour), "./nosuch")


@pytest.mark.parametrize("day", ["2024-13-01", "yesterday", "01/02/2024", ""])
@pytest.mark.parametrize("option", ["--after", "--before", "--as-of"])
def test_a_wrong_date(run: Run, option: str, day: str) -> None:
    is_one_line(run(*ASK, option, day), option, "write YYYY-MM-DD")


@pytest.mark.parametrize("option", ["--before", "--as-of"])
def test_dates_that_leave_nothing(run: Run, option: str) -> None:
    is_one_line(run(*ASK, "--after", "2024-02-01", option, "2024-01-31"), f"is later than {option} 2024-01-31")


@pytest.mark.parametrize("question", ["", "   ", "\t\n", "?!", "\u200b"])
@pytest.mark.parametrize("command", ["ask", "search"])
def test_a_question_without_words(run: Run, command: str, question: str) -> None:
    is_one_line(run(command, question), "it is empty")


@pytest.mark.parametrize("command", ["ask", "search"])
def test_a_question_of_a_hundred_kilobytes(run: Run, command: str) -> None:
    is_one_line(run(command, "harbour " * 12_500), "100,000 characters", "at most 4,000")


def test_the_longest_question_allowed(run: Run, stored: Callable[[], None]) -> None:
    question = ("When did the harbour of Tallinn open? " * 200)[:4000]
    assert run("ask", question, "--model", "extractive").code == 0


def test_a_question_that_is_not_text(run: Run, stored: Callable[[], None]) -> None:
    broken = b"When did the harbour of Tallinn \xff open?".decode("utf-8", "surrogateescape")
    asked = run("ask", broken, "--model", "extractive", "--bundle", "b.json", "--json")
    assert (asked.code, asked.json["question"]) == (0, "When did the harbour of Tallinn \ufffd open?")
    assert run("verify", "b.json").code == 0


@pytest.mark.parametrize(
    "content",
    [b"{broken", b'{"question": 1}', b"[3]", b'"text"', b"\xff\xfe", b"", b"[" * 99_999],
    ids=["broken", "object", "number", "string", "not UTF-8", "empty", "deep"],
)
def test_a_malformed_history(run: Run, stored: Callable[[], None], content: bytes) -> None:
    Path("h.json").write_bytes(content)
    is_one_line(run(*ASK, "--history", "h.json"), "h.json", "--history wants")


def test_a_history_that_is_not_there(run: Run, stored: Callable[[], None], workplace: Path) -> None:
    is_one_line(run(*ASK, "--history", "none.json"), "No such file")
    is_one_line(run(*ASK, "--history", workplace), "Is a directory")


def test_a_bundle_that_cannot_be_written_is_refused_before_the_work(
    run: Run, stored: Callable[[], None], workplace: Path
) -> None:
    for place in ("nowhere/b.json", workplace, workplace / ".dateline" / "catalog.sqlite" / "b.json"):
        before = set(workplace.iterdir())
        refused = run(*ASK, "--bundle", place)
        is_one_line(refused, "name another file")
        assert refused.out == ""
        assert set(workplace.iterdir()) == before


def test_a_bundle_that_cannot_be_read(run: Run, workplace: Path) -> None:
    is_one_line(run("verify", "none.json"), "No such file")
    is_one_line(run("verify", workplace), "Is a directory")


def test_an_article_that_does_not_exist(run: Run, stored: Callable[[], None]) -> None:
    is_one_line(run("sources", "show", "nothing.md"), "no article has the id 'nothing.md'")
    is_one_line(run("sources", "remove", "opening.md", "nothing.md"), "no article has the id 'nothing.md'")
    stored()


def test_settings_that_do_not_exist(run: Run, workplace: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (workplace / "dateline.toml").write_text('indx = "x"\n', encoding="utf-8")
    is_one_line(run("sources"), "unknown setting indx in dateline.toml; did you mean index?")
    (workplace / "dateline.toml").unlink()
    monkeypatch.setenv("DATELINE_MODLE", "extractive")
    is_one_line(run("sources"), "unknown variable DATELINE_MODLE; did you mean DATELINE_MODEL?")


@pytest.mark.parametrize(
    "arguments",
    [("nosuch",), ("ask",), ("ask", "a", "b"), ("search", "a", "-k", "0"), ("ask", "a", "-k", "101"),
     ("search", "a", "--mode", "sparse"), ("ingest",), ("sources", "nosuch"), ("--nosuch",)],
)  # fmt: skip
def test_wrong_use_names_the_help(run: Run, arguments: tuple[str, ...]) -> None:
    is_one_line(run(*arguments), "--help)")


def test_errors_cannot_command_the_terminal(run: Run, stored: Callable[[], None]) -> None:
    refused = run("sources", "show", "\x1b]0;owned\x07\u202eno")
    assert "\x1b" not in refused.err
    is_one_line(run("ingest", "no\x1b[2Jthing\nhere"), "does not exist")


def test_a_bug_keeps_its_traceback(run: Run, stored: Callable[[], None], monkeypatch: pytest.MonkeyPatch) -> None:
    def bug(*arguments: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(corpus, "filters_of", bug)
    with pytest.raises(ZeroDivisionError):
        run("search", "harbour")


def test_ctrl_c_during_an_ingest_costs_nothing(run: Run, workplace: Path) -> None:
    with (workplace / "many.jsonl").open("w", encoding="utf-8") as file:
        for n in range(400):
            text = f"Ferry number {n} left the harbour of Tallinn with {n + 20} passengers on board."
            file.write(json.dumps({"id": f"ferry-{n}", "text": text}) + "\n")
    command = [sys.executable, "-m", "rag.cli", "ingest", "many.jsonl", "--json"]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    deadline = time.monotonic() + 60
    while not (workplace / ".dateline" / "writer.json").exists():
        assert process.poll() is None and time.monotonic() < deadline
        time.sleep(0.02)
    time.sleep(0.3)
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=60)
    assert (process.returncode, out, err) == (130, "", "dateline: interrupted; what was finished is kept\n")

    again = run("ingest", "many.jsonl", "--json").json["articles"]
    assert again["added"] + again["unchanged"] == 400
    assert len(run("sources", "--json").json["sources"]) == 400


def test_an_id_that_is_not_text_is_one_line(run: Run, harbour: Path) -> None:
    run("ingest", harbour)
    shown = run("sources", "show", "\udcff")
    assert (shown.code, shown.err.count("\n")) == (2, 1)
    assert run("search", "harbour", "--source", "\udcff", "--json").json["results"] == []


@pytest.mark.parametrize("empty", ["", " "])
def test_an_empty_path_is_not_the_current_folder(run: Run, stored: Callable[[], None], empty: str) -> None:
    is_one_line(run("ingest", empty), "it is empty")
    stored()


@pytest.mark.skipif(sys.platform != "linux", reason="names are any bytes on Linux")
def test_names_that_are_no_text(run: Run, stored: Callable[[], None], harbour: Path) -> None:
    strange = harbour / os.fsdecode(b"bad\xff")
    strange.mkdir()
    (strange / os.fsdecode(b"a\xfe.txt")).write_text("A crane fell into the dock on Friday.", encoding="utf-8")
    for place in (strange, strange / os.fsdecode(b"a\xfe.txt")):
        is_one_line(run("ingest", place), "not UTF-8; rename it")
    is_one_line(run("ingest", harbour, "--index", os.fsdecode(b"index\xff")), "not UTF-8; choose another --index")
    stored()
    # Inside a corpus they are read; their keys show what cannot be shown.
    assert run("ingest", harbour, "--json").json["articles"]["added"] == 1
    assert run("ingest", harbour, "--prune", "--json").json["articles"]["removed"] == 0


def test_many_failures_are_not_all_printed(run: Run, harbour: Path) -> None:
    (harbour / "b.jsonl").write_text("{broken\n" * 300, encoding="utf-8")
    assert "and 250 more; --json lists them all" in run("ingest", harbour).out
    assert len(run("ingest", harbour, "--json").json["articles"]["failed"]) == 300


def test_broken_front_matter_is_told_with_its_place(run: Run, workplace: Path) -> None:
    (workplace / "a.md").write_text("---\ntitle: [one\nurl: two\n---\n\nThe harbour opened.\n", encoding="utf-8")
    is_one_line(run("ingest", "a.md"), "not YAML: expected ',' or ']'", "in line 3")
