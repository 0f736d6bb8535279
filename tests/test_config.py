from __future__ import annotations

import os
from pathlib import Path

import pytest
from pydantic import ValidationError

from rag.config import Settings, load_settings
from rag.errors import SettingsError


@pytest.fixture(autouse=True)
def workplace(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name in os.environ:
        if name.upper().startswith("DATELINE_"):
            monkeypatch.delenv(name)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def write(text: str | bytes) -> None:
    Path("dateline.toml").write_bytes(text.encode() if isinstance(text, str) else text)


def test_arguments_stand_before_variables_before_the_file(monkeypatch: pytest.MonkeyPatch) -> None:
    assert load_settings().passages == 8
    write("passages = 3\nthreads = 2\nmodel = 'file'\n")
    assert load_settings().passages == 3
    monkeypatch.setenv("DATELINE_PASSAGES", "4")
    monkeypatch.setenv("DATELINE_THREADS", "5")
    assert load_settings().passages == 4
    found = load_settings(passages=6)
    assert (found.passages, found.threads, found.model) == (6, 5, "file")


def test_an_argument_that_was_not_given_and_an_empty_variable_count_as_not_set(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("DATELINE_INDEX", "")
    assert load_settings(index=None, model=None) == Settings()
    monkeypatch.setenv("DATELINE_INDEX", "elsewhere")
    assert load_settings(index=None).index == Path("elsewhere")


def test_paths_may_begin_at_home(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", "/somewhere")
    monkeypatch.setenv("DATELINE_INDEX", "~/news")
    write("corpus = '~/articles'\n")
    found = load_settings()
    assert (found.index, found.corpus) == (Path("/somewhere/news"), Path("/somewhere/articles"))
    assert found.cache == Path("/somewhere/.cache/dateline")


@pytest.fixture
def homeless(monkeypatch: pytest.MonkeyPatch) -> None:
    """As in a container that runs under a number: no variable, no entry among the users."""

    def unknown(number: int) -> None:
        raise KeyError(number)

    monkeypatch.delenv("HOME")
    monkeypatch.setattr("pwd.getpwuid", unknown)


def test_a_user_without_a_home_keeps_the_cache_in_the_index(homeless: None) -> None:
    assert load_settings(index=Path("/data/index")).cache == Path("/data/index/cache")


def test_a_home_that_does_not_exist_is_named(homeless: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATELINE_INDEX", "~/news")
    with pytest.raises(SettingsError, match=r"setting index: .*~/news: this user has no home folder") as caught:
        load_settings()
    assert "Value error" not in str(caught.value)


@pytest.mark.parametrize(
    ("variable", "advice"),
    [
        ("DATELINE_MODLE", "did you mean DATELINE_MODEL?"),
        ("DATELINE_INDX", "did you mean DATELINE_INDEX?"),
        ("dateline_thread", "did you mean DATELINE_THREADS?"),
        ("DATELINE_XYZZY", "there are DATELINE_INDEX, DATELINE_CORPUS"),
    ],
)
def test_an_unknown_variable_is_refused(monkeypatch: pytest.MonkeyPatch, variable: str, advice: str) -> None:
    monkeypatch.setenv(variable, "x")
    with pytest.raises(SettingsError) as caught:
        load_settings()
    assert str(caught.value).startswith(f"unknown variable {variable}; {advice}")


@pytest.mark.parametrize("name", Settings.model_fields)
def test_every_setting_has_its_variable(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    default = getattr(Settings.model_construct(), name)
    value = str(not default) if isinstance(default, bool) else {"model_strength": "large"}.get(name, "4321")
    monkeypatch.setenv(f"DATELINE_{name.upper()}", value)
    assert getattr(load_settings(), name) != getattr(Settings.model_construct(), name)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("indx = 'a'", "unknown setting indx in dateline.toml; did you mean index?"),
        ("[model]\nname = 'a'", "setting model: Input should be a valid string; see DATELINE_MODEL and dateline.toml"),
        ("threads = 'many'", "setting threads: Input should be a valid integer"),
        ("threads = -1", "setting threads: Input should be greater than or equal to 0"),
        ("model_strength = 'huge'", "setting model_strength: "),
        ("model = [", "dateline.toml cannot be read: "),
        (b"\xff", "dateline.toml cannot be read: "),
    ],
)
def test_a_wrong_file_is_refused_in_one_line(content: str | bytes, message: str) -> None:
    write(content)
    with pytest.raises(SettingsError) as caught:
        load_settings()
    assert str(caught.value).startswith(message)
    assert "\n" not in str(caught.value)


@pytest.mark.skipif(hasattr(os, "geteuid") and os.geteuid() == 0, reason="nothing is unreadable to root")
def test_a_file_without_permission_is_refused() -> None:
    write("")
    Path("dateline.toml").chmod(0)
    with pytest.raises(SettingsError, match="Permission denied"):
        load_settings()


def test_a_wrong_variable_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATELINE_MODEL_TIMEOUT", "soon")
    with pytest.raises(SettingsError, match=r"setting model_timeout: .* see DATELINE_MODEL_TIMEOUT"):
        load_settings()


def test_secrets_stay_hidden(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATELINE_MODEL_API_KEY", "sk-secret")
    found = load_settings()
    assert found.model_api_key.get_secret_value() == "sk-secret"
    for shown in (repr(found), str(found), found.model_dump_json(), str(found.model_dump())):
        assert "sk-secret" not in shown
    write("model_api_key = ['sk-secret']")
    monkeypatch.delenv("DATELINE_MODEL_API_KEY")
    with pytest.raises(SettingsError) as caught:
        load_settings()
    assert "sk-secret" not in str(caught.value)


def test_settings_do_not_change() -> None:
    with pytest.raises(ValidationError, match="frozen"):
        load_settings().model = "other"  # type: ignore[misc]
