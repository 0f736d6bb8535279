"""What a person sees. Everything that came from an article is data, on the terminal too."""

from __future__ import annotations

import json
import os
import pty
import re
import subprocess
import sys
import unicodedata
from datetime import date
from pathlib import Path

import pytest

from rag.check.day_words import in_words
from rag.cli import render
from rag.cli.terminal import clean
from rag.cli.wording import meant
from rag.ingest.event_dates import find_event_dates
from rag.types import Answer, AnswerSentence, Citation, Disagreement, Position, Verdict
from tests.cli.conftest import Run

ASK = ("ask", "When did the harbour of Tallinn open?", "--model", "extractive")
HOSTILE = "\x1b[2J\x1b]0;owned\x07\x9b31m\u202egnp\u2066\x08\r[bold red]x[/] :smile:"


def is_harmless(text: str) -> None:
    """No control character but line ends, no invisible formatting, no blanks at the ends of lines."""
    found = {c for c in text if unicodedata.category(c) in ("Cc", "Cf", "Cs")}
    assert found <= {"\n"}
    assert not re.search(r"[ \t]+$", text, re.MULTILINE)


def test_an_answer_is_followed_by_its_sources(run: Run, harbour: Path) -> None:
    run("ingest", harbour)
    asked = run(*ASK)
    assert asked.err == ""
    lines = asked.out.splitlines()
    assert lines[:8] == [
        "✓ The harbour of Tallinn opened on Monday [26 February 2024]. [1]",
        "",
        "Sources",
        "[1] Harbour opens — The Port, 1 March 2024",
        "    “The harbour of Tallinn opened on Monday.”",
        "    “Monday” = 26 February 2024",
        "    opening.md [0:40]",
        "",
    ]
    assert re.fullmatch(r"extractive · \d+\.\d s", lines[8])
    assert len(lines) == 9
    is_harmless(asked.out)


def test_an_abstention_shows_why_and_what_came_nearest(run: Run, harbour: Path) -> None:
    run("ingest", harbour)
    asked = run("ask", "Who won the 1998 football World Cup?", "--model", "extractive")
    assert asked.out.startswith("No answer: the corpus does not say.")
    assert "(not_in_corpus)\n\nNearest evidence\n[1] " in asked.out
    is_harmless(asked.out)


def test_an_article_without_a_title_shows_its_first_words(run: Run, harbour: Path) -> None:
    run("ingest", harbour)
    opening = "The bridge of Narva closed in May after engineers…"
    assert f"\nundated     {opening} —" in run("sources").out
    assert f" 1. {opening} — unknown" in run("search", "bridge of Narva").out
    assert f"] {opening} — unknown" in run("ask", "Why did the bridge of Narva close?", "--model", "extractive").out
    assert run("sources", "show", "bridge.txt").out.startswith(opening)
    assert run("sources", "show", "bridge.txt", "--json").json["title"] == ""


def test_quotation_marks_are_not_doubled(run: Run, workplace: Path) -> None:
    for number, quote in enumerate(['"The harbour of Tallinn opened on Monday," she said.', "„Der Hafen ist offen.“"]):
        (workplace / f"{number}.txt").write_text(quote, encoding="utf-8")
        run("ingest", f"{number}.txt", "--index", f"index{number}")
        asked = run(*ASK, "--index", f"index{number}")
        assert f"\n    {quote}\n" in asked.out


def test_hostile_text_reaches_the_terminal_as_text(run: Run, workplace: Path) -> None:
    (workplace / "in").mkdir()
    quiet = " ".join(f"The ferries of line {n} sail again between the islands." for n in range(40))
    text = f"The harbour of Tallinn {HOSTILE} opened on Monday. {quiet}"
    record = {"id": f"a{HOSTILE}", "title": f"Harbour {HOSTILE}", "publisher": f"Port {HOSTILE}", "text": text}
    (workplace / "in" / "a.jsonl").write_text(json.dumps(record), encoding="utf-8")
    assert run("ingest", "in", "--json").json["articles"]["added"] == 1
    [source] = run("sources", "--json").json["sources"]
    for arguments in (("sources",), ("sources", "show", source["id"], "--raw"), ("search", "harbour"), ASK):
        shown = run(*arguments)
        assert shown.code == 0
        assert "[bold red]x[/]" in shown.out
        is_harmless(shown.out)
        is_harmless(shown.err)
    is_harmless(run("ask", f"When did it {HOSTILE} open?", "--model", "extractive").out)


