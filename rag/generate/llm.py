"""Language models behind one interface; the only file that knows litellm."""

from __future__ import annotations

import json
import math
import os
import sys
import time
import warnings
from collections.abc import Generator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, cast

from rag.config import Settings
from rag.errors import ContextOverflowError, ModelError, ModelTimeoutError, ModelUnavailableError, ModelUnreachableError
from rag.generate import failures
from rag.generate.embedded import EmbeddedServer, require_llama
from rag.generate.gguf import EMBEDDED_MODEL, Progress, assembled
from rag.generate.model import Completion, LanguageModel, Message, Strength
from rag.types import Usage

__all__ = ["Completion", "LanguageModel", "LiteLLMModel", "Message", "Strength", "load_model"]

_TOP_LOGPROBS = 20  # the most that OpenAI's interface allows


def load_model(settings: Settings, *, progress: Progress | None = None) -> LanguageModel:
    """Loads the model that ``settings.model`` names: ``embedded``, a GGUF file, or any litellm name.

    Args:
        settings: ``model`` and the ``model_*`` settings, ``threads`` and ``cache`` are used.
        progress: Told how far the embedded model's file is when it has to be assembled first.

    Raises:
        ModelUnavailableError: No such model, its packages are not installed, or its file cannot be loaded.
    """
    chosen = settings.model
    if chosen == "embedded":
        require_llama()
        path = assembled(EMBEDDED_MODEL, settings.cache, progress=progress)
        return _load_gguf(path, f"embedded/{EMBEDDED_MODEL.name}", settings)
    if chosen.endswith(".gguf"):
        require_llama()
        path = Path(chosen).expanduser()
        return _load_gguf(path, f"gguf/{path.stem}", settings)
    return _network_model(settings)


def _load_gguf(path: Path, name: str, settings: Settings) -> LiteLLMModel:
    server = EmbeddedServer(path, context=settings.model_context, threads=settings.threads)
    try:
        # Importing litellm takes seconds, in which the server's process loads the model.
        _import_litellm()
        import httpx
        import openai

        server.wait()
    except BaseException:
        server.close()
        raise
    # trust_env: a proxy set for the web must not be asked for this machine.
    http = httpx.Client(trust_env=False)
    client = openai.OpenAI(base_url=server.url, api_key=server.key, max_retries=0, http_client=http)
    return LiteLLMModel(
        name=name,
        strength=cast(Strength, "small" if settings.model_strength == "auto" else settings.model_strength),
        context=server.context,
        timeout=settings.model_timeout,
        retries=0,
        route={"model": "openai/local", "api_key": server.key, "api_base": server.url, "client": client},
        server=server,
    )


def _network_model(settings: Settings) -> LiteLLMModel:
    litellm = _import_litellm()
    name, base, key = settings.model, settings.model_api_base, settings.model_api_key.get_secret_value()
    route = {"model": name, **({"api_base": base} if base else {}), **({"api_key": key} if key else {})}
    try:
        provider = litellm.get_llm_provider(name)[1]
    except litellm.BadRequestError as error:
        if not base:
            raise ModelUnavailableError(
                f"no model is called {name!r}; use 'embedded', 'extractive', a .gguf file, or a litellm name such as "
                "'openai/gpt-4o-mini' or 'ollama/llama3.1'"
            ) from error
        route["model"], provider = f"openai/{name}", "openai"
    if base and not key and provider == "openai":
        # Otherwise litellm would send OPENAI_API_KEY to a server that is not OpenAI's.
        route["api_key"] = "none"
    try:
        context = litellm.get_model_info(route["model"])["max_input_tokens"]
    except Exception:  # litellm raises plain Exception for a model it has no data on
        context = None
    return LiteLLMModel(
        name=name,
        strength=cast(Strength, "large" if settings.model_strength == "auto" else settings.model_strength),
        context=context or settings.model_context,
        timeout=settings.model_timeout,
        retries=settings.model_retries,
        route=route,
    )


