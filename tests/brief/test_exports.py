"""Every form of a briefing says the same, and nothing in an article becomes markup."""

from __future__ import annotations

import ctypes
import io
import json
import re
import zlib
from datetime import date
from html.parser import HTMLParser
from pathlib import Path

import pypdfium2 as pdfium
import pytest
from markdown_it import MarkdownIt

from rag.brief.export import Format, exported, require_free
from rag.brief.export.document import Document, document_of, printable
from rag.brief.export.markdown import escaped
from rag.brief.types import Briefing, BriefingSource, Request, Section
from rag.errors import SourceError
from rag.service import Dateline
from rag.types import AnswerSentence, Article, Citation, Verdict

WORD = re.compile(r"[^\W_]+")
HOSTILE = "<script>alert(1)</script> *bold* [link](javascript:alert(2)) `x` | a & b # c ![p](http://evil.example/p.gif)"


class _Text(HTMLParser):
    """Collects the text of an element, and every tag of the page with its attributes."""

    def __init__(self, wanted: str) -> None:
        super().__init__()
        self._wanted = wanted
        self._inside = False
        self.words: list[str] = []
        self.tags: list[tuple[str, dict[str, str | None]]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = dict(attrs)
        self.tags.append((tag, found))
        self._inside = self._inside or found.get("id") == self._wanted

    def handle_endtag(self, tag: str) -> None:
        self._inside = self._inside and tag != "article"

    def handle_data(self, data: str) -> None:
        if self._inside:
            self.words += WORD.findall(data)


def words_of(document: Document) -> list[str]:
    lines = [document.title, *(line for part in document.parts for line in part.lines)]
    texts = [line.text for line in lines] + [str(n) for line in lines for n in line.numbers]
    texts += [*document.about, *(p.title for p in document.parts), "Sources", *document.sources]
    texts += ["Cited words"] if document.quotes else []
    texts += [f"{q.n} {q.words} {q.where}" for q in document.quotes]
    return sorted(WORD.findall(" ".join([*texts, "Notes", *document.notes])))


def docx_words(data: bytes) -> list[str]:
    import docx

    file = docx.Document(io.BytesIO(data))
    texts = ["".join(t.text or "" for t in p._p.iter() if t.tag.endswith("}t")) for p in file.paragraphs]
    return sorted(WORD.findall("\n".join(texts)))


def html_words(data: bytes) -> list[str]:
    parser = _Text("briefing")
    parser.feed(data.decode())
    return sorted(parser.words)


def markdown_words(data: bytes) -> list[str]:
    footnoted = re.sub(r"\[\^(\d+)\]:?", r" \1 ", data.decode())
    parser = _Text("briefing")
    parser.feed(f"<article id=briefing>{MarkdownIt().render(footnoted)}</article>")
    return sorted(parser.words)


@pytest.fixture(scope="module")
def made(sample: Dateline) -> tuple[Briefing, list[Article]]:
    found = sample.brief(Request("Putin and Assad meet in Sochi", since=date(2017, 11, 22)))
    return found, sample.cited_articles(found)


def test_markdown_html_and_docx_have_the_same_words(made: tuple[Briefing, list[Article]]) -> None:
    expected = words_of(document_of(made[0]))
    assert html_words(exported(*made, Format.HTML)) == expected
    assert docx_words(exported(*made, Format.DOCX)) == expected
    assert markdown_words(exported(*made, Format.MARKDOWN)) == expected


def test_pdf_has_the_same_characters(made: tuple[Briefing, list[Article]]) -> None:
    """Read by the map from glyphs to characters that the file carries itself."""
    shown = "".join(pdf_texts(exported(*made, Format.PDF)))
    for word in set(words_of(document_of(made[0]))):
        assert word in shown, word
    assert "□" not in shown


def test_citations_of_the_pdf_lead_to_their_words(made: tuple[Briefing, list[Article]]) -> None:
    document = document_of(made[0])
    lines = [document.title, *(line for part in document.parts for line in part.lines)]
    numbers = [n for line in lines for n in line.numbers]
    links = pdf_links(exported(*made, Format.PDF))
    assert sorted(shown for shown, _ in links) == sorted(f"[{n}]" for n in numbers)
    quotes = {f"[{quote.n}]": quote.words for quote in document.quotes}
    for shown, found in links:
        words = found.removeprefix(shown).strip()
        assert found.startswith(shown) and words and quotes[shown].startswith(words[:30]), (shown, found)


def pdf_links(data: bytes) -> list[tuple[str, str]]:
    """Returns the text of each link, and the first line at the place it leads to."""
    file, found = pdfium.PdfDocument(data), []
    for page in file:
        at, link, box = ctypes.c_int(0), pdfium.raw.FPDF_LINK(), pdfium.raw.FS_RECTF()
        while pdfium.raw.FPDFLink_Enumerate(page, at, link):
            assert pdfium.raw.FPDFLink_GetAnnotRect(link, box)
            dest = pdfium.raw.FPDFLink_GetDest(file, link)
            has_x, has_y, has_zoom = ctypes.c_int(), ctypes.c_int(), ctypes.c_int()
            x, y, zoom = ctypes.c_float(), ctypes.c_float(), ctypes.c_float()
            assert pdfium.raw.FPDFDest_GetLocationInPage(dest, has_x, has_y, has_zoom, x, y, zoom)
            target = file[pdfium.raw.FPDFDest_GetDestPageIndex(file, dest)].get_textpage()
            line = target.get_text_bounded(bottom=y.value - 14, top=y.value + 1)
            shown = page.get_textpage().get_text_bounded(box.left - 1, box.bottom - 1, box.right + 1, box.top + 1)
            found.append((shown.strip(), line.strip()))
    return found


def pdf_texts(data: bytes) -> list[str]:
    streams = []
    for match in re.finditer(rb"stream\r?\n(.*?)\r?\nendstream", data, re.DOTALL):
        try:
            streams.append(zlib.decompress(match.group(1)))
        except zlib.error:
            streams.append(match.group(1))
    pages = [s for s in streams if b" Tf" in s]
    # Each font numbers the characters it has used; the content stream names the font before its text.
    maps = [_characters(s) for s in streams if b"begincmap" in s]
    out = []
    for page in pages:
        for found in re.finditer(rb"/F(\d+) [\d.]+ Tf|\[?\((.*?)(?<!\\)\)\]? T[jJ]", page, re.DOTALL):
            if found.group(1):
                current = int(found.group(1)) - 1
            else:
                raw = re.sub(rb"\\([()\\rnt])", lambda m: {b"r": b"\r", b"n": b"\n", b"t": b"\t"}.get(m[1], m[1]),
                             found.group(2))  # fmt: skip
                codes = [int.from_bytes(raw[i : i + 2], "big") for i in range(0, len(raw), 2)]
                out.append("".join(maps[current].get(code, "") for code in codes))
    return out


def _characters(stream: bytes) -> dict[int, str]:
    pairs = re.findall(rb"<([0-9A-Fa-f]{4})> <([0-9A-Fa-f]{4,8})>\n", stream)
    return {int(code, 16): bytes.fromhex(value.decode()).decode("utf-16-be") for code, value in pairs}


def test_citations_of_the_page_lead_to_marked_words(made: tuple[Briefing, list[Article]]) -> None:
    parser = _Text("briefing")
    parser.feed(exported(*made, Format.HTML).decode())
    targets = {a["id"] for tag, a in parser.tags if tag == "mark" and "id" in a}
    links = {a["href"] for tag, a in parser.tags if tag == "a"}
    assert links == {f"#{target}" for target in targets}
    assert len(targets) == len(made[0].citations)


def test_the_page_loads_nothing_and_runs_nothing(made: tuple[Briefing, list[Article]]) -> None:
    parser = _Text("briefing")
    parser.feed(exported(*made, Format.HTML).decode())
    assert {tag for tag, _ in parser.tags}.isdisjoint({"script", "link", "img", "iframe"})
    assert all((a.get("href") or "#").startswith("#") for _, a in parser.tags)


def hostile() -> tuple[Briefing, list[Article]]:
    text = f"It said: {HOSTILE}."
    article = Article("a", "v", text, HOSTILE, HOSTILE, date(2020, 1, 2))
    citation = Citation(1, "a", "v", HOSTILE, HOSTILE, date(2020, 1, 2), 0, len(text), text)
    sentence = AnswerSentence(text, Verdict.SUPPORTED, 1.0, (1,))
    sections = (Section("Headline", (sentence,)), Section("Bottom line", (sentence,)))
    source = BriefingSource("a", HOSTILE, HOSTILE, date(2020, 1, 2), "", (), True)
    return Briefing(Request(HOSTILE), "m", text, sections, (citation,), (), (source,), 1, warnings=(HOSTILE,)), [
        article
    ]


def test_articles_are_shown_not_obeyed() -> None:
    page = exported(*hostile(), Format.HTML).decode()
    parser = _Text("briefing")
    parser.feed(page)
    assert {tag for tag, _ in parser.tags}.isdisjoint({"script", "img", "em"})
    rendered = MarkdownIt().render(exported(*hostile(), Format.MARKDOWN).decode())
    parser = _Text("briefing")
    parser.feed(rendered)
    assert {tag for tag, _ in parser.tags}.isdisjoint({"script", "img", "em", "a", "code", "table"})
    assert "&lt;script&gt;alert(1)&lt;/script&gt; *bold*" in rendered


@pytest.mark.parametrize("form", list(Format))
def test_every_form_takes_any_characters(form: Format) -> None:
    found, articles = hostile()
    odd = AnswerSentence("Odd \x00\x1b[31m \u202e \ud800 🙂 漢字 Žižek Αθήνα Москва.", Verdict.PARTIAL, 0.5, (1,))
    found = Briefing(found.request, "m", "", (Section("Headline", (odd,)),), found.citations, (), found.sources, 1)
    data = exported(found, articles, form)
    assert data
    if form is Format.JSON:
        assert json.loads(data)["sections"][0]["sentences"][0]["verdict"] == "partial"


def test_printable_is_one_line() -> None:
    assert printable("a\x00b\n\u202ec\x1b[0m") == "a b c [0m"


def test_escaped_lists_and_numbers_stay_text() -> None:
    assert MarkdownIt().render(escaped("1. not a list")) == "<p>1. not a list</p>\n"
    assert MarkdownIt().render(escaped("- not a list")) == "<p>- not a list</p>\n"


def test_an_existing_file_is_kept_without_force(tmp_path: Path) -> None:
    path = tmp_path / "b.md"
    require_free(path, force=False)
    path.write_text("mine", encoding="utf-8")
    with pytest.raises(SourceError, match="--force"):
        require_free(path, force=False)
    require_free(path, force=True)
    with pytest.raises(SourceError, match="folder"):
        require_free(tmp_path, force=True)
