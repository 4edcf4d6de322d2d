"""The server in numbers, for those who watch it: ``/metrics`` (Prometheus) and ``/health`` (JSON), on this machine only.

Nothing here tells who is in the call: no names, no addresses.
"""

from __future__ import annotations

import http.server
import json
import threading
from collections.abc import Callable, Iterator
from http import HTTPStatus
from importlib.metadata import version
from typing import TYPE_CHECKING, Final, NamedTuple

from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, ProcessCollector, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric

if TYPE_CHECKING:
    from asciichat.server.server import Server

ADDRESS: Final = "127.0.0.1"

_VERSION: Final = version("asciichat")

_CAUSES: Final = {
    "refused": "Connections refused before their handshake.",
    "failed": "Connections that ended in their handshake.",
    "ended": "Clients that left the call.",
}
_TRAFFIC: Final = {
    "bytes_in": "Bytes received from clients.",
    "bytes_out": "Bytes sent to clients.",
    "packets_in": "Packets received from clients.",
    "packets_out": "Packets sent to clients.",
    "pictures_in": "Pictures received.",
    "pictures_out": "Pictures sent.",
    "sounds_in": "Sound frames received.",
    "sounds_out": "Sound packets sent.",
    "sounds_dropped": "Sound packets that a slow client never got.",
}


class _Collector:
    """Asks the server whenever it is asked itself."""

    def __init__(self, server: Server) -> None:
        self._server = server

    def collect(self) -> Iterator[Metric]:
        counters = self._server.counters()
        for prefix, text in _CAUSES.items():
            family = CounterMetricFamily(f"asciichat_{prefix}", text, labels=["cause"])
            for name, value in counters.items():
                group, _, cause = name.partition("_")
                if group == prefix:
                    family.add_metric([cause], value)
            yield family
        for name, text in (
            ("connections", "Connections accepted."),
            ("admitted", "Clients let into the call."),
            ("lines_left_out", "Lines of clients that were not logged."),
            ("left_behind", "Clients whose threads did not end in time."),
            ("hooks_failed", "Hooks that failed."),
            ("hooks_missed", "Calls of hooks that were left out because a hook is too slow."),
            ("texts", "Lines of text passed on to those in the call."),
            ("texts_left_out", "Lines of text that were more than their writers may write."),
        ):
            yield CounterMetricFamily(f"asciichat_{name}", text, value=counters[name])
        clients = self._server.clients()
        yield GaugeMetricFamily("asciichat_clients", "Clients in the call.", value=len(clients))
        yield GaugeMetricFamily(
            "asciichat_half_open", "Connections in their handshake.", value=self._server.half_open
        )
        # Of those in the call now: it falls when somebody leaves, so it is a gauge.
        for name, text in _TRAFFIC.items():
            total = sum(client.counts[name] for client in clients)
            yield GaugeMetricFamily(
                f"asciichat_present_{name}", f"{text} Of those in the call now.", value=total
            )
        for thread in ("video", "audio"):
            worst = max((getattr(client, f"{thread}_lateness")["p99_us"] for client in clients), default=0.0)
            yield GaugeMetricFamily(
                f"asciichat_{thread}_lateness_p99_seconds",
                f"How late the {thread} ticks of the worst client are, at the 99th percentile.",
                value=worst / 1e6,
            )


class MetricsServer:
    """Answers GET and HEAD of ``/metrics`` and ``/health``, one after the other, on a thread of its own.

    ``/health`` has the status 200 while callers are let in, and 503 when they are not.

    Parameters
    ----------
    server
        What to tell about.
    port
        Of the loopback address; 0 lets the system choose.

    Raises
    ------
    OSError
        The port is taken.
    """

    def __init__(self, server: Server, port: int) -> None:
        registry = CollectorRegistry()
        registry.register(_Collector(server))
        ProcessCollector(registry=registry)  # memory, processor time, descriptors; on Linux

        def metrics() -> _Page:
            return _Page(HTTPStatus.OK, CONTENT_TYPE_LATEST, generate_latest(registry))

        def health() -> _Page:
            well = server.listening
            status = HTTPStatus.OK if well else HTTPStatus.SERVICE_UNAVAILABLE
            state = {
                "status": "ok" if well else "not listening",
                "version": _VERSION,
                "clients": len(server.clients()),
            }
            return _Page(status, "application/json", json.dumps(state).encode())

        self._http = http.server.HTTPServer(
            (ADDRESS, port), _handler({"/metrics": metrics, "/health": health})
        )
        self._thread = threading.Thread(target=self._http.serve_forever, name="metrics", daemon=True)
        self._thread.start()

    @property
    def port(self) -> int:
        """The port it answers on."""
        return int(self._http.server_address[1])

    def stop(self) -> None:
        """Answer no more."""
        self._http.shutdown()
        self._thread.join()
        self._http.server_close()


class _Page(NamedTuple):
    status: HTTPStatus
    kind: str
    body: bytes


def _handler(pages: dict[str, Callable[[], _Page]]) -> type[http.server.BaseHTTPRequestHandler]:
    class Handler(http.server.BaseHTTPRequestHandler):
        timeout = 2.0  # there is one thread: who is slow makes the others wait
        server_version = f"asciichat/{_VERSION}"
        sys_version = ""
        error_message_format = "%(code)d %(message)s\n"
        error_content_type = "text/plain; charset=utf-8"

        def do_GET(self) -> None:
            self._answer(self._page())

        def do_HEAD(self) -> None:
            self._answer(self._page(), body=False)

        def _page(self) -> _Page:
            page = pages.get(self.path.partition("?")[0])  # a scraper may be told to add parameters
            if page is not None:
                return page()
            return _Page(
                HTTPStatus.NOT_FOUND, self.error_content_type, f"There is {' and '.join(pages)}.\n".encode()
            )

        def _answer(self, page: _Page, *, body: bool = True) -> None:
            self.send_response(page.status)
            self.send_header("Content-Type", page.kind)
            self.send_header("Content-Length", str(len(page.body)))
            self.end_headers()
            if body:
                self.wfile.write(page.body)

        def log_message(self, *args: object) -> None:
            """Say nothing: a scrape every few seconds is no news."""

    return Handler
