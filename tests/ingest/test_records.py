from __future__ import annotations

import gzip
import json
import os
import tracemalloc
from collections.abc import Iterable
from datetime import date
from pathlib import Path

import pytest

from rag.ingest.readers import read_sources
from rag.types import IngestFailure, SourceDocument

LIMIT = 20_000


def read(path: Path, limit: int = LIMIT) -> tuple[list[SourceDocument], list[IngestFailure]]:
    found = list(read_sources(path, max_record_bytes=limit))
    documents = [item for item in found if isinstance(item, SourceDocument)]
    failures = [item for item in found if isinstance(item, IngestFailure)]
    assert all("\n" not in failure.error and failure.source for failure in failures)
    return documents, failures


def only(path: Path) -> SourceDocument:
    documents, failures = read(path)
    assert failures == []
    (document,) = documents
    return document


def refused(path: Path, limit: int = LIMIT) -> str:
    documents, failures = read(path, limit)
    assert documents == []
    (failure,) = failures
    assert failure.source.split("#")[0] == path.name
    return failure.error


def write_lines(path: Path, records: Iterable[object]) -> Path:
    lines = "".join((record if isinstance(record, str) else json.dumps(record)) + "\n" for record in records)
    if path.suffix == ".gz":
        path.write_bytes(gzip.compress(lines.encode()))
    else:
        path.write_text(lines)
    return path


