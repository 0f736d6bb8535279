"""Damaged and hostile files by the thousand: each must end in articles or in its one line, in time and in bounds.

Run as ``python -m eval.bench.fuzz [--inputs 10000] [--seed 1] [--keep FOLDER]``. Small real files of every format are
damaged (see ``eval.bench.mutation``), read and cleaned as an ingest would. A traceback, more than ten seconds, or a
message that is not one line is a failure, and exit 1; with ``--keep`` the file that caused it is kept.
"""

from __future__ import annotations

import argparse
import json
import random
import re
import resource
import sys
import tempfile
import time
import traceback
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from pathlib import Path

from eval.bench.mutation import mutate
from eval.bench.samples import samples
from rag.ingest.cleaning import clean
from rag.ingest.readers import read_sources
from rag.ingest.readers.sandbox import Sandbox
from rag.types import IngestFailure

LIMIT = 20_000_000
LONGEST = 10.0
_SHOWN = 12


@dataclass(slots=True)
class Tally:
    """What became of the files of one format."""

    files: int = 0
    articles: int = 0
    lines: Counter[str] = field(default_factory=Counter)
    seconds: list[float] = field(default_factory=list)


def read(path: Path, sandbox: Sandbox, tally: Tally) -> list[str]:
    """Reads a file and returns what is wrong with how that went."""
    wrong = []
    began = time.perf_counter()
    try:
        for found in read_sources(path, max_record_bytes=LIMIT, sandbox=sandbox):
            outcome = found if isinstance(found, IngestFailure) else clean(found)
            if isinstance(outcome, IngestFailure):
                tally.lines[re.sub(r"\d[\d,.]*", "#", outcome.error)] += 1
                if not outcome.error.strip() or "\n" in outcome.error:
                    wrong.append(f"a message that is not one line: {outcome.error!r}")
            else:
                tally.articles += 1
    except Exception:  # whatever it is, it is what we are looking for
        wrong.append(traceback.format_exc())
    seconds = time.perf_counter() - began
    if seconds > LONGEST:
        wrong.append(f"{seconds:.1f} seconds")
    tally.files += 1
    tally.seconds.append(seconds)
    return wrong


def run(inputs: int, seed: int, keep: Path | None) -> tuple[dict[str, Tally], list[str]]:
    """Reads so many damaged files, as many of each format."""
    files = samples()
    tallies: dict[str, Tally] = defaultdict(Tally)
    wrong: list[str] = []
    with tempfile.TemporaryDirectory() as folder, Sandbox() as sandbox:
        for number in range(inputs):
            ending = sorted(files)[number % len(files)]
            data, done = mutate(random.Random(seed * 1_000_003 + number), ending, files)
            path = Path(folder) / f"a{ending}"
            path.write_bytes(data)
            for problem in read(path, sandbox, tallies[ending]):
                wrong.append(f"input {number} ({ending}, {done}): {problem}")
                print(wrong[-1], file=sys.stderr, flush=True)
                if keep:
                    keep.mkdir(parents=True, exist_ok=True)
                    (keep / f"{number}{ending}").write_bytes(data)
            if number % 500 == 499:
                print(f"{number + 1:,} inputs", file=sys.stderr, flush=True)
    return tallies, wrong


def main() -> int:
    """Runs and prints the tally of each format as JSON."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--inputs", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--keep", type=Path)
    arguments = parser.parse_args()
    tallies, wrong = run(arguments.inputs, arguments.seed, arguments.keep)
    formats = {
        ending: {
            "files": tally.files, "articles": tally.articles, "failures": sum(tally.lines.values()),
            "slowest": round(max(tally.seconds), 2), "lines": dict(tally.lines.most_common(_SHOWN)),
        }
        for ending, tally in sorted(tallies.items())
    }  # fmt: skip
    peak = {
        who: resource.getrusage(what).ru_maxrss // 1024
        for who, what in (("this process", resource.RUSAGE_SELF), ("parsers", resource.RUSAGE_CHILDREN))
    }
    print(json.dumps({"formats": formats, "wrong": wrong, "peak MiB": peak}, indent=1, ensure_ascii=False))
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
