"""Options and commands there are none of: told with the nearest name, or why the native program's is not done here."""

from __future__ import annotations

import pytest

from asciichat.cli.commands import CONFIGURABLE
from asciichat.cli.options.foreign import why_not
from asciichat.cli.options.registry import options_of

NOT_DONE = {
    "--check-update": "nobody is called",
    "--no-check-update": "nobody is called",
    "--splash-screen": "the title goes by itself",
    "--keepawake": "systemd-inhibit",
    "--no-keepawake": "systemd-inhibit",
    "--grep": "--json or --log-file, and grep",
    "--color-scheme": "no colours",
    "--log-template": "--json",
    "--log-format-console": "--json",
    "--completions": "asciichat completions",
    "--man-page-create": "asciichat man",
    "--strip-ansi": "--color false",
    "--fps-counter": "left to the pictures",
    "--audio-analysis": "benchmarks",
    "--no-audio-playback": "--speakers-volume 0",
    "--encode-audio": "Opus",
    "--no-encode-audio": "Opus",
    "--websocket-port": "TCP",
    "--websocket-tls-cert": "TCP",
    "--websocket-tls-key": "TCP",
    "--websocket-tls-key-password": "TCP",
    "--port-forwarding": "forward the server's port",
    "--compression-level": "compressed where",
    "--no-compress": "compressed where",
    "--discovery": "ticket",
    "--discovery-service": "ticket",
    "--discovery-service-port": "ticket",
    "--discovery-service-url": "ticket",
    "--discovery-service-key": "ticket",
    "--discovery-expose-ip": "ticket",
    "--discovery-insecure": "ticket",
    "--webrtc": "over TCP",
    "--no-webrtc": "over TCP",
    "--prefer-webrtc": "over TCP",
    "--webrtc-skip-stun": "over TCP",
    "--webrtc-disable-turn": "over TCP",
    "--webrtc-skip-host": "over TCP",
    "--webrtc-ice-timeout": "over TCP",
    "--webrtc-reconnect-attempts": "over TCP",
    "--stun-servers": "over TCP",
    "--turn-servers": "over TCP",
    "--turn-username": "over TCP",
    "--turn-credential": "over TCP",
    "--turn-secret": "over TCP",
    "--require-client-identity": "--client-keys",
    "--database": "ticket",
    "--sync-state": "debug",
    "--backtrace": "debug",
    "--memory-report": "debug",
    # of its version 0.7
    "--webcam-flip": "--flip-x",
    "--reconnect": "--reconnect-attempts",
    "-r": "--reconnect-attempts",
    "--keyfile": "--key",
    "-F": "--key",
    "--acds": "ticket",
    "--upnp": "forward the server's port",
    "--no-mdns-advertise": "never announced",
}


@pytest.mark.parametrize("option", NOT_DONE)
def test_an_option_of_the_native_program_that_is_not_done_is_told_why_or_what_to_say_instead(option):
    sentence = why_not(option)
    assert sentence is not None
    assert sentence.startswith((f"{option} is not done here, because ", f"{option} is said otherwise here: "))
    assert NOT_DONE[option] in sentence
    assert sentence.endswith(".")


@pytest.mark.parametrize("command", CONFIGURABLE)
def test_none_of_our_own_options_is_said_not_to_be_done(command):
    for option in options_of(command):
        assert not any(map(why_not, option.names)), option.names


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (
            ["client", "--no-webrtc"],
            "client: --no-webrtc is not done here, because calls go to a server, over TCP.",
        ),
        (
            ["server", "--websocket-port=27226"],
            "--websocket-port is not done here, because servers listen for TCP",
        ),
        (["--grep", "/x/", "client"], "--grep is said otherwise here"),
        (["--webrtc", "client"], "asciichat client: --webrtc is not done here"),
        (["discovery-service"], "there is no discovery service"),
        (["swift-river-mountain"], "there is no discovery service: a server prints a ticket"),
        (["mirror", "--port", "3"], "--port is an option of asciichat server and asciichat client."),
        (["client", "--max-clients=3"], "--max-clients is an option of asciichat server."),
        (["server", "-x", "80"], "-x is an option of asciichat client, asciichat mirror and asciichat demo."),
        (["--json"], "--json is an option of asciichat server"),
        (["client", "--paswword", "long enough"], "Unknown option: --paswword. Did you mean --password?"),
        (["client", "--colour-mode", "256"], "Unknown option: --colour-mode. Did you mean --color-mode?"),
        (["clinet"], 'Unknown command "clinet". Did you mean "client"?'),
        (["key", "nwe"], 'Did you mean "new"?'),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else None,
)
def test_a_mistake_is_told_with_what_helps_and_ends_with_2(run, words, sentence):
    result = run(*words)
    assert sentence in result.stderr
    assert result.stderr.splitlines()[-1].startswith("Try: asciichat")
    assert (result.stdout, result.returncode) == ("", 2)


@pytest.mark.parametrize(
    ("key", "sentence"),
    [
        ("webrtc", "there is no option webrtc. --webrtc is not done here, because"),
        ("websocket_port", "there is no option websocket_port. --websocket-port is not done here, because"),
        ("strip-ansi", "there is no option strip-ansi. --strip-ansi is said otherwise here: --color false."),
        ("paswword", "there is no option paswword. Did you mean password?"),
        ("colour_mode", "there is no option colour_mode. Did you mean color_mode?"),
    ],
)
def test_the_configuration_file_is_answered_alike_and_ends_with_4(run, tmp_path, key, sentence):
    file = tmp_path / "mine.toml"
    file.write_text(f"{key} = 1\n")
    result = run("client", "--config", file)
    assert sentence in result.stderr
    assert result.returncode == 4


@pytest.mark.parametrize(
    "words",
    [["--log-level", "debug", "mirror"], ["-V", "--json", "mirror"], ["--log-file=/dev/null", "mirror"]],
)
def test_options_may_stand_before_the_command_as_in_the_native_program(run, words):
    result = run(*words, "--test-pattern", "-S", "-D", 0, "-x", 40, "-y", 12)
    assert result.returncode == 0, result.stderr
    assert len(result.stdout.splitlines()) == 12


def test_a_file_that_bears_the_name_of_a_command_is_not_taken_for_one(run):
    result = run("--log-file", "server", "mirror", "--fps", "0")
    assert "asciichat mirror: Invalid value" in result.stderr


@pytest.mark.parametrize("name", ["PASWORD", "PASSWORT", "NO_ATUH", "CLIENT_KEY"])
def test_a_server_is_not_open_to_everybody_for_a_slip_in_the_environment(run, name):
    result = run("server", "--port", "0", **{f"ASCII_CHAT_{name}": "correct horse"})
    assert f"ASCII_CHAT_{name} in the environment is no option. Did you mean ASCII_CHAT_" in result.stderr
    assert "open on" not in result.stderr
    assert result.returncode == 2


@pytest.mark.parametrize(
    "name",
    ["WEBRTC", "DISCOVERY_SERVER", "KEY_PASSWORD", "FPS_COUNTER", "MAX_CLIENTS", "SOMETHING", "PASSWORD"],
)
def test_what_native_programs_and_other_commands_read_in_the_environment_is_passed_over(run, name):
    result = run("mirror", "--test-pattern", "-S", "-D", 0, **{f"ASCII_CHAT_{name}": "correct horse"})
    assert result.returncode == 0, result.stderr
