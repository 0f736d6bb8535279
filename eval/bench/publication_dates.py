"""Do publication dates survive reading and cleaning, however a source writes them?

Run as::

    python -m eval.bench.publication_dates FOLDER

``FOLDER`` holds ``articles.jsonl.gz`` with ``title, publisher, published, url, sentences``. Its articles are written as
JSON Lines and as Markdown with front matter, with their day of publication in several forms, and read again as ingest
reads them; no index is needed.
"""

from __future__ import annotations

import argparse
import gzip
import json
import tempfile
from collections.abc import Callable, Iterator
from datetime import date, datetime
from email.utils import format_datetime
from pathlib import Path
from typing import Any

from eval.statistics import share
from rag.ingest.cleaning import clean
from rag.ingest.readers import read_sources
from rag.types import Article, IngestFailure

_FORMS: dict[str, Callable[[date], str]] = {
    "2012-08-15": date.isoformat,
    "2012-08-15T23:30:00-05:00": lambda day: f"{day.isoformat()}T23:30:00-05:00",
    "August 15, 2012": lambda day: f"{day:%B} {day.day}, {day.year}",
    "15 August 2012": lambda day: f"{day.day} {day:%B} {day.year}",
    "Wed, 15 Aug 2012 00:00:00 +0000": lambda day: format_datetime(datetime(day.year, day.month, day.day)),
    "2012/08/15": lambda day: f"{day:%Y/%m/%d}",
}


def main() -> None:
    """Reads the arguments and prints the share of dates that survive, for each form."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    with gzip.open(parser.parse_args().folder / "articles.jsonl.gz", "rt", encoding="utf-8") as lines:
        records = [json.loads(line) for line in lines]
    for name, form in _FORMS.items():
        for kind, write in (("JSON Lines", _write_lines), ("Markdown", _write_markdown)):
            with tempfile.TemporaryDirectory() as folder:
                write(Path(folder), records, form)
                found = dict(_read(Path(folder)))
            right = [found.get(str(i)) == date.fromisoformat(r["published"]) for i, r in enumerate(records)]
            print(f"{kind:11s} {name:32s} {share(right)}")


def _text(record: dict[str, Any]) -> str:
    return " ".join(record["sentences"])


def _write_lines(folder: Path, records: list[dict[str, Any]], form: Callable[[date], str]) -> None:
    with (folder / "articles.jsonl").open("w", encoding="utf-8") as file:
        for number, record in enumerate(records):
            facts = {name: record[name] for name in ("title", "publisher", "url")}
            day = form(date.fromisoformat(record["published"]))
            file.write(json.dumps({**facts, "id": str(number), "text": _text(record), "published": day}) + "\n")


def _write_markdown(folder: Path, records: list[dict[str, Any]], form: Callable[[date], str]) -> None:
    for number, record in enumerate(records):
        front = {name: record[name] for name in ("title", "publisher", "url")}
        front["published"] = form(date.fromisoformat(record["published"]))
        lines = "".join(f"{name}: {json.dumps(value)}\n" for name, value in front.items())
        (folder / f"{number}.md").write_text(f"---\n{lines}---\n\n{_text(record)}\n", encoding="utf-8")


def _read(folder: Path) -> Iterator[tuple[str, date | None]]:
    for found in read_sources(folder, max_record_bytes=20_000_000, root=folder):
        article = found if isinstance(found, IngestFailure) else clean(found)
        if isinstance(article, Article):
            yield article.id.rpartition("#")[2].removesuffix(".md"), article.published


if __name__ == "__main__":
    main()
