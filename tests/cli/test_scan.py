"""``asciichat-server --announce`` and ``asciichat client --scan``: a server is found on the local network, and joined."""

from __future__ import annotations

import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest

from asciichat.crypto.identity import Identity
from local_network import HERE, THERE, LocalNetwork, local_network
from program import PROGRAM
from pseudo_terminal import Terminal

PLAYED = Path(__file__).with_name("played_announcer.py")


@pytest.fixture(scope="module")
def cable() -> Iterator[LocalNetwork]:
    """Two computers, for tests that leave nothing behind on them."""
    with local_network() as network:
        yield network


@pytest.fixture
def in_network(home, cable) -> Iterator[Callable[..., subprocess.Popen[str]]]:
    """Start a command on one of the two computers."""
    with ExitStack() as ending:

        def start(where: tuple[str, ...], *command: object) -> subprocess.Popen[str]:
            process = subprocess.Popen(
                [*where, *map(str, command)],
                env=home,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                text=True,
            )
            ending.callback(process.communicate)
            ending.callback(process.kill)
            return process

        yield start


@pytest.fixture
def announced(in_network, cable) -> Callable[..., subprocess.Popen[str]]:
    """Start an announced server, on the first computer, and wait until the network knows."""

    def announced(*arguments: object, where: tuple[str, ...] = cable.here) -> subprocess.Popen[str]:
        process = in_network(where, *PROGRAM, "server", "--announce", *arguments)
        wait_for_line(process, "announced on the local network as ")
        return process

    return announced


@pytest.fixture
def scan(home, cable) -> Callable[..., subprocess.CompletedProcess[str]]:
    """Look for servers from the second computer, into a pipe."""

    def scan(*arguments: object, **environ: str) -> subprocess.CompletedProcess[str]:
        return look(cable, {**home, **environ}, *arguments)

    return scan


@pytest.fixture
def scanning(home, cable) -> Iterator[Callable[..., Terminal]]:
    """Look for servers from the second computer, on a terminal."""
    started: list[Terminal] = []

    def start(*arguments: object) -> Terminal:
        command = [*cable.there, *PROGRAM, "client", "--scan", *map(str, arguments)]
        started.append(Terminal(command, 100, 30, **home))
        return started[-1]

    yield start
    for terminal in started:
        terminal.close()


def look(
    network: LocalNetwork, environ: dict[str, str], *arguments: object
) -> subprocess.CompletedProcess[str]:
    command = [*network.there, *PROGRAM, "client", "--scan", *map(str, arguments)]
    return subprocess.run(
        command, env=environ, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=60
    )


