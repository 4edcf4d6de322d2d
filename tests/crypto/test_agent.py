"""Identities in an ssh-agent: a played one that misbehaves, and the real one if it is installed."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import threading
import time
from struct import pack

import pytest

from asciichat.crypto.agent import AgentError, AgentIdentity, agent_identity, agent_keys
from asciichat.crypto.errors import UnusableKeyError
from asciichat.crypto.identity import Identity, open_identity
from asciichat.crypto.public_key import PublicKey
from asciichat.crypto.remote import GivenUpError, Wait
from asciichat.protocol.handshake.proof import signature_holds
from played_agent import PlayedAgent, SleepyAgent, string

OURS = Identity.from_seed(b"\x11" * 32)


@pytest.fixture
def play(tmp_path):
    agents = []

    def start(answer: bytes) -> PlayedAgent:
        agents.append(PlayedAgent(tmp_path / "agent.sock", answer))
        return agents[-1]

    yield start
    for agent in agents:
        agent.stop()


def test_the_request_to_sign_is_that_of_the_protocol(play):
    signature = OURS.sign(b"message")
    agent = play(string(b"\x0e" + string(string(b"ssh-ed25519") + string(signature))))
    assert AgentIdentity(OURS.public, agent.path).sign(b"message") == signature
    expected = b"\x0d" + string(OURS.public.blob) + string(b"message") + bytes(4)
    assert agent.requests == [string(expected)]


def test_only_ed25519_keys_are_listed(play):
    listed = string(OURS.public.blob) + string(b"me@here") + string(string(b"ssh-rsa")) + string(b"old")
    agent = play(string(b"\x0c" + pack(">I", 2) + listed))
    assert agent_keys(agent.path) == [OURS.public]
    assert agent_keys(agent.path)[0].comment == "me@here"
    assert agent_identity(agent.path, OURS.public).public_key == OURS.public_key
    assert agent_identity(agent.path, PublicKey(bytes(32))) is None


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (b"", "hung up"),
        (b"\0\0\0\x09\x0e", "hung up"),
        (string(b"\x05"), "refused"),
        (string(b""), "no ssh-agent"),
        (b"\xff\xff\xff\xff", "no ssh-agent"),
        (b"HTTP/1.1 400 Bad Request\r\n", "no ssh-agent"),
        (string(b"\x0e" + b"\0\0\0\x40abc"), "cut off"),
        (string(b"\x0e" + string(string(b"ssh-ed25519") + string(bytes(63)))), "another kind"),
        (string(b"\x0e" + string(string(b"rsa-sha2-256") + string(bytes(64)))), "another kind"),
    ],
)
def test_an_agent_that_misbehaves_is_an_error_in_words(play, answer, words):
    agent = play(answer)
    with pytest.raises(AgentError, match=words):
        AgentIdentity(OURS.public, agent.path).sign(b"message")


def test_an_agent_that_is_not_there_is_an_error_in_words(tmp_path):
    with pytest.raises(AgentError, match="does not answer"):
        agent_keys(tmp_path / "nobody.sock")


def test_a_key_the_agent_holds_is_not_read_and_nobody_is_asked_for_its_passphrase(play, tmp_path):
    OURS.save(tmp_path / "id", "passphrase")
    agent = play(string(b"\x0c" + pack(">I", 1) + string(OURS.public.blob) + string(b"")))
    for name in ("id", "id.pub"):
        identity = open_identity(tmp_path / name, agent=agent.path)
        assert isinstance(identity, AgentIdentity) and identity.public_key == OURS.public_key


def test_a_key_the_agent_does_not_hold_is_read(play, tmp_path):
    OURS.save(tmp_path / "id", "passphrase")
    agent = play(string(b"\x0c" + pack(">I", 0)))
    identity = open_identity(tmp_path / "id", lambda: "passphrase", agent=agent.path)
    assert isinstance(identity, Identity) and identity.public_key == OURS.public_key
    with pytest.raises(UnusableKeyError, match="ssh-add"):
        open_identity(tmp_path / "id.pub", agent=agent.path)


def test_who_waits_for_an_agent_can_be_told_to_give_up(tmp_path):
    agent, wait = SleepyAgent(tmp_path / "agent.sock", OURS), Wait()
    identity, ends = AgentIdentity(OURS.public, agent.path), []
    agent.sleep()

    def ask() -> None:
        with pytest.raises(AgentError, match="hung up"):
            identity.sign_within(wait, b"message")
        ends.append(time.monotonic())

    thread = threading.Thread(target=ask)
    thread.start()
    assert agent.asked.acquire(timeout=5)
    wait.give_up()
    thread.join(5)
    assert ends
    assert agent.left.acquire(timeout=5)
    with pytest.raises(GivenUpError):  # it is not begun any more either
        identity.sign_within(wait, b"message")
    agent.wake()
    assert signature_holds(OURS.public_key, identity.sign(b"message"), b"message")
    agent.stop()


@pytest.mark.skipif(not (shutil.which("ssh-agent") and shutil.which("ssh-add")), reason="needs OpenSSH")
def test_the_real_ssh_agent_lists_and_signs(tmp_path):
    path = tmp_path / "real.sock"
    OURS.save(tmp_path / "id")
    said = subprocess.run(["ssh-agent", "-s", "-a", path], check=True, capture_output=True, text=True).stdout
    pid = int(said.partition("SSH_AGENT_PID=")[2].partition(";")[0])
    try:
        environ = os.environ | {"SSH_AUTH_SOCK": str(path)}
        subprocess.run(["ssh-add", "-q", tmp_path / "id"], check=True, env=environ)
        identity = agent_identity(path, OURS.public)
        assert identity is not None
        assert signature_holds(OURS.public_key, identity.sign(b"message"), b"message")
    finally:
        os.kill(pid, signal.SIGTERM)