def test_hostile_names_reach_the_terminal_as_text(run: Run, harbour: Path) -> None:
    (harbour / "a\x1b[31m\u202eb.txt").touch()
    reported = run("ingest", harbour)
    assert "a [31mb.txt: is empty" in reported.out
    is_harmless(reported.out)
    run(*ASK, "--bundle", "b.json")
    bundle = Path("b.json")
    bundle.write_text(bundle.read_text().replace("opening.md", "\\u001b[31m\u202eopening.md"), encoding="utf-8")
    verified = run("verify", "b.json")
    assert verified.code == 1
    is_harmless(verified.out)


@pytest.mark.parametrize(
    ("text", "cleaned"),
    [
        ("a\x1b[31mb\x07", "a [31mb"),
        ("so\u00adft hy\u00adphen", "soft hyphen"),
        ("می\u200cخواهم", "می\u200cخواهم"),
        ("\u202eevil\u2066", "evil"),
        ("one\u2028two\nthree\r\n", "one two three"),
        ("\udcff", "\ufffd"),
    ],
)
def test_clean(text: str, cleaned: str) -> None:
    assert clean(text) == cleaned


@pytest.mark.parametrize("width", [1, 20, 40, 80, 200])
def test_narrow_and_wide_terminals(run: Run, sample_index: Path, monkeypatch: pytest.MonkeyPatch, width: int) -> None:
    monkeypatch.setenv("COLUMNS", str(width))
    asked = run("ask", "What did Assad ask Russia for?", "--model", "extractive", "--index", sample_index)
    assert asked.code == 0
    is_harmless(asked.out)
    ids = [s["id"] for s in run("sources", "--index", sample_index, "--json").json["sources"]]
    lines = [line for line in asked.out.splitlines() if not any(name in line for name in ids)]
    assert max(map(len, lines)) <= max(width, 24)


def test_ids_are_never_folded(run: Run, sample_index: Path) -> None:
    shown = run("sources", "--index", sample_index)
    is_harmless(shown.out)
    lines = shown.out.splitlines()
    for source in run("sources", "--index", sample_index, "--json").json["sources"]:
        [line] = [line for line in lines if line.lstrip().startswith(source["id"] + " · ")]
        assert line.split(" · ")[1] == f"{source['passages']} passages"
    assert lines[0].startswith("2015-10-21  Assad flies to Moscow unannounced")
    assert lines[-1] == "18 articles, 17 without copies"
    folded = [line for line in lines if " · " not in line]
    assert max(map(len, folded)) <= 80


def test_an_article_is_shown_with_its_paragraphs(run: Run, sample_index: Path) -> None:
    article = "2017-11-21-harbour-gazette-assad-in-sochi.md"
    shown = run("sources", "show", article, "--raw", "--index", sample_index)
    is_harmless(shown.out)
    assert "\nRemoved by cleaning\n" in shown.out
    text = run("sources", "show", article, "--index", sample_index, "--json").json["text"]
    assert "".join(text.split()) in "".join(shown.out.split())


def test_what_else_an_answer_has_is_shown(capsys: pytest.CaptureFixture[str]) -> None:
    citation = Citation(1, "a", "v", "", "", None, 0, 3, "Six", ("b", "c"))
    answer = Answer(
        question="?", standalone_question="?", model="m", abstained=False, reason=None, text="Six [1]",
        sentences=(AnswerSentence("Six.", Verdict.PARTIAL, 0.5, (1,)),), citations=(citation,),
        disagreements=(Disagreement("numeric", "injured", (Position("six", ("Wire",), (1,)),)),),
        warnings=("model \x1b[31mfailed",),
    )  # fmt: skip
    render.answer_sources(answer, lambda article_id: "", lambda article_id: ())
    shown = capsys.readouterr().out
    is_harmless(shown)
    assert "[1] (untitled) — unknown publisher, undated\n    “Six”\n    a [0:3] · also carried by b, c\n" in shown
    assert "Where sources differ\n≠ injured (numeric)\n    six — Wire [1]\n" in shown
    assert "note: model [31mfailed" in shown


def test_a_terminal_without_unicode_still_gets_the_rest(sample_index: Path) -> None:
    command = [sys.executable, "-m", "rag.cli", "sources", "--index", str(sample_index)]
    found = subprocess.run(
        command, capture_output=True, timeout=60, check=False, env={**os.environ, "PYTHONIOENCODING": "ascii"}
    )
    assert (found.returncode, found.stderr) == (0, b"")
    assert b"Assad flies to Moscow unannounced" in found.stdout


