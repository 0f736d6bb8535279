"""Which stored articles are gone from disk, as against merely not read this time."""

from __future__ import annotations

from collections.abc import Iterable, Sequence, Set
from pathlib import Path

from rag.ingest.urls import web_address


def find_gone(
    places: Iterable[tuple[str, str, str]],
    paths: Sequence[Path],
    old_roots: Set[str],
    seen: Set[tuple[str, str]],
    unread: Set[Path],
) -> list[str]:
    """Returns the ids of articles whose file, or whose record in a file that was read to its end, is gone.

    Args:
        places: ``(root, key, article id)`` of every stored article.
        paths: The files and folders that were read. A file of one article decides nothing about its neighbours.
        old_roots: Corpora that were found to have moved into ``paths``.
        seen: ``(root, key)`` of the articles that were met.
        unread: Files and folders that could not be read, wholly or in part; nothing in them counts as gone.
    """
    read = {str(path.resolve()) for path in paths}
    containers = {root for root, _ in seen}
    gone = []
    for root, key, article_id in places:
        if (root, key) in seen or web_address(root):
            continue  # what came from the web is not gone because a feed has moved on
        above = {root, *map(str, Path(root).parents)}
        if root not in old_roots and above.isdisjoint(read):
            continue
        file = Path(root, key)
        if not unread.isdisjoint((file, *file.parents)):
            continue
        try:
            # The root of a record is the file it was in, and that file has been read.
            if Path(root).is_file() or str(file) in containers or not file.exists():
                gone.append(article_id)
        except OSError:  # a folder on the way may not be entered: that the file is gone is not known
            continue
    return gone
