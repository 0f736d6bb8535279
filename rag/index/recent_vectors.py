"""Vectors of the texts that were embedded last: questions on one matter read the same sentences again and again."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from rag.index.embedding import Embedder

_MOST = 20_000
"""Vectors kept: 31 MB of 384 dimensions."""


class RecentVectors:
    """Embeds texts, and only those that were not among the last; may be shared by threads.

    Args:
        embedder: Embeds the others.
        most: How many are kept.
    """

    def __init__(self, embedder: Embedder, most: int = _MOST) -> None:
        self._embedder, self._most = embedder, most
        self._kept: OrderedDict[str, NDArray[np.float32]] = OrderedDict()
        self._guard = threading.Lock()

    def of(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Returns one unit row per text, in order; shape ``(len(texts), dimension)``."""
        with self._guard:
            found = {text: self._kept[text] for text in texts if text in self._kept}
        if missing := list(dict.fromkeys(text for text in texts if text not in found)):
            rows = self._embedder.embed_passages(missing)
            # A copy each: a row of the whole would keep all others as long as itself.
            found |= {text: row.copy() for text, row in zip(missing, rows, strict=True)}
        with self._guard:
            for text in found:
                self._kept[text] = found[text]
                self._kept.move_to_end(text)
            while len(self._kept) > self._most:
                self._kept.popitem(last=False)
        return np.stack([found[text] for text in texts])
