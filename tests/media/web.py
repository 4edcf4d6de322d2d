"""A web server on loopback, for tests."""

from __future__ import annotations

import re
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Self


class Web:
    """Serves bytes by path, with ranges, and notes what it was asked for.

    Attributes
    ----------
    pages
        By path: the type and the content.
    asked
        Requests so far: path and headers.
    """

    def __init__(self) -> None:
        self.pages: dict[str, tuple[str, bytes]] = {}
        self.asked: list[tuple[str, dict[str, str]]] = []
        self.silent = threading.Event()  # set: no request is answered until the end
        self._ended = threading.Event()
        web = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                web.asked.append((self.path, dict(self.headers)))
                if web.silent.is_set():
                    web._ended.wait()
                    return
                if self.path not in web.pages:
                    self.send_error(404)
                    return
                kind, content = web.pages[self.path]
                part = re.fullmatch(r"bytes=(\d+)-(\d*)", self.headers.get("Range", ""))
                start = int(part[1]) if part else 0
                end = min(int(part[2]) + 1, len(content)) if part and part[2] else len(content)
                self.send_response(206 if part else 200)
                self.send_header("Content-Type", kind)
                self.send_header("Accept-Ranges", "bytes")
                self.send_header("Content-Length", str(end - start))
                if part:
                    self.send_header("Content-Range", f"bytes {start}-{end - 1}/{len(content)}")
                self.send_header("Connection", "close")
                self.end_headers()
                try:
                    self.wfile.write(content[start:end])
                except OSError:
                    pass  # it has seen enough

            def log_message(self, *args: object) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True)

    def address(self, path: str) -> str:
        """What a page is asked for by."""
        return f"http://127.0.0.1:{self._server.server_address[1]}{path}"

    def wait_for(self, count: int) -> None:
        """Until it was asked so often."""
        end = time.monotonic() + 10
        while len(self.asked) < count:
            assert time.monotonic() < end
            time.sleep(0.01)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._ended.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()
