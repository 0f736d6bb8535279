"""What lies beneath an error of litellm, which calls almost anything an ``InternalServerError``."""

from __future__ import annotations

_LONGEST_PAUSE = 8.0


def status(error: Exception) -> int:
    """Returns the HTTP status a server answered with; 0 when none did."""
    answered = getattr(error, "litellm_response_headers", None) is not None
    return int(getattr(error, "status_code", 0) or 0) if answered else 0


def is_timeout(error: Exception) -> bool:
    """Tells whether time ran out."""
    import httpx
    import openai

    return _lies_beneath(error, (TimeoutError, httpx.TimeoutException, openai.APITimeoutError))


def is_disconnection(error: Exception) -> bool:
    """Tells whether there was no connection, or it broke."""
    import httpx

    return _lies_beneath(error, (ConnectionError, httpx.TransportError))


def is_missing_key(error: Exception) -> bool:
    """Tells whether the OpenAI client was not even made because no key is set."""
    import openai

    return any(type(cause) is openai.OpenAIError for cause in _causes(error))


def pause(error: Exception, attempt: int) -> float | None:
    """Returns the seconds to wait before trying again; ``None`` when that would not help.

    Args:
        error: What the call raised.
        attempt: How many tries there were before, from 0. The server's own ``Retry-After`` comes first.
    """
    code = status(error)
    if is_timeout(error) or (code != 429 and code < 500 and not is_disconnection(error)):
        return None
    try:
        return max(0.0, float(getattr(error, "litellm_response_headers", {})["retry-after"]))
    except (KeyError, TypeError, ValueError):
        return float(min(_LONGEST_PAUSE, 0.5 * 2**attempt))


def line(error: Exception) -> str:
    """Returns what the provider said, in one line of at most 200 characters, without litellm's names for it."""
    text = str(error).strip().partition("\n")[0]
    return text.rpartition("Exception - ")[2].removeprefix("litellm.")[:200].rstrip(". ")


def _causes(error: BaseException) -> list[BaseException]:
    chain = [error]
    while (beneath := chain[-1].__cause__ or chain[-1].__context__) is not None and beneath not in chain:
        chain.append(beneath)
    return chain


def _lies_beneath(error: Exception, kinds: tuple[type[BaseException], ...]) -> bool:
    return any(isinstance(cause, kinds) for cause in _causes(error))
