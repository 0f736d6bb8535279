"""A briefing as PDF, by fpdf2: pure Python, maintained, embeds subsets of Unicode fonts, flowing text with links.

The font is Noto Serif (OFL), from the package ``fontpkg-noto-serif``: Latin, Greek and Cyrillic. Characters it does
not have are shown as "□", so that nothing is left out unseen.
"""

from __future__ import annotations

import functools
from importlib.resources import as_file, files
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from rag.brief.export.document import NOTES, QUOTES, SOURCES, Document, Line

_FONT = "serif"
_REGULAR = "NotoSerif[wdth,wght].ttf"
_BODY, _SMALL, _LEADING = 10.5, 9.0, 5.4
_INK, _FAINT, _LINK = (27, 27, 27), (92, 92, 92), (11, 79, 138)
_INDENT = 5
_MISSING = "□"


def as_pdf(document: Document) -> bytes:
    """Returns the bytes of an A4 PDF; citations link to the list of cited words."""
    with TemporaryDirectory(prefix="dateline-fonts-") as folder:
        return _written(document, _opened(document, Path(folder)))


def _written(document: Document, pdf: Any) -> bytes:
    links = {quote.n: pdf.add_link() for quote in document.quotes}
    known = _characters()

    def write(
        text: str, *, style: str = "", size: float = _BODY, color: tuple[int, int, int] = _INK, link: Any = ""
    ) -> None:
        pdf.set_font(_FONT, style, size)
        pdf.set_text_color(*color)
        pdf.write(_LEADING * size / _BODY, "".join(c if ord(c) in known else _MISSING for c in text), link)

    def put(line: Line, *, style: str = "", size: float = _BODY) -> None:
        if line.new:
            write("New: ", style="B", size=size)
        write(line.text.removeprefix("New: ") if line.new else line.text, style=style, size=size)
        for n in line.numbers:
            write(" ", size=size)
            if pdf.get_x() + pdf.get_string_width(f"[{n}]") + 2 * pdf.c_margin > pdf.w - pdf.r_margin:
                pdf.ln(_LEADING * size / _BODY)
            write(f"[{n}]", size=min(size, _SMALL), color=_LINK, link=links[n])

    def heading(text: str) -> None:
        pdf.ln(5)
        if pdf.will_page_break(18):
            pdf.add_page()
        write(text, style="B", size=13)
        pdf.ln(8)

    def bullet(line: Line, *, size: float = _BODY, color: tuple[int, int, int] = _INK) -> None:
        left = pdf.l_margin
        write("•", size=size, color=color)
        pdf.set_left_margin(left + _INDENT)
        pdf.set_x(left + _INDENT)
        put(line, size=size)
        pdf.set_left_margin(left)
        pdf.ln(_LEADING + 1.6)

    put(document.title, style="B", size=18)
    pdf.ln(11)
    for about in document.about:
        write(about, size=_SMALL, color=_FAINT)
        pdf.ln(_LEADING)
    for part in document.parts:
        heading(part.title)
        for line in part.lines:
            bullet(line)
    heading(SOURCES)
    for source in document.sources:
        bullet(Line(source, ()))
    if document.quotes:
        heading(QUOTES)
    for quote in document.quotes:
        if pdf.will_page_break(_LEADING):
            pdf.add_page()  # before the place is noted, or its link would lead to the foot of the page before
        pdf.set_link(links[quote.n], y=pdf.get_y(), page=pdf.page_no())
        write(f"[{quote.n}] ", style="B", size=_SMALL)
        write(f"{quote.words} – {quote.where}", size=_SMALL)
        pdf.ln(_LEADING + 1)
    heading(NOTES)
    for note in document.notes:
        bullet(Line(note, ()), size=_SMALL, color=_FAINT)
    return bytes(pdf.output())


def _opened(document: Document, folder: Path) -> Any:
    from fpdf import FPDF

    class _Page(FPDF):
        def footer(self) -> None:
            self.set_y(-14)
            self.set_font(_FONT, "", 8)
            self.set_text_color(*_FAINT)
            self.cell(0, 6, f"{self.page_no()} / {{nb}}", align="C")

    pdf = _Page(format="A4")
    for style, weight in (("", 400.0), ("B", 700.0)):
        pdf.add_font(_FONT, style, str(_face(_used(document), weight, folder)))
    pdf.set_margins(20, 20)
    pdf.set_auto_page_break(True, 20)
    pdf.set_title(document.title.text[:250])
    pdf.set_author("Dateline")
    pdf.set_lang("en")
    pdf.add_page()
    return pdf


def _used(document: Document) -> str:
    """Returns every character that is shown."""
    lines = [document.title, *(line for part in document.parts for line in part.lines)]
    texts = [line.text for line in lines] + [part.title for part in document.parts]
    texts += [*document.about, *document.sources, *document.notes, *(f"{q.words}{q.where}" for q in document.quotes)]
    fixed = (SOURCES, QUOTES, NOTES, "New: [0123456789]", f"•“”–/{_MISSING}")
    return "".join(sorted({*"".join(texts), *"".join(fixed)}))


def _face(characters: str, weight: float, folder: Path) -> Path:
    """Writes the characters of one weight as a font of its own.

    Left to fpdf2, the whole variable font would be instantiated for each weight, which takes many seconds.
    """
    from fontTools.subset import Options, Subsetter
    from fontTools.ttLib import TTFont
    from fontTools.varLib.instancer import instantiateVariableFont

    with as_file(_font()) as path, TTFont(path) as font:
        for table in {"GDEF", "GPOS", "GSUB"} & set(font.keys()):
            del font[table]  # kerning and ligatures, which fpdf2 does not use either
        subsetter = Subsetter(Options(notdef_outline=True))
        subsetter.populate(text=characters)
        subsetter.subset(font)
        instantiateVariableFont(font, {"wght": weight, "wdth": 100.0}, inplace=True)
        face = folder / f"{weight:g}.ttf"
        font.save(face)
    return face


def _font() -> Any:
    return files("fontpkg_noto_serif").joinpath("files", _REGULAR)


@functools.cache
def _characters() -> frozenset[int]:
    """Returns the code points that the font can show."""
    from fontTools.ttLib import TTFont

    with as_file(_font()) as path, TTFont(path, lazy=True) as font:
        return frozenset(font.getBestCmap())
