"""Suites: what may be written in them, and what is said of what may not."""

from __future__ import annotations

import gzip
import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from eval.matching import Regex
from eval.suites import Evidence, ExpectedDisagreement, read_suite, write_suite
from rag.errors import SourceError
from rag.types import AbstentionReason, Filters, Turn

SUITES = Path(__file__).parents[2] / "eval" / "suites"
GOOD = {"id": "one", "question": "What was opened?", "answers": ["the harbour"]}


def write(folder: Path, *lines: Any) -> Path:
    path = folder / "mine.jsonl"
    path.write_text("".join(f"{line if isinstance(line, str) else json.dumps(line)}\n" for line in lines), "utf-8")
    return path


def test_every_field_arrives(tmp_path: Path) -> None:
    (tmp_path / "articles").mkdir()
    full = {
        "id": "two", "question": "And then?", "history": [{"question": "Who?", "answer": "Kask."}],
        "filters": {"publishers": ["The Port"], "after": "2024-01-01", "before": "2024-12-31"}, "as_of": "2024-03-01",
        "answers": ["nine years", {"regex": "9 ?y"}, ["nine", {"regex": "years"}]],
        "evidence": [{"article": "a.md", "quote": "nine years"}, {"article": "b.md"}],
        "must_disagree": {"kind": "numeric", "values": ["nine", "ten"]}, "must_not_say": ["eleven"], "tags": ["x"],
    }  # fmt: skip
    suite = read_suite(write(tmp_path, {"suite": "harbours", "corpus": "articles"}, GOOD, "", full))
    assert (suite.name, suite.corpus, len(suite.items)) == ("harbours", tmp_path / "articles", 2)
    item = suite.items[1]
    assert item.history == (Turn("Who?", "Kask."),)
    assert item.scope == Filters(("The Port",), date(2024, 1, 1), date(2024, 12, 31), date(2024, 3, 1))
    assert item.scope.latest == date(2024, 3, 1)
    assert item.answers == ("nine years", Regex("9 ?y"), ("nine", Regex("years")))
    assert item.evidence == (Evidence("a.md", "nine years"), Evidence("b.md"))
    assert item.must_disagree == ExpectedDisagreement("numeric", ("nine", "ten"))
    assert item.cluster == "a.md"
    assert suite.items[0].cluster == "item one"


@pytest.mark.parametrize(
    ("given", "reasons"),
    [
        ("not_in_corpus", {"not_in_corpus"}),
        (["false_premise", "not_in_corpus"], {"false_premise", "not_in_corpus"}),
        (True, set(AbstentionReason)),
        (False, set()),
    ],
)
def test_reasons_may_be_one_several_or_any(tmp_path: Path, given: Any, reasons: set[str]) -> None:
    suite = read_suite(write(tmp_path, {"id": "one", "question": "Who?", "unanswerable": given}))
    assert set(suite.items[0].unanswerable) == reasons


