"""How much of what is shown as supported is wrong: Dateline's own sentences, labelled by hand.

Run as::

    python -m eval.bench.shown FOLDER --index DIR [--labelled FILE]

``FOLDER`` holds ``queries.jsonl.gz``, ``DIR`` an index of its ``corpus.jsonl.gz``. ``--labelled``, by default
``eval/suites/news2022_sentences.jsonl``, has lines of ``question_id, article_id, version, start, end, sentence``,
``sure``, ``supported`` and ``reported``: what the embedded model wrote about a passage ``[start, end)`` of an article,
before any check, how sure it was of it when asked again, whether a reader found that the source sentences it would cite
say it, and whether nothing was chosen on it. Each sentence goes through the ledger as in an answer.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from eval.records import records
from eval.statistics import share
from rag.check.verification import Verifier
from rag.config import load_settings
from rag.generate.drafting import Draft
from rag.generate.verifiers import load_verifier
from rag.index.catalog import Catalog
from rag.index.store import IndexStore
from rag.ledger import ClaimLedger
from rag.types import RetrievedPassage, Verdict

LABELLED = Path("eval/suites/news2022_sentences.jsonl")


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
    parser.add_argument("--index", type=Path, required=True)
    parser.add_argument("--labelled", type=Path, default=LABELLED)
    parser.add_argument("--verifier")
    parser.add_argument("--mistakes", action="store_true", help="also print wrong ones shown, of those for choosing")
    arguments = parser.parse_args()
    verifier = load_verifier(load_settings(verifier=arguments.verifier))
    store = IndexStore(arguments.index)
    found = list(show(read_labelled(arguments.labelled), questions(arguments.folder), store, verifier))
    store.close()
    for name, is_reported in (("for choosing", False), ("for reporting", True)):
        part = [s for s in found if s.labelled.reported is is_reported]
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
    return {row["id"]: row["question"] for _, row in records(folder / "queries.jsonl.gz")}


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
