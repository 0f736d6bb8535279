"""Reading an index that cannot be written, such as one on a read-only disk or in another's folder.

tantivy makes a lock file where it reads, and Chroma writes to its database whenever it opens it. Each gets a temporary
folder instead, with links to the files that it only reads.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Collection
from pathlib import Path


def is_writable(place: Path) -> bool:
    """Tells whether a file or folder can be written, or made where it is not there."""
    while not place.exists() and place != place.parent:
        place = place.parent
    return os.access(place, os.W_OK)


class Shadow:
    """A temporary folder that holds what another holds, and can be written.

    Args:
        folder: The other folder; when it is not there, the shadow is empty.
        copied: Names of files that will be written to; everything else is linked, but for locks.
    """

    def __init__(self, folder: Path, copied: Collection[str] = ()) -> None:
        self._folder = folder
        self._copied = copied
        self._scratch = tempfile.TemporaryDirectory(prefix="dateline-", ignore_cleanup_errors=True)
        self.path = Path(self._scratch.name)
        self.refresh()

    def refresh(self) -> None:
        """Takes up files that have come since."""
        for entry in self._folder.iterdir() if self._folder.is_dir() else ():
            mine = self.path / entry.name
            if mine.exists() or entry.name.endswith(".lock"):
                continue
            if entry.name in self._copied:
                shutil.copyfile(entry, mine)
                continue
            try:
                mine.symlink_to(entry.resolve())
            except OSError:  # a system that keeps links for its administrators
                shutil.copytree(entry, mine) if entry.is_dir() else shutil.copyfile(entry, mine)

    def close(self) -> None:
        """Removes it."""
        self._scratch.cleanup()