@contextmanager
def announcing(
    network: LocalNetwork, environ: dict[str, str], *arguments: str
) -> Iterator[subprocess.Popen[str]]:
    """A server in a network that is not `cable`."""
    server = subprocess.Popen(
        [*network.here, *PROGRAM, "server", "--announce", *arguments],
        env=environ,
        stdin=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        yield server
    finally:
        server.kill()
        server.communicate()


def wait_for_line(process: subprocess.Popen[str], text: str) -> str:
    heard = ""
    while text not in heard:
        line = process.stderr.readline()
        assert line, heard
        heard += line
    return heard


def played(in_network, cable: LocalNetwork, kind: str) -> None:
    announcer = in_network(cable.here, sys.executable, PLAYED, kind, HERE)
    assert announcer.stdout.readline() == "announced\n"


def fields(result: subprocess.CompletedProcess[str]) -> list[list[str]]:
    return sorted(line.split("\t") for line in result.stdout.splitlines())


def test_a_server_is_found_with_its_key_while_it_is_there(announced, scan, tmp_path):
    identity = Identity.generate()
    identity.save(tmp_path / "key")
    server = announced("0.0.0.0", "--key", tmp_path / "key", "--ticket-host", HERE)
    result = scan()
    assert result.returncode == 0, result.stderr
    assert [line[1:] for line in fields(result)] == [[f"{HERE}:27224", identity.public.fingerprint]]
    assert fields(result)[0][0]
    server.send_signal(signal.SIGTERM)
    assert server.wait(10) == 0
    nobody = scan("--scan-seconds", "1")
    assert nobody.returncode == 47
    assert "No server was announced on the local network in 1 s." in nobody.stderr
    assert nobody.stdout == ""


def test_two_computers_of_one_name_are_told_apart_and_each_leads_to_its_own(announced, scan, cable):
    announced("0.0.0.0", "-p", "4001")
    announced("127.0.0.1", THERE, "-p", "4002", where=cable.there)
    found = {place: name for name, place, _ in fields(scan())}
    assert found.keys() == {f"{HERE}:4001", f"{THERE}:4002"}
    assert found[f"{THERE}:4002"] == f"{found[f'{HERE}:4001']}-2"


def test_two_servers_on_one_computer_are_told_apart(announced, scan):
    announced("0.0.0.0", "-p", "4001")
    announced("0.0.0.0", "-p", "4002")
    found = {place: name for name, place, _ in fields(scan())}
    assert found.keys() == {f"{HERE}:4001", f"{HERE}:4002"}
    assert found[f"{HERE}:4002"] == f"{found[f'{HERE}:4001']}-2"


WATCH = """
import sys, threading
from zeroconf import ServiceBrowser, Zeroconf
def tell(zeroconf, service_type, name, state_change):
    print(state_change.name, name, flush=True)
with Zeroconf(interfaces=[sys.argv[1]]) as dns:
    ServiceBrowser(dns, "_ascii-chat._tcp.local.", handlers=[tell])
    print("watching", flush=True)
    sys.stdin.read()
"""


def test_others_hear_of_a_server_when_it_comes_and_when_it_goes(in_network, cable, announced):
    watcher = in_network(cable.there, sys.executable, "-c", WATCH, THERE)
    assert watcher.stdout.readline() == "watching\n"
    server = announced(HERE)
    came = watcher.stdout.readline()
    assert re.fullmatch(r"Added \S+\._ascii-chat\._tcp\.local\.\n", came)
    server.send_signal(signal.SIGTERM)
    assert server.wait(10) == 0
    gone = watcher.stdout.readline()
    while gone.startswith("Updated"):
        gone = watcher.stdout.readline()
    assert gone == came.replace("Added", "Removed")


def test_the_one_server_is_joined_with_a_word_and_its_key_is_asked_about_all_the_same(
    announced, scanning, tmp_path
):
    identity = Identity.generate()
    identity.save(tmp_path / "key")
    announced("0.0.0.0", "--key", tmp_path / "key", "--ticket-host", HERE)
    terminal = scanning("--test-pattern", "--no-audio", "--scan-seconds", "4")
    terminal.wait_for(identity.public.fingerprint.encode())
    terminal.wait_for(f"at {HERE}:27224? [Y/n]".encode())
    terminal.type(b"\n")
    # An announcement vouches for nothing: the key that the server proves is shown, and asked about.
    terminal.wait_for(f"The server {HERE}:27224 is new.".encode())
    terminal.wait_for(b"remember it? [y/N]")
    assert identity.public.fingerprint.encode() in terminal.output[terminal.output.index(b"is new.") :]
    terminal.type(b"y\n")
    terminal.wait_for(b"1 in the call")
    terminal.type(b"q")
    assert terminal.wait() == 0
    assert terminal.is_as_before()


def test_an_announced_key_that_is_not_the_servers_helps_nobody(in_network, cable, announced, scanning):
    """Somebody announces the place of a server with a key of its own: that is not what is believed."""
    announced(HERE, "-p", "1004")
    played(in_network, cable, "escapes")
    terminal = scanning("--test-pattern", "--no-audio")
    terminal.wait_for(b"honest")
    number = re.search(rb"(\d+)  honest", terminal.output)[1]
    terminal.type(number + b"\n")
    terminal.wait_for(b"shows no identity")
    terminal.type(b"n\n")
    assert terminal.wait() not in (0, 1, 2)
    assert b"in the call" not in terminal.output


def test_one_of_several_is_chosen_by_its_number_before_the_time_is_up(announced, scanning):
    announced(HERE, "-p", "4001")
    announced(HERE, "-p", "4002")
    terminal = scanning("--test-pattern", "--no-audio", "--scan-seconds", "60")
    terminal.wait_for(b":4001")
    terminal.wait_for(b":4002")
    terminal.type(b"7\n")
    terminal.wait_for(b"Type a number, 1 to 2, or q.")
    number = re.search(rb"(\d)  \S+  [\d.]+:4002", terminal.output)[1]
    terminal.type(number + b"\n")
    terminal.wait_for(f"The server {HERE}:4002 shows no identity".encode())
    terminal.type(b"y\n")
    terminal.wait_for(b"1 in the call")
    terminal.type(b"q")
    assert terminal.wait() == 0


def test_who_types_something_else_is_told_what_to_type(announced, scanning):
    announced(HERE, "-p", "4003")
    terminal = scanning()  # for longer than 1 s, the rest that an announcer has after it has spoken
    terminal.wait_for(b"? [Y/n] ")
    terminal.type(b"7\n")
    terminal.wait_for(b"Type 1, or Enter, to join it, or q to leave.")
    terminal.type(b"q\n")
    assert terminal.wait() == 0


def test_when_the_time_is_up_several_are_asked_about(in_network, cable, scanning):
    played(in_network, cable, "escapes")
    terminal = scanning("--scan-seconds", "4")
    terminal.wait_for(b"Which one? 1 to 4, or q to leave: ")
    terminal.type(b"\n")
    terminal.wait_for(b"Type a number, 1 to 4, or q.")
    terminal.type(b"6\n")
    terminal.wait_for(b"Which one? ", after=terminal.output.rindex(b"Type a number"))
    terminal.type(b"q\n")
    assert terminal.wait() == 0
    assert b"in the call" not in terminal.output


@pytest.mark.parametrize(("keys", "code"), [(b"q\n", 0), (b"\x04", 0), (b"\x03", 130)])
@pytest.mark.parametrize("moment", ["while it looks", "when it asks"])
def test_who_leaves_leaves_at_once_and_in_silence(in_network, cable, scanning, keys, code, moment):
    played(in_network, cable, "escapes")
    terminal = scanning("--scan-seconds", "60" if moment == "while it looks" else "4")
    if moment == "while it looks":
        terminal.wait_for(b"  4  ")
        terminal.wait_for(b"\n", after=terminal.output.index(b"  4  "))
    else:
        terminal.wait_for(b"q to leave: ")
    before = len(terminal.output)
    terminal.type(keys)
    assert terminal.wait() == code  # long before the time is up, or it would ask for ever
    assert terminal.output[before:].strip() in (b"q", b"^D\x08\x08", b"^C", b"")
    assert terminal.is_as_before()


def test_no_escape_sequence_of_an_announcement_reaches_a_terminal(in_network, cable, scanning):
    played(in_network, cable, "escapes")
    terminal = scanning("--scan-seconds", "3")
    terminal.wait_for(b"q to leave: ")
    assert b"\x1b" not in terminal.output and b"\x07" not in terminal.output
    assert b"\x9b" not in terminal.output and "\u202e".encode() not in terminal.output
    assert f"honest  {HERE}:1004  SHA256:".encode() in terminal.output
    terminal.type(b"q\n")
    assert terminal.wait() == 0


def test_a_name_that_the_output_cannot_hold_is_printed_as_far_as_it_goes(in_network, cable, scan):
    played(in_network, cable, "escapes")
    result = scan(PYTHONIOENCODING="ascii")
    assert result.returncode == 0, result.stderr
    assert ["K?che", f"{HERE}:1005"] in [line[:2] for line in fields(result)]


def test_where_there_is_ipv6_alone_a_server_is_found_too(home):
    with local_network() as network:
        for computer, address in ((network.here, "fd00:213::1"), (network.there, "fd00:213::2")):
            subprocess.run([*computer, "ip", "-4", "address", "flush", "dev", "lan0"], check=True)
            subprocess.run(
                [*computer, "ip", "address", "add", f"{address}/64", "dev", "lan0", "nodad"], check=True
            )
            asked = [*computer, "ip", "-6", "address", "show", "dev", "lan0", "tentative"]
            while subprocess.run(asked, capture_output=True, check=True).stdout:
                time.sleep(0.05)  # the kernel makes sure of its link-local address
        with announcing(network, home, "::") as server:
            wait_for_line(server, "announced on the local network as ")
            assert [place for _, place, _ in fields(look(network, home))] == ["[fd00:213::1]:27224"]


def test_what_leads_nowhere_is_left_out_and_malformed_properties_are_no_key(in_network, cable, scan):
    played(in_network, cable, "nonsense")
    result = scan("--scan-seconds", "4")
    assert result.returncode == 0, result.stderr
    assert result.stderr == ""
    found = {name: (place, key) for name, place, key in fields(result)}
    assert found.pop("honest")[1].startswith("SHA256:")
    assert {name: place for name, (place, _) in found.items()} == {
        "huge": f"{HERE}:2003",
        "short key": f"{HERE}:2004",
        "no properties": f"{HERE}:2005",
        "broken properties": f"{HERE}:2006",
    }
    assert {key for _, key in found.values()} == {"no key"}


def test_of_a_thousand_servers_some_are_listed_and_the_program_lives(in_network, cable, scan):
    played(in_network, cable, "flood")
    result = scan()
    assert result.returncode == 0, result.stderr
    assert len(fields(result)) == 64
    assert all(name.startswith("server ") for name, *_ in fields(result))


def test_who_reads_the_list_may_have_enough(in_network, cable):
    played(in_network, cable, "flood")
    looking = in_network(cable.there, *PROGRAM, "client", "--scan")
    assert looking.stdout.readline().startswith("server ")
    looking.stdout.close()
    looking.stdout = None
    assert looking.wait(30) == 0
    assert looking.stderr.read() == ""


def test_without_a_network_the_server_says_so_and_holds_its_call_and_is_announced_when_there_is_one(home):
    with local_network() as network:
        network.cut()
        with announcing(network, home, "0.0.0.0") as server:
            wait_for_line(
                server, "WARN    This server is not announced on the local network. There is no network"
            )
            joined = subprocess.run(
                [*network.here, *PROGRAM, "client", "--test-pattern", "-SD0", "-x", "20", "-y", "10"],
                env=home,
                stdin=subprocess.DEVNULL,
                capture_output=True,
                text=True,
            )
            assert joined.returncode == 0, joined.stderr
            looked = look(network, home)
            assert looked.returncode == 40
            assert "There is no network here" in looked.stderr
            network.plug_in()
            wait_for_line(server, "announced on the local network as ")
            assert [place for _, place, _ in fields(look(network, home))] == [f"{HERE}:27224"]
            server.send_signal(signal.SIGINT)
            assert server.wait(10) == 0


@pytest.mark.parametrize("addresses", [(), ("127.0.0.1",), ("localhost",)])
def test_a_server_for_this_computer_only_is_not_announced(run, addresses):
    result = run("server", "--announce", *addresses)
    assert result.returncode == 2
    assert "listen on an address of the network, or on all with 0.0.0.0." in result.stderr


def test_a_server_is_named_or_looked_for_but_not_both(run):
    result = run("client", "--scan", "localhost")
    assert result.returncode == 2
    assert "--scan looks for servers" in result.stderr


@pytest.mark.parametrize("command", [("client", "--scan"), ("server", "--announce", "0.0.0.0")])
def test_without_the_extra_it_is_named(home, command):
    script = "import sys; sys.modules['zeroconf'] = None; from asciichat.cli import main; sys.exit(main(sys.argv[1:]))"
    result = subprocess.run(
        [sys.executable, "-c", script, *command], env=home, capture_output=True, text=True
    )
    assert result.returncode == 2
    assert "needs zeroconf: install it with `pip install asciichat[lan]`." in result.stderr
