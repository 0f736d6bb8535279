"""One-fact edits of true sentences: wrong claims to train a verifier on and to measure it with."""

from eval.edits.edit import Edit, EditKind
from eval.edits.generate import edits_of

__all__ = ["Edit", "EditKind", "edits_of"]
