"""The sample corpus is what its README says it is."""

from __future__ import annotations

import re
from pathlib import Path

import frontmatter
import pytest

from rag.ingest.cleaning import clean
from rag.ingest.readers import read_sources
from rag.types import Article, SourceDocument

CORPUS = Path(__file__).parents[1] / "corpus"
FILES = sorted((CORPUS / "articles").iterdir())
README = (CORPUS / "README.md").read_text(encoding="utf-8")
BOILERPLATE = re.compile(
    r"powered by|read more|^read:|share (?:this|on)|sign up|newsletter|facebook|whatsapp", re.IGNORECASE | re.MULTILINE
)


def read(file: Path) -> tuple[SourceDocument, Article]:
    [document] = read_sources(file, max_record_bytes=1_000_000)
    assert isinstance(document, SourceDocument)
    article = clean(document)
    assert isinstance(article, Article)
    return document, article


def test_there_are_as_many_as_a_reader_can_survey() -> None:
    assert 12 <= len(FILES) <= 20
    assert all(file.suffix == ".md" for file in FILES)


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_an_article(file: Path) -> None:
    stated = frontmatter.load(str(file)).metadata
    assert {"title", "publisher", "published", "url"} <= set(stated)
    assert stated["note"] == "invented outlet"
    assert re.fullmatch(r"https?://[\w.-]+\.example/\S*", str(stated["url"]))
    assert str(stated["publisher"]) in README
    assert f"`{file.stem}`" in README
    document, article = read(file)
    assert document.title == stated["title"]
    assert str(document.published) == str(stated["published"])
    outlet = str(stated["publisher"]).lower().replace(" ", "-")
    assert file.stem.startswith(f"{document.published}-{outlet}-")
    assert 60 <= len(article.text.split()) <= 600
    assert not BOILERPLATE.search(article.text)
    # The hostile article holds markup as words, which stay words.
    assert "<" not in article.text or "quickpress" in file.stem


def test_the_readme_lists_nothing_else() -> None:
    listed = set(re.findall(r"`(\d{4}-\d\d-\d\d-[\w-]+)`", README))
    assert listed == {file.stem for file in FILES}


def test_what_cleaning_has_to_drop_is_there_to_be_dropped() -> None:
    removed = "\n".join(piece.text for file in FILES for piece in read(file)[1].removed)
    for words in ("Powered by automated translation", "Read more", "newsletter"):
        assert words.lower() in removed.lower()
