"""Asks the questions of a suite and prints each answer with a first, mechanical judgement.

Run as::

    python -m eval.bench.questions eval/suites/seeds.jsonl --corpus FOLDER [--model extractive]

``seeds.jsonl`` holds fifteen questions about the first two articles, written before any answer was seen; FOLDER holds
those articles. An answer counts when it matches the suite's patterns (all of them where the item says so), a question
that the corpus does not answer when Dateline abstains. The judgement does not see a wrong sentence beside a right one:
read the answers.
"""

from __future__ import annotations

import argparse
import json
import re
import tempfile
import time
from pathlib import Path
from typing import Any

from rag.config import load_settings
from rag.service import Dateline
from rag.types import Answer


def main() -> None:
    """Reads the arguments, asks, and prints."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("suite", type=Path, help="JSON Lines of questions")
    parser.add_argument("--corpus", type=Path, required=True, help="folder of articles")
    parser.add_argument("--model", default="embedded")
    arguments = parser.parse_args()
    items = [json.loads(line) for line in arguments.suite.read_text(encoding="utf-8").splitlines() if line.strip()]
    right = 0
    with tempfile.TemporaryDirectory() as folder:
        dateline = Dateline(load_settings(index=Path(folder) / "index", model=arguments.model))
        try:
            dateline.ingest([arguments.corpus])
            for item in items:
                started = time.perf_counter()
                answer = dateline.ask(item["question"])
                passed = matches(item, answer)
                right += passed
                outcome = answer.text or f"abstains: {answer.reason}"
                print(f"{'+' if passed else '-'} {item['question']}\n    {outcome}")
                print(f"    {len(answer.dropped)} left out, {time.perf_counter() - started:.0f} s", flush=True)
        finally:
            dateline.close()
    print(f"{right} of {len(items)} match")


def matches(item: dict[str, Any], answer: Answer) -> bool:
    """Tells whether an answer has what the suite asks for."""
    if item.get("unanswerable"):
        return answer.abstained
    found = [bool(re.search(pattern, answer.text, re.IGNORECASE)) for pattern in item["answers"]]
    return all(found) if item.get("all") else any(found)


if __name__ == "__main__":
    main()
