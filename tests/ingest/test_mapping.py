from __future__ import annotations

import json
from pathlib import Path

import pytest

from rag.errors import SourceError
from rag.ingest.readers import read_sources
from rag.ingest.readers.mapping import FieldMap, parse_field_map
from rag.types import IngestFailure, SourceDocument

FOREIGN = {
    "_id": "n1",
    "headline": {"main": "Harbour opens", "kicker": None},
    "lead": {"paragraphs": ["The harbour opened.", 7, "It was Monday."]},
    "dc.date": "2017-11-20",
    "outlets": [{"name": "The Courier"}, {"name": "The Ledger"}],
}
PAIRS = ("id=_id", "title=headline.main", "text=lead.paragraphs", "published=dc.date", "publisher=outlets.0.name")


def test_foreign_records_are_read(tmp_path: Path) -> None:
    fields = parse_field_map(PAIRS)
    for name, content in (("a.json", json.dumps([FOREIGN])), ("a.jsonl", json.dumps(FOREIGN))):
        (tmp_path / name).write_text(content)
        [found] = read_sources(tmp_path / name, max_record_bytes=10_000, fields=fields)
        assert isinstance(found, SourceDocument)
        assert (found.key, found.title, found.publisher) == ("n1", "Harbour opens", "The Courier")
        assert (found.text, str(found.published)) == ("The harbour opened.\n\nIt was Monday.", "2017-11-20")


def test_a_field_that_is_missing_is_not_stated(tmp_path: Path) -> None:
    (tmp_path / "a.json").write_text('{"text": "ours", "body": "Theirs."}')
    fields = parse_field_map(["title=headline.main.deep", "publisher=text.0", "url=body.99999999999999999999"])
    [found] = read_sources(tmp_path / "a.json", max_record_bytes=10_000, fields=fields)
    assert isinstance(found, SourceDocument)
    assert (found.title, found.publisher, found.url, found.text) == ("", "", "", "ours")
    mapped = parse_field_map(["text=no.where"])
    [failed] = read_sources(tmp_path / "a.json", max_record_bytes=10_000, fields=mapped)
    assert not isinstance(failed, IngestFailure)  # `body` still holds a text


@pytest.mark.parametrize("pair", ["title", "=x", "title=", "title=a..b", "heading=title", "author=byline"])
def test_a_malformed_pair_is_refused_in_one_line(pair: str) -> None:
    with pytest.raises(SourceError) as caught:
        parse_field_map([pair])
    assert repr(pair) in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_field_is_mapped_once() -> None:
    with pytest.raises(SourceError, match="a second time"):
        parse_field_map(["title=a", "title=b"])
    assert parse_field_map([]) == FieldMap()
