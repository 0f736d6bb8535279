"""The four forms of a report, with text that would like to be more than text."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path
from xml.etree import ElementTree

import pytest

import eval.report
from eval.compare import compare
from eval.gate import Bar, Gate, judge_gate
from eval.report.document import (
    Excerpt,
    Figure,
    Report,
    encode_report,
    read_report,
    without_texts,
)
from eval.report.html import difference, html
from eval.report.junit import junit
from eval.report.markdown import markdown
from eval.report.writing import write_report
from eval.validation import schema_of
from rag.encoding import encode_answer
from rag.errors import SourceError, StoreError
from rag.types import DroppedSentence, Verdict
from tests.eval.builders import answer, citation, disagreement, report, scored, sentence

HOSTILE = "<script>alert(1)</script><img src=https://evil.example/x.gif> | `x` @everyone \x07 [a](javascript:alert(2))"
NINE = citation(1, "a.md", "Mayor Anna Kask said the work took nine years.")


def hostile_report() -> Report:
    given = replace(
        answer(sentence(HOSTILE, 1), citations=[NINE], disagreements=[disagreement("numeric", HOSTILE, "2")]),
        dropped=(DroppedSentence(HOSTILE, Verdict.UNSUPPORTED, HOSTILE),),
        warnings=(HOSTILE,),
    )
    bad = replace(
        scored("bad", False, ["tag"], answer_correct=0.0),
        question=HOSTILE,
        problems=(HOSTILE,),
        answer=encode_answer(given),
        judged=(False,),
        excerpts=(Excerpt(1, "a.md", HOSTILE, "The Port", "2024-03-01", HOSTILE, HOSTILE, HOSTILE),),
        texts=(HOSTILE, "another"),
        expected={"answers": [{"regex": HOSTILE}, ["a", "b"]], "must_disagree": {"kind": "", "values": ["1", "2"]}},
    )
    lost = scored("lost", False, error="it crashed\x00", answer_correct=0.0)
    good = scored("good", True, ["tag"], answer_correct=1.0)
    made = replace(report(good, bad, lost), description=HOSTILE, warnings=(HOSTILE,))
    compared = replace(made, comparison=compare(report(good, good, scored("bad", answer_correct=1.0)), made, HOSTILE))
    gate = Gate(1, (Bar("answer_correct", value_at_least=0.9),))
    return replace(compared, gate=judge_gate(gate, compared, None))


class Page(HTMLParser):
    """Collects what a browser would run or fetch."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.addresses: list[str] = []
        self.handlers: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.addresses += [value or "" for name, value in attrs if name in ("src", "href", "action", "data", "srcset")]
        self.handlers += [name for name, _ in attrs if name.startswith("on")]


def test_the_page_is_whole_escaped_and_fetches_nothing() -> None:
    text = html(hostile_report())
    page = Page(text)
    assert page.tags.count("script") == 1  # our own
    assert "img" not in page.tags
    assert page.handlers == []
    assert all(address.startswith("#") for address in page.addresses)
    assert "default-src 'none'" in text
    assert not re.search(r"url\(|@import", text)
    for shown in ("gate failed", "1 of 3 items came out right", "<mark>", "Dropped sentences", "Against the baseline"):
        assert shown in text
    assert "@@" not in text
    assert "None" not in re.sub(r"<[^>]*>", "", text)


def test_a_citation_links_to_its_place() -> None:
    page = Page(html(hostile_report()))
    assert "#item-2-1" in page.addresses
    assert 'id="item-2-1"' in html(hostile_report())


def test_a_report_without_anything_optional_is_a_page_too() -> None:
    assert "gate" not in re.sub(r"<style>.*?</style>", "", html(report(scored("a"))), flags=re.DOTALL)


def test_differences_are_by_word() -> None:
    pieces = [(piece.kind, piece.text.strip()) for piece in difference("three hours on Monday", "two hours on Monday")]
    assert pieces == [("removed", "three"), ("added", "two"), ("same", "hours on Monday")]
    assert "".join(piece.text for piece in difference("", "all new")) == "all new"


def test_markdown_shows_hostile_text_as_text() -> None:
    text = markdown(hostile_report())
    assert "gate FAILED" in text
    assert "<script" not in text.replace("\\<script", "")
    assert "@everyone" not in text
    rows = [line for line in text.splitlines() if line.startswith("|")]
    assert len({len(re.findall(r"(?<!\\)\|", row)) for row in rows}) <= 3  # a bar in a cell opens no column


def test_junit_is_xml_with_a_case_for_each_item_and_bar() -> None:
    root = ElementTree.fromstring(junit(hostile_report()))
    cases = {case.get("name"): case for case in root.iter("testcase")}
    assert list(cases)[:3] == ["good", "bad", "lost"]
    assert cases["good"].find("failure") is None
    assert cases["bad"].find("failure") is not None
    error = cases["lost"].find("error")
    assert error is not None
    assert error.get("message") == "it crashed\ufffd"
    assert [suite.get("failures") for suite in root.iter("testsuite")] == ["1", "2"]


def test_json_is_read_back_and_is_what_the_schema_says(tmp_path: Path) -> None:
    import jsonschema

    made = hostile_report()
    written = write_report(made, tmp_path / "out")
    assert [path.name for path in written] == ["report.json", "report.html", "report.md", "junit.xml"]
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == sorted(path.name for path in written)
    assert encode_report(read_report(tmp_path / "out")) == encode_report(made)
    schema = json.loads((Path(eval.report.__path__[0]) / "report.schema.json").read_text(encoding="utf-8"))
    assert schema == schema_of(Report), "run: python -m eval.report.schema"
    jsonschema.validate(json.loads(written[0].read_text(encoding="utf-8")), schema)


def test_a_baseline_has_the_scores_and_none_of_the_texts(tmp_path: Path) -> None:
    kept = without_texts(hostile_report())
    assert HOSTILE not in json.dumps(
        [encode_report(kept)["items"][1][name] for name in ("answer", "excerpts", "trace")]
    )
    assert compare(kept, hostile_report(), "kept").changes["answer_correct"].difference == Figure(0.0, 0.0, 0.0, 3)


def test_what_is_no_report_is_one_line(tmp_path: Path) -> None:
    for text, complaint in (("{", "is not JSON"), ("{}", "field schema"), (None, "cannot be read")):
        path = tmp_path / "report.json"
        path.unlink(missing_ok=True)
        if text is not None:
            path.write_text(text, encoding="utf-8")
        with pytest.raises(SourceError, match=complaint):
            read_report(tmp_path)
    newer = encode_report(report(scored("a"))) | {"schema": 99}
    path.write_text(json.dumps(newer), encoding="utf-8")
    with pytest.raises(SourceError, match="schema 99"):
        read_report(path)
    (tmp_path / "file").write_text("", encoding="utf-8")
    with pytest.raises(StoreError, match="choose another --out"):
        write_report(report(scored("a")), tmp_path / "file")
