"""Who carries a quotation: through the public object, on the sample corpus and on small ones."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.brief.alignment import closest
from rag.brief.encoding import encode_quotations
from rag.brief.voices import person
from rag.config import Settings
from rag.service import Dateline
from rag.types import Filters
from tests.corpora import write_article

WRAPPING_UP = "this military operation is indeed wrapping up"
WHOLE = (
    "We still have a long way to go before we achieve a complete victory over terrorists, but as far as our joint work "
    f"in fighting terrorism on the territory of Syria is concerned, {WRAPPING_UP}"
)


def corpus(folder: Path, **texts: str) -> Dateline:
    for n, (name, text) in enumerate(texts.items(), 1):
        write_article(folder / "in" / f"{name}.md", text, title=name, publisher=name, published=date(2020, 1, n))
    opened = Dateline(Settings(index=folder / "index", model="extractive"))
    opened.ingest([folder / "in"])
    return opened


def test_every_carrier_is_listed_the_earliest_first_with_its_exact_span(sample: Dateline) -> None:
    found = sample.quote(WHOLE)
    assert [(f.publisher, f.exact) for f in found] == [
        ("Meridian Morning Herald", True),
        ("Northline Wire", True),
        ("Cedar Coast Courier", False),
        ("Bosphorus Ledger", False),
    ]
    for each in found:
        assert sample.article(each.article_id)[0].text[each.start : each.end] == each.quote
        assert "Putin" in each.speaker


def test_an_altered_wording_shows_what_was_altered(sample: Dateline) -> None:
    altered = [f for f in sample.quote(WRAPPING_UP) if not f.exact]
    assert [f.publisher for f in altered] == ["Bosphorus Ledger"]
    assert altered[0].difference == "this military operation is [-indeed wrapping up-]{+now finished+}"
    assert altered[0].quote == "this military operation is now finished"


def test_a_shorter_extract_is_marked_as_one(sample: Dateline) -> None:
    harbour = next(
        f
        for f in sample.quote("We count on the support of Russia to ensure the non-interference of outside players")
        if f.publisher == "Harbour Gazette"
    )
    assert not harbour.exact
    assert harbour.difference.startswith("[-We count on the support of Russia-]")


@pytest.mark.parametrize(
    "asked",
    [
        "“this military operation is\n indeed  wrapping up”",
        "'This military operation is indeed wrapping up.'",
        WRAPPING_UP.upper(),
    ],
)
def test_quotes_white_space_and_case_are_no_difference(sample: Dateline, asked: str) -> None:
    assert sum(f.exact for f in sample.quote(asked)) == 3


def test_curly_and_straight_apostrophes_are_the_same(tmp_path: Path) -> None:
    dateline = corpus(tmp_path, one="“It’s Syria’s future,” he said.", two="\"It's Syria's future,\" he said.")
    assert [f.exact for f in dateline.quote("it's Syria’s future")] == [True, True]


def test_other_marks_are_told_apart_from_other_words(tmp_path: Path) -> None:
    dateline = corpus(tmp_path, one='"We won. The war is over," Ann Lee said.')
    (found,) = dateline.quote("We won, the war is over")
    assert (found.exact, found.speaker) == (False, "Ann Lee")
    assert found.difference == "only marks differ: We won [-,-]{+.+} The war is over"


def test_words_that_nobody_has_are_not_found(sample: Dateline) -> None:
    assert sample.quote("the moon is made of green cheese") == []
    assert sample.quote("we have a plan for the bridge and the harbour") == []
    assert sample.quote("?!") == []


def test_a_common_phrase_outside_quotation_marks_is_no_extract(tmp_path: Path) -> None:
    text = "The Supreme Court's decision to overturn the old abortion law drew crowds. Nobody was hurt in the city."
    dateline = corpus(tmp_path, one=text)
    asked = "The Supreme Court's decision to overturn the old law will put millions of lives at grave risk today"
    assert dateline.quote(asked) == []


def test_a_quotation_may_run_over_passages_and_be_interrupted(tmp_path: Path) -> None:
    filler = " ".join(f"Sentence number {n} is about the weather over the northern coast." for n in range(40))
    text = f'{filler} "We will rebuild the bridge," Mayor Anna Kask told reporters, "before the winter comes." {filler}'
    dateline = corpus(tmp_path, one=text)
    (found,) = dateline.quote("We will rebuild the bridge before the winter comes")
    assert not found.exact
    assert "Mayor Anna Kask told reporters,+}" in found.difference
    assert found.speaker == "Anna Kask"


def test_words_are_given_to_whoever_is_named_after_them(tmp_path: Path) -> None:
    text = (
        '"Liberals treat the law as a blank slate," Roger Pilon said. Others gathered outside the hall. "The mayor '
        'and his friends hold it up as a sacred document. We know that it is far from perfect," Terry Neill said.'
    )
    (found,) = corpus(tmp_path, one=text).quote("The mayor and his friends hold it up as a sacred document")
    assert found.speaker == "Terry Neill"


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("Dmitry Peskov", "Dmitry Peskov"),
        ("Top Republican Sen. John Thune", "John Thune"),
        ("Warren added on Twitter", "Warren"),
        ("Bashar al Assad", "Bashar al Assad"),
        ("Local Republican Party", ""),
        ("Congress", ""),
        ("NAACP", ""),
        ("", ""),
    ],
)
def test_words_are_only_given_to_people(name: str, expected: str) -> None:
    assert person(name) == expected


def test_filters_hold(sample: Dateline) -> None:
    found = sample.quote(WRAPPING_UP, filters=Filters(after=date(2017, 11, 24)))
    assert [f.publisher for f in found] == ["Bosphorus Ledger"]


def test_json_has_the_fields_of_the_contract(sample: Dateline) -> None:
    results = json.loads(json.dumps(encode_quotations(sample.quote(WRAPPING_UP))))["results"]
    assert set(results[0]) == {
        "article_id", "title", "publisher", "published", "start", "end", "quote", "speaker", "exact", "difference",
    }  # fmt: skip
    assert results[0]["difference"] is None


WORDS = st.lists(st.sampled_from("abcdefgh"), max_size=12)


@given(WORDS, WORDS, WORDS)
def test_words_that_are_there_are_found_whole(before: list[str], wanted: list[str], after: list[str]) -> None:
    start, end, matched = closest(wanted, [*before, *wanted, *after])
    assert matched == len(wanted)
    assert [*before, *wanted, *after][start:end] == wanted
