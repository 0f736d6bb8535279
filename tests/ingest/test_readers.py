from __future__ import annotations

import gzip
import json
import os
import tracemalloc
from collections.abc import Iterable
from datetime import date
from pathlib import Path

import pytest

from rag.errors import SourceError
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


def test_a_missing_path_is_an_error_at_once(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match=r"gone\.txt does not exist"):
        read_sources(tmp_path / "gone.txt", max_record_bytes=LIMIT)


def test_an_unknown_format_is_a_failure_when_named_and_passed_over_in_a_folder(tmp_path: Path) -> None:
    picture = tmp_path / "photo.jpg"
    picture.write_bytes(b"\xff\xd8")
    (tmp_path / "a.txt").write_text("Words.")
    assert ".jsonl .html" in refused(picture)
    assert only(tmp_path).key == "a.txt"


class TestText:
    @pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-32", "cp1252"])
    def test_encodings(self, tmp_path: Path, encoding: str) -> None:
        text = "“It is over,” said Zoë Müller in the café — and left. " * 3
        path = tmp_path / "a.TXT"
        path.write_bytes(text.encode(encoding))
        assert only(path).text == text

    def test_another_script_in_its_own_encoding(self, tmp_path: Path) -> None:
        text = "Президент России Владимир Путин встретился с президентом Сирии Башаром Асадом в Сочи."
        (tmp_path / "a.txt").write_bytes(text.encode("cp1251"))
        assert only(tmp_path / "a.txt").text == text

    @pytest.mark.parametrize(
        ("data", "reason"),
        [
            (b"", "is empty"),
            (b" \n\t\r\n", "is empty"),
            (b"text\0more", "NUL"),
            (bytes(range(1, 256)) * 4, "is not text"),
            (b"\xff\xfea\xd8", "is damaged"),
            (b"a" * (LIMIT + 1), "is larger than 20,000 bytes"),
        ],
    )
    def test_what_is_not_an_article_fails_in_one_line(self, tmp_path: Path, data: bytes, reason: str) -> None:
        (tmp_path / "a.txt").write_bytes(data)
        assert reason in refused(tmp_path / "a.txt")

    def test_a_file_of_exactly_the_limit_is_read(self, tmp_path: Path) -> None:
        (tmp_path / "a.txt").write_text("a" * LIMIT)
        assert len(only(tmp_path / "a.txt").text) == LIMIT

    @pytest.mark.skipif(os.geteuid() == 0, reason="the superuser may read everything")
    def test_a_file_without_permission(self, tmp_path: Path) -> None:
        (tmp_path / "a.txt").write_text("Words.")
        (tmp_path / "a.txt").chmod(0)
        assert refused(tmp_path / "a.txt") == "cannot be read: Permission denied"

    def test_a_link_to_nothing(self, tmp_path: Path) -> None:
        (tmp_path / "a.txt").symlink_to(tmp_path / "gone")
        assert "link to nothing" in refused(tmp_path / "a.txt")


class TestMarkdown:
    def test_front_matter_and_plain_text(self, tmp_path: Path) -> None:
        (tmp_path / "a.md").write_text(
            "---\ntitle: 'Talks: the end'\npublisher: Harbour Gazette\npublished: 2017-11-21\n"
            "url: https://harbour.example/2017/11/20/x\nlanguage: en\n---\n"
            "# Talks\n\nThe *two* men [met](https://x.example/secret) in\nSochi & left.\n\n"
            "<b>Bold</b> claims & <script>alert(1)</script>\n\n- first item\n- second item\n\n---\n\n"
            "| a | b |\n|---|---|\n| 1 | 2 |\n"
        )
        document = only(tmp_path / "a.md")
        assert (document.title, document.publisher) == ("Talks: the end", "Harbour Gazette")
        assert (document.published, document.language) == (date(2017, 11, 21), "en")
        assert document.text.split("\n\n") == [
            "Talks",
            "The two men met in Sochi & left.",
            "<b>Bold</b> claims & <script>alert(1)</script>",
            "- first item",
            "- second item",
            "___",
            "a | b",
            "1 | 2",
        ]

    def test_a_first_heading_is_the_title_when_none_is_stated(self, tmp_path: Path) -> None:
        (tmp_path / "a.md").write_text("# A *fine* title\n\nWords.\n")
        assert only(tmp_path / "a.md").title == "A fine title"

    @pytest.mark.parametrize(
        ("source", "reason"),
        [("---\ntitle: [\n---\nWords.", "not YAML"), ("---\ntitle: A\n---\n", "no text"), ("", "is empty")],
    )
    def test_broken_files(self, tmp_path: Path, source: str, reason: str) -> None:
        (tmp_path / "a.md").write_text(source)
        assert reason in refused(tmp_path / "a.md")


