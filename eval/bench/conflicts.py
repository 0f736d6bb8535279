"""Asks questions whose documents contradict one another, as RAMDocs has them, and judges how that is shown.

Run as::

    python -m eval.bench.conflicts FILE [--limit N] [--start N] [--model extractive] [--show]

FILE holds ``question``, ``documents`` (``text``), ``gold_answers`` and ``wrong_answers`` as JSON Lines, gzipped or not
(Wang et al., "Retrieval-Augmented Generation with Conflicting Evidence", 2025). The documents of a question are an
index of their own, each by its own publisher. A question counts when every gold answer is shown, in the text or as a
position of a disagreement, and no wrong answer is shown unless as such a position.
"""

from __future__ import annotations

import argparse
import json
import re
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from eval.records import records
from eval.statistics import share
from rag.check.words import keys
from rag.config import load_settings
from rag.service import Dateline
from rag.types import Answer

_ARTICLES = frozenset(("a", "an", "the", "about", "people", "in"))


@dataclass(frozen=True, slots=True)
class Outcome:
    """How one answer came out; ``passed`` when all gold answers and no undisputed wrong one are shown."""

    answer: Answer
    gold_shown: bool
    wrong_undisputed: bool

    @property
    def passed(self) -> bool:
        """Whether the question counts."""
        return self.gold_shown and not self.wrong_undisputed


def main() -> None:
    """Reads the arguments, asks, and prints."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("file", type=Path)
    parser.add_argument("--limit", type=int, default=200)
    parser.add_argument("--start", type=int, default=0)
    parser.add_argument("--step", type=int, default=1, help="take every Nth question")
    parser.add_argument("--model", default="embedded")
    parser.add_argument("--show", action="store_true", help="print every answer")
    arguments = parser.parse_args()
    items = [row for _, row in records(arguments.file)][arguments.start :: arguments.step][: arguments.limit]
    outcomes = []
    for item, outcome in ask_all(items, arguments.model):
        outcomes.append(outcome)
        if arguments.show:
            show(item, outcome)
    for name, hits in (
        ("right", [o.passed for o in outcomes]),
        ("all gold answers shown", [o.gold_shown for o in outcomes]),
        ("a wrong answer shown undisputed", [o.wrong_undisputed for o in outcomes]),
        ("abstained", [o.answer.abstained for o in outcomes]),
        ("a disagreement shown", [bool(o.answer.disagreements) for o in outcomes]),
    ):
        print(f"{name}: {share(hits)}")


def ask_all(items: Sequence[dict[str, Any]], model: str) -> Iterator[tuple[dict[str, Any], Outcome]]:
    """Asks each question of its documents, which take the place of those of the question before in one index."""
    with tempfile.TemporaryDirectory() as folder:
        dateline = Dateline(load_settings(index=Path(folder) / "index", model=model))
        source = Path(folder) / "documents.jsonl"
        try:
            for item in items:
                rows = [
                    {"id": f"document {n}", "text": document["text"], "publisher": f"Document {n}"}
                    for n, document in enumerate(item["documents"], 1)
                ]
                source.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
                dateline.ingest([source], prune=True)
                yield item, judge(item, dateline.ask(item["question"]))
        finally:
            dateline.close()


def judge(item: dict[str, Any], answer: Answer) -> Outcome:
    """Judges by the words of the answers: all of them must stand in one sentence or position value, in order."""
    values = [position.value for d in answer.disagreements for position in d.positions]
    texts = [sentence.text for sentence in answer.sentences]
    gold_shown = all(any(_has(text, gold) for text in (*texts, *values)) for gold in item["gold_answers"])
    golds = [" ".join(_words(gold)) for gold in item["gold_answers"]]
    undisputed = False
    for wrong in item["wrong_answers"]:
        if any(" ".join(_words(wrong)) in gold for gold in golds):
            continue  # "Football" against "American football" cannot be told apart by words
        shown = any(_has(text, wrong) for text in texts)
        disputed = any(_has(value, wrong) for value in values)
        undisputed |= shown and not disputed
    return Outcome(answer, gold_shown, undisputed)


def show(item: dict[str, Any], outcome: Outcome) -> None:
    """Prints one question with its answer and the judgement."""
    mark = "+" if outcome.passed else "-"
    print(f"{mark} {item['question']} gold {item['gold_answers']} wrong {sorted(set(item['wrong_answers']))}")
    for sentence in outcome.answer.sentences:
        print(f"      {sentence.text[:160]} {list(sentence.citations)}")
    for found in outcome.answer.disagreements:
        print(f"    {found.kind}: {' | '.join(f'{p.value} {p.publishers}' for p in found.positions)}", flush=True)


def _has(text: str, answer: str) -> bool:
    return f" {' '.join(_words(answer))} " in f" {' '.join(_words(text))} "


def _words(text: str) -> list[str]:
    figures = re.sub(r"(?<=\d),(?=\d{3})", "", text)
    return [key for key in keys(_day_first(figures)) if key not in _ARTICLES]


def _day_first(text: str) -> str:
    return re.sub(r"\b([A-Z][a-z]{2,8}) (\d{1,2}),? (\d{4})\b", r"\2 \1 \3", text)


if __name__ == "__main__":
    main()
