"""``asciichat key``, and what keys are for on the command line."""

from __future__ import annotations

import os
import shutil
import signal
import ssl
import subprocess
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from asciichat import Server
from asciichat.crypto.identity import Identity, load_identity
from ports import free_port

PICTURE = ("--test-pattern", "-SD0", "-x", "20", "-y", "10")
FILE, KEY, CRYPTO, AUTHENTICATION, VERIFICATION = 105, 61, 60, 62, 64


@pytest.fixture
def hosted():
    """A server with a key of its own."""
    identity = Identity.generate("host")
    with Server(("127.0.0.1",), 0, identity=identity, password="correct horse battery staple") as server:
        yield server, identity.public, f"127.0.0.1:{server.port}"


def join(run, place: str, *arguments: str, **environ: str):
    return run(
        "client", place, *PICTURE, *arguments, ASCII_CHAT_PASSWORD="correct horse battery staple", **environ
    )


# Making and showing.


def test_a_first_key_is_made_where_it_is_looked_for_and_never_written_over(run, home):
    made = run("key", "new", "--comment", "me")
    assert made.returncode == 0
    path = Path(home["XDG_CONFIG_HOME"]) / "ascii-chat" / "id_ed25519"
    identity = load_identity(path)
    assert identity.public.fingerprint in made.stdout and identity.public.randomart in made.stdout
    assert f"{identity.public.line} me\n" in made.stdout
    assert path.stat().st_mode & 0o777 == 0o600
    again = run("key", "new")
    assert again.returncode == FILE and "never written over" in again.stderr
    assert load_identity(path).public == identity.public
    shown = run("key", "show")
    assert shown.stdout.splitlines()[0] == f"{identity.public.fingerprint} me"
    assert identity.public.randomart in shown.stdout


def test_a_key_with_a_passphrase(run, tmp_path):
    path = tmp_path / "mine"
    nobody = run("key", "new", str(path), "--passphrase")
    assert nobody.returncode == 2 and not path.exists()
    made = run("key", "new", str(path), "--passphrase", ASCII_CHAT_KEY_PASSWORD="open sesame")
    assert made.returncode == 0
    assert load_identity(path, lambda: "open sesame").public.fingerprint in made.stdout
    path.with_name("mine.pub").unlink()
    locked = run("key", "show", str(path))
    assert locked.returncode == KEY and "has a passphrase" in locked.stderr
    assert run("key", "show", str(path), ASCII_CHAT_KEY_PASSWORD="open sesame").returncode == 0


def test_a_person_is_asked_for_a_passphrase_twice(on_terminal, tmp_path):
    path = tmp_path / "mine"
    terminal = on_terminal("key", "new", str(path))
    terminal.wait_for(b"Passphrase for ")
    terminal.type(b"open sesame\n")
    terminal.wait_for(b"The same again: ")
    terminal.type(b"open sesame\n")
    assert terminal.wait() == 0
    assert b"sesame" not in terminal.output
    assert load_identity(path, lambda: "open sesame")
    terminal = on_terminal("key", "new", str(tmp_path / "other"))
    terminal.wait_for(b"Passphrase for ")
    terminal.type(b"open sesame\n")
    terminal.wait_for(b"The same again: ")
    terminal.type(b"open simsalabim\n")
    assert terminal.wait() == 2
    assert not (tmp_path / "other").exists()


def test_what_ssh_keygen_shows_is_what_is_shown(run, tmp_path):
    if shutil.which("ssh-keygen") is None:
        pytest.skip("ssh-keygen is not installed")
    assert run("key", "new", str(tmp_path / "mine"), "--no-passphrase").returncode == 0
    theirs = subprocess.run(
        ["ssh-keygen", "-lvf", str(tmp_path / "mine.pub")], capture_output=True, text=True, check=True
    ).stdout
    ours = run("key", "show", str(tmp_path / "mine.pub")).stdout
    assert theirs.split()[1] == ours.split()[0]
    assert theirs.splitlines()[1:] == ours.splitlines()[1:12]


def test_without_a_key_it_is_said_how_to_make_one(run):
    shown = run("key", "show")
    assert shown.returncode == FILE and "asciichat key new" in shown.stderr


# Who is called.


