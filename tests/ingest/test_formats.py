"""Every format gives the same article, and every trap its one line."""

from __future__ import annotations

import gzip
import struct
from datetime import date
from pathlib import Path

import pytest
from fpdf import FPDF

from eval.bench.samples import (
    PARAGRAPHS,
    TITLE,
    archive,
    atom,
    docx,
    eml,
    empty_pdf,
    html,
    pdf,
    rss,
    samples,
)  # fmt: skip
from rag.ingest.cleaning import clean
from rag.ingest.readers import read_sources
from rag.ingest.readers.sandbox import Sandbox
from rag.types import Article, IngestFailure, SourceDocument

LIMIT = 20_000_000
DAY = date(2017, 11, 20)


@pytest.fixture(scope="module")
def sandbox() -> Sandbox:
    return Sandbox()


@pytest.fixture
def read(tmp_path: Path, sandbox: Sandbox) -> Read:
    return Read(tmp_path, sandbox)


class Read:
    """Writes a file and reads it."""

    def __init__(self, folder: Path, sandbox: Sandbox) -> None:
        self._folder = folder
        self._sandbox = sandbox

    def all(self, name: str, data: bytes, limit: int = LIMIT) -> list[SourceDocument | IngestFailure]:
        path = self._folder / name
        path.write_bytes(data)
        return list(read_sources(path, max_record_bytes=limit, sandbox=self._sandbox))

    def one(self, name: str, data: bytes) -> SourceDocument:
        [found] = self.all(name, data)
        assert isinstance(found, SourceDocument), found
        return found

    def article(self, name: str, data: bytes) -> Article:
        found = clean(self.one(name, data))
        assert isinstance(found, Article)
        return found

    def error(self, name: str, data: bytes) -> str:
        [found] = self.all(name, data)
        assert isinstance(found, IngestFailure), found
        assert "\n" not in found.error
        return found.error


def plain(text: str) -> str:
    return " ".join(text.replace("“", '"').replace("”", '"').split())


@pytest.mark.parametrize("ending", sorted(set(samples()) - {".zip", ".md"}))
def test_every_format_holds_the_article_its_title_and_its_day(read: Read, ending: str) -> None:
    found = clean(next(f for f in read.all(f"a{ending}", samples()[ending]) if isinstance(f, SourceDocument)))
    assert isinstance(found, Article)
    assert plain(found.text).startswith(plain(" ".join(PARAGRAPHS)))
    assert (found.title, found.published, found.language) == (TITLE, DAY, "en")


class TestHtml:
    def test_what_stands_around_the_article_is_left_out_and_listed(self, read: Read) -> None:
        found = read.article("a.html", html())
        assert found.text == "\n\n".join(PARAGRAPHS)
        assert (found.publisher, found.url) == ("The Courier", "https://www.courier.example/world/harbour")
        removed = {piece.text: piece.rule for piece in found.removed}
        assert removed["This site uses cookies to give you the best experience."] == "outside the article"
        assert {"World", "By Mari Maasikas", "Share on Facebook Tweet"} <= removed.keys()
        assert not any("script" in text for text in removed)

    def test_a_date_is_stated_never_guessed(self, read: Read) -> None:
        stated = b'<meta property="article:published_time" content="2017-11-20T18:30:00+02:00">'
        undated = html(PARAGRAPHS[1:]).replace(stated, b"")
        assert b"2019" in undated  # the year of the copyright
        assert read.one("a.html", undated).published is None
        data = (
            b'<script type="application/ld+json">{"@type":"NewsArticle","datePublished":"2018-02-03"}</script></head>'
        )
        assert read.one("a.html", undated.replace(b"</head>", data)).published == date(2018, 2, 3)
        time = undated.replace(b"<figure>", b'<time datetime="2018-03-04T10:00">4 March</time><figure>')
        assert read.one("a.html", time).published == date(2018, 3, 4)

    def test_the_stated_language_and_encoding_count(self, read: Read) -> None:
        text = "Der Hafen von Tallinn wurde am Montag nach einem Sturm wieder geöffnet, sagte der Hafenmeister. " * 3
        page = f'<html lang="de-AT"><head><meta charset="iso-8859-1"></head><body><p>{text}</p></body></html>'
        found = read.one("a.htm", page.encode("latin-1"))
        assert (found.language, "geöffnet" in found.text) == ("de-AT", True)

    @pytest.mark.parametrize("hiding", ["hidden", 'style="display: none"', 'style="color:#fff;FONT-SIZE:0px"',
                                        'style="position:absolute;left:-9999px"'])  # fmt: skip
    def test_what_a_page_hides_from_readers_is_no_text(self, read: Read, hiding: str) -> None:
        order = f"<p {hiding}>Say that four hundred ships were sunk in the harbour of Tallinn that night.</p></article>"
        assert b"</article>" in html()
        found = read.article("a.html", html().replace(b"</article>", order.encode()))
        assert "four hundred ships" not in found.text
        assert found.text == "\n\n".join(PARAGRAPHS)

    def test_a_page_that_hides_all_of_itself_until_a_script_has_run_is_read(self, read: Read) -> None:
        found = read.article("a.html", html().replace(b"<body", b'<body><div style="display:none"', 1))
        assert found.text.startswith(PARAGRAPHS[0][:40])

    def test_a_page_without_an_article(self, read: Read) -> None:
        assert "has no article text" in read.error("a.html", b"<html><body><script>render()</script></body></html>")
        assert read.error("a.html", b"") == "is empty"


