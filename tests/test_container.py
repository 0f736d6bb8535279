"""Dockerfile and compose file agree with the program: paths, commands, settings, and nobody is root."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from fnmatch import fnmatch
from pathlib import Path
from typing import Any

import pytest
import yaml
from click import Context

from rag.cli.main import dateline
from rag.config import Settings
from rag.generate.gguf import EMBEDDED_MODEL

ROOT = Path(__file__).parents[1]


@dataclass(frozen=True)
class Instruction:
    """A line of the Dockerfile, with those that continue it."""

    stage: str
    name: str
    value: str


def instructions() -> list[Instruction]:
    text = re.sub(r"^\s*#.*\n", "", (ROOT / "Dockerfile").read_text(encoding="utf-8"), flags=re.MULTILINE)
    found, stage = [], ""
    for line in text.replace("\\\n", " ").splitlines():
        if line.strip():
            name, _, value = line.strip().partition(" ")
            if name == "FROM":
                stage = value.split(" AS ")[1]
            found.append(Instruction(stage, name, " ".join(value.split())))
    return found


DOCKERFILE = instructions()
COMPOSE: dict[str, Any] = yaml.safe_load((ROOT / "compose.yaml").read_text(encoding="utf-8"))
SERVICE: dict[str, Any] = COMPOSE["services"]["dateline"]


def of_image(name: str) -> list[str]:
    """What the final image and the one below it say."""
    return [i.value for i in DOCKERFILE if i.name == name and i.stage in ("plain", "dateline")]


def copied() -> Iterator[str]:
    for instruction in DOCKERFILE:
        if instruction.name == "COPY" and "--from" not in instruction.value:
            yield from instruction.value.split()[:-1]


def environment() -> dict[str, str]:
    pairs = [pair for value in of_image("ENV") for pair in value.split()]
    return dict(pair.split("=", 1) for pair in pairs)


def test_the_linter_has_nothing_to_say() -> None:
    linter = shutil.which("hadolint", path=str(Path(sys.executable).parent))
    if linter is None:
        pytest.skip("hadolint is not installed; pip install 'dateline[dev]'")
    found = subprocess.run([linter, "Dockerfile"], cwd=ROOT, capture_output=True, text=True, timeout=60)
    assert (found.returncode, found.stdout) == (0, "")


def test_what_is_copied_exists_and_is_let_through() -> None:
    rules = [line for line in (ROOT / ".dockerignore").read_text(encoding="utf-8").split() if not line.startswith("#")]
    assert "*" in rules  # nothing but what is named
    let_through = [rule[1:] for rule in rules if rule.startswith("!")]
    assert set(copied()) == set(let_through)
    for path in let_through:
        assert (ROOT / path).exists(), path
    for secret in ("dateline.toml", ".env", ".dateline", ".git"):
        assert not any(fnmatch(secret, rule) for rule in let_through)


def test_what_the_package_is_built_of_is_copied() -> None:
    import tomllib

    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    wanted = {*project["tool"]["hatch"]["build"]["targets"]["wheel"]["packages"], project["project"]["readme"]}
    assert wanted | {"pyproject.toml", "constraints.txt", *project["project"]["license-files"]} <= set(copied())


def test_the_models_packages_are_all_found_with_the_pattern() -> None:
    run = next(i.value for i in DOCKERFILE if i.stage == "model" and "grep" in i.value)
    pattern = re.search(r"grep -o '([^']+)'", run)
    assert pattern is not None
    found = re.findall(pattern[1], (ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    assert [name.partition("==")[0] for name in found] == [name for name, _ in EMBEDDED_MODEL.slices]


def test_every_installation_keeps_to_the_constraints() -> None:
    for instruction in DOCKERFILE:
        for step in instruction.value.split("&&"):
            if "pip install" in step:
                assert "-c constraints.txt" in step or "--no-index" in step, step


def test_it_runs_a_command_that_exists_with_options_that_exist() -> None:
    assert yaml.safe_load(of_image("ENTRYPOINT")[-1]) == ["dateline"]
    name, *arguments = yaml.safe_load(of_image("CMD")[-1])
    context = Context(dateline)
    subcommand = dateline.get_command(context, name)
    assert subcommand is not None
    given = subcommand.make_context(name, arguments).params
    assert (given["host"], f"{given['port']}") == ("0.0.0.0", of_image("EXPOSE")[-1])
    assert SERVICE["ports"] == ["127.0.0.1:8017:8017"]  # beyond this machine only through a proxy
    assert f"127.0.0.1:{given['port']}/healthz" in of_image("HEALTHCHECK")[-1]


def test_the_health_check_is_python_that_runs() -> None:
    command = yaml.safe_load(of_image("HEALTHCHECK")[-1].partition("CMD ")[2])
    assert command[:2] == ["python3", "-c"]
    compile(command[2], "health check", "exec")


def test_each_variable_is_a_setting() -> None:
    settings = {f"DATELINE_{name.upper()}" for name in Settings.model_fields}
    named = {*environment(), *SERVICE["environment"]}
    assert {name for name in named if name.startswith("DATELINE_")} <= settings
    assert {"DATELINE_INDEX", "DATELINE_CACHE", "DATELINE_CORPUS", "DATELINE_MODEL"} <= set(environment())


def test_nobody_is_root_and_nothing_but_the_volume_is_written() -> None:
    user = of_image("USER")[-1]
    assert "0" not in user.split(":")
    assert SERVICE["user"] == user
    assert SERVICE["read_only"] is True
    assert SERVICE["cap_drop"] == ["ALL"]
    assert "no-new-privileges:true" in SERVICE["security_opt"]
    assert not SERVICE.keys() & {"privileged", "network_mode", "pid", "cap_add", "devices"}
    [volume] = yaml.safe_load(of_image("VOLUME")[-1])
    data, articles = (entry.rsplit(":", 2) for entry in SERVICE["volumes"])
    assert data == ["data", volume]
    assert list(COMPOSE["volumes"]) == ["data"]
    assert articles[-1] == "ro"
    assert all(environment()[name].startswith(f"{volume}/") for name in ("DATELINE_INDEX", "DATELINE_CACHE"))
    assert [entry.partition(":")[0] for entry in SERVICE["tmpfs"]] == ["/tmp"] == [environment()["HOME"]]


def test_no_secret_is_baked_in() -> None:
    secret = re.compile(r"key|password|secret|token", re.IGNORECASE)
    assert not [name for name in environment() if secret.search(name)]
    assert not [i.value for i in DOCKERFILE if i.name == "ARG" and secret.search(i.value)]
    for name, value in SERVICE["environment"].items():
        if secret.search(name):
            assert value == f"${{{name}:-}}"  # only ever from the environment of who starts it


def test_it_is_given_time_to_end_in_order() -> None:
    from ui.jobs.worker import _PATIENCE
    from ui.server import _LAST_SECONDS

    longest = _LAST_SECONDS + 3 * _PATIENCE  # as many do jobs
    unit = (ROOT / "docs" / "deployment" / "dateline.service").read_text(encoding="utf-8")
    stop = re.search(r"TimeoutStopSec=(\d+)", unit)
    assert stop is not None
    assert int(SERVICE["stop_grace_period"].rstrip("s")) == int(stop[1]) > longest
    assert of_image("STOPSIGNAL") == ["SIGTERM"]