class TestJsonLines:
    def test_fields_and_their_other_names(self, tmp_path: Path) -> None:
        path = write_lines(
            tmp_path / "c.jsonl",
            [
                {
                    "id": "d1",
                    "text": "One.",
                    "title": "T\n1",
                    "publisher": "P",
                    "published": "2022/06/12",
                    "language": "en",
                },
                {"id": 7, "body": "Two.", "headline": "T2", "outlet": "Q", "date": "June 12, 2022"},
                {"url": "https://www.cnn.com/2022/06/11/x", "content": "Three.", "source": {"id": None, "name": "CNN"}},
                {"sentences": ["Four.", " And more. ", 5], "url": "javascript:alert(1)", "published": "2022"},
            ],
        )
        one, two, three, four = read(path)[0]
        assert one == SourceDocument("d1", "One.", "T 1", "P", date(2022, 6, 12), "", "en", "c.jsonl")
        assert two == SourceDocument("7", "Two.", "T2", "Q", date(2022, 6, 12), container="c.jsonl")
        assert (three.key, three.publisher, three.published) == (three.url, "CNN", date(2022, 6, 11))
        assert four == SourceDocument("javascript:alert(1)", "Four. And more.", container="c.jsonl")

    def test_the_address_gives_date_and_publisher_only_where_none_is_stated(self, tmp_path: Path) -> None:
        url = "https://edition.cnn.com/2022/06/12/x"
        path = write_lines(
            tmp_path / "c.jsonl",
            [{"text": "A.", "url": url}, {"text": "B.", "url": url, "published": "2022-06-10", "publisher": "Wire"}],
        )
        derived, stated = read(path)[0]
        assert (derived.publisher, derived.published) == ("cnn.com", date(2022, 6, 12))
        assert (stated.publisher, stated.published) == ("Wire", date(2022, 6, 10))

    @pytest.mark.parametrize("name", ["c.jsonl", "c.jsonl.gz"])
    def test_bad_lines_fail_by_number_and_the_rest_is_read(self, tmp_path: Path, name: str) -> None:
        path = write_lines(
            tmp_path / name,
            [
                "\ufeff" + json.dumps({"text": "First."}),
                "",
                "{broken",
                '{"title": "no text"}',
                '["list"]',
                '{"text": " "}',
                "[" * 10_000,
                json.dumps({"text": "x" * LIMIT}),
                '{"text": "Last."}',
            ],
        )
        documents, failures = read(path)
        assert [(d.key, d.text) for d in documents] == [(f"{name}#1", "First."), (f"{name}#9", "Last.")]
        assert [f.source for f in failures] == [f"{name}#{n}" for n in (3, 4, 5, 6, 7, 8)]
        reasons = ["line 3 is not JSON", "has no text", "not a JSON object", "has no text", "JSON", "is larger than"]
        assert all(reason in failure.error for reason, failure in zip(reasons, failures, strict=True))

    def test_bytes_that_are_not_utf_8_fail_alone(self, tmp_path: Path) -> None:
        (tmp_path / "c.jsonl").write_bytes(b'{"text": "caf\xe9"}\n{"text": "ok"}\n')
        documents, failures = read(tmp_path / "c.jsonl")
        assert [d.text for d in documents] == ["ok"]
        assert failures == [IngestFailure("c.jsonl#1", "line 1 is not UTF-8 text")]

    def test_lone_surrogates_become_a_replacement_character(self, tmp_path: Path) -> None:
        (tmp_path / "c.jsonl").write_text('{"id": "\\ud800", "text": "a\\ud800b \\ud83d\\ude00", "title": "\\udfff"}\n')
        document = only(tmp_path / "c.jsonl")
        assert (document.key, document.text, document.title) == ("\ufffd", "a\ufffdb 😀", "\ufffd")

    def test_a_huge_line_is_skipped_without_being_held(self, tmp_path: Path) -> None:
        path = tmp_path / "c.jsonl.gz"
        with gzip.open(path, "wb", compresslevel=1) as stream:
            stream.write(b'{"text": "')
            for _ in range(30):
                stream.write(b"a" * 1_000_000)
            stream.write(b'"}\n{"text": "after"}\n')
        tracemalloc.start()
        documents, failures = read(path, 1_000_000)
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        assert [d.text for d in documents] == ["after"]
        assert "is larger than 1,000,000 bytes" in failures[0].error
        assert peak < 8_000_000

    def test_cut_off_gzip_keeps_what_came_before(self, tmp_path: Path) -> None:
        lines = "".join(json.dumps({"text": f"Article {n} {os.urandom(40).hex()}"}) + "\n" for n in range(2000))
        data = gzip.compress(lines.encode())
        (tmp_path / "c.jsonl.gz").write_bytes(data[: len(data) // 2])
        documents, failures = read(tmp_path / "c.jsonl.gz")
        assert len(documents) > 500
        assert failures == [IngestFailure("c.jsonl.gz", "is damaged gzip data; what came before the damage was read")]

    def test_what_is_not_gzip(self, tmp_path: Path) -> None:
        (tmp_path / "c.jsonl.gz").write_text('{"text": "plain"}')
        assert "damaged gzip" in refused(tmp_path / "c.jsonl.gz")

    def test_an_empty_file(self, tmp_path: Path) -> None:
        (tmp_path / "c.jsonl").write_text("\n\n")
        assert refused(tmp_path / "c.jsonl") == "is empty"

    @pytest.mark.parametrize("name", ["c.jsonl", "c.json.gz"])
    def test_the_other_dates_of_a_file_show_the_order_of_month_and_day(self, tmp_path: Path, name: str) -> None:
        records = [{"text": "A.", "published": "01/04/63"}, {"text": "B.", "published": "01/18/63"}]
        path = tmp_path / name
        if name.endswith("gz"):
            path.write_bytes(gzip.compress(json.dumps(records, indent=1).encode()))
        else:
            write_lines(path, records)
        assert [d.published for d in read(path)[0]] == [date(1963, 1, 4), date(1963, 1, 18)]

    def test_an_order_that_nothing_shows_stays_unknown(self, tmp_path: Path) -> None:
        path = write_lines(tmp_path / "c.jsonl", [{"text": "A.", "published": "01/04/63"}])
        assert only(path).published is None


class TestJson:
    def test_one_object_is_keyed_by_its_file(self, tmp_path: Path) -> None:
        (tmp_path / "a.json").write_text('\n {"text": "One."}\n')
        assert only(tmp_path / "a.json") == SourceDocument("a.json", "One.")

    def test_a_list_is_streamed_past_the_limit_and_bad_items_fail(self, tmp_path: Path) -> None:
        records = [{"id": n, "text": f"Article {n}: " + "words " * 300} for n in range(200)]
        (tmp_path / "a.json").write_text(json.dumps([*records, 5, {"text": ""}], indent=2))
        documents, failures = read(tmp_path / "a.json")
        assert [d.text for d in documents] == [record["text"] for record in records]
        assert [f.source for f in failures] == ["a.json#201", "a.json#202"]

    @pytest.mark.parametrize(
        ("source", "count", "reason"),
        [
            ('"text"', 0, "neither a JSON object nor a list"),
            ("3", 0, "neither a JSON object nor a list"),
            ("", 0, "is empty"),
            ("[]", 0, "is empty"),
            ('[{"text": "A."}, {broken]', 1, "is not JSON"),
            ('[{"text": "A."} {"text": "B."}]', 1, "a comma or ] is missing"),
            ('[{"text": "A."}', 1, "a comma or ] is missing"),
            ('[{"text": "A."}, {"text": "B', 1, "is not JSON"),
            ('[{"text": "A."}] tail', 1, "more after the list"),
            ('{"text": "' + "x" * 3 * LIMIT + '"}', 0, "is larger than"),
            ("[" * 100_000, 0, "nested too deeply"),
        ],
    )
    def test_broken_files_keep_what_came_before(self, tmp_path: Path, source: str, count: int, reason: str) -> None:
        (tmp_path / "a.json").write_text(source)
        documents, failures = read(tmp_path / "a.json")
        assert len(documents) == count
        assert len(failures) == 1 and reason in failures[0].error

    def test_objects_one_after_the_other(self, tmp_path: Path) -> None:
        (tmp_path / "a.json").write_text('{"text": "A."}\n{"text": "B."}')
        assert [d.key for d in read(tmp_path / "a.json")[0]] == ["a.json#1", "a.json#2"]

    def test_utf_16(self, tmp_path: Path) -> None:
        (tmp_path / "a.json").write_text('[{"text": "Zoë."}]', encoding="utf-16")
        assert only(tmp_path / "a.json").text == "Zoë."
