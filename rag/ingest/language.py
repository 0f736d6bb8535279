"""The language of a text that states none, by py3langid, which is small and needs no network."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from py3langid.langid import LanguageIdentifier

_SAMPLE = 600
_FEWEST_LETTERS = 60
_SURE = 0.6


def detect_language(text: str) -> str:
    """Returns the ISO 639-1 code of a text's language, or an empty string when it is too short or too mixed to tell."""
    sample = text[:_SAMPLE]
    if sum(char.isalpha() for char in sample) < _FEWEST_LETTERS:
        return ""
    language, confidence = _identifier().classify(sample)
    return str(language) if confidence >= _SURE else ""


@lru_cache(maxsize=1)
def _identifier() -> LanguageIdentifier:
    from py3langid.langid import MODEL_FILE, LanguageIdentifier

    return LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)
