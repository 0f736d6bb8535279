"""Counts in how many stretches of news each word stem stands: ``python -m eval.training.frequencies CORPUS``.

``CORPUS`` is JSON Lines of ``{text}``, compressed or not. Writes ``rag/check/models/document_frequencies.json.gz``,
which gives the built-in verifier the rarity of words in any corpus.
"""

from __future__ import annotations

import argparse
import gzip
import json
from collections import Counter
from pathlib import Path

from eval.records import records
from rag.check.words import content_stems

FREQUENCIES = Path("rag/check/models/document_frequencies.json.gz")
_WORDS = 100
_FEWEST = 4


def main() -> int:
    """Counts and writes."""
    parser = argparse.ArgumentParser(description=str(__doc__).partition("\n")[0])
    parser.add_argument("corpus", type=Path)
    counts: Counter[str] = Counter()
    stretches = 0
    for _, record in records(parser.parse_args().corpus):
        words = record["text"].split()
        for start in range(0, len(words), _WORDS):
            counts.update(set(content_stems(" ".join(words[start : start + _WORDS]))))
            stretches += 1
    kept = {
        stem: n
        for stem, n in sorted(counts.items(), key=lambda item: (-item[1], item[0]))
        if n >= _FEWEST and not any(character.isdigit() for character in stem)
    }
    content = json.dumps(
        {"documents": stretches, "frequencies": kept}, ensure_ascii=False, separators=(",", ":")
    ).encode()
    FREQUENCIES.write_bytes(gzip.compress(content, mtime=0))
    print(f"{stretches:,} stretches, {len(kept):,} stems")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
