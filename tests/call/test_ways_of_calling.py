"""Every way two peers may meet: encrypted, with a password, with keys, in clear; and those that must not come about."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import asciichat
from asciichat import Server
from asciichat.crypto import Identity
from asciichat.protocol.errors import HandshakeError

PICTURE = np.full((48, 64, 3), (200, 120, 40), np.uint8)


def sees_itself(server: Server, **options: object) -> asciichat.Picture:
    """Join, show a picture, and wait until it comes back."""
    with asciichat.connect("127.0.0.1", server.port, **options) as call:  # type: ignore[arg-type]
        deadline = time.monotonic() + 20
        while time.monotonic() < deadline:
            call.send_video(PICTURE)
            event = call.next_event(0.1)
            if isinstance(event, asciichat.Picture) and "200" in event.text:
                return event
    raise AssertionError("it never saw itself")


def test_encrypted_unless_said_otherwise(serve: Callable[..., Server]) -> None:
    server = serve()
    with asciichat.connect("127.0.0.1", server.port) as call:
        assert call.encrypted
    sees_itself(server)


def test_with_the_right_password(serve: Callable[..., Server]) -> None:
    sees_itself(serve(password="correct horse"), password="correct horse")


def test_a_server_that_does_not_ask_for_the_password_given_is_refused(serve: Callable[..., Server]) -> None:
    with pytest.raises(asciichat.CallError, match="did not ask for the password"):
        asciichat.connect("127.0.0.1", serve().port, password="correct horse")


def test_who_can_be_asked_for_a_password_joins_where_none_is_wanted_too(serve: Callable[..., Server]) -> None:
    sees_itself(serve(), password=lambda: "correct horse")


def test_a_server_without_a_key_is_refused_by_who_wants_one(serve: Callable[..., Server]) -> None:
    options = {"require_server_identity": True, "verify_server": lambda identity: None}
    with pytest.raises(asciichat.CallError, match="no identity"):
        asciichat.connect(
            "127.0.0.1", serve(password="correct horse").port, password="correct horse", **options
        )
    server = serve(password="correct horse", identity=Identity.generate())
    sees_itself(server, password="correct horse", **options)


def test_nobody_is_authenticated_when_both_sides_say_so(serve: Callable[..., Server]) -> None:
    with asciichat.connect("127.0.0.1", serve(authenticate=False).port, authenticate=False) as call:
        assert call.encrypted
    with pytest.raises(asciichat.CallError, match="--no-auth"):
        asciichat.connect("127.0.0.1", serve().port, authenticate=False)
    with pytest.raises(ValueError, match="nobody"):
        serve(authenticate=False, password="correct horse")


@pytest.mark.parametrize(("password", "words"), [("wrong horse!", "wrong"), (None, "password")])
def test_without_the_right_password(serve: Callable[..., Server], password: str | None, words: str) -> None:
    server = serve(password="correct horse")
    with pytest.raises(asciichat.CallError, match=words) as raised:
        asciichat.connect("127.0.0.1", server.port, password=password)
    assert raised.value.exit_code == 62
    assert not raised.value.retry
    assert server.clients() == []


def test_in_clear_when_both_sides_say_so(serve: Callable[..., Server]) -> None:
    server = serve(encrypt=False)
    with asciichat.connect("127.0.0.1", server.port, encrypt=False) as call:
        assert not call.encrypted
    sees_itself(server, encrypt=False)


def test_a_server_that_allows_clear_still_encrypts_for_who_wants(serve: Callable[..., Server]) -> None:
    server = serve(encrypt=False)
    with asciichat.connect("127.0.0.1", server.port) as call:
        assert call.encrypted
    sees_itself(server)


def test_clear_is_refused_where_it_is_not_allowed(serve: Callable[..., Server]) -> None:
    server = serve()
    with (
        pytest.raises(asciichat.CallError),
        asciichat.connect("127.0.0.1", server.port, encrypt=False) as call,
    ):
        for _ in call:
            pass
    assert server.clients() == []


def test_the_server_proves_who_it_is(serve: Callable[..., Server]) -> None:
    identity = Identity.generate()
    server = serve(identity=identity)
    shown: list[bytes | None] = []
    sees_itself(server, verify_server=shown.append)
    assert shown == [identity.public_key]


def test_a_server_that_is_not_the_expected_one_is_refused(serve: Callable[..., Server]) -> None:
    def refuse(_: bytes | None) -> None:
        raise HandshakeError("not the server that was meant")

    server = serve(identity=Identity.generate())
    with pytest.raises(asciichat.CallError, match="not the server that was meant"):
        asciichat.connect("127.0.0.1", server.port, verify_server=refuse)


def test_only_listed_keys_are_let_in(serve: Callable[..., Server]) -> None:
    friend, stranger = Identity.generate(), Identity.generate()
    server = serve(identity=Identity.generate(), client_keys=(friend.public_key,))
    sees_itself(server, identity=friend)
    with pytest.raises(asciichat.CallError, match="key"):
        asciichat.connect("127.0.0.1", server.port, identity=stranger)
    with pytest.raises(asciichat.CallError, match="key"):
        asciichat.connect("127.0.0.1", server.port)


@pytest.mark.parametrize("compress", [False, True])
def test_pictures_are_compressed_for_who_asks(serve: Callable[..., Server], compress: bool) -> None:
    server = serve()
    noise = np.random.default_rng(1).integers(0, 255, (48, 64, 3), np.uint8)
    with asciichat.connect(
        "127.0.0.1", server.port, columns=80, rows=24, compress=compress, audio=False
    ) as call:
        call.send_video(noise)
        while True:
            event = call.next_event(5)
            assert event is not None
            if isinstance(event, asciichat.Picture) and len(event.text) > 10_000:
                break
        received = call.counts()["bytes_in"]
    assert (received < len(event.text)) == compress


def test_a_resize_is_followed(serve: Callable[..., Server]) -> None:
    server = serve()
    with asciichat.connect("127.0.0.1", server.port, columns=40, rows=10) as call:
        call.send_video(PICTURE)
        sizes = []
        for event in call:
            if isinstance(event, asciichat.Picture):
                sizes.append((event.columns, event.rows))
                if sizes[-1] == (40, 10):
                    call.resize(60, 20)
                elif sizes[-1] == (60, 20):
                    assert event.clear  # nothing of the old layout may stay
                    break


def test_nobody_home_is_said_in_a_sentence() -> None:
    with pytest.raises(asciichat.CallError, match="is a server running there") as raised:
        asciichat.connect("127.0.0.1", 1)
    assert raised.value.exit_code == 42


@pytest.mark.parametrize(
    ("frame", "words"),
    [
        (np.zeros((4, 4), np.uint8), "uint8"),
        (np.zeros((4, 4, 3), np.float32), "float32"),
        (np.zeros((0, 4, 3), np.uint8), "uint8"),
    ],
)
def test_what_is_no_picture_is_refused(
    serve: Callable[..., Server], frame: np.ndarray[tuple[int, ...], np.dtype[np.generic]], words: str
) -> None:
    with (
        asciichat.connect("127.0.0.1", serve().port) as call,
        pytest.raises(ValueError, match=words),
    ):
        call.send_video(frame)  # type: ignore[arg-type]


@pytest.mark.parametrize("shape", [(1, 1), (1, 700), (900, 2), (1080, 1920), (270, 480)])
def test_pictures_of_any_shape_are_sent(serve: Callable[..., Server], shape: tuple[int, int]) -> None:
    with asciichat.connect("127.0.0.1", serve().port) as call:
        call.send_video(np.full((*shape, 3), 255, np.uint8))
        while not (isinstance(event := call.next_event(5), asciichat.Picture) and "255" in event.text):
            assert event is not None


def test_a_server_with_settings_out_of_range_is_refused() -> None:
    for options in ({"max_clients": 33}, {"max_clients": 0}, {"port": 70000}, {"password": "short"}):
        with pytest.raises(ValueError, match=r"."):
            Server(**options)  # type: ignore[arg-type]


def test_a_port_that_is_taken_is_said(serve: Callable[..., Server]) -> None:
    taken = serve()
    with pytest.raises(OSError, match="cannot listen"):
        Server(("127.0.0.1",), taken.port).start()


@pytest.mark.parametrize(
    ("server", "client", "verified"),
    [
        ({}, {}, False),
        ({"encrypt": False}, {"encrypt": False}, False),
        ({"password": "correct horse"}, {"password": "correct horse"}, True),
        ({"identity": True}, {}, False),  # it has a key, and nobody knows whose it is
        ({"identity": True}, {"verify_server": lambda _key: None}, True),
    ],
)
def test_a_call_knows_whether_somebody_vouched_for_the_server(
    serve: Callable[..., Server], server: dict[str, Any], client: dict[str, Any], verified: bool
) -> None:
    if "identity" in server:
        server = {**server, "identity": Identity.generate()}
    with asciichat.connect("127.0.0.1", serve(**server).port, **client) as call:
        assert call.verified == verified
