"""A whole session at the most talkative log level, with people who fail and people who misbehave: no key, no password and
nothing derived from them is in any line, in any spelling; nor is what people write to one another."""

from __future__ import annotations

import base64
import io
import logging
import threading
from collections.abc import Iterator

import numpy as np
import pytest
from hostile_line import Line

import asciichat
from asciichat import CallError, Server
from asciichat._core.packet import pack
from asciichat.crypto.identity import Identity
from asciichat.crypto.password import password_key
from asciichat.protocol.handshake import ClientPolicy, HandshakeResult
from asciichat.protocol.handshake.channel import Channel, ChannelKeys
from asciichat.protocol.handshake.proof import EphemeralKey
from asciichat.protocol.noise import SymmetricState
from asciichat.protocol.types import PacketType

PASSWORD = "xylophone-Ünder-the-7-seas"
CONFIDENCE = "between you and me and the gatepost"
WRONG = "not the xylophone either"


@pytest.fixture
def log() -> Iterator[io.StringIO]:
    """Everything that anybody logs, with tracebacks."""
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(
        logging.Formatter("%(asctime)s %(name)s %(levelname)s %(threadName)s %(message)s %(args)s")
    )
    root = logging.getLogger()
    level = root.level
    root.addHandler(handler)
    root.setLevel(1)
    yield stream
    root.removeHandler(handler)
    root.setLevel(level)


@pytest.fixture
def secrets(monkeypatch: pytest.MonkeyPatch) -> list[bytes]:
    """Private keys, what they agree on, and session keys of both kinds of handshake, as they come to be."""
    gathered: list[bytes] = []
    lock = threading.Lock()

    def note(*found: bytes | bytearray | None) -> None:
        with lock:
            gathered.extend(bytes(secret) for secret in found if secret is not None)

    def watch(owner: type, name: str, *keywords: str) -> None:
        """Note the bytes that a method is called with: all, or those of these keywords."""
        original = getattr(owner, name)

        def watched(self: object, *args: object, **values: object) -> object:
            chosen = [values[k] for k in keywords] if keywords else [*args, *values.values()]
            note(*(each for each in chosen if isinstance(each, bytes | bytearray)))
            return original(self, *args, **values)

        monkeypatch.setattr(owner, name, watched)

    watch(EphemeralKey, "__init__")
    watch(Channel, "__init__", "static", "ephemeral")
    watch(SymmetricState, "mix_key")
    watch(SymmetricState, "mix_key_and_hash")
    watch(ChannelKeys, "__init__")
    made = HandshakeResult.__init__

    def watch_result(self: HandshakeResult, *args: object, **values: object) -> None:
        made(self, *args, **values)  # type: ignore[arg-type]
        note(self.shared_key)

    monkeypatch.setattr(HandshakeResult, "__init__", watch_result)
    return gathered


def spellings(secret: bytes) -> Iterator[str]:
    """How a secret could show up in a line of text; parts of it count."""
    for part in (secret, secret[: len(secret) // 2], secret[len(secret) // 2 :]):
        yield part.hex()
        yield part.hex(" ")
        yield part.hex(":")
        yield repr(part)[2:-1]
        yield repr(list(part))[1:-1]
        yield base64.b64encode(part).decode().rstrip("=")[:-1]
        yield base64.urlsafe_b64encode(part).decode().rstrip("=")[:-1]


def test_no_secret_is_in_any_log(log: io.StringIO, secrets: list[bytes]) -> None:
    seed, server_seed = bytes(range(7, 39)), bytes(range(91, 123))
    identity, server_identity = Identity.from_seed(seed), Identity.from_seed(server_seed)
    with Server(
        ("127.0.0.1",), 0, password=PASSWORD, identity=server_identity, client_keys=[identity.public_key]
    ) as server:
        port = server.port
        with asciichat.connect("127.0.0.1", port, password=PASSWORD, identity=identity) as call:
            call.send_video(np.zeros((24, 32, 3), np.uint8))
            call.send_audio(np.zeros(4800, np.float32))
            while not isinstance(call.next_event(10), asciichat.Picture):
                pass
            call.send_text(CONFIDENCE)
            while not isinstance(call.next_event(10), asciichat.Text):
                pass
            for each in server.clients():
                logging.getLogger("asciichat").info("%r", each)
            logging.getLogger("asciichat").info("%r %r %r", server.config, identity, call)
        for options in (
            {"password": WRONG, "identity": identity},
            {"identity": identity},
            {"password": PASSWORD, "identity": Identity.generate()},
        ):
            with pytest.raises(CallError) as failed:
                asciichat.connect("127.0.0.1", port, **options)  # type: ignore[arg-type]
            logging.getLogger("asciichat").error("failed", exc_info=failed.value)
        policy = ClientPolicy(
            verify_server=lambda _: None, identity=identity, password_key=password_key(PASSWORD)
        )
        line = Line(port, policy)
        line.raw(pack(PacketType.PING))  # in clear
        assert line.hung_up()
    said = log.getvalue()
    assert "joined in slot" in said and "let go in the handshake" in said and "in clear" in said
    hidden = [seed, server_seed, bytes(password_key(PASSWORD)), bytes(password_key(WRONG)), *secrets]
    hidden = [secret for secret in hidden if len(secret) == 32]  # an empty one is in everything
    assert len(set(hidden)) >= 20  # both ends of the connections above
    for secret in hidden:
        for spelling in spellings(secret):
            assert spelling not in said
    for word in (
        PASSWORD,
        WRONG,
        CONFIDENCE,
        PASSWORD.encode().hex(),
        base64.b64encode(PASSWORD.encode()).decode(),
    ):
        assert word not in said
        assert ascii(word)[1:-1] not in said
