"""One small article in every format that can be read, for fuzzing and for tests."""

from __future__ import annotations

import gzip
import io
import json
import zipfile
from collections.abc import Sequence
from datetime import UTC, datetime
from email.message import EmailMessage

TITLE = "Harbour of Tallinn opens again after the storm"
PARAGRAPHS = (
    "TALLINN, Nov. 20, 2017 (Wire) - The harbour of Tallinn opened on Monday after a storm had closed it for two days.",
    "The harbour master, Jaan Tamm, said that 14 ferries had waited outside and that nobody was hurt.",
    "“We have not seen waves like these since 2005,” he told reporters, and thanked the pilots for their patience.",
    "The government promised 2.5 million euros for the repair of the northern breakwater, which had lost 40 metres.",
)


def html(paragraphs: Sequence[str] = PARAGRAPHS, title: str = TITLE, head: str = "", body: str = "") -> bytes:
    """Returns a news page with everything that stands around an article."""
    text = "".join(f"<p>{paragraph}</p>\n" for paragraph in paragraphs)
    return f"""<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{title} | The Courier</title>
<meta property="og:site_name" content="The Courier"><meta property="og:title" content="{title}">
<meta property="article:published_time" content="2017-11-20T18:30:00+02:00">
<link rel="canonical" href="https://www.courier.example/world/harbour">{head}
<script>document.write("scripted words")</script><style>p {{ color: red }}</style></head><body>
<nav><ul><li><a href="/">Home</a></li><li><a href="/world">World</a></li><li><a href="/sport">Sport</a></li></ul></nav>
<div class="cookies">This site uses cookies to give you the best experience.</div>
<article><h1>{title}</h1><p class="byline">By Mari Maasikas</p>
<figure><img src="h.jpg"><figcaption>Ferries wait outside the harbour. REUTERS/Ints Kalnins</figcaption></figure>
{text}{body}<div class="share"><a href="#">Share on Facebook</a> <a href="#">Tweet</a></div></article>
<aside class="related"><h3>Related</h3><ul><li><a href="/1">Ten things to know about ferries</a></li></ul></aside>
<footer>© 2019 The Courier. All rights reserved.</footer></body></html>""".encode()


