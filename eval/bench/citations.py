"""How well the sentences chosen for a given answer agree with those that people chose.

Run as ``python -m eval.bench.citations FOLDER``, where ``FOLDER/answerable.jsonl.gz`` is CLAP-NQ (Rosenthal et al.,
TACL 2025): questions with a passage as sentences, answers by people, and the sentences each rests on. Printed is the
mean F1 over questions, each the mean over its answers, on the half that ``choose_citations`` was tuned on and on the
other.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from eval.records import records
from eval.statistics import Estimate, clustered_bootstrap
from rag.check.citations import CitedSentence, choose_citations
from rag.check.features import rarity
from rag.ingest.sentences import sentences
from rag.types import Span


def main() -> int:
    """Prints both halves."""
    parser = argparse.ArgumentParser(description=str(__doc__).partition("\n")[0])
    parser.add_argument("folder", type=Path)
    rows = [row for _, row in records(parser.parse_args().folder / "answerable.jsonl.gz")]
    print(f"tuned on: {agreement(rows[::2])}")
    print(f"held out: {agreement(rows[1::2])}")
    return 0


def agreement(rows: Sequence[dict[str, Any]]) -> Estimate:
    """Returns the mean F1 over the questions that have an answer with chosen sentences."""
    scores = [found for row in rows if (found := _scores(row))]
    means = np.array([sum(found) / len(found) for found in scores])
    return clustered_bootstrap(range(len(means)), lambda places: float(means[places].mean()))


def _scores(row: dict[str, Any]) -> list[float]:
    candidates = [
        CitedSentence("a", "v", Span(i, i + 1), text) for i, text in enumerate(row["passages"][0]["sentences"])
    ]
    found = []
    for output in row["output"]:
        gold, answer = set(output["selected_sentences"]), output["answer"].strip()
        if gold and answer:
            parts = [span.of(answer) for span in sentences(answer)]
            chosen = {source.text for part in parts for source in choose_citations(part, candidates, idf=rarity)}
            found.append(2 * len(gold & chosen) / (len(gold) + len(chosen)))
    return found


if __name__ == "__main__":
    raise SystemExit(main())
