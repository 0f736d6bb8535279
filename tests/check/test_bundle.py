from __future__ import annotations

import hashlib
import json
import os
import stat
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.check.bundle import require_writable, verify_bundle, write_bundle
from rag.errors import SourceError
from rag.types import AbstentionReason, Answer, AnswerSentence, Article, Citation, Verdict

TEXT = 'Ärger in "Tallinn" \\ 😀.\nThe harbour\u2028 opened on Monday.'
QUOTE = "The harbour\u2028 opened on Monday."
START = TEXT.index(QUOTE)
VERSION = hashlib.sha256(TEXT.encode()).hexdigest()
ARTICLE = Article("a.md", VERSION, TEXT, "Harbour opens", "The Port", date(2024, 3, 1))
CITATION = Citation(1, "a.md", VERSION, "Harbour opens", "The Port", date(2024, 3, 1), START, len(TEXT), QUOTE)
ANSWER = Answer(
    question="When did it open?", standalone_question="When did it open?", model="extractive", abstained=False,
    reason=None, text=f"{QUOTE} [1]", sentences=(AnswerSentence(QUOTE, Verdict.SUPPORTED, 1.0, (1,)),),
    citations=(CITATION,),
)  # fmt: skip


@pytest.fixture(scope="module")
def bundle(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("bundle") / "b.json"
    write_bundle(path, ANSWER, [ARTICLE])
    return path


def resealed(bundle: Path, content: dict[str, Any]) -> Path:
    """A bundle whose content was changed by somebody who then made the seal fit again."""
    content.pop("seal")
    canonical = json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()
    content["seal"] = hashlib.sha256(canonical).hexdigest()
    path = bundle.with_name("forged.json")
    path.write_text(json.dumps(content, ensure_ascii=False, indent=1) + "\n", encoding="utf-8", newline="")
    return path


def test_a_bundle_as_written_verifies_wherever_it_lies(bundle: Path, tmp_path: Path) -> None:
    assert verify_bundle(bundle) == []
    moved = tmp_path / "other.json"
    moved.write_bytes(bundle.read_bytes())
    assert verify_bundle(moved) == []


def test_a_bundle_says_what_it_holds(bundle: Path) -> None:
    content = json.loads(bundle.read_text(encoding="utf-8"))
    assert content["format"] == "dateline-bundle/1"
    assert content["answer"]["question"] == "When did it open?"
    assert content["sources"] == [{"id": "a.md", "version": VERSION, "text": TEXT}]


@given(st.data())
def test_any_changed_byte_shows(bundle: Path, data: st.DataObject) -> None:
    intact = bundle.read_bytes()
    place = data.draw(st.integers(0, len(intact) - 1))
    flipped = intact[place] ^ data.draw(st.integers(1, 255))
    changed = bundle.with_name("changed.json")
    changed.write_bytes(intact[:place] + bytes([flipped]) + intact[place + 1 :])
    assert verify_bundle(changed)


def test_every_byte_is_covered(bundle: Path) -> None:
    intact = bundle.read_bytes()
    changed = bundle.with_name("changed.json")
    for place in range(len(intact)):
        changed.write_bytes(intact[:place] + bytes([intact[place] ^ 1]) + intact[place + 1 :])
        assert verify_bundle(changed), place


@given(st.data())
def test_any_lost_or_added_byte_shows(bundle: Path, data: st.DataObject) -> None:
    intact = bundle.read_bytes()
    place = data.draw(st.integers(0, len(intact)))
    added = data.draw(st.binary(max_size=2))
    cut = data.draw(st.integers(0 if added else 1, 3))
    changed = bundle.with_name("changed.json")
    changed.write_bytes(intact[:place] + added + intact[place + cut :])
    assert (verify_bundle(changed) == []) == (changed.read_bytes() == intact)


@given(st.binary(max_size=200))
def test_no_file_of_another_kind_is_a_bundle(bundle: Path, data: bytes) -> None:
    other = bundle.with_name("other.json")
    other.write_bytes(data)
    assert verify_bundle(other)


@pytest.mark.parametrize(
    "data",
    [b"[" * 100_000, b'{"format": "dateline-bundle/1"}', b'{"format": "dateline-bundle/1", "answer": 3, "sources": 4}',
     b'{"format": "dateline-bundle/1", "answer": {}, "sources": [{"id": "a", "version": "b", "text": "\\ud800"}]}',
     b'{"format": "dateline-bundle/1", "x": NaN}'],
)  # fmt: skip
def test_hostile_files_are_refused_without_a_traceback(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "b.json"
    path.write_bytes(data)
    problems = verify_bundle(path)
    assert problems
    assert all("\n" not in problem for problem in problems)


def test_what_is_wrong_is_named_even_under_a_new_seal(bundle: Path) -> None:
    content = json.loads(bundle.read_text(encoding="utf-8"))
    assert verify_bundle(resealed(bundle, content)) == []

    content["answer"]["citations"][0]["quote"] = "The harbour stayed shut."
    assert verify_bundle(resealed(bundle, content)) == ["citation 1: the source does not have these words there"]
    content["answer"]["citations"][0]["version"] = "0" * 64
    assert verify_bundle(resealed(bundle, content)) == ["citation 1: its source is not in the bundle"]
    content = json.loads(bundle.read_text(encoding="utf-8"))
    content["sources"][0]["text"] += " Not so."
    assert verify_bundle(resealed(bundle, content)) == [
        "a.md: the text does not match its version", "citation 1: the text of its source was changed",
    ]  # fmt: skip
    content = json.loads(bundle.read_text(encoding="utf-8"))
    content["answer"]["sentences"][0]["citations"] = [2]
    assert verify_bundle(resealed(bundle, content)) == ["sentence 1: cites a source that is not listed"]
    content["answer"]["sentences"][0]["citations"] = []
    assert verify_bundle(resealed(bundle, content)) == ["sentence 1: cites a source that is not listed"]


def test_an_abstention_can_be_bundled(tmp_path: Path) -> None:
    silent = replace(
        ANSWER, abstained=True, reason=AbstentionReason.NOT_IN_CORPUS, text="", sentences=(), citations=(),
        nearest=(CITATION,),
    )  # fmt: skip
    write_bundle(tmp_path / "b.json", silent, [ARTICLE])
    assert verify_bundle(tmp_path / "b.json") == []


def test_text_that_no_file_can_hold_is_sealed_as_it_is_written(tmp_path: Path) -> None:
    write_bundle(tmp_path / "b.json", replace(ANSWER, question="\udcff?"), [ARTICLE])
    assert verify_bundle(tmp_path / "b.json") == []


def test_an_old_bundle_is_replaced_whole(tmp_path: Path) -> None:
    path = tmp_path / "b.json"
    path.write_text("x" * 100_000)
    write_bundle(path, ANSWER, [ARTICLE])
    assert verify_bundle(path) == []
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.skipif(os.name != "posix", reason="permissions of POSIX systems")
def test_a_bundle_has_the_permissions_of_any_new_file(bundle: Path) -> None:
    other = bundle.with_name("any")
    other.touch()
    assert stat.S_IMODE(bundle.stat().st_mode) == stat.S_IMODE(other.stat().st_mode)


def test_a_place_where_nothing_can_be_written(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    for place in (tmp_path, tmp_path / "nowhere" / "b.json", tmp_path / "file" / "b.json"):
        with pytest.raises(SourceError, match="name another file"):
            require_writable(place)
        with pytest.raises(SourceError, match="name another file"):
            write_bundle(place, ANSWER, [ARTICLE])
    assert [path.name for path in tmp_path.iterdir()] == ["file"]
    require_writable(tmp_path / "b.json")


def test_a_file_that_cannot_be_read(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="No such file"):
        verify_bundle(tmp_path / "none.json")
    with pytest.raises(SourceError, match="Is a directory"):
        verify_bundle(tmp_path)


def test_a_changed_letter_outside_every_quotation_names_the_citations_of_that_source(bundle: Path) -> None:
    content = json.loads(bundle.read_text(encoding="utf-8"))
    content["sources"][0]["text"] = content["sources"][0]["text"].replace("Ärger", "Arger")
    problems = verify_bundle(resealed(bundle, content))
    assert "citation 1: the text of its source was changed" in problems


def test_a_bundle_says_what_it_was_made_with(tmp_path: Path) -> None:
    write_bundle(tmp_path / "b.json", ANSWER, [ARTICLE], {"model": "extractive", "prompts": "abc"})
    content = json.loads((tmp_path / "b.json").read_text(encoding="utf-8"))
    assert content["made_with"] == {"model": "extractive", "prompts": "abc"}
    assert verify_bundle(tmp_path / "b.json") == []
    changed = (tmp_path / "b.json").read_text(encoding="utf-8").replace('"abc"', '"abd"')
    (tmp_path / "b.json").write_text(changed, encoding="utf-8")
    assert verify_bundle(tmp_path / "b.json") == ["the seal does not match: the file was changed"]
