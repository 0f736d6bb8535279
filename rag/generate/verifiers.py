"""Which verifier the settings ask for."""

from __future__ import annotations

from collections.abc import Callable

from rag.check.builtin import BuiltinVerifier
from rag.check.cross_encoder import CrossEncoderVerifier
from rag.check.verification import Verifier
from rag.config import Settings
from rag.errors import SettingsError
from rag.generate.cascade import CascadeVerifier
from rag.generate.judge import JudgeVerifier
from rag.generate.judgements import JudgementCache
from rag.generate.llm import LanguageModel, load_model
from rag.index.sentence_models import CrossEncoderScorer

_FORMS = "`builtin`, `cascade`, `cross-encoder:NAME-OR-PATH` or `llm:NAME`"


def load_verifier(settings: Settings, model: Callable[[], LanguageModel] | None = None) -> Verifier:
    """Returns the verifier that ``settings.verifier`` names.

    Args:
        settings: ``verifier``, and for models the ``model_*`` settings and ``cache``.
        model: Gives the embedded model where one is loaded already; by default it is loaded when first needed.

    Raises:
        SettingsError: There is no such verifier.
        ModelUnavailableError: Its model does not exist or cannot be loaded.
    """
    kind, _, name = settings.verifier.partition(":")
    if settings.verifier == "builtin":
        return BuiltinVerifier()
    if settings.verifier == "cascade":
        return CascadeVerifier(BuiltinVerifier(), model or (lambda: load_model(_with(settings, "embedded"))))
    if kind == "llm" and name:
        return JudgeVerifier(load_model(_with(settings, name)), JudgementCache(settings.cache))
    if kind == "cross-encoder" and name:
        return CrossEncoderVerifier(name, CrossEncoderScorer(name))
    raise SettingsError(f"there is no verifier {settings.verifier!r}; choose {_FORMS}")


def _with(settings: Settings, model: str) -> Settings:
    return settings.model_copy(update={"model": model})
