"""What a model replied is kept for the next machine, and the texts it was shown are not."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eval.bench.cached_model import CachedModel
from eval.bench.recording import recorded, restored
from rag.generate.model import LanguageModel, Message
from tests.fakes import ScriptedModel

_LETTERS = st.text(alphabet="ab c", max_size=60)


@given(_LETTERS, _LETTERS)
def test_a_recorded_reply_is_restored(reply: str, prompt: str) -> None:
    assert restored(recorded(reply, prompt), prompt) == reply


@given(st.text(max_size=40), st.text(max_size=40), st.text(max_size=40))
def test_a_copied_reply_is_places_only(before: str, reply: str, after: str) -> None:
    parts = recorded(reply, before + reply + after)
    assert not parts or isinstance(parts[0], list) or len(reply) < 8


def test_only_a_models_own_words_are_kept() -> None:
    prompt = "Passage:\nThe old bridge of Narva was closed on Monday after the storm."
    parts = recorded("Narva was closed on Monday, sadly.", prompt)
    assert parts == [[27, 26], ", sadly."]


def test_what_was_asked_before_is_not_asked_again(tmp_path: Path) -> None:
    shown: list[Message] = [{"role": "user", "content": "The bridge of Narva was closed on Monday. When?"}]
    file = tmp_path / "replies.jsonl"
    first = CachedModel(
        lambda: ScriptedModel(replies=["The bridge of Narva was closed on Monday."], yes=[0.123456789]),
        file, name="model", context=4096,
    )  # fmt: skip
    reply, yes = first.complete(shown, max_tokens=9), first.probability_of_yes(shown)
    first.close()

    def none() -> LanguageModel:
        raise AssertionError("asked again")

    again = CachedModel(none, file, name="model", context=4096)
    assert again.complete(shown, max_tokens=9) == reply
    assert reply.text == "The bridge of Narva was closed on Monday."
    assert again.probability_of_yes(shown) == yes == (0.123457, yes[1])
    assert "Narva" not in file.read_text(encoding="utf-8")
    other = CachedModel(none, file, name="other", context=4096)
    with pytest.raises(AssertionError, match="asked again"):
        other.complete(shown, max_tokens=9)
