from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from rag.ingest.readers import read_sources
from rag.types import SourceDocument


def only(folder: Path, text: str) -> SourceDocument:
    (folder / "a.md").write_text(text, encoding="utf-8")
    [document] = read_sources(folder, max_record_bytes=10_000)
    assert isinstance(document, SourceDocument)
    return document


@pytest.mark.parametrize(
    "text",
    [
        "---\nWASHINGTON: Senator Joan Ellery resigned.\n---\nA successor will be named by Friday.\n",
        "---\nSenator Joan Ellery resigned. It was sudden.\n\n---\n\nA successor will be named by Friday.\n",
        "---\n- Senator Joan Ellery resigned.\n---\nA successor will be named by Friday.\n",
    ],
)
def test_a_page_that_begins_with_a_rule_keeps_its_first_words(tmp_path: Path, text: str) -> None:
    document = only(tmp_path, text)
    assert "Senator Joan Ellery resigned." in document.text
    assert "A successor will be named by Friday." in document.text


def test_an_impossible_date_leaves_the_article_undated(tmp_path: Path) -> None:
    document = only(tmp_path, "---\ntitle: Zoo\npublished: 2011-11-31\n---\nThe zoo of Basel got 3 pandas.\n")
    assert (document.title, document.published) == ("Zoo", None)


def test_a_date_of_front_matter_is_read(tmp_path: Path) -> None:
    assert only(tmp_path, "---\npublished: 2017-11-21\n---\nA bridge closed.\n").published == date(2017, 11, 21)