class TestFolder:
    def test_files_come_sorted_by_path_without_hidden_ones(self, tmp_path: Path) -> None:
        for name in ("b.txt", "a/z.txt", "a/.hidden.txt", ".git/x.txt", "c/deep/er.md", "A.txt", "x.bin"):
            (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
            (tmp_path / name).write_text("Words.")
        (tmp_path / "c" / "loop").symlink_to(tmp_path)
        documents, failures = read(tmp_path)
        assert [d.key for d in documents] == ["A.txt", "a/z.txt", "b.txt", "c/deep/er.md"]
        assert failures == []

    def test_one_bad_file_does_not_stop_the_others(self, tmp_path: Path) -> None:
        (tmp_path / "a.txt").write_text("")
        (tmp_path / "b.txt").write_text("Words.")
        documents, failures = read(tmp_path)
        assert [d.key for d in documents] == ["b.txt"]
        assert failures == [IngestFailure("a.txt", "is empty")]

    def test_metadata_fills_what_files_lack_and_is_no_article(self, tmp_path: Path) -> None:
        (tmp_path / "sub").mkdir()
        (tmp_path / "a.txt").write_text("Words.")
        (tmp_path / "b.md").write_text("---\ntitle: Own\npublisher: Own Paper\n---\nWords.")
        (tmp_path / "sub" / "c.txt").write_text("Words.")
        write_lines(
            tmp_path / "sub" / "r.jsonl", [{"id": "r1", "text": "Words.", "title": "Record"}, {"text": "Words."}]
        )
        write_lines(
            tmp_path / "metadata.jsonl",
            [
                {
                    "path": "a.txt",
                    "title": "A",
                    "publisher": "P",
                    "published": "2017-11-21",
                    "url": "https://p.example/a",
                },
                {"path": "b.md", "title": "B", "publisher": "P", "published": "21 November 2017"},
                {"path": "./sub/c.txt", "title": "far", "publisher": "Far"},
                {"path": "sub\\r.jsonl", "title": "no", "publisher": "Wire"},
            ],
        )
        write_lines(tmp_path / "sub" / "metadata.jsonl", [{"path": "c.txt", "title": "near"}])
        documents, failures = read(tmp_path)
        assert failures == []
        assert [(d.key, d.title, d.publisher, d.published) for d in documents] == [
            ("a.txt", "A", "P", date(2017, 11, 21)),
            ("b.md", "Own", "Own Paper", date(2017, 11, 21)),
            ("sub/c.txt", "near", "Far", None),
            ("r1", "Record", "Wire", None),
            ("sub/r.jsonl#2", "", "Wire", None),
        ]

    def test_broken_metadata_lines_are_reported_by_number(self, tmp_path: Path) -> None:
        (tmp_path / "a.txt").write_text("Words.")
        write_lines(
            tmp_path / "metadata.jsonl",
            [
                "{",
                "[1]",
                {"title": "x"},
                {"path": "gone.txt"},
                {"path": "../a.txt"},
                {"path": "a.txt", "publisher": "P"},
            ],
        )
        documents, failures = read(tmp_path)
        assert [d.publisher for d in documents] == ["P"]
        assert [f.source for f in failures] == [f"metadata.jsonl#{n}" for n in range(1, 6)]
        assert "is not in the folder" in failures[3].error and "outside the folder" in failures[4].error

    def test_memory_does_not_grow_with_the_corpus(self, tmp_path: Path) -> None:
        def peak(records: int) -> int:
            path = write_lines(tmp_path / "c.jsonl", ({"id": n, "text": "word " * 2000} for n in range(records)))
            tracemalloc.start()
            assert sum(1 for _ in read_sources(path, max_record_bytes=LIMIT)) == records
            used = tracemalloc.get_traced_memory()[1]
            tracemalloc.stop()
            return used

        peak(1)
        assert peak(1000) < peak(50) + 100_000
