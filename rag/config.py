"""Settings: one frozen object, read once at the entry point and passed on explicitly."""

from __future__ import annotations

import difflib
import os
from pathlib import Path
from typing import Any

from pydantic import Field, SecretStr, ValidationError, ValidationInfo, field_validator
from pydantic_settings import (
    BaseSettings,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    TomlConfigSettingsSource,
)

from rag.errors import SettingsError

_PREFIX = "DATELINE_"
_FILE = "dateline.toml"
_CACHE = Path("~/.cache/dateline")


class Settings(BaseSettings):
    """Everything that can be set, from ``DATELINE_*`` variables and ``dateline.toml``, variables first.

    An empty variable counts as not set. Paths may begin with ``~``.

    Secrets for network models are not settings of ours: litellm reads each provider's own variables.
    """

    model_config = SettingsConfigDict(
        env_prefix=_PREFIX, env_ignore_empty=True, toml_file=_FILE, extra="forbid", frozen=True
    )

    index: Path = Field(Path(".dateline"), description="Folder of the index.")
    corpus: Path = Field(Path("corpus/articles"), description="Corpus that is ingested when a question finds no index.")
    cache: Path = Field(
        _CACHE,
        description="Folder for assembled models, shared by all indexes; for a user without a home, `cache` in the"
        " index.",
    )
    embedding_model: str = Field(
        "all-MiniLM-L6-v2",
        description="Packaged all-MiniLM-L6-v2, or any sentence-transformers model by name or path.",
    )
    embedding_batch: int = Field(32, ge=1, description="Passages embedded at a time.")
    reranker: str = Field(
        "none",
        description="`none`, or any sentence-transformers CrossEncoder by name or path, which orders the best 50"
        " passages anew.",
    )
    model: str = Field(
        "embedded",
        description="`embedded`, `extractive`, a path to a GGUF file, or any litellm model name.",
    )
    verifier: str = Field(
        "builtin",
        description="What checks sentences: `builtin`, `cascade` (the embedded model decides doubtful ones),"
        " `cross-encoder:NAME-OR-PATH`, or `llm:NAME` with any litellm name.",
    )
    model_strength: str = Field(
        "auto",
        pattern="^(auto|small|large)$",
        description="Answering strategy: `small` asks passage by passage, `large` gives all evidence at once.",
    )
    model_api_base: str = Field("", description="Address of an OpenAI-compatible server for `model`.")
    model_api_key: SecretStr = Field(SecretStr(""), description="Key for `model_api_base`.")
    model_context: int = Field(4096, ge=512, description="Context window of the embedded model, in tokens.")
    model_timeout: float = Field(120.0, gt=0, description="Seconds one model call may take.")
    model_retries: int = Field(2, ge=0, description="Retries of a failed network model call.")
    threads: int = Field(0, ge=0, description="Threads for models; 0 uses the cores of this machine.")
    passages: int = Field(8, ge=1, description="Passages an answer is drawn from.")
    keep_answers: bool = Field(
        True,
        description="Keep in the index what was asked and which versions the answers cited, to mark stale ones.",
    )
    serve_active: int = Field(4, ge=1, description="Requests that `dateline serve` works on at a time.")
    serve_waiting: int = Field(32, ge=0, description="Requests that may wait beside them; more are answered with 429.")
    serve_seconds: float = Field(300.0, gt=0, description="Seconds that one request to the server may take.")
    serve_per_minute: int = Field(
        120, ge=0, description="Requests a minute of one key, or of one address without a key; 0 sets no limit."
    )
    serve_body_bytes: int = Field(1_000_000, ge=1000, description="Largest request to the server, uploads aside.")
    serve_upload_bytes: int = Field(25_000_000, ge=1000, description="Largest upload to the server.")
    serve_models: str = Field(
        "", description="Models that callers may name beside `model` and `extractive`, with blanks between them."
    )
    serve_proxies: str = Field(
        "",
        description="Addresses or networks of the reverse proxies before `dateline serve`, with blanks between them;"
        " only theirs are believed when they say whose request they pass on, and whether it came by TLS.",
    )
    traces: str = Field(
        "",
        description="Address of an OpenTelemetry collector that gets a trace of each answer (OTLP over gRPC), such as"
        " `http://127.0.0.1:4317`; empty sends none.",
    )
    traces_content: bool = Field(
        False, description="Whether traces hold questions, prompts, answers and passages, and not only figures."
    )
    max_record_bytes: int = Field(
        20_000_000, ge=1000, description="Largest single file, page or JSON line read as one article, in bytes."
    )
    web_timeout: float = Field(30.0, gt=0, description="Seconds that fetching one page or feed may take.")
    allow_private_addresses: bool = Field(
        False, description="Whether `ingest` fetches pages of this machine and of private networks."
    )

    @field_validator("index", "corpus", "cache")
    @classmethod
    def _at_home(cls, path: Path, info: ValidationInfo) -> Path:
        try:
            return path.expanduser()
        except RuntimeError as error:  # a service may run as a user who has no home
            if path == _CACHE and "index" in info.data:
                return Path(info.data["index"]) / "cache"
            raise ValueError(f"{path}: this user has no home folder; write the whole path") from error

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Puts arguments before variables before ``dateline.toml`` of the current folder."""
        return init_settings, env_settings, TomlConfigSettingsSource(settings_cls)


def load_settings(**overrides: Any) -> Settings:
    """Reads the settings; ``None`` overrides are ignored.

    Raises:
        SettingsError: A name is unknown or a value does not fit; the message names it and, of a misspelt name, the
            nearest right one.
    """
    for variable in sorted(os.environ):
        name = variable.upper().removeprefix(_PREFIX).lower()
        if variable.upper().startswith(_PREFIX) and name not in Settings.model_fields:
            raise SettingsError(f"unknown variable {variable}; {_nearest(name, _PREFIX)}")
    try:
        return Settings(**{k: v for k, v in overrides.items() if v is not None})
    except ValidationError as error:
        first = error.errors()[0]
        name = ".".join(str(part) for part in first["loc"])
        if first["type"] == "extra_forbidden":
            raise SettingsError(f"unknown setting {name} in {_FILE}; {_nearest(name)}") from error
        variable = f"{_PREFIX}{name.upper()}"
        message = first["msg"].removeprefix("Value error, ")
        raise SettingsError(f"setting {name}: {message}; see {variable} and {_FILE}") from error
    except OSError as error:
        raise SettingsError(f"{_FILE} cannot be read: {error.strerror}") from error
    except ValueError as error:
        raise SettingsError(f"{_FILE} cannot be read: {error}") from error


def _nearest(name: str, prefix: str = "") -> str:
    """Returns advice on a misspelt name: the most similar right one, or all of them."""
    right = list(Settings.model_fields)
    shown = [f"{prefix}{n}".upper() if prefix else n for n in difflib.get_close_matches(name, right, 1) or right]
    return f"did you mean {shown[0]}?" if len(shown) == 1 else f"there are {', '.join(shown)}"
