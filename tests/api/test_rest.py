"""The REST interface, as a program uses it."""

from __future__ import annotations

import json
import time
from typing import Any

import httpx
import pytest

from rag.brief.encoding import encode_quotations
from rag.check.bundle import write_bundle
from rag.encoding import encode_answer
from tests.api.served import QUESTION, Served, events_of


@pytest.fixture(scope="module")
def client(served: Served) -> httpx.Client:
    return served.client()


def without_seconds(answer: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in answer.items() if name != "seconds"}


def ended(client: httpx.Client, job: str) -> dict[str, Any]:
    for _ in range(600):
        found: dict[str, Any] = client.get(f"/api/v1/jobs/{job}").json()
        if found["finished"]:
            return found
        time.sleep(0.05)
    raise AssertionError(found)


def test_an_answer_is_that_of_the_command_line(served: Served, client: httpx.Client) -> None:
    response = client.post("/api/v1/ask", json={"question": QUESTION})
    assert response.status_code == 200
    answer = response.json()
    expected = json.loads(json.dumps(encode_answer(served.dateline.ask(QUESTION))))
    assert without_seconds(answer) == without_seconds(expected)
    assert list(answer) == list(expected)
    assert answer["citations"]


def test_every_citation_points_at_its_words(client: httpx.Client) -> None:
    answer = client.post("/api/v1/ask", json={"question": QUESTION}).json()
    for citation in answer["citations"]:
        address = f"/api/v1/articles/{citation['article_id']}"
        article = client.get(address, params={"version": citation["version"]}).json()
        assert article["text"][citation["start"] : citation["end"]] == citation["quote"]


def test_an_answer_is_kept_once_with_what_it_cited(served: Served, client: httpx.Client) -> None:
    question = "Whom did Assad meet in Sochi?"
    cited = client.post("/api/v1/ask", json={"question": question}).json()["citations"]
    given = [g for g in served.dateline.given_answers(cited[0]["article_id"]) if g.question == question]
    assert len(given) == 1


def test_a_stream_brings_checked_sentences_and_then_the_answer(client: httpx.Client) -> None:
    with client.stream("POST", "/api/v1/ask", json={"question": QUESTION, "stream": True}) as response:
        assert response.headers["content-type"].startswith("text/event-stream")
        found = events_of(response.iter_lines())
    assert [name for name, _ in found][-1] == "answer"
    answer = json.loads(found[-1][1])
    shown: dict[int, Any] = {}
    for name, data in found:
        if name == "sentence":
            event = json.loads(data)
            shown[event["place"]] = event["sentence"]
    assert list(shown.values()) == answer["sentences"]


def test_as_of_a_day_a_later_answer_in_the_chat_is_not_used(client: httpx.Client) -> None:
    later = {"question": "Who was elected?", "answer": "Nasr al-Hariri was elected.", "latest": "2017-11-24"}
    asked = {"question": "When did he say that?", "as_of": "2017-11-22", "history": [later]}
    answer = client.post("/api/v1/ask", json=asked).json()
    assert "Hariri" not in f"{answer['standalone_question']} {answer['text']}"
    assert any("after 22 November 2017" in warning for warning in answer["warnings"])
    asked["as_of"] = "2017-11-24"
    assert "Hariri" in client.post("/api/v1/ask", json=asked).json()["standalone_question"]


def test_filters_and_history_reach_the_answer(client: httpx.Client) -> None:
    asked = {"question": QUESTION, "sources": ["Northline Wire"], "before": "2017-12-31"}
    answer = client.post("/api/v1/ask", json=asked).json()
    assert {c["publisher"] for c in answer["citations"]} <= {"Northline Wire"}
    follow = {"question": "When was he there?", "history": [{"question": "Did Assad visit Sochi?", "answer": "Yes."}]}
    answer = client.post("/api/v1/ask", json=follow).json()
    assert answer["standalone_question"] != answer["question"]


@pytest.mark.parametrize(
    ("body", "named"),
    [
        ({}, "question"),
        ({"question": ""}, "question"),
        ({"question": "?!"}, "question"),
        ({"question": "x" * 4001}, "question"),
        ({"question": "who", "quesiton": "x"}, "quesiton"),
        ({"question": "who", "after": "2018-01-01", "before": "2017-01-01"}, "after"),
        ({"question": "who", "after": "yesterday"}, "after"),
        ({"question": "who", "before": 1.5e-74}, "before"),
        ({"question": "who", "as_of": "1511740800"}, "as_of"),
    ],
)
def test_what_does_not_fit_is_named(client: httpx.Client, body: dict[str, Any], named: str) -> None:
    response = client.post("/api/v1/ask", json=body)
    assert response.status_code == 422
    assert response.json()["error"]["code"] == "invalid_request"
    assert named in response.json()["error"]["message"]