@dataclass(frozen=True)
class LiteLLMModel:
    """A ``LanguageModel`` that litellm reaches; with ``server``, one that runs on this machine.

    Attributes:
        timeout: Seconds that one call may take with all its retries.
        retries: How often a call that failed for a passing reason (429, 5xx, no connection) is tried again.
        route: What litellm needs to find the model: ``model``, ``api_base``, ``api_key``, ``client``.
    """

    name: str
    strength: Strength
    context: int
    timeout: float
    retries: int
    route: dict[str, Any] = field(repr=False)
    server: EmbeddedServer | None = field(default=None, repr=False)

    def complete(
        self,
        messages: Sequence[Message],
        *,
        max_tokens: int,
        stop: Sequence[str] = (),
        schema: dict[str, Any] | None = None,
        grammar: str | None = None,
    ) -> Completion:
        """See ``LanguageModel.complete``."""
        shape = self._shape(schema, grammar)
        response = self._request(messages, max_tokens=max_tokens, stop=list(stop) or None, **shape)
        choice = response.choices[0]
        text = (choice.message.content or "").strip()
        return Completion(text, self._usage(response.usage), str(choice.finish_reason))

    def stream(
        self,
        messages: Sequence[Message],
        *,
        max_tokens: int,
        stop: Sequence[str] = (),
        schema: dict[str, Any] | None = None,
    ) -> Generator[str, None, Completion]:
        """See ``LanguageModel.stream``."""
        waited, since = 0.0, time.monotonic()  # for the model alone: what its reader does between pieces takes time too
        options = {"stream": True, "stream_options": {"include_usage": True}, **self._shape(schema, None)}
        response = self._request(messages, max_tokens=max_tokens, stop=list(stop) or None, **options)
        pieces, usage = [], None
        try:
            for chunk in response:
                waited += time.monotonic() - since
                if waited > self.timeout:
                    raise self._late()
                usage = getattr(chunk, "usage", None) or usage
                if piece := (chunk.choices[0].delta.content if chunk.choices else None):
                    pieces.append(piece)
                    yield piece
                since = time.monotonic()
        except ModelError:
            raise
        except Exception as error:
            raise self._explained(error) from error
        finally:
            # Leaving litellm's wrapper alone would let the model go on to the end of its answer.
            close = getattr(response.completion_stream, "close", None)
            if close is not None:
                close()
        if response.received_finish_reason is None:
            nothing = f"{self.name} did not answer usefully: nothing in what it sent can be read as an answer"
            raise self._broken_off() if pieces else ModelError(nothing)
        return Completion("".join(pieces).strip(), self._usage(usage), str(response.received_finish_reason))

    def probability_of_yes(self, messages: Sequence[Message]) -> tuple[float, Usage]:
        """See ``LanguageModel.probability_of_yes``."""
        response = self._request(messages, max_tokens=1, logprobs=True, top_logprobs=_TOP_LOGPROBS)
        logprobs = getattr(response.choices[0], "logprobs", None)
        if logprobs is None or not logprobs.content:
            raise ModelError(f"{self.name} gives no log probabilities; set model_strength to large")
        mass = {"yes": 0.0, "no": 0.0}
        for token in logprobs.content[0].top_logprobs:
            word = token.token.strip().casefold()
            if word in mass:
                mass[word] += math.exp(token.logprob)
        total = mass["yes"] + mass["no"]
        if total == 0:
            raise ModelError(f"{self.name} answered neither yes nor no; choose another model")
        return mass["yes"] / total, self._usage(response.usage)

    def close(self) -> None:
        """See ``LanguageModel.close``."""
        if self.server is not None:
            self.route["client"].close()
            self.server.close()

    def _shape(self, schema: dict[str, Any] | None, grammar: str | None) -> dict[str, Any]:
        if self.server is not None:
            if schema is not None:
                # A grammar, because response_format has the model write indented JSON, which costs more tokens.
                compact = {"x-guidance": {"whitespace_flexible": False}, **schema}
                grammar = f"%llguidance {{}}\nstart: %json {json.dumps(compact)}"
            return {"extra_body": {"grammar": grammar}} if grammar else {}
        if schema is None:
            return {}
        form = {"name": "answer", "schema": schema, "strict": True}
        return {"response_format": {"type": "json_schema", "json_schema": form}}

    def _request(self, messages: Sequence[Message], **options: Any) -> Any:
        litellm = _import_litellm()
        start = time.monotonic()
        for attempt in range(self.retries + 1):
            try:
                return litellm.completion(
                    messages=[dict(message) for message in messages],
                    temperature=0,
                    timeout=max(0.001, self.timeout - (time.monotonic() - start)),
                    num_retries=0,
                    max_retries=0,
                    drop_params=True,
                    **self.route,
                    **{name: value for name, value in options.items() if value is not None},
                )
            except Exception as error:
                pause = failures.pause(error, attempt)
                late = pause is not None and time.monotonic() - start + pause >= self.timeout
                if pause is None or late or attempt == self.retries:
                    raise self._explained(error) from error
                time.sleep(pause)
        raise AssertionError("unreachable")

    def _usage(self, usage: Any) -> Usage:
        if usage is None:
            return Usage()
        cost = 0.0
        if self.server is None:
            try:
                cost = sum(_import_litellm().cost_per_token(model=self.route["model"], usage_object=usage))
            except Exception:  # litellm raises plain Exception for a model whose price it does not know
                cost = 0.0
        return Usage(usage.prompt_tokens or 0, usage.completion_tokens or 0, cost)

    def _broken_off(self) -> ModelError:
        return ModelError(f"{self.name} broke off in the middle of its answer; ask again")

    def _late(self) -> ModelTimeoutError:
        return ModelTimeoutError(
            f"{self.name} did not answer within {self.timeout:g} s; ask again or raise DATELINE_MODEL_TIMEOUT"
        )

    def _explained(self, error: Exception) -> ModelError:
        """Returns the house's error for one of litellm's, which are told apart by what lies beneath them."""
        litellm, status, line = _import_litellm(), failures.status(error), failures.line(error)
        if failures.is_timeout(error):
            return self._late()
        if isinstance(error, litellm.ContextWindowExceededError):
            return ContextOverflowError(f"the prompt is too long for {self.name}: {line}; use fewer passages")
        if isinstance(error, litellm.AuthenticationError) or status in (401, 403):
            return ModelUnavailableError(f"{self.name} refused the key: {line}; check the key of its provider")
        if failures.is_missing_key(error):
            return ModelUnavailableError(f"{self.name} needs a key; set its provider's variable, e.g. OPENAI_API_KEY")
        if isinstance(error, litellm.NotFoundError):
            return ModelUnavailableError(f"{self.name} is not known there: {line}; check DATELINE_MODEL")
        if self.server is not None and (failure := self.server.failure()):
            return ModelError(f"{self.name} has stopped: {failure}; start again")
        if isinstance(error, litellm.exceptions.MidStreamFallbackError):
            return self._broken_off()
        if failures.is_disconnection(error):
            return ModelUnreachableError(
                f"{self.name} cannot be reached; check the network and DATELINE_MODEL_API_BASE"
            )
        if status == 429 or status >= 500:
            return ModelError(f"{self.name} is overloaded or out of order: {line}; try again later")
        return ModelError(f"{self.name} did not answer usefully: {line}")


def _import_litellm() -> Any:
    # Before the first import only: no price list from the network, no .env file found by chance.
    os.environ.setdefault("LITELLM_LOCAL_MODEL_COST_MAP", "True")
    os.environ.setdefault("LITELLM_MODE", "PRODUCTION")
    if "litellm" not in sys.modules:
        # Pydantic's remark on litellm's own types, made at the first stream.
        warnings.filterwarnings("ignore", message="Item '.*' on TypedDict class", category=UserWarning)
    import litellm

    litellm.suppress_debug_info = True  # it prints advice on standard output
    return litellm