@pytest.mark.parametrize(
    ("line", "complaint"),
    [
        ("{", "line 2: not a JSON object"),
        ("[]", "line 2: not a JSON object"),
        ({"id": "two"}, "line 2: field question"),
        ({**GOOD, "id": "two", "question": " "}, "line 2: field question: it is empty"),
        ({**GOOD}, "line 2: field id: 'one' is there twice"),
        ({**GOOD, "id": "two", "anwers": ["x"]}, "line 2: field anwers: it is unknown"),
        ({**GOOD, "id": "two", "as_of": "yesterday"}, "line 2: field as_of"),
        ({**GOOD, "id": "two", "filters": {"publisher": "x"}}, "line 2: field filters.publisher"),
        ({**GOOD, "id": "two", "filters": {"after": "2024-02-01"}, "as_of": "2024-01-01"}, "line 2: field filters"),
        ({**GOOD, "id": "two", "answers": [{"regex": "("}]}, "line 2: field answers: regular expression"),
        ({**GOOD, "id": "two", "answers": [{"regex": "x*"}]}, "matches anything"),
        ({**GOOD, "id": "two", "answers": ["  "]}, "line 2: field answers: an answer is empty"),
        ({**GOOD, "id": "two", "answers": [["x", {"regex": "["}]]}, "line 2: field answers"),
        ({**GOOD, "id": "two", "answers": "x"}, "line 2: field answers"),
        ({**GOOD, "id": "two", "unanswerable": "no idea"}, "line 2: field unanswerable"),
        ({**GOOD, "id": "two", "unanswerable": "not_in_corpus"}, "an item with answers cannot be unanswerable"),
        ({**GOOD, "id": "two", "evidence": [{"quote": "x"}]}, "line 2: field evidence.0.article"),
        ({**GOOD, "id": "two", "must_disagree": {"values": [" "]}}, "line 2: field must_disagree"),
        ({"suite": "late"}, "line 2: the header must be the first line"),
        ({**GOOD, "id": "two", "answers": [[]]}, "line 2: field answers: an answer is empty"),
        ({**GOOD, "id": "two", "answers": [{"regex": "a{99999999999999999999}"}]}, "line 2: field answers"),
        ({**GOOD, "id": "two", "question": "why " * 1001}, "line 2: field question: it has 4,004 characters"),
        ('{"id": "two", "question": "x\\ud800"}', "line 2: half a character"),
        ('{"id": "two", "question": "x", "answers": ["a"], "answers": ["b"]}', "field 'answers' is there twice"),
    ],
)
def test_a_wrong_line_is_named_with_its_field(tmp_path: Path, line: Any, complaint: str) -> None:
    with pytest.raises(SourceError) as error:
        read_suite(write(tmp_path, GOOD, line))
    assert complaint in str(error.value)
    assert "\n" not in str(error.value)


def test_a_suite_without_questions_or_corpus_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="holds no questions"):
        read_suite(write(tmp_path, {"suite": "empty"}))
    with pytest.raises(SourceError, match="line 1: field corpus: there is nothing at"):
        read_suite(write(tmp_path, {"suite": "lost", "corpus": "nowhere"}, GOOD))
    with pytest.raises(SourceError, match="cannot be read: No such file"):
        read_suite(tmp_path / "none.jsonl")


def test_a_packed_suite_and_one_with_a_byte_order_mark_are_read(tmp_path: Path) -> None:
    packed = tmp_path / "mine.jsonl.gz"
    packed.write_bytes(gzip.compress(json.dumps(GOOD).encode()))
    assert read_suite(packed).name == "mine"
    marked = tmp_path / "marked.jsonl"
    marked.write_bytes(b"\xef\xbb\xbf" + json.dumps(GOOD).encode() + b"\r\n")
    assert read_suite(marked).items[0].id == "one"


def test_what_is_written_is_read_back(tmp_path: Path) -> None:
    assert write_suite(tmp_path / "new.jsonl", [GOOD], {"suite": "new"}) == 1
    with pytest.raises(SourceError, match="cannot be written"):
        write_suite(tmp_path / "no" / "new.jsonl", [GOOD], {"suite": "new"})


def test_the_sample_suite_covers_what_it_promises_and_quotes_exactly() -> None:
    suite = read_suite(SUITES / "sample.jsonl")
    tags = {tag: sum(tag in item.tags for item in suite.items) for item in suite.items for tag in item.tags}
    assert len(suite.items) >= 60
    assert suite.corpus is not None
    wanted = {"single": 14, "both-sources": 6, "disagreement": 5, "temporal": 8, "as-of": 6, "follow-up": 6,
              "false-premise": 6, "unanswerable": 10, "injection": 5, "quotation": 5, "names": 6}  # fmt: skip
    assert {tag: count for tag, count in wanted.items() if tags.get(tag, 0) < count} == {}
    texts = {path.name: path.read_text(encoding="utf-8") for path in suite.corpus.glob("*.md")}
    for item in suite.items:
        for evidence in item.evidence:
            assert texts[evidence.article].count(evidence.quote) == 1, (item.id, evidence)
