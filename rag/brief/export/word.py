"""A briefing as a Word document, by python-docx."""

from __future__ import annotations

import io
from typing import Any

from rag.brief.export.document import NOTES, QUOTES, SOURCES, Document, Line

_LINK = "0B4F8A"


def as_docx(document: Document) -> bytes:
    """Returns the bytes of a .docx file; citations link to the list of cited words."""
    import docx
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn
    from docx.shared import Pt

    file = docx.Document()
    file.core_properties.title = document.title.text[:250]
    file.core_properties.author = "Dateline"
    file.styles["Normal"].font.name = "Georgia"
    file.styles["Normal"].font.size = Pt(11)

    def add(paragraph: Any, line: Line) -> None:
        if line.new:
            paragraph.add_run("New: ").bold = True
        paragraph.add_run(line.text.removeprefix("New: ") if line.new else line.text)
        for n in line.numbers:
            paragraph.add_run(" ")
            link(paragraph, n)

    def link(paragraph: Any, n: int) -> None:
        anchor = OxmlElement("w:hyperlink")
        anchor.set(qn("w:anchor"), f"cited_{n}")
        run = paragraph.add_run(f"[{n}]")
        run.font.color.rgb = docx.shared.RGBColor.from_string(_LINK)
        anchor.append(run._r)
        paragraph._p.append(anchor)

    def bookmark(paragraph: Any, n: int) -> None:
        start, end = OxmlElement("w:bookmarkStart"), OxmlElement("w:bookmarkEnd")
        for element in (start, end):
            element.set(qn("w:id"), str(n))
        start.set(qn("w:name"), f"cited_{n}")
        paragraph._p.insert(1, start)
        paragraph._p.append(end)

    add(file.add_heading(level=0), document.title)
    for about in document.about:
        file.add_paragraph(about).paragraph_format.space_after = Pt(0)
    for part in document.parts:
        file.add_heading(part.title, level=1)
        for line in part.lines:
            add(file.add_paragraph(style="List Bullet"), line)
    file.add_heading(SOURCES, level=1)
    for source in document.sources:
        file.add_paragraph(source, style="List Bullet")
    if document.quotes:
        file.add_heading(QUOTES, level=1)
    for quote in document.quotes:
        paragraph = file.add_paragraph()
        paragraph.add_run(f"[{quote.n}] ").bold = True
        paragraph.add_run(f"{quote.words} – {quote.where}")
        bookmark(paragraph, quote.n)
    file.add_heading(NOTES, level=1)
    for note in document.notes:
        file.add_paragraph(note, style="List Bullet")
    out = io.BytesIO()
    file.save(out)
    return out.getvalue()
