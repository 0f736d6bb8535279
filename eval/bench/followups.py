"""Whether follow-ups find what the question a person would have asked in full finds, and new topics stay new.

Run as::

    python -m eval.bench.followups [--half develop|kept] [--same-event FILE] [--model embedded] [--limit N] [--show]

Reads ``followups.jsonl`` beside this file: 40 dialogues written before any was tried, 25 on the sample corpus and 15 on
events of ``FILE`` (``event, publisher, title, published, sentences`` as JSON Lines), each turn with its ``standalone``
question. A turn agrees when the best passage for the question in full is among the first three that its rewritten form
finds; the same is reported of the best article as the first, and, as the floor, of the question left as it is. A
``new_topic`` is dragged into the old one when it is changed at all. The answers that a follow-up leans on are those of
the extractive model. With ``--model`` a language model rewrites, with the rules behind it.
"""

from __future__ import annotations

import argparse
import json
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter
from typing import Any

from eval.records import records
from eval.statistics import Estimate, mean
from rag.config import load_settings
from rag.generate.drafting import Trace
from rag.generate.llm import load_model
from rag.generate.passagewise import rewrite_with
from rag.question.followups import Rewrite, stand_alone
from rag.service import Dateline
from rag.types import RetrievedPassage, Turn

DIALOGUES = Path(__file__).with_name("followups.jsonl")
SAMPLE = Path("corpus/articles")
_AMONG = 3
_READ = 8


@dataclass(frozen=True, slots=True)
class Result:
    """A turn after the first: what it became and what that finds."""

    dialogue: str
    question: str
    wanted: str
    rewritten: str
    new_topic: bool
    agrees: bool
    same_article: bool
    agrees_as_asked: bool
    milliseconds: float


def main() -> None:
    """Reads the arguments, leads the dialogues, and prints."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--half", choices=("develop", "kept"), default="develop")
    parser.add_argument("--same-event", type=Path, metavar="FILE", help="also the dialogues on its events")
    parser.add_argument("--model", help="a language model that rewrites; by default the rules do")
    parser.add_argument("--work", type=Path, help="a folder that keeps the indexes from one run to the next")
    parser.add_argument("--limit", type=int, help="the first dialogues only")
    parser.add_argument("--show", action="store_true", help="print every turn that does not agree or was dragged")
    arguments = parser.parse_args()
    chosen = [d for _, d in records(DIALOGUES) if d["half"] == arguments.half][: arguments.limit]
    results: list[Result] = []
    with _rewriting(arguments.model) as rewrite, tempfile.TemporaryDirectory() as temporary:
        work = arguments.work or Path(temporary)
        results += _led(SAMPLE, work / "sample", [d for d in chosen if d["corpus"] == "sample"], rewrite)
        if arguments.same_event:
            corpus = Path(temporary) / "events.jsonl"
            corpus.write_text("".join(_article(row) for _, row in records(arguments.same_event)), encoding="utf-8")
            results += _led(corpus, work / "events", [d for d in chosen if d["corpus"] == "same_event"], rewrite)
    _report(results, show=arguments.show)


def _article(row: dict[str, Any]) -> str:
    facts = {key: row[key] for key in ("title", "publisher", "published", "url")}
    return json.dumps({**facts, "id": f"{row['event']}-{row['publisher']}", "text": " ".join(row["sentences"])}) + "\n"


@contextmanager
def _rewriting(name: str | None) -> Iterator[Rewrite | None]:
    if name is None:
        yield None
        return
    model = load_model(load_settings(model=name), progress=lambda done, size: None)
    try:
        yield lambda question, history: rewrite_with(model, question, history, Trace())
    finally:
        model.close()


def _led(corpus: Path, index: Path, dialogues: Sequence[dict[str, Any]], rewrite: Rewrite | None) -> Iterator[Result]:
    dateline = Dateline(load_settings(index=index, model="extractive"))
    try:
        if not index.exists():
            dateline.ingest([corpus])
        for dialogue in dialogues:
            yield from _turns(dateline, dialogue, rewrite)
    finally:
        dateline.close()


def _turns(dateline: Dateline, dialogue: dict[str, Any], rewrite: Rewrite | None) -> Iterator[Result]:
    history: list[Turn] = []
    for turn in dialogue["turns"]:
        question = turn["question"]
        if history:
            began = perf_counter()
            rewritten = stand_alone(question, history, rewrite)
            took = 1000 * (perf_counter() - began)
            wanted = dateline.search(turn["standalone"], _READ)
            found, as_asked = dateline.search(rewritten, _READ), dateline.search(question, _READ)
            yield Result(
                dialogue["id"], question, turn["standalone"], rewritten, turn["new_topic"], _agrees(wanted, found),
                wanted[0].passage.article_id == found[0].passage.article_id, _agrees(wanted, as_asked), took,
            )  # fmt: skip
        history.append(Turn(question, dateline.ask(question, history=history).text))


def _agrees(wanted: Sequence[RetrievedPassage], found: Sequence[RetrievedPassage]) -> bool:
    return wanted[0].passage.id in [hit.passage.id for hit in found[:_AMONG]]


def _report(results: Sequence[Result], *, show: bool) -> None:
    for result in results if show else ():
        dragged = result.new_topic and result.rewritten != result.question
        if dragged or not result.agrees:
            print(f"{result.dialogue} {'DRAGGED' if dragged else 'differs'}: {result.question}")
            print(f"    became {result.rewritten}\n    wanted {result.wanted}")
    leaning = [result for result in results if not result.new_topic]
    fresh = [result for result in results if result.new_topic]
    print(f"follow-ups, best passage among the first {_AMONG}: {_share(leaning, [r.agrees for r in leaning])}")
    print(f"    same best article: {_share(leaning, [r.same_article for r in leaning])}")
    print(f"    left as they are: {_share(leaning, [r.agrees_as_asked for r in leaning])}")
    print(f"new topics left alone: {_share(fresh, [r.rewritten == r.question for r in fresh])}")
    print(f"ms a turn: {mean([r.milliseconds for r in results], is_share=False)}")


def _share(results: Sequence[Result], held: Sequence[bool]) -> Estimate:
    return mean([float(one) for one in held], [result.dialogue for result in results])


if __name__ == "__main__":
    main()
