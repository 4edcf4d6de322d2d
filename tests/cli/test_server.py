"""``asciichat server``: holding a call."""

from __future__ import annotations

import re
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from ipaddress import ip_address

import pytest

from asciichat import CallError, connect
from asciichat.cli.places import own_address
from asciichat.cli.server import _how_to_join
from asciichat.crypto.identity import Identity
from asciichat.crypto.ticket import Ticket
from ports import free_port


@pytest.fixture
def open_call(start):
    """Start a server and wait until it is open. Its process and its port."""

    def open_call(*arguments: str, **environ: str):
        port = free_port()
        process = start("server", "-p", port, *arguments, **environ)
        heard = ""
        while "A call is open on" not in heard:
            line = process.stderr.readline()
            assert line, heard
            heard += line
        return process, port

    return open_call


def test_it_says_where_the_call_is_and_takes_callers(open_call):
    process, port = open_call("127.0.0.1")
    with connect("127.0.0.1", port) as call:
        assert call.next_event(10) is not None
    process.send_signal(signal.SIGINT)
    assert process.wait(10) == 0


def test_on_its_own_it_listens_on_this_computer_only_by_both_protocols(start):
    port = free_port()
    process = start("server", "-p", port)
    line = ""
    while "A call is open on" not in line:
        line = process.stderr.readline()
    assert f"127.0.0.1:{port}" in line
    assert not re.search(r"0\.0\.0\.0|\[::\]", line)
    process.send_signal(signal.SIGTERM)
    assert process.wait(10) == 0


@pytest.mark.parametrize(
    ("addresses", "port", "own", "said"),
    [
        (("127.0.0.1",), 27224, None, "Only this computer can join; let others in with asciichat-server 0.0.0.0"),
        (("0.0.0.0",), 27224, "192.0.2.7", "Others in your network join with: asciichat client 192.0.2.7"),
        (("0.0.0.0",), 5000, "192.0.2.7", "Others in your network join with: asciichat client 192.0.2.7:5000"),
        (("::",), 5000, "2001:db8::7", "Others in your network join with: asciichat client [2001:db8::7]:5000"),
        (("192.0.2.9",), 27224, None, "Others join with: asciichat client 192.0.2.9"),
        (
            ("0.0.0.0",), 27224, None,
            "Others join by this computer's name or address; --ticket-host NAME makes them a ticket.",
        ),
    ],
)  # fmt: skip
def test_it_says_how_others_join(monkeypatch, addresses, port, own, said):
    class Holder:
        def __init__(self):
            self.addresses = [(address, port) for address in addresses]
            self.port = port

    monkeypatch.setattr("asciichat.cli.places.own_address", lambda like: own)
    assert _how_to_join(Holder(), None, None) == said


def test_with_a_key_and_an_address_everybody_can_reach_there_is_a_ticket(monkeypatch):
    class Holder:
        addresses, port = [("0.0.0.0", 27224)], 27224

    monkeypatch.setattr("asciichat.cli.places.own_address", lambda like: "192.0.2.7")
    identity = Identity.generate()
    ticket = Ticket("192.0.2.7", 27224, identity.public)
    assert (
        _how_to_join(Holder(), identity, None)
        == f"Others in your network join with: asciichat client '{ticket}'"
    )


@pytest.mark.parametrize("like", ["0.0.0.0", "::"])
def test_the_own_address_is_one_by_which_others_can_reach_this_computer(like):
    own = own_address(like)
    if own is None:
        pytest.skip("this computer is in no network")
    address = ip_address(own)
    assert address.version == (6 if ":" in like else 4)
    assert not (address.is_loopback or address.is_unspecified)
    with socket.socket(socket.AF_INET6 if ":" in like else socket.AF_INET) as listener:
        listener.bind((own, 0))  # it is this computer's


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_ends_it_in_under_a_second_with_callers_in_the_call(open_call, number):
    took = []
    while not took or (took[-1] >= 1.0 and len(took) < 4):  # a busy computer may hold one up
        process, port = open_call("127.0.0.1")
        calls = [connect("127.0.0.1", port) for _ in range(4)]
        started = time.monotonic()
        process.send_signal(number)
        assert process.wait(20) == 0
        took.append(time.monotonic() - started)
        for call in calls:
            with pytest.raises(CallError):
                while call.next_event(20) is not None:
                    pass
            call.close()
    assert min(took) < 1.0


