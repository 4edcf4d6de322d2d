"""A whole session, with everything logged that ever is: no secret is in it, in any form."""

from __future__ import annotations

import base64
import logging
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

import asciichat
from asciichat import Server
from asciichat.crypto import Identity, load_client_keys, load_identity
from asciichat.crypto.password import password_key
from asciichat.protocol.handshake import HandshakeResult
from asciichat.protocol.noise import HandshakeState
from asciichat.protocol.types import Feature

PASSWORD, PASSPHRASE = "correct horse battery staple", "open sesame, please"
SEED = bytes(range(100, 132))


def forms(secret: bytes) -> list[str]:
    """How a secret may look in a log."""
    return [
        secret.hex(),
        base64.b64encode(secret).decode(),
        repr(secret)[2:-1],
        repr(list(secret))[1:-1],
        " ".join(f"{byte:02x}" for byte in secret),
    ]


@pytest.mark.parametrize("noise", [True, False])
def test_no_secret_of_a_session_is_in_any_log(
    serve: Callable[..., Server],
    caplog: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    noise: bool,
) -> None:
    caplog.set_level(1)
    secrets = [SEED, password_key(PASSWORD), PASSWORD.encode(), PASSPHRASE.encode()]

    def note_keys(result: HandshakeResult, wipe=HandshakeResult.wipe) -> None:
        secrets.extend(bytes(key) for key in result.keys or ())
        wipe(result)

    def note_psk(state: HandshakeState, wipe=HandshakeState.wipe) -> None:
        secrets.append(bytes(state.psk))
        secrets.append(bytes(state._symmetric._ck))
        wipe(state)

    monkeypatch.setattr(HandshakeResult, "wipe", note_keys)
    monkeypatch.setattr(HandshakeState, "wipe", note_psk)
    Identity.from_seed(SEED).save(tmp_path / "key", PASSPHRASE)
    identity = load_identity(tmp_path / "key", lambda: PASSPHRASE)
    friends = load_client_keys(str(tmp_path / "key.pub"))
    server = serve(
        identity=Identity.generate(), password=PASSWORD, client_keys=tuple(key.key for key in friends)
    )
    if not noise:
        server._policy = replace(server._policy, features=Feature.NONE)
    logging.getLogger(__name__).debug("server %r, key %r", server.config, identity)
    with pytest.raises(asciichat.CallError) as wrong:
        asciichat.connect("127.0.0.1", server.port, password="wrong horse", identity=identity)
    with asciichat.connect("127.0.0.1", server.port, password=PASSWORD, identity=identity) as call:
        call.send_video(np.zeros((48, 64, 3), np.uint8))
        call.send_audio(np.zeros(960, np.float32))
        assert call.next_event(5) is not None
        logging.getLogger(__name__).debug("call %r %r", call, call.counts())
    server.stop()
    logging.getLogger(__name__).debug("%r", wrong.value)
    keys = {bytes(secret) for secret in secrets if any(secret)}
    assert len(keys) >= (8 if noise else 5)
    assert "joined in slot" in caplog.text and "wrong" in caplog.text
    for secret in keys:
        for form in forms(secret):
            assert form not in caplog.text
    assert PASSWORD not in caplog.text and PASSPHRASE not in caplog.text
