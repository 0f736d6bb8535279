"""Authors are those that the source states, in every format that can state them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from eval.bench.samples import atom, docx, eml, html, pdf, rss
from rag.index.store import IndexStore
from rag.ingest.authors import persons, stated_authors
from rag.ingest.readers import read_sources
from rag.ingest.readers.mapping import parse_field_map
from rag.ingest.readers.sandbox import Sandbox
from rag.ingest.sync import ingest
from rag.types import SourceDocument
from tests.corpora import report
from tests.fakes import HashEmbedder

MARI, JAAN = "Mari Maasikas", "Jaan Tamm"
LINKED = '<script type="application/ld+json">{"@context": "https://schema.org",'
LINKED += '"@type": "NewsArticle", "author": [{"@type": "Person", "name": "%s"}, '
LINKED += '{"@type": "Person", "name": "%s"}]}</script>'


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    with Sandbox() as opened:
        yield opened


def front(fields: str) -> bytes:
    return f"---\ntitle: Harbour opens\n{fields}\n---\n\n{report(1)}\n".encode()


def record(**fields: object) -> bytes:
    return json.dumps({"text": report(1), **fields}).encode()


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("Jane Doe", ("Jane Doe",)),
        ("By Jane Doe and Max Weber", ("Jane Doe", "Max Weber")),
        ("Jane Doe, Max Weber & Li Na", ("Jane Doe", "Max Weber", "Li Na")),
        ("Doe, Jane", ("Doe, Jane",)),
        ("Jane Doe; Jane Doe", ("Jane Doe",)),
        ("desk@courier.example (Jane Doe)", ("Jane Doe",)),
        ("Jane Doe <jane@courier.example>", ("Jane Doe",)),
        (["Jane Doe", {"name": "Max Weber", "url": "x"}, 3, None], ("Jane Doe", "Max Weber")),
        ({"name": ["Jane Doe"]}, ("Jane Doe",)),
        ("Reuters Staff", ("Reuters Staff",)),
        ("https://www.facebook.com/courier", ()),
        ("", ()), ("admin", ()), ("Unknown", ()), (None, ()), (7, ()), (b"Jane Doe", ()),
        ("x" * 500, ()),
        ("Jane\ud800 Doe", ("Jane? Doe",)),
    ],
)  # fmt: skip
def test_names_in_what_is_stated(value: object, expected: tuple[str, ...]) -> None:
    assert stated_authors(value) == expected


@pytest.mark.parametrize(
    ("value", "is_person"),
    [
        ("Mari Maasikas", True), ("Ewan McGregor", True),
        ("J. R. R. Tolkien", True), ("Ursula von der Leyen", True), ("Anne-Marie O’Neil", True),
        ("Jane Doe; Max Weber", True), ("Æsa Þórsdóttir", True),
        ("python-docx", False), ("Microsoft Office User", False), ("mmaasikas", False), ("Ministry of Finance", False),
        ("The Courier", False), ("HP LaserJet", False), ("Press Office", False), ("JSMITH", False), ("Laptop 3", False),
        ("Jane Doe; Press Office", False), ("Administrator", False), ("ACME INC", False),
    ],
)  # fmt: skip
def test_what_is_plainly_a_person(value: str, is_person: bool) -> None:
    assert bool(persons(value)) is is_person


@pytest.mark.parametrize(
    ("name", "data", "expected"),
    [
        ("a.html", html(), (MARI,)),
        ("a.html", html(head=LINKED % (MARI, JAAN)), (MARI, JAAN)),
        ("a.html", html(head=f'<meta name="author" content="{JAAN}">').replace(b'class="byline"', b""), (JAAN,)),
        ("a.md", front(f"author: {MARI}"), (MARI,)),
        ("a.md", front(f"authors: [{MARI}, {JAAN}]"), (MARI, JAAN)),
        ("a.md", front(f"authors:\n  - name: {MARI}\n  - name: {JAAN}"), (MARI, JAAN)),
        ("a.json", record(author=f"By {MARI} and {JAAN}"), (MARI, JAAN)),
        ("a.json", record(authors=[{"name": MARI}, JAAN]), (MARI, JAAN)),
        ("a.jsonl", record(author={"@type": "Person", "name": MARI}), (MARI,)),
        ("a.json", record(), ()),
        ("a.rss", rss(), (MARI,)),
        ("a.atom", atom(), (MARI, JAAN)),
        ("a.docx", docx(author=MARI), (MARI,)),
        ("a.docx", docx(), ()),
        ("a.pdf", pdf(author=f"{MARI}, {JAAN}"), (MARI, JAAN)),
        ("a.pdf", pdf(author="Canon Scanner"), ()),
        ("a.eml", eml(), ()),
        ("a.txt", report(1).encode(), ()),
    ],
)
def test_every_reader(tmp_path: Path, sandbox: Sandbox, name: str, data: bytes, expected: tuple[str, ...]) -> None:
    (tmp_path / name).write_bytes(data)
    document, *_ = read_sources(tmp_path / name, max_record_bytes=10**6, sandbox=sandbox)
    assert isinstance(document, SourceDocument)
    assert document.authors == expected


def test_foreign_fields_and_a_folder_s_metadata(tmp_path: Path) -> None:
    (tmp_path / "a.json").write_bytes(record(credits={"by": [{"name": MARI}, {"name": JAAN}]}))
    fields = parse_field_map(["authors=credits.by"])
    [document] = read_sources(tmp_path / "a.json", max_record_bytes=10**6, fields=fields)
    assert isinstance(document, SourceDocument)
    assert document.authors == (MARI, JAAN)
    (tmp_path / "a.json").write_bytes(record())
    (tmp_path / "metadata.jsonl").write_text(json.dumps({"path": "a.json", "authors": [JAAN]}))
    [document] = read_sources(tmp_path, max_record_bytes=10**6)
    assert isinstance(document, SourceDocument)
    assert document.authors == (JAAN,)


def test_authors_are_stored_with_the_article_and_go_with_it(tmp_path: Path) -> None:
    (tmp_path / "a.json").write_bytes(record(authors=[MARI]))
    store = IndexStore(tmp_path / "index", create=True)
    ingest(store, HashEmbedder(), [tmp_path / "a.json"])
    assert store.catalog.article("a.json").authors == (MARI,)
    (tmp_path / "a.json").write_bytes(record(authors=[JAAN, MARI]))
    assert ingest(store, HashEmbedder(), [tmp_path / "a.json"]).updated == 1
    assert store.catalog.article("a.json").authors == (JAAN, MARI)
    (tmp_path / "a.json").write_bytes(record())
    assert ingest(store, HashEmbedder(), [tmp_path / "a.json"]).updated == 1
    assert store.catalog.article("a.json").authors == ()
    store.close()