def test_without_a_terminal_a_new_server_is_never_guessed_about(run, hosted, home):
    _, public, place = hosted
    refused = join(run, place)
    assert refused.returncode == CRYPTO and public.fingerprint in refused.stderr
    assert not (Path(home["XDG_CONFIG_HOME"]) / "ascii-chat" / "known_hosts").exists()


def test_a_person_sees_fingerprint_and_picture_and_is_asked_once(on_terminal, run, hosted, home):
    _, public, place = hosted
    terminal = on_terminal(
        "client", place, *PICTURE, ASCII_CHAT_PASSWORD="correct horse battery staple", columns=100
    )
    terminal.wait_for(b"Go on, and remember it? [y/N] ")
    shown = terminal.output.decode().replace("\r\n", "\n")
    assert public.fingerprint in shown and public.randomart in shown
    terminal.type(b"y\n")
    assert terminal.wait() == 0
    known = Path(home["XDG_CONFIG_HOME"]) / "ascii-chat" / "known_hosts"
    assert known.stat().st_mode & 0o777 == 0o600
    assert known.read_text() == f"{place} x25519 {public.key.hex()} ascii-chat\n"
    assert join(run, place).returncode == 0
    assert join(run, place, "--require-server-identity").returncode == 0


@pytest.mark.parametrize("answer", [b"\n", b"yeah\n"])
def test_anything_but_a_yes_is_a_no(on_terminal, hosted, home, answer):
    _, _, place = hosted
    terminal = on_terminal("client", place, *PICTURE, ASCII_CHAT_PASSWORD="correct horse battery staple")
    terminal.wait_for(b"[y/N] ")
    terminal.type(answer)
    assert terminal.wait() == CRYPTO
    assert not (Path(home["XDG_CONFIG_HOME"]) / "ascii-chat" / "known_hosts").exists()


def test_server_keys_may_be_named_beforehand(run, hosted, tmp_path):
    _, public, place = hosted
    stranger = Identity.generate().public
    (tmp_path / "keys").write_text(f"# mine\n{stranger.line}\n{public.line}\n")
    spec = f"{stranger.key.hex()},{tmp_path / 'keys'}"
    assert join(run, place, "--server-key", spec).returncode == 0
    other = join(run, place, "--server-key", stranger.line)
    assert other.returncode == CRYPTO and "the one you named" in other.stderr


def test_a_server_that_was_another_is_never_gone_on_with_and_ends_otherwise_than_a_new_one(
    run, on_terminal, hosted, home
):
    _, public, place = hosted
    known = Path(home["XDG_CONFIG_HOME"]) / "ascii-chat" / "known_hosts"
    known.parent.mkdir(parents=True)
    known.write_text(f"{place} x25519 {Identity.generate().public.key.hex()} ascii-chat\n")
    before = known.read_text()
    for refused in (join(run, place), join(run, place, "--require-server-identity")):
        assert "IS NOT THE ONE IT WAS" in refused.stderr and public.fingerprint in refused.stderr
        assert refused.returncode == VERIFICATION
    terminal = on_terminal("client", place, *PICTURE, ASCII_CHAT_PASSWORD="correct horse battery staple")
    assert terminal.wait() == VERIFICATION
    assert b"[y/N]" not in terminal.output
    assert known.read_text() == before


def test_a_server_that_had_a_key_and_shows_none_is_another(run, home):
    with Server(("127.0.0.1",), 0, password="correct horse battery staple") as nobody:
        known = Path(home["XDG_CONFIG_HOME"]) / "ascii-chat" / "known_hosts"
        known.parent.mkdir(parents=True)
        known.write_text(
            f"127.0.0.1:{nobody.port} x25519 {Identity.generate().public.key.hex()} ascii-chat\n"
        )
        refused = join(run, f"127.0.0.1:{nobody.port}")
        assert "now it shows none" in refused.stderr
        assert refused.returncode == VERIFICATION


def test_in_strict_mode_nobody_is_asked_and_no_password_is_given_to_a_stranger(on_terminal, run, hosted):
    _, _, place = hosted
    options = ("--require-server-identity",)
    terminal = on_terminal(
        "client", place, *PICTURE, *options, ASCII_CHAT_PASSWORD="correct horse battery staple"
    )
    assert terminal.wait() == CRYPTO
    assert b"[y/N]" not in terminal.output
    with Server(("127.0.0.1",), 0, password="correct horse battery staple") as nobody:
        refused = join(run, f"127.0.0.1:{nobody.port}", *options)
        assert refused.returncode == CRYPTO and "shows no identity" in refused.stderr
    bypass = join(run, place, *options, ASCII_CHAT_INSECURE_NO_HOST_IDENTITY_CHECK="1")
    assert bypass.returncode == 2 and "contradict" in bypass.stderr


