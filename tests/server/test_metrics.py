"""The page of numbers: what happened is there, who was it is not."""

from __future__ import annotations

import json
import socket
import urllib.error
import urllib.request
from collections.abc import Iterator

import pytest

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


def get(page: MetricsServer, path: str) -> str:
    with urllib.request.urlopen(f"http://127.0.0.1:{page.port}{path}", timeout=5) as answer:
        return str(answer.read().decode())


def values(text: str) -> dict[str, float]:
    pairs = (line.rsplit(" ", 1) for line in text.splitlines() if not line.startswith("#"))
    return {name: float(value) for name, value in pairs}


def test_what_happened_is_counted(server: Server, page: MetricsServer) -> None:
    before = values(get(page, "/metrics"))
    assert before["asciichat_clients"] == 0
    with asciichat.connect("127.0.0.1", server.port) as call:
        call.next_event(5)
        during = values(get(page, "/metrics"))
        assert during["asciichat_clients"] == 1
        assert during["asciichat_admitted_total"] == 1
        assert during["asciichat_present_packets_in"] >= 2
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


def test_other_pages_are_not_there(page: MetricsServer) -> None:
    with pytest.raises(urllib.error.HTTPError, match="404"):
        get(page, "/clients")


def test_it_listens_on_this_machine_only(page: MetricsServer) -> None:
    assert page._http.server_address[0] == "127.0.0.1"


def test_who_says_nothing_does_not_hold_it_for_long(page: MetricsServer) -> None:
    with socket.create_connection(("127.0.0.1", page.port)):
        assert "asciichat_clients" in get(page, "/metrics")
