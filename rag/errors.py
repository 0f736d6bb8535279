"""The errors a caller can be expected to handle.

Every ``DatelineError`` carries one line that says what is wrong and what to do. Anything else that escapes is a
bug and keeps its traceback.
"""

from __future__ import annotations


class DatelineError(Exception):
    """Base of all errors caused by input, settings or surroundings rather than by a bug."""


class SettingsError(DatelineError):
    """A setting is unknown or its value is not acceptable."""


class SourceError(DatelineError):
    """A source cannot be read as articles."""


class StoreError(DatelineError):
    """The index folder is missing, damaged, or not one of ours."""


class IndexLockedError(StoreError):
    """Another process is writing to the index."""


class EmbeddingMismatchError(StoreError):
    """The index was built with another embedding model; vectors of two models are never mixed."""


class ArticleNotFoundError(DatelineError):
    """No article has this id."""


class NobodyWaitsError(DatelineError):
    """Whoever asked has left, so the work has ended."""


class ModelError(DatelineError):
    """A language model could not be loaded or did not answer usefully."""


class ModelUnavailableError(ModelError):
    """The model does not exist, is not installed, or refused the key: the user's to put right."""


class ModelUnreachableError(ModelError):
    """There is no connection to the model."""


class ModelTimeoutError(ModelError):
    """The model did not answer in time."""


class ContextOverflowError(ModelError):
    """The prompt does not fit the model's context window."""