def test_turning_the_check_off_is_possible_and_never_silent(run, hosted):
    _, _, place = hosted
    result = join(run, place, ASCII_CHAT_INSECURE_NO_HOST_IDENTITY_CHECK="1")
    assert result.returncode == 0 and "nobody checks who the server is" in result.stderr


def test_published_keys_are_fetched_and_pinned(run, hosted, home, tmp_path, tls_certificate):
    _, public, place = hosted

    class Publisher(BaseHTTPRequestHandler):
        def do_GET(self):
            self.send_response(200)
            self.end_headers()
            self.wfile.write(f"ssh-rsa AAAA old\n{public.line}\n".encode())

        def log_message(self, *_):
            pass

    publisher = ThreadingHTTPServer(("127.0.0.1", 0), Publisher)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(tls_certificate)
    publisher.socket = context.wrap_socket(publisher.socket, server_side=True)
    thread = threading.Thread(target=publisher.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    spec = f"https://127.0.0.1:{publisher.server_port}/host.keys"
    try:
        first = join(run, place, "--server-key", spec, SSL_CERT_FILE=str(tls_certificate))
        assert first.returncode == 0 and "pinned" in first.stderr
    finally:
        publisher.shutdown()
        publisher.server_close()
        thread.join()
    later = join(run, place, "--server-key", spec, SSL_CERT_FILE=str(tls_certificate))
    assert later.returncode == 0 and "cannot be had" in later.stderr
    assert os.listdir(f"{home['XDG_CONFIG_HOME']}/ascii-chat/published_keys")


# Who calls.


def test_an_agent_signs_for_a_client_whose_key_is_locked(run, tmp_path):
    if shutil.which("ssh-agent") is None:
        pytest.skip("ssh-agent is not installed")
    path = tmp_path / "mine"
    run("key", "new", str(path), "--no-passphrase")
    public = load_identity(path).public
    said = subprocess.run(["ssh-agent", "-s"], capture_output=True, text=True, check=True).stdout
    agent = dict(part.split("=") for part in said.replace("\n", ";").split(";") if "=" in part)
    try:
        environ = {"SSH_AUTH_SOCK": agent["SSH_AUTH_SOCK"]}
        subprocess.run(
            ["ssh-add", "-q", str(path)], env={**os.environ, **environ}, check=True, capture_output=True
        )
        path.unlink()  # the agent alone has it now
        with Server(("127.0.0.1",), 0, identity=Identity.generate(), client_keys=(public.key,)) as server:
            place = ("client", f"127.0.0.1:{server.port}", *PICTURE, "--key", f"{path}.pub")
            environ["ASCII_CHAT_INSECURE_NO_HOST_IDENTITY_CHECK"] = "1"
            assert run(*place, **environ).returncode == 0
            del environ["SSH_AUTH_SOCK"]
            assert run(*place, **environ).returncode == KEY
    finally:
        os.kill(int(agent["SSH_AGENT_PID"]), signal.SIGTERM)


def test_no_authentication_is_agreed_on_or_refused(run):
    with Server(("127.0.0.1",), 0, authenticate=False) as server:
        assert run("client", f"127.0.0.1:{server.port}", *PICTURE, "--no-auth").returncode == 0
    with Server(("127.0.0.1",), 0) as server:
        refused = run("client", f"127.0.0.1:{server.port}", *PICTURE, "--no-auth")
        assert refused.returncode == AUTHENTICATION and "did not agree" in refused.stderr


def test_a_password_that_is_refused_is_not_advised_against_too(run):
    refused = run("server", "--password", "short")
    assert refused.stderr == (
        "asciichat: The password is too short: it takes 8 to 256 bytes. Four random words are better.\n"
    )


def test_a_weak_password_is_advised_against_and_not_repeated(start):
    process = start("server", "127.0.0.1", "-p", free_port(), "--password", "password1")
    said = ""
    while "A call is open" not in said:
        line = process.stderr.readline()
        assert line, said
        said += line
    process.send_signal(signal.SIGINT)
    assert process.wait(10) == 0
    assert "can be guessed in moments" in said and "password1" not in said