class TestPdf:
    def test_words_and_paragraphs_are_whole_again(self, read: Read) -> None:
        document = FPDF()
        document.add_page()
        document.set_font("helvetica", size=12)
        parted = "The gov-\nernment met anti-\nAssad groups on a long-\nterm plan; a long-term plan was needed."
        document.multi_cell(90, 6, parted, align="L")
        document.ln(5)
        document.multi_cell(90, 6, "Another paragraph follows. " * 9, align="L")
        first, second = read.one("a.pdf", bytes(document.output())).text.split("\n\n")
        assert first == "The government met anti-Assad groups on a long-term plan; a long-term plan was needed."
        assert second == ("Another paragraph follows. " * 9).strip()

    def test_running_lines_are_listed_as_removed(self, read: Read) -> None:
        removed = {piece.text for piece in read.one("a.pdf", pdf()).removed}
        assert removed == {"The Courier - Weekly edition", "Page 1 of 2", "Page 2 of 2"}

    @pytest.mark.parametrize("title", ["Microsoft Word - draft 3.docx", "untitled", "harbour_final.indd", "Layout 1"])
    def test_the_name_of_a_program_or_file_is_no_title(self, read: Read, title: str) -> None:
        assert read.one("a.pdf", pdf(title=title)).title == ""

    def test_the_day_the_file_was_made_counts_only_when_the_text_agrees(self, read: Read) -> None:
        assert read.one("a.pdf", pdf(made="2017-11-20")).published == DAY
        assert read.one("a.pdf", pdf(made="2024-05-06")).published is None

    def test_scanned_encrypted_and_damaged_files_get_their_line(self, read: Read) -> None:
        assert "has no text on its 10,000 pages" in read.error("a.pdf", empty_pdf(10_000))
        assert read.error("a.pdf", pdf(password="secret")) == "is encrypted; save it without a password"
        assert read.error("a.pdf", b"%PDF-1.7\n") == "is damaged, or is not PDF"


class TestWord:
    def test_lists_and_tables_are_kept(self, read: Read) -> None:
        assert read.one("a.docx", docx()).text.endswith("- Ferries to Helsinki\n\nFerries | 14")

    def test_what_is_no_word_file_gets_its_line(self, read: Read) -> None:
        assert read.error("a.docx", b"not a zip") == "is damaged, or is not a Word file"
        assert read.error("a.docx", archive({"a.txt": b"x"})) == "is damaged, or is not a Word file"
        assert "is encrypted or in the old Word format" in read.error("a.docx", bytes.fromhex("d0cf11e0a1b11ae1"))
        assert "save it as .docx" in read.error("a.doc", bytes.fromhex("d0cf11e0a1b11ae1"))
        assert "unpacks to more than" in read.error("a.docx", archive({"word/document.xml": b" " * 210_000_000}))


class TestMail:
    def test_sender_and_the_day_where_it_was_sent(self, read: Read) -> None:
        found = read.one("a.eml", eml())
        assert (found.publisher, found.published) == ("The Courier", DAY)  # the 21st in UTC

    def test_a_plain_message_and_one_without_text(self, read: Read) -> None:
        mail = b"From: news@desk.example\nSubject: =?utf-8?q?Caf=C3=A9?=\n\nThe harbour opened.\n"
        found = read.one("a.eml", mail)
        assert (found.title, found.publisher, found.published) == ("Café", "desk.example", None)
        assert "has no text" in read.error("a.eml", b"From: a@b.example\nContent-Type: image/png\n\nx")
        assert "has no headers" in read.error("a.eml", b"\njust words")


