"""Formats, addresses and foreign fields on the command line."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from eval.bench.samples import PARAGRAPHS, TITLE, archive, html, rss, samples
from tests.cli.conftest import Run
from tests.ingest.newsserver import news_site


def test_a_folder_of_every_format_twice(run: Run, workplace: Path) -> None:
    folder = workplace / "news"
    folder.mkdir()
    for ending, data in samples().items():
        (folder / f"a{ending}").write_bytes(data)
    first = run("ingest", "news", "--json").json["articles"]
    again = run("ingest", "news", "--json", "--prune").json["articles"]
    assert first["failed"] == []
    assert (again["added"], again["updated"], again["unchanged"], again["removed"]) == (0, 0, first["added"], 0)
    assert again["failed"] == []


def test_what_was_removed_can_be_inspected(run: Run, workplace: Path) -> None:
    (workplace / "a.html").write_bytes(html(body="<p>Reporting by Mari Maasikas; Editing by Jaan Tamm</p>"))
    run("ingest", "a.html")
    shown = run("sources", "show", "a.html", "--raw", "--json").json
    assert shown["text"] == "\n\n".join(PARAGRAPHS)
    removed = [(piece["rule"], piece["text"]) for piece in shown["removed"]]
    assert ("agency credit", "Reporting by Mari Maasikas; Editing by Jaan Tamm") in removed
    assert ("outside the article", "World") in removed
    assert shown["authors"] == ["Mari Maasikas"]
    assert "By Mari Maasikas" in run("sources", "show", "a.html").out
    assert "outside the article: World" in run("sources", "show", "a.html", "--raw").out


def test_a_feed_by_its_address(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    with news_site() as site:
        site.pages["/feed"] = ("application/rss+xml", rss(base=site.base))
        refused = run("ingest", f"{site.base}/feed", "--json")
        assert (refused.code, site.asked) == (2, [])
        assert "it is fetched only with allow_private_addresses" in refused.err
        monkeypatch.setenv("DATELINE_ALLOW_PRIVATE_ADDRESSES", "true")
        assert run("ingest", f"{site.base}/feed", "--json").json["articles"]["added"] == 2
        assert run("ingest", f"{site.base}/feed", "--json").json["articles"]["unchanged"] == 2
        assert run("sources", "show", f"{site.base}/world/harbour", "--json").json["title"] == TITLE


def test_foreign_fields(run: Run, workplace: Path) -> None:
    record = {"headline": "Harbour opens", "article": {"body": "The harbour opened on Monday."}}
    (workplace / "a.json").write_text(json.dumps(record))
    run("ingest", "a.json", "--map", "title=headline", "--map", "text=article.body")
    assert run("sources", "show", "a.json", "--json").json["title"] == "Harbour opens"
    wrong = run("ingest", "a.json", "--map", "headline")
    assert (wrong.code, wrong.err.count("\n")) == (2, 1)
    assert "is not of the form title=headline" in wrong.err


def test_what_leaves_an_archive_is_pruned_unless_the_archive_cannot_be_read(run: Run, workplace: Path) -> None:
    (workplace / "news").mkdir()
    packed = workplace / "news" / "a.zip"
    packed.write_bytes(
        archive({"a.txt": b"The harbour opened.", "b.txt": b"The bridge closed.", "c.txt": b"It rained."})
    )
    assert run("ingest", "news", "--json").json["articles"]["added"] == 3
    packed.write_bytes(packed.read_bytes()[:60])
    assert run("ingest", "news", "--prune", "--json").code == 2
    packed.write_bytes(archive({"a.txt": b"The harbour opened.", "c.txt": b"It rained."}))
    report = run("ingest", "news", "--prune", "--json").json["articles"]
    assert (report["unchanged"], report["removed"]) == (2, 1)
    assert [s["id"] for s in run("sources", "--json").json["sources"]] == ["a.zip/a.txt", "a.zip/c.txt"]
