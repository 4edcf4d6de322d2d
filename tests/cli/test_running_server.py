"""What an operator meets while a server runs: tickets, SIGHUP, logs as JSON."""

from __future__ import annotations

import json
import re
import signal

import pytest

from asciichat import CallError, connect
from asciichat.cli.places import own_address
from asciichat.crypto.identity import Identity
from asciichat.crypto.ticket import Ticket
from ports import free_port


class Running:
    """A server's process, and what it tells on standard error."""

    def __init__(self, process) -> None:
        self.process = process
        self.heard = ""

    def until(self, pattern: str) -> re.Match[str]:
        """Read until a line matches."""
        while True:
            line = self.process.stderr.readline()
            assert line, self.heard
            self.heard += line
            if found := re.search(pattern, line):
                return found

    def read_again(self) -> str:
        """SIGHUP; returns what was said about it."""
        self.process.send_signal(signal.SIGHUP)
        return self.until(r"configuration was (not taken|read again).*").group()


@pytest.fixture
def running(start):
    def running(*arguments: object, **environ: str) -> Running:
        server = Running(start("server", *arguments, **environ))
        server.until("A call is open on")
        return server

    return running


@pytest.fixture
def host_key(tmp_path):
    identity = Identity.generate()
    identity.save(tmp_path / "host")
    return identity, tmp_path / "host"


def test_the_ticket_that_is_printed_is_all_a_client_needs(running, run, host_key):
    _, path = host_key
    server = running("127.0.0.1", "-p", free_port(), "--key", path)
    ticket = server.until("'(asciichat://.*)'").group(1)
    joined = run("client", ticket, "--test-pattern", "--snapshot", "-D", "0", "--no-audio")
    assert joined.returncode == 0, joined.stderr


def test_a_ticket_of_another_servers_key_is_refused(running, run, host_key):
    _, path = host_key
    port = free_port()
    running("127.0.0.1", "-p", port, "--key", path)
    ticket = Ticket("127.0.0.1", port, Identity.generate().public)
    refused = run("client", ticket, "--test-pattern", "--snapshot", "-D", "0", "--no-audio")
    assert refused.returncode != 0
    assert "The connection was given up" in refused.stderr


@pytest.mark.parametrize("option", ["--no-auth", "--no-encrypt", "--server-key=x"])
def test_a_ticket_with_a_key_and_an_option_that_says_otherwise(run, option):
    refused = run("client", Ticket("127.0.0.1", 1, Identity.generate().public), option)
    assert refused.returncode == 2
    assert "ticket" in refused.stderr


def test_a_damaged_ticket_is_refused_in_words(run):
    refused = run("client", "asciichat://example.org?key=abc")
    assert refused.returncode == 2
    assert "copy the whole line" in refused.stderr


def test_a_server_for_everybody_says_how_it_is_reached_in_its_network_or_as_it_is_told(running, host_key):
    _, path = host_key
    own = own_address("0.0.0.0")
    server = running("0.0.0.0", "-p", free_port(), "--key", path)
    if own is None:
        server.until("--ticket-host")
    else:
        assert Ticket.parse(server.until("network join with: .*'(asciichat://.*)'").group(1)).host == own
    server = running("0.0.0.0", "-p", free_port(), "--key", path, "--ticket-host", "call.example")
    assert Ticket.parse(server.until("'(asciichat://.*)'").group(1)).host == "call.example"


def test_sighup_takes_new_settings_and_keeps_who_is_there(running, host_key, tmp_path):
    _, path = host_key
    friend, newcomer = Identity.generate(), Identity.generate()
    friends, config = tmp_path / "friends", tmp_path / "config.toml"
    friends.write_text(f"{friend.public.line}\n")
    config.write_text("max_clients = 5\n")
    port = free_port()
    server = running("127.0.0.1", "-p", port, "--key", path, "--client-keys", friends, "--config", config)
    with connect("127.0.0.1", port, identity=friend) as call:
        with pytest.raises(CallError):
            connect("127.0.0.1", port, identity=newcomer)
        friends.write_text(f"{newcomer.public.line}\n")
        config.write_text("max_clients = 7\n")
        assert "client_keys, max_clients" in server.read_again()
        with connect("127.0.0.1", port, identity=newcomer) as other:
            assert other.next_event(10) is not None
        with pytest.raises(CallError):
            connect("127.0.0.1", port, identity=friend)
        assert "nothing" in server.read_again()
        call.send_text("still here")
        assert not call.ended


def test_a_broken_configuration_changes_nothing(running, tmp_path):
    config = tmp_path / "config.toml"
    config.write_text("max_clients = 5\n")
    port = free_port()
    server = running("127.0.0.1", "-p", port, "--config", config)
    for broken in ("max_clients = [", "max_clients = 99\n", "max_client = 3\n", 'password = "short"\n'):
        config.write_text(broken)
        assert "not taken" in server.read_again()
    with connect("127.0.0.1", port) as call:
        assert call.next_event(10) is not None


def test_a_log_file_that_was_moved_away_is_begun_anew(running, tmp_path):
    path = tmp_path / "server.log"
    server = running("127.0.0.1", "-p", free_port(), "-L", path)
    path.rename(tmp_path / "server.log.1")
    server.read_again()
    server.process.send_signal(signal.SIGINT)
    assert server.process.wait(10) == 0
    assert "stopped" in path.read_text()


def test_a_log_file_on_a_full_disk_is_told_of_once_in_a_sentence(running):
    port = free_port()
    server = running("127.0.0.1", "-p", port, "-L", "/dev/full")
    with connect("127.0.0.1", port, name="Ada"):
        server.until("is called 'Ada'")
    server.process.send_signal(signal.SIGINT)
    said = server.heard + server.process.communicate(timeout=10)[1]
    assert server.process.returncode == 0
    assert said.count("Cannot write the log file /dev/full: No space left on device.\n") == 1
    assert "Traceback" not in said


def test_lines_of_a_log_file_have_the_date(running, tmp_path):
    path = tmp_path / "log"
    server = running("127.0.0.1", "-p", free_port(), "-L", path)
    server.process.send_signal(signal.SIGINT)
    assert server.process.wait(10) == 0
    lines = path.read_text().splitlines()
    assert lines
    assert all(re.match(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d INFO ", line) for line in lines)


def test_logs_as_json_have_a_line_for_each_message(running, tmp_path):
    path = tmp_path / "log"
    port = free_port()
    server = running("127.0.0.1", "-p", port, "--json", "-L", path)
    with connect("127.0.0.1", port, name="Zoë") as call:
        assert call.next_event(20) is not None
    server.process.send_signal(signal.SIGINT)
    assert server.process.wait(10) == 0
    entries = [json.loads(line) for line in path.read_text().splitlines()]
    assert any("joined" in entry["message"] for entry in entries)
    for entry in entries:
        assert entry.keys() >= {"time", "level", "message", "thread"}
        assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}\+00:00", entry["time"])