def test_a_second_ctrl_c_ends_it_at_once():
    """Even when the first is still being obeyed: here a stop that never comes to an end."""
    script = """
import threading, sys
import asciichat.server
asciichat.server.Server.stop = lambda self: (print("stopping", file=sys.stderr, flush=True), threading.Event().wait())
from asciichat.cli import main
sys.exit(main(["server", "127.0.0.1", "-p", sys.argv[1]]))
"""
    process = subprocess.Popen(
        [sys.executable, "-c", script, str(free_port())], stderr=subprocess.PIPE, text=True
    )
    line = ""
    while "A call is open on" not in line:
        line = process.stderr.readline()
    process.send_signal(signal.SIGINT)
    while "stopping" not in line:
        line = process.stderr.readline()
    process.send_signal(signal.SIGINT)
    assert process.wait(20) == 1
    process.stderr.close()


def test_a_port_that_is_taken_is_told_with_the_cure(run):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        result = run("server", "127.0.0.1", "-p", port)
    assert f"Cannot listen on 127.0.0.1 port {port}: Address already in use." in result.stderr
    assert "--port" in result.stderr
    assert result.returncode == 41


def test_a_call_is_as_large_as_was_said(open_call):
    _, port = open_call("127.0.0.1", "--max-clients", "1")
    with connect("127.0.0.1", port), pytest.raises(CallError), connect("127.0.0.1", port) as second:
        while second.next_event(20) is not None:
            pass


def test_only_those_on_the_list_may_join(open_call, tmp_path):
    host, friend, stranger = (Identity.generate() for _ in range(3))
    host.save(tmp_path / "host")
    (tmp_path / "friends").write_text(f"# who may come\n{friend.public.line}\n")
    _, port = open_call(
        "127.0.0.1", "--key", str(tmp_path / "host"), "--client-keys", str(tmp_path / "friends")
    )
    with connect("127.0.0.1", port, identity=friend) as call:
        assert call.next_event(10) is not None
    with pytest.raises(CallError):
        connect("127.0.0.1", port, identity=stranger)
    with pytest.raises(CallError):
        connect("127.0.0.1", port)


def test_passwords_may_come_from_the_environment_and_are_in_no_log_of_either_program(
    open_call, run, tmp_path
):
    paths = [tmp_path / "server.log", tmp_path / "client.log"]
    Identity.generate().save(tmp_path / "host", "a stable door")
    secrets = {"ASCII_CHAT_PASSWORD": "correct horse", "ASCII_CHAT_KEY_PASSWORD": "a stable door"}
    process, port = open_call(
        "127.0.0.1", "-L", str(paths[0]), "-VVVV", "--key", str(tmp_path / "host"), **secrets
    )
    with pytest.raises(CallError):
        connect("127.0.0.1", port, password="wrong horse")
    line = (tmp_path / "host.pub").read_text().strip()
    options = ("--test-pattern", "--snapshot", "-D", "0", "--no-audio", "-L", paths[1], "-VVVV")
    joined = run("client", f"127.0.0.1:{port}", "--server-key", line, *options, **secrets)
    assert joined.returncode == 0, joined.stderr
    process.send_signal(signal.SIGINT)
    assert process.wait(10) == 0
    logged = "".join(path.read_text() for path in paths) + process.stderr.read() + joined.stderr
    assert "listening on" in logged and "joined in slot" in logged
    assert "horse" not in logged and "stable" not in logged


def test_logs_go_to_a_file_and_can_be_kept_off_the_terminal(open_call, tmp_path):
    path = tmp_path / "new" / "log"
    process, _ = open_call("127.0.0.1", "-L", str(path), "-q")
    process.send_signal(signal.SIGINT)
    assert process.wait(10) == 0
    assert "INFO    listening on" in path.read_text()
    assert "INFO" not in process.stderr.read()


def test_numbers_are_told_where_they_were_asked_for(open_call):
    page = free_port()
    _, port = open_call("127.0.0.1", "--metrics-port", page)
    with connect("127.0.0.1", port) as call:
        assert call.next_event(10) is not None
        told, end = b"", time.monotonic() + 20
        while b"asciichat_admitted_total 1.0" not in told:  # it is counted a moment after it is let in
            assert time.monotonic() < end, told
            with urllib.request.urlopen(f"http://127.0.0.1:{page}/metrics", timeout=20) as answer:
                told = answer.read()


def test_limits_are_those_that_were_asked_for(open_call):
    _, port = open_call("127.0.0.1", "--handshake-timeout", "1", "--idle-timeout", "1")
    with socket.create_connection(("127.0.0.1", port)) as stranger:
        stranger.settimeout(20)
        assert stranger.recv(1) == b""


def test_an_exempt_network_that_is_none_is_named(run):
    result = run("server", "--exempt", "nonsense", "-p", free_port())
    assert result.returncode == 2
    assert "nonsense" in result.stderr