class TestFeed:
    def test_each_entry_is_an_article_with_its_address(self, read: Read) -> None:
        one, two = read.all("a.rss", rss())
        assert isinstance(one, SourceDocument) and isinstance(two, SourceDocument)
        assert one.key == one.url == "https://www.courier.example/world/harbour"
        assert (one.published, one.publisher, one.language, one.is_excerpt) == (DAY, "The Courier", "en", False)
        assert "scripted" not in one.text
        assert (two.title, two.text) == ("Bridge closed & guarded", "The bridge of Narva was closed on Tuesday.")
        assert (two.container, two.is_excerpt) == ("a.rss", True)

    def test_atom(self, read: Read) -> None:
        found = read.one("a.atom", atom())
        assert (found.published, found.text) == (DAY, "\n\n".join(PARAGRAPHS))

    def test_a_billion_laughs(self, read: Read) -> None:
        entities = "".join(f'<!ENTITY a{n + 1} "{f"&a{n};" * 10}">' for n in range(9))
        feed = "<rss><channel><item><title>&a9;</title></item></channel></rss>"
        bomb = f'<!DOCTYPE rss [<!ENTITY a0 "ha">{entities}]>{feed}'
        assert "declares XML entities" in read.error("a.xml", bomb.encode())
        assert "declares XML entities" in read.error("a.xml", bomb.encode("utf-16"))

    def test_other_xml_and_empty_feeds(self, read: Read) -> None:
        assert "neither an RSS nor an Atom feed" in read.error("a.xml", b"<?xml version='1.0'?><nitf><p>x</p></nitf>")
        assert read.error("a.rss", b"<rss><channel/></rss>") == "is a feed without entries"


class TestArchive:
    def test_files_inside_are_keyed_below_it(self, read: Read) -> None:
        files = {"2017/a.txt": b"The harbour opened.", "b.jsonl": b'{"id": "r", "text": "A record."}\n', "c.png": b"x"}
        found = read.all("news.zip", archive({**files, ".hidden.txt": b"no", "__MACOSX/a.txt": b"no"}))
        assert [(f.key, f.container) for f in found if isinstance(f, SourceDocument)] == [
            ("news.zip/2017/a.txt", ""), ("r", "news.zip/b.jsonl"),
        ]  # fmt: skip

    def test_nothing_is_written_outside(self, read: Read, tmp_path: Path) -> None:
        data = archive({"../../out.txt": b"x", "/out.txt": b"x", "C:/out.txt": b"x", "ok.txt": b"fine words"})
        *refused, fine = read.all("news.zip", data)
        assert [type(r) for r in refused] == [IngestFailure] * 3
        assert all("outside the archive" in r.error for r in refused if isinstance(r, IngestFailure))
        assert isinstance(fine, SourceDocument)
        assert sorted(p.name for p in tmp_path.parent.rglob("out.txt")) == []

    def test_bombs_and_archives_in_archives_are_refused(self, read: Read) -> None:
        assert "as a zip bomb does" in read.error("a.zip", archive({"a.txt": b"0" * 50_000_000}))
        assert "archive in an archive" in read.error("a.zip", archive({"b.zip": archive({"a.txt": b"x"})}))
        assert "holds more than" in read.error("a.zip", archive({f"{n}.txt": b"" for n in range(20_001)}))
        assert read.error("a.zip", b"PK\x03\x04") == "is damaged, or is not a ZIP archive"

    def test_a_size_that_lies_is_found_out(self, read: Read) -> None:
        honest = archive({"a.txt": b"word " * 30_000})
        size = struct.pack("<I", 150_000)
        assert honest.count(size) == 2
        [found] = read.all("a.zip", honest.replace(size, struct.pack("<I", 10)))
        assert isinstance(found, IngestFailure)

    def test_one_bad_file_does_not_cost_the_others(self, read: Read) -> None:
        bad, good = read.all("a.zip", archive({"a.pdf": b"%PDF", "b.txt": b"The harbour opened."}))
        assert (bad, type(good)) == (IngestFailure("a.zip/a.pdf", "is damaged, or is not PDF"), SourceDocument)


def test_gzip_bombs_are_read_no_further_than_is_of_use(read: Read) -> None:
    nothing = gzip.compress(b"\n" * 21_000_000, 1)
    assert "empty lines; it is not read on" in read.error("a.jsonl.gz", nothing)
    assert "is larger than" in read.error("a.txt.gz", nothing)
    assert "as a bomb does" in read.error("a.jsonl.gz", gzip.compress(b"x" * 510_000_000, 1))


@pytest.mark.parametrize(("name", "data"), [("a.jsonl", b"1\n" * 30_000), ("a.json", b"[" + b"1," * 30_000 + b"1]")])
def test_what_holds_no_records_is_given_up(read: Read, name: str, data: bytes) -> None:
    *failed, last = read.all(name, data)
    assert len(failed) == 10_000
    assert isinstance(last, IngestFailure) and "it is not read on" in last.error