def pdf(
    paragraphs: Sequence[str] = PARAGRAPHS,
    title: str = TITLE,
    *,
    pages: int = 2,
    password: str = "",
    made: str = "2017-11-20",
    author: str = "",
) -> bytes:
    """Returns a PDF file with a running header and page numbers, the paragraphs spread over its pages."""
    from fpdf import FPDF

    class Report(FPDF):
        def header(self) -> None:
            self.set_font("helvetica", size=8)
            self.cell(0, 8, "The Courier - Weekly edition", new_x="LMARGIN", new_y="NEXT")

        def footer(self) -> None:
            self.set_y(-15)
            self.cell(0, 8, f"Page {self.page_no()} of {pages}")

    document = Report()
    document.set_title(title)
    document.set_author(author)
    document.set_creation_date(datetime.fromisoformat(f"{made}T12:00:00+00:00"))
    if password:
        document.set_encryption(owner_password=password, user_password=password)
    share = -(-len(paragraphs) // pages)
    for number in range(pages):
        document.add_page()
        document.set_font("helvetica", size=11)
        for paragraph in paragraphs[number * share : (number + 1) * share]:
            document.multi_cell(0, 6, paragraph.replace("“", '"').replace("”", '"'), align="L")
            document.ln(4)
    return bytes(document.output())


def empty_pdf(pages: int) -> bytes:
    """Returns a PDF file of so many empty pages, such as a scan without recognised text."""
    kids = " ".join(f"{number + 3} 0 R" for number in range(pages))
    objects = ["<</Type/Catalog/Pages 2 0 R>>", f"<</Type/Pages/Count {pages}/Kids[{kids}]>>"]
    objects += ["<</Type/Page/Parent 2 0 R/MediaBox[0 0 200 200]>>"] * pages
    body, places = b"%PDF-1.4\n", []
    for number, content in enumerate(objects, start=1):
        places.append(len(body))
        body += f"{number} 0 obj{content}endobj\n".encode()
    table = "".join(f"{place:010} 00000 n \n" for place in places)
    start = len(body)
    return (
        body
        + (
            f"xref\n0 {len(objects) + 1}\n0000000000 65535 f \n{table}"
            f"trailer<</Size {len(objects) + 1}/Root 1 0 R>>\nstartxref\n{start}\n%%EOF"
        ).encode()
    )


def docx(paragraphs: Sequence[str] = PARAGRAPHS, title: str = TITLE, author: str = "python-docx") -> bytes:
    """Returns a Word file with a title, a list and a table."""
    from docx import Document

    document = Document()
    document.core_properties.title = title
    document.core_properties.author = author
    document.core_properties.created = datetime(2017, 11, 20, tzinfo=UTC)
    document.add_heading(title, 0)
    for paragraph in paragraphs:
        document.add_paragraph(paragraph)
    document.add_paragraph("Ferries to Helsinki", style="List Bullet")
    table = document.add_table(rows=1, cols=2)
    table.rows[0].cells[0].text, table.rows[0].cells[1].text = "Ferries", "14"
    stream = io.BytesIO()
    document.save(stream)
    return stream.getvalue()


def eml(paragraphs: Sequence[str] = PARAGRAPHS, title: str = TITLE) -> bytes:
    """Returns a newsletter with a plain and an HTML part."""
    message = EmailMessage()
    message["From"] = "The Courier <news@courier.example>"
    message["Subject"] = title
    message["Date"] = "Mon, 20 Nov 2017 23:30:00 -0500"
    message.set_content("\n\n".join(paragraphs))
    message.add_alternative(html(paragraphs, title).decode(), subtype="html")
    return message.as_bytes()


def rss(paragraphs: Sequence[str] = PARAGRAPHS, base: str = "https://www.courier.example") -> bytes:
    """Returns a feed of two entries, one with its content and one with a summary."""
    content = "".join(f"<p>{paragraph}</p>" for paragraph in paragraphs)
    return f"""<?xml version="1.0" encoding="utf-8"?>
<rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/"><channel>
<title>The Courier</title><link>{base}/</link><language>en</language>
<item><title>{TITLE}</title><link>{base}/world/harbour?utm_source=rss</link><guid>1</guid>
<pubDate>Mon, 20 Nov 2017 23:30:00 -0500</pubDate><description>The harbour opened.</description>
<author>news@courier.example (Mari Maasikas)</author>
<content:encoded><![CDATA[{content}<script>alert("scripted words")</script>]]></content:encoded></item>
<item><title>Bridge closed &amp; guarded</title><link>{base}/world/bridge</link><guid>2</guid>
<pubDate>Tue, 21 Nov 2017 08:00:00 GMT</pubDate>
<description>The bridge of Narva was &lt;b&gt;closed&lt;/b&gt; on Tuesday.</description>
</item></channel></rss>""".encode()


def atom(paragraphs: Sequence[str] = PARAGRAPHS) -> bytes:
    """Returns a feed of one entry."""
    content = "".join(f"&lt;p&gt;{paragraph}&lt;/p&gt;" for paragraph in paragraphs)
    return f"""<?xml version="1.0" encoding="utf-8"?>
<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="en"><title>The Courier</title><id>urn:c</id>
<updated>2017-11-21T10:00:00Z</updated><author><name>The desk</name></author>
<entry><author><name>Mari Maasikas</name></author><author><name>Jaan Tamm</name></author>
<title>{TITLE}</title><id>urn:c:1</id>
<link href="https://www.courier.example/world/harbour"/><published>2017-11-20T18:30:00+02:00</published>
<updated>2017-11-21T10:00:00Z</updated><content type="html">{content}</content></entry></feed>""".encode()


def archive(files: dict[str, bytes]) -> bytes:
    """Returns a ZIP archive of files."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, data in files.items():
            packed.writestr(name, data)
    return stream.getvalue()


def samples() -> dict[str, bytes]:
    """Returns one small file of every format, by the end of its name."""
    text = "\n\n".join((TITLE, *PARAGRAPHS)).encode()
    record = {"id": "1", "title": TITLE, "published": "2017-11-20", "text": " ".join(PARAGRAPHS)}
    found = {
        ".txt": text,
        ".md": b"---\ntitle: Harbour\npublished: 2017-11-20\n---\n\n" + text,
        ".json": json.dumps([record, {**record, "id": "2"}]).encode(),
        ".jsonl": b"".join(json.dumps({**record, "id": str(n)}).encode() + b"\n" for n in range(3)),
        ".html": html(),
        ".eml": eml(),
        ".rss": rss(),
        ".atom": atom(),
        ".xml": rss(),
        ".pdf": pdf(),
        ".docx": docx(),
    }
    found |= {f"{ending}.gz": gzip.compress(found[ending], mtime=0) for ending in (".txt", ".jsonl", ".html", ".rss")}
    inside = {f"news/a{ending}": found[ending] for ending in (".txt", ".html", ".pdf", ".jsonl")}
    return found | {".zip": archive(inside)}
