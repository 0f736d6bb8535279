"""How many requests a server answers, how fast, and what becomes of its memory.

Run as::

    pip install 'dateline[bench]'
    python -m eval.bench.load [--seconds 60] [--minutes 10] [--model extractive]

Starts ``dateline serve`` on loopback with an index of the sample corpus and asks it with locust: 1, 8 and 64 clients,
then 8 while articles are ingested without a pause. Three of four requests are a question of the sample suite, one is a
search. A client that is told to come back does so after the seconds it was told. Then 8 clients ask for ``--minutes``,
and the memory of the server is read every 10 seconds. Latencies are those of answers; a 429 is counted and not timed.
The processor's time for each answer says what to expect of an idle machine when this one is not. Exit 1 on any other
error.
"""

from __future__ import annotations

import argparse
import json
import os
import tempfile
import time
from collections import Counter
from collections.abc import Sequence
from itertools import count
from pathlib import Path

# locust first: it makes sockets and threads of this process those of gevent.
import locust
import locust.env
from locust.contrib.fasthttp import FastHttpUser

# isort: split
import gevent
import psutil

from eval.bench.server import ServerProcess, server

_SUITE = Path(__file__).parents[1] / "suites" / "sample.jsonl"
_CLIENTS = (1, 8, 64)
_WITH_INGEST = 8
_ARTICLES = 60
_EVERY = 10.0
_BUSY = 429


