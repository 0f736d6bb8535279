"""Public collections as suites."""

from __future__ import annotations

import gzip
import json
from pathlib import Path
from typing import Any

import pytest

from eval.convert import convert
from eval.convert.judged_news import read_qrels, read_questions
from eval.suites import read_suite
from rag.errors import SourceError


def pack(path: Path, *rows: Any) -> None:
    path.write_bytes(gzip.compress("".join(json.dumps(row) + "\n" for row in rows).encode()))


@pytest.fixture
def news(tmp_path: Path) -> Path:
    folder = tmp_path / "news"
    folder.mkdir()
    pack(folder / "corpus.jsonl.gz", {"id": "d1", "title": "", "text": "The harbour opened."})
    pack(
        folder / "queries.jsonl.gz",
        {"id": "q1", "question": "What opened?", "answers": ["the harbour", " "]},
        {"id": "q2", "question": "Unjudged?"},
    )
    (folder / "qrels.tsv").write_text("query-id\tcorpus-id\tscore\nq1\td1\t1\nq1\td2\t0\n", encoding="utf-8")
    return folder


def test_judged_news_becomes_a_suite_over_its_own_corpus(news: Path, tmp_path: Path) -> None:
    assert convert("judged-news", news, tmp_path / "s.jsonl") == 1
    suite = read_suite(tmp_path / "s.jsonl")
    assert suite.corpus == news / "corpus.jsonl.gz"
    (item,) = suite.items
    assert (item.question, item.answers, item.evidence[0].article) == ("What opened?", ("the harbour",), "d1")
    (question,) = read_questions(news / "queries.jsonl.gz", news / "qrels.tsv")
    assert (question.relevant, question.answers) == ({"d1"}, ("the harbour",))


@pytest.mark.parametrize("text", ["q1 d1 1\n", "q1\td1\tyes\nq2\td2\tyes\n", "\xff"])
def test_judgements_of_another_form_are_one_line(tmp_path: Path, text: str) -> None:
    (tmp_path / "qrels.tsv").write_bytes(text.encode("latin-1"))
    found: Any
    try:
        found = read_qrels(tmp_path / "qrels.tsv")
    except SourceError as error:
        found = str(error)
        assert "\n" not in found
    assert not isinstance(found, dict) or found == {}


def test_questions_without_any_judgement_are_refused(news: Path) -> None:
    (news / "qrels.tsv").write_text("other\td1\t1\n", encoding="utf-8")
    with pytest.raises(SourceError, match="are the ids the same"):
        read_questions(news / "queries.jsonl.gz", news / "qrels.tsv")
    pack(news / "queries.jsonl.gz", {"id": 1, "question": "x"})
    with pytest.raises(SourceError, match="line 1: give id and question"):
        read_questions(news / "queries.jsonl.gz", news / "qrels.tsv")


def test_clapnq_asks_each_question_of_its_own_passage(tmp_path: Path) -> None:
    passage = {"title": "T", "sentences": ["It  rained .", "It stopped ."], "text": ""}
    row = {"id": "1", "input": "what fell", "passages": [passage], "output": [{"selected_sentences": ["It  rained ."]}]}
    pack(tmp_path / "answerable.jsonl.gz", row)
    pack(tmp_path / "unanswerable.jsonl.gz", {**row, "id": "2"})
    assert convert("clapnq", tmp_path, tmp_path / "s.jsonl") == 2
    suite = read_suite(tmp_path / "s.jsonl")
    first, second = suite.items
    assert first.scope.publishers == ("1",)
    assert (first.evidence[0].article, first.evidence[0].quote) == ("1", "It rained .")
    assert "not_in_corpus" in second.unanswerable
    assert suite.corpus is not None
    articles = [json.loads(line) for line in suite.corpus.read_text(encoding="utf-8").splitlines()]
    assert articles[0] == {"id": "1", "title": "T", "publisher": "1", "text": "It rained . It stopped ."}
    pack(tmp_path / "answerable.jsonl.gz", {"id": "1"})
    with pytest.raises(SourceError, match="line 1: not a CLAP-NQ question"):
        convert("clapnq", tmp_path, tmp_path / "s.jsonl")


def test_ramdocs_wants_all_right_answers_and_the_wrong_ones_disputed(tmp_path: Path) -> None:
    documents = [{"text": "It is 5.", "type": "correct"}, {"text": "It is 6.", "type": "misinfo"}]
    row = {"question": "How many?", "documents": documents, "gold_answers": ["5", "5"], "wrong_answers": ["6", "5"]}
    pack(tmp_path / "questions.jsonl.gz", row)
    assert convert("ramdocs", tmp_path, tmp_path / "s.jsonl") == 1
    (item,) = read_suite(tmp_path / "s.jsonl").items
    assert item.answers == (("5",),)
    assert item.must_not_say == ("6",)
    assert item.must_disagree is True
    assert [evidence.article for evidence in item.evidence] == ["1-1"]
    assert item.scope.publishers == ("1-1", "1-2")
    pack(tmp_path / "questions.jsonl.gz", {"question": "x"})
    with pytest.raises(SourceError, match="not a RAMDocs question"):
        convert("ramdocs", tmp_path, tmp_path / "s.jsonl")
