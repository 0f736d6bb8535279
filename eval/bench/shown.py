"""How much of what is shown as supported is wrong: Dateline's own sentences, labelled by hand.

Run as::

    python -m eval.bench.shown NEWS_FOLDER --index DIR [--labelled FILE]
    python -m eval.bench.shown CLAPNQ_FOLDER --labelled eval/suites/clapnq_sentences.jsonl

``NEWS_FOLDER`` holds ``queries.jsonl.gz``, ``DIR`` an index of its ``corpus.jsonl.gz``. Passages of CLAP-NQ are indexed
for the run. ``--labelled``, by default ``eval/suites/news2022_sentences.jsonl``, has lines of ``question_id,
article_id, version, start, end, sentence``, ``sure``, ``supported`` and ``reported``: what the embedded model wrote
about a passage ``[start, end)`` of an article, before any check, how sure it was of it when asked again, whether a
reader found that the source sentences it would cite say it, and whether nothing was chosen on it. Each sentence goes
through the ledger as in an answer.
"""

from __future__ import annotations

import argparse
import json
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from eval.bench import clapnq
from eval.records import records
from eval.statistics import share
from rag.check.verification import Verifier
from rag.config import load_settings
from rag.generate.drafting import Draft
from rag.generate.verifiers import load_verifier
from rag.index.catalog import Catalog
from rag.index.embedding import load_embedder
from rag.index.store import IndexStore
from rag.ingest.sync import ingest
from rag.ledger import ClaimLedger
from rag.types import RetrievedPassage, Verdict

LABELLED = Path("eval/suites/news2022_sentences.jsonl")
_NEWS = "queries.jsonl.gz"


@dataclass(frozen=True, slots=True)
class Labelled:
    """A sentence written about a passage, and what was found of it.

    Attributes:
        sure: P(yes) of the model that wrote it, asked whether the passage says it.
        supported: Whether a reader found that it does.
        reported: Whether it is of the part that nothing is chosen on.
    """

    question_id: str
    article_id: str
    version: str
    start: int
    end: int
    sentence: str
    sure: float
    supported: bool
    reported: bool


@dataclass(frozen=True, slots=True)
class Shown:
    """What became of a labelled sentence.

    Attributes:
        labelled: The sentence.
        verdict: Its verdict; ``None`` where it is not shown as written.
        support: Its support, in [0, 1].
        cited: The words of its sources.
    """

    labelled: Labelled
    verdict: Verdict | None
    support: float
    cited: tuple[str, ...]


def main() -> int:
    """Prints, for both parts, how many are shown as supported and how many of these are wrong."""
    parser = argparse.ArgumentParser(description=str(__doc__).partition("\n")[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--index", type=Path, help="of the news; passages of CLAP-NQ are indexed for the run")
    parser.add_argument("--labelled", type=Path, default=LABELLED)
    parser.add_argument("--verifier")
    parser.add_argument("--mistakes", action="store_true", help="also print wrong ones shown, of those for choosing")
    arguments = parser.parse_args()
    verifier = load_verifier(load_settings(verifier=arguments.verifier))
    rows = read_labelled(arguments.labelled)
    with index(arguments.folder, arguments.index, rows) as store:
        found = list(show(rows, questions(arguments.folder), store, verifier))
    for name, is_reported in (("for choosing", False), ("for reporting", True)):
        part = [s for s in found if s.labelled.reported is is_reported]
        if not part:
            continue
        shown = [s for s in part if s.verdict is Verdict.SUPPORTED]
        right = [s for s in part if s.labelled.supported]
        print(f"{name}: {len(part)} sentences, {len(part) - len(right)} of them wrong")
        print(f"  shown as supported         {_rate([s.verdict is Verdict.SUPPORTED for s in part], part)}")
        print(f"  wrong among these          {_rate([not s.labelled.supported for s in shown], shown)}")
        print(f"  of the right ones, shown   {_rate([s.verdict is Verdict.SUPPORTED for s in right], right)}")
    if arguments.mistakes:
        for s in found:
            if s.verdict is Verdict.SUPPORTED and not s.labelled.supported and not s.labelled.reported:
                print(json.dumps({"support": round(s.support, 3), "sentence": s.labelled.sentence}))
    return 0


def read_labelled(path: Path) -> list[Labelled]:
    """Reads labelled sentences."""
    return [Labelled(**record) for _, record in records(path)]


def questions(folder: Path) -> dict[str, str]:
    """Returns the questions of a collection by id."""
    if (folder / _NEWS).exists():
        return {row["id"]: row["question"] for _, row in records(folder / _NEWS)}
    return {question.id: question.text for question in clapnq.load(folder)}


@contextmanager
def index(folder: Path, made: Path | None, rows: Sequence[Labelled]) -> Iterator[IndexStore]:
    """Opens the index of a collection; of CLAP-NQ a new one, of the passages that sentences were written about."""
    if made is None and (folder / _NEWS).exists():
        raise SystemExit(f"name an index of {folder / 'corpus.jsonl.gz'} with --index")
    with tempfile.TemporaryDirectory() as work:
        store = IndexStore(made or Path(work) / "index", create=made is None)
        if made is None:
            asked = {row.question_id for row in rows}
            passages = [question for question in clapnq.load(folder) if question.id in asked]
            clapnq.write_corpus(passages, Path(work) / "passages.jsonl")
            ingest(store, load_embedder(load_settings()), [Path(work) / "passages.jsonl"])
        try:
            yield store
        finally:
            store.close()


def show(
    rows: Sequence[Labelled],
    asked: Mapping[str, str],
    store: IndexStore,
    verifier: Verifier,
    *,
    wording_is_doubted: bool = True,
) -> Iterator[Shown]:
    """Yields what the ledger makes of each sentence, given the passage it was written about.

    Args:
        rows: The sentences.
        asked: The questions by id.
        store: The index that they were written on.
        verifier: Checks them.
        wording_is_doubted: Whether they are taken as a small model's, as in an answer, or as anybody's.
    """
    for row in rows:
        passage = _passage(store.catalog, row)
        ledger = ClaimLedger(store.catalog, asked[row.question_id], [passage], verifier, store.lexical.idf)
        ledger.add(Draft(row.sentence, (passage,), sure=row.sure if wording_is_doubted else None))
        ledger.settle()
        shown = next((s for s in ledger.sentences() if s.text == row.sentence), None)
        if shown is None:
            yield Shown(row, None, 0.0, ())
        else:
            quoted = tuple(c.quote for c in ledger.citations() if c.n in shown.citations)
            yield Shown(row, shown.verdict, shown.support, quoted)


def _passage(catalog: Catalog, row: Labelled) -> RetrievedPassage:
    for passage in catalog.passages_of(row.article_id):
        if (passage.version, passage.span.start, passage.span.end) == (row.version, row.start, row.end):
            head = catalog.heads([row.article_id])[row.article_id]
            return RetrievedPassage(passage, head.title, head.publisher, head.published, 1.0)
    raise SystemExit(f"the index has no passage {row.article_id} [{row.start}, {row.end}); ingest the same collection")


def _rate(outcomes: Sequence[bool], cases: Sequence[Shown]) -> str:
    return str(share(outcomes, [s.labelled.question_id for s in cases]))


if __name__ == "__main__":
    raise SystemExit(main())