def on_a_terminal(arguments: list[str], folder: Path, **environment: str) -> str:
    """Runs a command with both its outputs on a terminal and returns what the terminal received."""
    leader, follower = pty.openpty()
    env = {**os.environ, "TERM": "xterm-256color", "COLUMNS": "80", **environment}
    command = [sys.executable, "-m", "rag.cli", *arguments]
    process = subprocess.Popen(command, stdout=follower, stderr=follower, cwd=folder, env=env)
    os.close(follower)
    received = b""
    while True:
        try:
            data = os.read(leader, 65536)
        except OSError:  # how Linux says that the other end has closed
            break
        if not data:
            break
        received += data
    os.close(leader)
    assert process.wait(timeout=60) == 0
    return received.decode()


def test_progress_is_for_terminals_only(run: Run, harbour: Path, workplace: Path) -> None:
    assert "articles read" in on_a_terminal(["ingest", "harbour"], workplace)
    silent = run("ingest", harbour)
    assert silent.err == ""
    is_harmless(silent.out)


def test_no_color_is_respected(run: Run, harbour: Path, workplace: Path) -> None:
    run("ingest", harbour)
    colour = re.compile(r"\x1b\[(?:\d+;)*[34]\d[;m]")
    assert colour.search(on_a_terminal(list(ASK), workplace))
    plain = on_a_terminal(list(ASK), workplace, NO_COLOR="1")
    assert "The harbour of Tallinn opened on Monday [26 February 2024]. [1]" in plain
    assert not colour.search(plain)
    dumb = on_a_terminal(list(ASK), workplace, TERM="dumb")
    assert "\x1b" not in dumb


def test_relative_words_of_a_quotation_show_the_day(run: Run, workplace: Path) -> None:
    front = "---\ntitle: Harbour opens\npublisher: The Port\npublished: 2024-03-05\n---\n"
    (workplace / "a.md").write_text(f"{front}The harbour of Tallinn opened on Monday.\n", encoding="utf-8")
    run("ingest", "a.md")
    assert "    “Monday” = 4 March 2024\n    a.md [0:40]\n" in run(*ASK).out
    assert "\nDates\n“Monday” = 4 March 2024\n" in run("sources", "show", "a.md").out
    assert run("sources", "show", "a.md", "--json").json["event_dates"] == [
        {"start": 33, "end": 39, "text": "Monday", "first": "2024-03-04", "last": "2024-03-04"}
    ]


def test_only_words_that_lean_on_publication_are_explained() -> None:
    text = "On Monday, Nov. 20, and from 21 November, in 2017, last month and over the weekend."
    dates = find_event_dates(text, date(2017, 11, 21))
    assert meant(dates, text, 0, len(text)) == [
        "“last month” = October 2017", "“the weekend” = 18 to 19 November 2017",
    ]  # fmt: skip
    assert in_words(date(2017, 1, 1), date(2017, 12, 31)) == "2017"
    assert in_words(date(2017, 10, 30), date(2017, 11, 5)) == "30 October to 5 November 2017"
    assert in_words(date(2016, 12, 30), date(2017, 1, 5)) == "30 December 2016 to 5 January 2017"


def test_copies_stand_under_their_lead(run: Run, workplace: Path) -> None:
    story = " ".join(f"The ferries of line {n} sail again between the islands of Tallinn bay." for n in range(30))
    for name, day, text in (("a", 1, story), ("b", 2, "The bridge of Narva closed in May."), ("c", 3, story)):
        front = f"---\ntitle: Title {name}\npublisher: Paper {name}\npublished: 2024-03-0{day}\n---\n"
        (workplace / f"{name}.md").write_text(f"{front}{text}\n", encoding="utf-8")
    run("ingest", "a.md", "b.md", "c.md")
    lines = run("sources").out.splitlines()
    assert lines[0].startswith("2024-03-01  Title a")
    assert lines[2].startswith("  = 2024-03-03  Title c")
    assert lines[3].startswith("                c.md") and lines[3].endswith(" · copy of the above")
    assert lines[4].startswith("2024-03-02  Title b")
    assert lines[-1] == "3 articles, 2 without copies"
    assert [s["id"] for s in run("sources", "--json").json["sources"]] == ["a.md", "b.md", "c.md"]
