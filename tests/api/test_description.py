"""The OpenAPI description against the running server: no fault, no answer that the description does not foresee."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis import GenerationMode, checks

from tests.api.served import Served, serving

_CHECKS = [
    checks.not_a_server_error, checks.status_code_conformance, checks.content_type_conformance,
    checks.response_headers_conformance, checks.response_schema_conformance,
]  # fmt: skip
OPERATIONS = [
    "POST /api/v1/ask", "GET /api/v1/search", "POST /api/v1/search", "POST /api/v1/verify", "GET /api/v1/articles",
    "POST /api/v1/articles", "GET /api/v1/articles/{article_id}", "DELETE /api/v1/articles/{article_id}",
    "GET /api/v1/jobs", "GET /api/v1/jobs/{job_id}", "DELETE /api/v1/jobs/{job_id}", "POST /v1/chat/completions",
    "GET /v1/models", "GET /v1/models/{name}", "GET /api/v1/quote", "POST /api/v1/quote", "POST /api/v1/briefings",
    "GET /api/v1/briefings/{job_id}", "GET /api/v1/evaluations", "GET /healthz", "GET /readyz",
    "GET /metrics",
]  # fmt: skip


@pytest.fixture(scope="module")
def described(sample_index: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with serving(sample_index, tmp_path_factory.mktemp("described")) as running:
        yield running


@pytest.fixture(scope="module")
def schema(described: Served) -> Any:
    return schemathesis.openapi.from_url(f"{described.url}/openapi.json")


def test_every_operation_is_tried_below(schema: Any) -> None:
    found = {f"{o.ok().method.upper()} {o.ok().path}" for o in schema.get_all_operations()}
    assert found == {*OPERATIONS, "POST /api/v1/evaluations"}  # which would run suites of many questions


@pytest.mark.parametrize("mode", [GenerationMode.POSITIVE, GenerationMode.NEGATIVE])
@pytest.mark.parametrize("operation", OPERATIONS)
def test_the_server_keeps_to_its_description(schema: Any, operation: str, mode: Any) -> None:
    method, path = operation.split(" ")
    chosen = schema[path][method]
    if mode is GenerationMode.NEGATIVE and not (chosen.body or len(chosen.query)):
        return  # nothing that could be wrong

    @given(case=chosen.as_strategy(generation_mode=mode))
    @settings(max_examples=10, deadline=None, suppress_health_check=list(HealthCheck), phases=[Phase.generate])
    def tried(case: Any) -> None:
        response = case.call()
        # In a form, whatever is sent is text; and what is too large is refused before it is read.
        is_read = case.media_type != "multipart/form-data" and response.status_code != 413
        case.validate_response(response, checks=[*_CHECKS, *([checks.negative_data_rejection] if is_read else [])])

    tried()
