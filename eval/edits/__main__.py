"""Prints samples of edits to read: ``python -m eval.edits FOLDER [--kind role] [--count 10]``.

FOLDER holds ``articles.jsonl.gz``, ``corpus.jsonl.gz`` or ``ragtruth_sentences.jsonl.gz``. Only the half of the
documents that is for looking at is read.
"""

from __future__ import annotations

import argparse
import random
from pathlib import Path

from eval.edits import EditKind, edits_of
from eval.edits.sources import paraphrased, verbatim


def main() -> None:
    """Reads the arguments and prints each sentence above its edit."""
    parser = argparse.ArgumentParser(prog="eval.edits", description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--kind", type=EditKind, choices=list(EditKind), default=None)
    parser.add_argument("--count", type=int, default=10)
    parser.add_argument("--seed", type=int, default=0)
    arguments = parser.parse_args()
    is_judged = (arguments.folder / "ragtruth_sentences.jsonl.gz").exists()
    rng = random.Random(arguments.seed)
    left = dict.fromkeys([arguments.kind] if arguments.kind else EditKind, arguments.count)
    for source in paraphrased(arguments.folder) if is_judged else verbatim(arguments.folder):
        if source.is_reported:
            continue
        for edit in edits_of(source.text, " ".join(source.document), rng):
            if left.get(edit.kind):
                left[edit.kind] -= 1
                print(f"{edit.kind}: {source.text}\n  [{edit.was}] -> [{edit.now}]\n  {edit.text}\n")
        if not any(left.values()):
            break


if __name__ == "__main__":
    main()