def test_a_model_that_is_not_offered_is_refused_and_a_file_never_loaded(served: Served, client: httpx.Client) -> None:
    for model in ("/etc/passwd", "x.gguf", "C:\\m.gguf", "./m"):
        response = client.post("/api/v1/ask", json={"question": QUESTION, "model": model})
        assert (response.status_code, response.json()["error"]["code"]) == (404, "model_not_found")


def test_search_by_address_and_by_document_agree(client: httpx.Client) -> None:
    by_address = client.get("/api/v1/search", params={"query": "ceasefire", "k": 3, "source": "Northline Wire"}).json()
    document = {"query": "ceasefire", "k": 3, "sources": ["Northline Wire"]}
    by_document = client.post("/api/v1/search", json=document).json()
    assert by_address["results"] == by_document["results"]
    assert by_address["results"]
    assert {hit["publisher"] for hit in by_address["results"]} == {"Northline Wire"}


def test_articles_are_listed_page_by_page(served: Served, client: httpx.Client) -> None:
    everything = client.get("/api/v1/articles").json()
    pages = [client.get("/api/v1/articles", params={"offset": n, "limit": 7}).json() for n in (0, 7, 14, 21)]
    assert [s for page in pages for s in page["sources"]] == everything["sources"]
    assert {page["total"] for page in pages} == {len(served.dateline.sources())}


def test_an_article_comes_and_changes_and_goes(client: httpx.Client) -> None:
    name = "harbour.md"
    text = "---\ntitle: Harbour\npublisher: The Port\n---\nThe harbour of Tallinn opened on Monday after nine years.\n"
    response = client.post("/api/v1/articles", files=[("files", (name, text.encode()))])
    assert response.status_code == 202
    job = ended(client, response.json()["id"])
    assert response.headers["location"] == f"/api/v1/jobs/{job['id']}"
    assert (job["state"], job["result"]["articles"]["added"]) == ("done", 1)
    found = client.get("/api/v1/search", params={"query": "harbour of Tallinn", "k": 1}).json()["results"]
    assert (found[0]["article_id"], found[0]["publisher"]) == (name, "The Port")

    changed = text.replace("Monday", "Tuesday").encode()
    job = ended(client, client.post("/api/v1/articles", files=[("files", (name, changed))]).json()["id"])
    assert job["result"]["articles"]["updated"] == 1
    assert len(client.get(f"/api/v1/articles/{name}").json()["versions"]) == 2

    assert client.delete(f"/api/v1/articles/{name}").json() == {"removed": [name]}
    assert client.get(f"/api/v1/articles/{name}").status_code == 404
    assert client.delete(f"/api/v1/articles/{name}").json()["error"]["code"] == "not_found"


def test_files_cannot_leave_their_folder_and_nothing_of_them_stays(served: Served, client: httpx.Client) -> None:
    files = [("files", ("../../../escaped.txt", b"The bridge of Narva closed in May after engineers found cracks."))]
    job = ended(client, client.post("/api/v1/articles", files=files).json()["id"])
    assert job["state"] == "done"
    index = served.dateline.settings.index
    assert not list(index.parent.rglob("escaped.txt"))
    assert client.delete("/api/v1/articles/escaped.txt").status_code == 200


def test_files_of_unknown_kinds_and_same_names_are_refused(client: httpx.Client) -> None:
    response = client.post("/api/v1/articles", files=[("files", ("x.exe", b"MZ"))])
    assert (response.status_code, response.json()["error"]["code"]) == (415, "unsupported_media_type")
    twice = [("files", ("a.txt", b"One.")), ("files", ("A.txt", b"Two."))]
    assert client.post("/api/v1/articles", files=twice).status_code == 400


def test_a_bad_file_is_reported_by_its_job(client: httpx.Client) -> None:
    job = ended(client, client.post("/api/v1/articles", files=[("files", ("bad.json", b"{"))]).json()["id"])
    assert job["state"] == "done"
    assert job["result"]["articles"]["failed"][0]["source"] == "bad.json"


def test_a_quotation_is_found_by_address_and_by_document(served: Served, client: httpx.Client) -> None:
    words = "We count on the support of Russia to ensure the non-interference of outside players"
    by_address = client.get("/api/v1/quote", params={"words": words}).json()
    assert by_address == client.post("/api/v1/quote", json={"words": words}).json()
    assert by_address == encode_quotations(served.dateline.quote(words))
    assert len(by_address["results"]) > 1


