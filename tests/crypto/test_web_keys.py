"""Published keys, fetched from a real HTTPS server with a certificate made here, and pinned."""

from __future__ import annotations

import http.server
import ssl
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from asciichat.crypto.client_keys import load_client_keys
from asciichat.crypto.errors import UnusableKeyError
from asciichat.crypto.public_key import PublicKey
from asciichat.crypto.web_keys import SERVICES, WebKeys

ANN, BOB = PublicKey(bytes([1]) * 32, "ann"), PublicKey(bytes([2]) * 32, "bob")
RSA = "ssh-rsa AAAAB3NzaC1yc2E ann"


class Publisher(http.server.ThreadingHTTPServer):
    """Publishes `text` for /ann.keys; counts who asked."""

    daemon_threads = True

    def __init__(self, certificate: Path) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate)
        self.socket = context.wrap_socket(self.socket, server_side=True)
        self.text: str | Iterator[bytes] = ""
        self.status = 200
        self.asked: list[str] = []
        self.address = f"https://127.0.0.1:{self.server_port}"

    def handle_error(self, *_: object) -> None:
        """A client that does not trust the certificate hangs up; that is its right."""


class Handler(http.server.BaseHTTPRequestHandler):
    server: Publisher

    def do_GET(self) -> None:
        self.server.asked.append(self.path)
        self.send_response(self.server.status)
        if self.server.status == 302:
            self.send_header("Location", f"{self.server.address}/bob.keys")
        self.end_headers()
        text = self.server.text
        for chunk in [text.encode()] if isinstance(text, str) else text:
            self.wfile.write(chunk)

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def publisher(tls_certificate: Path) -> Iterator[Publisher]:
    server = Publisher(tls_certificate)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield server
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture
def web(publisher: Publisher, tls_certificate: Path, tmp_path: Path):
    def make(**settings) -> WebKeys:
        services = {"github": f"{publisher.address}/{{}}.keys"}
        context = ssl.create_default_context(cafile=str(tls_certificate))
        return WebKeys(tmp_path / "pins", **({"services": services, "context": context} | settings))

    return make


def test_the_services_are_asked_at_their_own_addresses():
    assert SERVICES["github"].format("ann") == "https://github.com/ann.keys"
    assert SERVICES["gitlab"].format("ann") == "https://gitlab.com/ann.keys"


def test_keys_are_fetched_pinned_and_named_after_where_they_come_from(web, publisher, tmp_path):
    publisher.text = f"{RSA}\n{ANN.line}\n{BOB.line}\n"
    keys = web().keys("github:Ann")
    assert set(keys) == {ANN, BOB} and {key.comment for key in keys} == {"github:Ann"}
    assert publisher.asked == ["/Ann.keys"]
    [pin] = (tmp_path / "pins").iterdir()
    assert pin.stat().st_mode & 0o777 == 0o600
    assert (tmp_path / "pins").stat().st_mode & 0o777 == 0o700


def test_later_runs_do_not_need_the_network(web, publisher, caplog):
    publisher.text = ANN.line
    web().keys("github:ann")
    publisher.status = 503
    assert web().keys("github:ann") == [ANN]
    assert web(services={"github": "https://127.0.0.1:1/{}"}).keys("github:ann") == [ANN]
    assert "pinned" in caplog.text


@pytest.mark.parametrize("now", [BOB.line, f"{ANN.line}\n{BOB.line}", "", RSA])
def test_a_change_is_refused_loudly_until_the_pin_is_deleted(web, publisher, tmp_path, now):
    publisher.text = ANN.line
    web().keys("github:ann")
    publisher.text = now
    for _ in range(2):
        with pytest.raises(UnusableKeyError, match="ARE NOT THOSE THEY WERE") as caught:
            web().keys("github:ann")
    [pin] = (tmp_path / "pins").iterdir()
    assert ANN.fingerprint in str(caught.value) and str(pin) in str(caught.value)
    pin.unlink()
    if "ed25519" in now:
        assert BOB in web().keys("github:ann")


def test_a_user_that_is_gone_is_a_change(web, publisher):
    publisher.text = ANN.line
    web().keys("github:ann")
    publisher.status = 404
    with pytest.raises(UnusableKeyError, match="ARE NOT THOSE THEY WERE"):
        web().keys("github:ann")


@pytest.mark.parametrize("text", ["", RSA, "<html>"])
def test_a_user_without_an_ed25519_key_is_told_what_to_do(web, publisher, tmp_path, text):
    publisher.text = text
    with pytest.raises(UnusableKeyError, match="asciichat key new"):
        web().keys("github:ann")
    assert not (tmp_path / "pins").exists()


def test_a_server_nobody_vouches_for_is_not_believed(web, publisher):
    publisher.text = ANN.line
    with pytest.raises(UnusableKeyError, match=r"certificate|CERTIFICATE"):
        web(context=ssl.create_default_context()).keys("github:ann")
    assert not publisher.asked


def test_a_redirection_is_not_followed(web, publisher):
    publisher.status = 302
    publisher.text = BOB.line
    with pytest.raises(UnusableKeyError, match="HTTP 302"):
        web().keys("github:ann")
    assert publisher.asked == ["/ann.keys"]


def test_an_answer_without_end_is_given_up(web, publisher):
    publisher.text = iter(lambda: b"#" * 65536, None)
    with pytest.raises(UnusableKeyError, match="too long"):
        web().keys("github:ann")


def test_a_slow_answer_is_given_up(web, publisher):
    def drop_by_drop() -> Iterator[bytes]:
        for _ in range(1000):  # 20 s
            yield b"#"
            time.sleep(0.02)

    publisher.text = drop_by_drop()
    begun = time.monotonic()
    with pytest.raises(UnusableKeyError, match="longer than"):
        web(timeout=0.2).keys("github:ann")
    assert time.monotonic() - begun < 10


@pytest.mark.parametrize("user", ["", "../ann", "ann/../bob", "a b", "ann?", "-ann", "ann\n", "a" * 300])
def test_what_is_no_name_is_not_asked_for(web, publisher, user):
    with pytest.raises(UnusableKeyError, match="no name"):
        web().keys(f"github:{user}")
    assert not publisher.asked


def test_pgp_keys_of_a_service_are_refused_with_what_to_do(web):
    with pytest.raises(UnusableKeyError, match="gpg:ID"):
        web().keys("github:ann.gpg")


def test_a_pin_that_cannot_be_read_is_no_missing_one(web, publisher, tmp_path):
    publisher.text = ANN.line
    web().keys("github:ann")
    [pin] = (tmp_path / "pins").iterdir()
    pin.unlink()
    pin.mkdir()
    with pytest.raises(UnusableKeyError, match="cannot be read"):
        web().keys("github:ann")


def test_an_address_and_a_user_may_stand_in_a_list_of_clients(web, publisher):
    publisher.text = ANN.line
    keys = load_client_keys(f"github:ann, {publisher.address}/ann.keys, {BOB.line}", web())
    assert set(keys) == {ANN, BOB}
    assert publisher.asked == ["/ann.keys", "/ann.keys"]
