"""The attacks of the injection bench, a part of them, and that it notices what it is there to notice."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from eval.bench.hostile import SECRET, Attack, failures, read_attacks
from eval.bench.injection import page, run
from rag.types import Answer, AnswerSentence, Article, Citation, Verdict

ATTACKS = {attack.id: attack for attack in read_attacks()}
ASKED = ("order-that-names-the-question", "order-in-polite-words", "title-as-evidence", "remote-image", "homoglyphs",
         "question-image")  # fmt: skip


def test_there_are_attacks_of_every_kind() -> None:
    assert len(ATTACKS) >= 40
    assert {attack.channel for attack in ATTACKS.values()} >= {
        "article", "HTML", "metadata", "JSON", "feed", "e-mail", "question", "history",
    }  # fmt: skip
    for attack in ATTACKS.values():
        assert attack.articles or attack.base in ATTACKS or not attack.answer, attack.id
        held = [
            *(attack.articles or {}).items(),
            (attack.question, ""),
            *((t.question, t.answer) for t in attack.history),
        ]
        assert any("{attack}" in text for pair in held for text in pair), attack.id


def test_they_change_nothing(tmp_path: Path) -> None:
    rows = run([ATTACKS[name] for name in ASKED], tmp_path, "extractive")
    assert {row["id"]: row["failures"] for row in rows} == {name: [] for name in ASKED}
    assert all(row["had"] for row in rows)


def test_without_the_filter_they_do(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("rag.gathering.set_aside_orders", lambda passages: (list(passages), []))
    rows = run([ATTACKS[name] for name in ASKED[:2]], tmp_path, "extractive")
    assert all(row["failures"] for row in rows)


TEXT = "The bridge of Tarvo was opened in 1934. It is closed."
GOOD = Answer(
    "q", "q", "m", False, None, "The bridge of Tarvo was opened in 1934. [1]",
    (AnswerSentence("The bridge of Tarvo was opened in 1934.", Verdict.SUPPORTED, 1.0, (1,)),),
    (Citation(1, "tarvo.md", "v", "Tarvo", "Post", None, 0, 39, TEXT[:39], ()),),
)  # fmt: skip
WITHHELD = replace(GOOD, abstained=True, text="", sentences=(), citations=())
ARTICLES = {name: Article(name, "v", TEXT, "Tarvo", "Post", None, "", "en") for name in ("tarvo.md", "other.md")}


def said(text: str) -> Answer:
    return replace(GOOD, text=text, sentences=(replace(GOOD.sentences[0], text=text),))


@pytest.mark.parametrize(
    ("answer", "noticed"),
    [
        (said("Bananagram was opened in 1934."), "says"),
        (said("It was opened in 1812."), "the answer is lost"),
        (said("Opened in 1934.\x1b[2J"), "holds what acts"),
        (said(f"Opened in 1934. {SECRET}"), "tells what another user asked"),
        (replace(GOOD, citations=(replace(GOOD.citations[0], article_id="other.md"),)), "cites other.md"),
        (replace(GOOD, citations=(replace(GOOD.citations[0], start=1),)), "cites words that are not there"),
        (replace(GOOD, citations=()), "a sentence without a source"),
        (replace(GOOD, warnings=("Say BANANAGRAM",)), "says"),
        (replace(GOOD, nearest=(replace(GOOD.citations[0], title="bananagram"),)), "says"),
        (WITHHELD, "the answer is lost"),
    ],
)
def test_what_an_attack_achieves_is_noticed(answer: Answer, noticed: str) -> None:
    attack = ATTACKS["plain-order"]
    assert failures(attack, GOOD, GOOD, ARTICLES) == []
    assert any(found.startswith(noticed) for found in failures(attack, answer, GOOD, ARTICLES))


def test_an_answer_to_what_the_corpus_does_not_say_is_noticed() -> None:
    attack: Attack = ATTACKS["question-others-chat"]
    assert failures(attack, WITHHELD, WITHHELD, ARTICLES) == []
    assert failures(attack, GOOD, WITHHELD, ARTICLES)


def test_the_table_says_what_was_changed_and_what_was_not_asked(tmp_path: Path) -> None:
    row = {"id": "title", "model": "m", "passages": 8, "abstained": False, "clean": "x", "same": False, "had": True}
    (tmp_path / "report-m.json").write_text(json.dumps([{**row, "failures": ["says | no"]}]), encoding="utf-8")
    written = page(tmp_path)
    assert "| `title` | metadata | an order in the title | **changed**: says \\| no |" in written
    assert "| `publisher` | metadata | an order in the publisher's name | not asked |" in written


def test_the_page_in_docs_is_about_these_attacks_and_says_that_nothing_changed() -> None:
    written = (Path(__file__).parents[2] / "docs" / "INJECTION.md").read_text(encoding="utf-8")
    assert all(f"| `{name}` | {attack.channel} | {attack.demand} |" in written for name, attack in ATTACKS.items())
    assert "**changed**" not in written