def main(arguments: Sequence[str] | None = None) -> int:
    """Reads the arguments, runs, and prints the tables."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=float, default=60.0, help="of each step")
    parser.add_argument("--minutes", type=float, default=0.0, help="of the memory run; 0 leaves it out")
    parser.add_argument("--model", default="extractive")
    given = parser.parse_args(arguments)
    wrong = 0
    print(f"{os.cpu_count()} cores, load average before {os.getloadavg()[0]:.1f}, model {given.model}\n")
    with tempfile.TemporaryDirectory() as folder, server(Path(folder) / "index", model=given.model) as running:
        print("| clients | requests/s | p50 ms | p95 ms | p99 ms | CPU ms each | answered | 429 | other errors |")
        print("|---|---|---|---|---|---|---|---|---|", flush=True)
        for clients in _CLIENTS:
            wrong += _step(running, str(clients), clients, given.seconds)
        wrong += _step(running, f"{_WITH_INGEST}, while an ingest runs", _WITH_INGEST, given.seconds, ingesting=True)
        if given.minutes:
            wrong += _memory(running, given.minutes)
    print(f"\nload average after {os.getloadavg()[0]:.1f}")
    return 1 if wrong else 0


def _questions() -> list[str]:
    lines = [json.loads(line) for line in _SUITE.read_text(encoding="utf-8").splitlines()]
    return [line["question"] for line in lines if "question" in line]


class _Client(FastHttpUser):  # type: ignore[misc, unused-ignore]
    """Somebody who asks one thing after another."""

    abstract = True
    connection_timeout = network_timeout = 330.0  # the server is to give up first
    questions: Sequence[str]
    turned_away: Counter[str]
    place = count()

    @locust.task(3)  # type: ignore[untyped-decorator,unused-ignore]
    def ask(self) -> None:
        """Asks a question."""
        self._send("/api/v1/ask", {"question": self._next()})

    @locust.task(1)  # type: ignore[untyped-decorator,unused-ignore]
    def search(self) -> None:
        """Searches."""
        self._send("/api/v1/search", {"query": self._next()})

    def _next(self) -> str:
        return self.questions[next(self.place) % len(self.questions)]

    def _send(self, path: str, document: object) -> None:
        began = time.perf_counter()
        # Timed by hand, so that a refusal does not count among the answers.
        with self.client.post(path, json=document, catch_response=True, name="unused") as response:
            status = response.status_code
            wait = (response.headers or {}).get("Retry-After", "1")
            why = f"{status} {getattr(response, 'error', None) or (response.text or '')[:200]}"
            response.success()
        if status == _BUSY:
            self.turned_away["429"] += 1
            gevent.sleep(float(wait))
            return
        error = None if status == 200 else RuntimeError(f"{path}: {why}")
        self.environment.stats.log_request("POST", path, 1000 * (time.perf_counter() - began), 0)
        if error:
            self.environment.stats.log_error("POST", path, error)


def _asking(url: str, clients: int) -> tuple[locust.env.Environment, Counter[str]]:
    turned_away: Counter[str] = Counter()
    kind = type("Client", (_Client,), {"questions": _questions(), "turned_away": turned_away, "host": url})
    environment = locust.env.Environment(user_classes=[kind])
    # What the client notes itself is dropped: it would time refusals too.
    environment.events.request._handlers.clear()
    environment.create_local_runner().start(clients, spawn_rate=clients)
    return environment, turned_away


def _step(running: ServerProcess, name: str, clients: int, seconds: float, *, ingesting: bool = False) -> int:
    process = psutil.Process(running.process.pid)
    used = sum(process.cpu_times()[:2])
    environment, turned_away = _asking(running.url, clients)
    writing = gevent.spawn(_ingest, running.url) if ingesting else None
    began = time.perf_counter()
    gevent.sleep(seconds)
    assert environment.runner is not None
    environment.runner.quit()
    took = time.perf_counter() - began
    if writing is not None:
        writing.kill()
    total = environment.stats.total
    spent = 1000 * (sum(process.cpu_times()[:2]) - used) / max(1, total.num_requests)
    p50, p95, p99 = (total.get_response_time_percentile(share) for share in (0.5, 0.95, 0.99))
    print(f"| {name} | {total.num_requests / took:.1f} | {p50:.0f} | {p95:.0f} | {p99:.0f} | {spent:.0f} |"
          f" {total.num_requests} | {turned_away['429']} | {total.num_failures} |", flush=True)  # fmt: skip
    return _errors(environment)


def _errors(environment: locust.env.Environment) -> int:
    """Returns how many there were, and prints them."""
    for error in environment.stats.errors.values():
        print(f"\n{error.occurrences} times: {error.error}", flush=True)
    return int(environment.stats.total.num_failures)


def _ingest(url: str) -> None:
    """Brings articles, new ones each time, one upload after the other."""
    import httpx

    with httpx.Client(base_url=url, timeout=60) as client:
        for batch in count():
            lines = "\n".join(
                json.dumps({"id": f"load-{batch}-{n}", "title": f"Harbour notice {batch}-{n}",
                            "text": f"The harbour of Tallinn handled {batch * 100 + n} ships on Monday. The port"
                                    f" authority said that {n} carried grain. Work on pier {n % 9} goes on until May."})
                for n in range(_ARTICLES)
            )  # fmt: skip
            files = {"files": (f"load-{batch}.jsonl", lines.encode())}
            job = client.post("/api/v1/articles", files=files).raise_for_status().json()["id"]
            while (found := client.get(f"/api/v1/jobs/{job}").json())["state"] in ("waiting", "running"):
                gevent.sleep(0.2)
            if found["state"] != "done":
                raise RuntimeError(f"the ingest failed: {found}")


def _memory(running: ServerProcess, minutes: float) -> int:
    process = psutil.Process(running.process.pid)
    environment, turned_away = _asking(running.url, _WITH_INGEST)
    readings: list[tuple[float, float]] = []
    began = time.monotonic()
    while (passed := time.monotonic() - began) < 60 * minutes:
        readings.append((passed, _megabytes(process)))
        gevent.sleep(_EVERY)
    assert environment.runner is not None
    environment.runner.quit()
    total = environment.stats.total
    late = [size for passed, size in readings if passed >= 120] or [size for _, size in readings]
    print(f"\nMemory over {minutes:g} minutes, {_WITH_INGEST} clients, {total.num_requests} answered,"
          f" {turned_away['429']} × 429, {total.num_failures} other errors:\n")  # fmt: skip
    print("| minute | MB |\n|---|---|")
    for minute in range(int(minutes) + 1):
        inside = [size for passed, size in readings if minute <= passed / 60 < minute + 1]
        if inside:
            print(f"| {minute} | {min(inside):.0f} to {max(inside):.0f} |")
    print(
        f"\nFrom the third minute on: {late[0]:.0f} MB at first, {late[-1]:.0f} MB at last, {max(late):.0f} MB at most"
    )
    return _errors(environment)


def _megabytes(process: psutil.Process) -> float:
    found = 0
    for each in (process, *process.children(recursive=True)):
        try:
            found += each.memory_info().rss
        except psutil.NoSuchProcess:
            continue
    return found / 1e6


if __name__ == "__main__":
    raise SystemExit(main())
