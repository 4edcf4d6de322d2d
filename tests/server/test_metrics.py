"""The page of numbers: what happened is there, who was it is not."""

from __future__ import annotations

import http.client
import json
import re
import socket
import sys
import time
from collections.abc import Iterator
from email.message import Message
from typing import NamedTuple

import pytest
from prometheus_client.parser import text_string_to_metric_families

import asciichat
from asciichat import Server
from asciichat.server.metrics import MetricsServer


@pytest.fixture
def server() -> Iterator[Server]:
    with Server(("127.0.0.1",), 0) as server:
        yield server


@pytest.fixture
def page(server: Server) -> Iterator[MetricsServer]:
    page = MetricsServer(server, 0)
    yield page
    page.stop()


class Answer(NamedTuple):
    status: int
    headers: Message
    body: str


def ask(page: MetricsServer, path: str, method: str = "GET", **headers: str) -> Answer:
    connection = http.client.HTTPConnection("127.0.0.1", page.port, timeout=5)
    try:
        connection.request(method, path, headers=headers)
        answer = connection.getresponse()
        return Answer(answer.status, answer.headers, answer.read().decode())
    finally:
        connection.close()


def get(page: MetricsServer, path: str) -> str:
    answer = ask(page, path)
    assert answer.status == 200
    return answer.body


def values(text: str) -> dict[str, float]:
    pairs = (line.rsplit(" ", 1) for line in text.splitlines() if not line.startswith("#"))
    return {name: float(value) for name, value in pairs}


def test_what_happened_is_counted(server: Server, page: MetricsServer) -> None:
    before = values(get(page, "/metrics"))
    assert before["asciichat_clients"] == 0
    with asciichat.connect("127.0.0.1", server.port):
        deadline = time.monotonic() + 10
        during = before
        while during["asciichat_present_packets_in"] < 2 or during["asciichat_admitted_total"] < 1:
            assert time.monotonic() < deadline, "it is not counted, or what it sent did not come"
            during = values(get(page, "/metrics"))
        assert during["asciichat_clients"] == 1
        assert during["asciichat_admitted_total"] == 1
        assert json.loads(get(page, "/health")) == {
            "status": "ok", "version": asciichat.__version__, "clients": 1,
        }  # fmt: skip
        assert "127.0.0.1" not in get(page, "/metrics")
    server.kick(0)  # nobody
    with socket.create_connection(("127.0.0.1", server.port)) as stranger:
        stranger.sendall(b"GET / HTTP/1.0\r\n\r\n")
        assert stranger.recv(100) == b""
    after = values(get(page, "/metrics"))
    assert after["asciichat_connections_total"] == 2
    assert after['asciichat_failed_total{cause="fault"}'] == 1
    assert set(before) <= set(after)


@pytest.mark.parametrize("path", ["/", "/clients", "/metrics/", "/metric", "/health/x", "/METRICS"])
@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_other_pages_are_not_there_and_it_is_said_which_are(
    page: MetricsServer, method: str, path: str
) -> None:
    answer = ask(page, path, method)
    assert answer.status == 404
    assert answer.body == ("There is /metrics and /health.\n" if method == "GET" else "")


@pytest.mark.parametrize("path", ["/metrics", "/health", "/metrics?name[]=asciichat_clients"])
def test_head_tells_what_get_would_without_the_page(page: MetricsServer, path: str) -> None:
    got, head = ask(page, path), ask(page, path, "HEAD")
    assert (head.status, head.body) == (200, "")
    assert head.headers["Content-Type"] == got.headers["Content-Type"]
    assert int(got.headers["Content-Length"]) == len(got.body.encode())
    assert int(head.headers["Content-Length"]) > 0


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE", "OPTIONS"])
def test_nothing_can_be_done_to_it(page: MetricsServer, method: str) -> None:
    assert ask(page, "/metrics", method).status == 501


NONSENSE = (
    b"\x16\x03\x01\x02\x00\x01\r\n\r\n",
    b"GET /" + b"x" * 70000 + b" HTTP/1.1\r\n\r\n",
    b"BREW /x HTTP/1.1\r\n\r\n",
)


def test_what_is_no_http_is_refused_and_the_next_is_answered(page: MetricsServer) -> None:
    for nonsense in NONSENSE:
        with socket.create_connection(("127.0.0.1", page.port), timeout=5) as stranger:
            stranger.sendall(nonsense)
            said = stranger.recv(1000)
            assert b"200" not in said
            assert b"<html" not in said.lower()
    assert "asciichat_clients" in get(page, "/metrics")


def test_prometheus_reads_it_without_a_complaint(server: Server, page: MetricsServer) -> None:
    with asciichat.connect("127.0.0.1", server.port) as call:
        call.next_event(5)
        answer = ask(page, "/metrics")
    assert answer.headers["Content-Type"].startswith("text/plain; version=")
    families = list(text_string_to_metric_families(answer.body))
    names = [family.name for family in families]
    assert len(names) == len(set(names)) > 15
    told = [line.split(" ")[2] for line in answer.body.splitlines() if line.startswith("# HELP")]
    seen: set[tuple[str, frozenset[tuple[str, str]]]] = set()
    for family in families:
        # What promtool asks for: help, a kind, names of lower-case words, counters that end in _total and nothing else.
        assert family.documentation
        assert family.type in ("counter", "gauge")
        assert re.fullmatch(r"(asciichat|process)(_[a-z0-9]+)+", family.name)
        assert family.samples, family.name
        for sample in family.samples:
            assert sample.name in told
            assert sample.name.endswith("_total") == (family.type == "counter")
            assert set(sample.labels) <= {"cause"}
            assert sample.value >= 0
            series = (sample.name, frozenset(sample.labels.items()))
            assert series not in seen
            seen.add(series)
    counters = {f"asciichat_{name}_total" for name in ("connections", "admitted", "texts")}
    assert counters <= {name for name, _ in seen}


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="the numbers of a process are Linux's")
def test_the_process_itself_is_told_of(page: MetricsServer) -> None:
    numbers = values(get(page, "/metrics"))
    assert numbers["process_resident_memory_bytes"] > 1e6
    assert numbers["process_open_fds"] > 3


def test_health_is_bad_when_nobody_is_let_in_any_more(server: Server, page: MetricsServer) -> None:
    assert json.loads(get(page, "/health"))["status"] == "ok"
    server.stop()
    answer = ask(page, "/health")
    assert answer.status == 503
    assert json.loads(answer.body)["status"] == "not listening"
    assert ask(page, "/health", "HEAD").status == 503


def test_a_server_that_was_not_started_does_not_listen() -> None:
    server = Server(("127.0.0.1",), 0)
    assert not server.listening
    with server:
        assert server.listening
    assert not server.listening


def test_it_listens_on_this_machine_only(page: MetricsServer) -> None:
    assert page._http.server_address[0] == "127.0.0.1"


def test_who_says_nothing_does_not_hold_it_for_long(page: MetricsServer) -> None:
    with socket.create_connection(("127.0.0.1", page.port)):
        assert "asciichat_clients" in get(page, "/metrics")