def test_a_briefing_is_written_by_a_job_and_fetched_in_every_form(client: httpx.Client) -> None:
    response = client.post("/api/v1/briefings", json={"topic": "Assad in Sochi", "length": "short"})
    assert response.status_code == 202
    address = response.headers["location"]
    job = ended(client, response.json()["id"])
    assert job["state"] == "done"
    briefing = job["result"]
    assert briefing["sections"]
    assert client.get(address).json() == job
    known = {citation["n"] for citation in briefing["citations"]}
    for section in briefing["sections"]:
        assert all(set(sentence["citations"]) <= known for sentence in section["sentences"])
    begins = {"md": b"# ", "html": b"<!doctype html", "docx": b"PK", "pdf": b"%PDF"}
    for form, beginning in begins.items():
        file = client.get(address, params={"format": form})
        assert file.status_code == 200
        assert file.content[: len(beginning)].lower() == beginning.lower()


def test_a_briefing_that_is_not_there(client: httpx.Client) -> None:
    assert client.get("/api/v1/briefings/nothing").status_code == 404
    assert client.post("/api/v1/briefings", json={"compare": ["A", "a"]}).status_code == 422


def test_a_bundle_is_verified(served: Served, client: httpx.Client, tmp_path: Any) -> None:
    answer = served.dateline.ask(QUESTION)
    path = tmp_path / "bundle.json"
    write_bundle(path, answer, served.dateline.cited_articles(answer))
    intact = client.post("/api/v1/verify", files={"bundle": path.read_bytes()}).json()
    assert intact == {"valid": True, "problems": []}
    broken = client.post("/api/v1/verify", files={"bundle": path.read_bytes().replace(b"Russia", b"Prussia", 1)}).json()
    assert not broken["valid"]
    assert broken["problems"]


def test_a_suite_is_run_by_a_job_that_can_be_cancelled(client: httpx.Client) -> None:
    offered = client.get("/api/v1/evaluations").json()
    assert "sample" in offered["suites"]
    assert client.post("/api/v1/evaluations", json={"suite": "nothing"}).status_code == 404
    job = client.post("/api/v1/evaluations", json={"suite": "sample", "model": "extractive"}).json()
    for _ in range(600):
        if client.get(f"/api/v1/jobs/{job['id']}").json()["progress"]["articles"]:
            break
        time.sleep(0.05)
    assert client.delete(f"/api/v1/jobs/{job['id']}").status_code == 202
    assert ended(client, job["id"])["state"] == "cancelled"


def test_an_unknown_job_is_not_found(client: httpx.Client) -> None:
    assert client.get("/api/v1/jobs/nothing").json()["error"]["code"] == "not_found"
    assert client.delete("/api/v1/jobs/nothing").status_code == 404


def test_errors_have_one_form_and_every_response_a_number(client: httpx.Client) -> None:
    for response in (client.get("/api/v1/nothing"), client.put("/api/v1/ask"), client.post("/api/v1/ask", content="{")):
        assert set(response.json()) == {"error"}
        assert set(response.json()["error"]) == {"code", "message"}
        assert len(response.headers["x-request-id"]) >= 8
        assert response.headers["x-content-type-options"] == "nosniff"
    assert (
        client.get("/healthz", headers={"X-Request-ID": "from-outside-1"}).headers["x-request-id"] == "from-outside-1"
    )
    assert client.get("/healthz", headers={"X-Request-ID": "a b"}).headers["x-request-id"] != "a b"


def test_a_fault_is_told_without_its_traceback(
    served: Served, client: httpx.Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: Any, **__: Any) -> Any:
        raise RuntimeError("the secret place in the code")

    monkeypatch.setattr(served.dateline, "search", broken)
    response = client.get("/api/v1/search", params={"query": "x"})
    assert response.status_code == 500
    assert response.json()["error"]["code"] == "fault"
    assert response.headers["x-request-id"] in response.json()["error"]["message"]
    assert "secret" not in response.text
    assert "Traceback" not in response.text


def test_figures_count_answers_by_stage_and_caller(client: httpx.Client) -> None:
    client.post("/api/v1/ask", json={"question": QUESTION})
    figures = client.get("/metrics").text
    assert 'dateline_http_requests_total{method="POST",route="/api/v1/ask",status="200"}' in figures
    assert 'dateline_answer_stage_seconds_count{stage="retrieve"}' in figures
    assert 'dateline_tokens_total{caller="local",kind="prompt",model="extractive"}' in figures
    assert "dateline_queue_length 0.0" in figures
