"""The options of the native program keep their names, short forms, ranges and defaults."""

from __future__ import annotations

import pytest

from asciichat.cli.app import build
from asciichat.cli.options.shared import (
    DEFAULT_PORT,
    DEFAULT_SNAPSHOT_DELAY,
    PictureOptions,
    SoundOptions,
    SourceOptions,
)
from asciichat.client import connect as client_connect
from asciichat.client.connect import DEFAULT_PORT as CLIENT_PORT
from asciichat.server import DEFAULT_PORT as SERVER_PORT

# What the native program's help says: option, short form, where we have it.
NATIVE = [
    ("--width", "-x", "client mirror"),
    ("--height", "-y", "client mirror"),
    ("--color-mode", "", "client mirror"),
    ("--render-mode", "-M", "client mirror"),
    ("--palette", "-P", "client mirror"),
    ("--palette-chars", "-C", "client mirror"),
    ("--stretch", "", "client mirror"),
    ("--fps", "", "client mirror"),
    ("--snapshot", "-S", "client mirror"),
    ("--snapshot-delay", "-D", "client mirror"),
    ("--flip-x", "", "client mirror"),
    ("--flip-y", "", "client mirror"),
    ("--webcam-index", "-c", "client mirror"),
    ("--test-pattern", "", "client mirror"),
    ("--file", "-f", "client mirror"),
    ("--url", "-u", "client mirror"),
    ("--yt-dlp-options", "", "client mirror"),
    ("--pause", "", "client mirror"),
    ("--seek", "-s", "client mirror"),
    ("--list-webcams", "", "client mirror"),
    ("--video-codec", "", "client"),
    ("--loop", "-l", "client mirror"),
    ("--audio", "-A", "client mirror"),
    ("--microphone-index", "", "client"),
    ("--speakers-index", "", "client"),
    ("--microphone-volume", "", "client"),
    ("--ivolume", "", "client"),
    ("--speakers-volume", "", "client"),
    ("--volume", "", "client"),
    ("--audio-source", "", "client"),
    ("--list-microphones", "", "client"),
    ("--list-speakers", "", "client"),
    ("--no-audio-mixer", "", "server"),
    ("--status-screen", "", "server"),
    ("--no-status-screen", "", "server"),
    ("--port", "-p", "client server"),
    ("--max-clients", "", "server"),
    ("--reconnect-attempts", "", "client"),
    ("--encrypt", "-E", "client server"),
    ("--no-encrypt", "", "client server"),
    ("--key", "-K", "client server"),
    ("--password", "", "client server"),
    ("--no-auth", "", "client server"),
    ("--server-key", "", "client"),
    ("--client-keys", "", "server"),
    ("--log-file", "-L", "client mirror server"),
    ("--log-level", "", "client mirror server"),
    ("--verbose", "-V", "client mirror server"),
    ("--quiet", "-q", "client mirror server"),
    ("--help", "-h", "client mirror server"),
]


@pytest.mark.parametrize("command", ["client", "mirror", "server"])
def test_names_and_short_forms_are_those_of_the_native_program(run, command):
    # Wide enough that no name is broken.
    words = run(command, "--help", COLUMNS="200").stdout.replace("(", " ").replace(")", " ").split()
    if "--version" in words:
        assert "-v" in words
    for option, short, commands in NATIVE:
        if command not in commands.split() or option == "--help":
            continue
        assert option in words, option
        if short:
            assert words[words.index(option) + 1] == short


def test_defaults_are_those_of_the_native_program():
    picture, source = PictureOptions(), SourceOptions()
    assert (picture.fps, picture.render_mode, picture.palette, picture.stretch) == (
        60,
        "foreground",
        "standard",
        False,
    )
    assert (picture.color_mode, picture.color, picture.utf8) == ("auto", "auto", "auto")
    assert (source.loop, source.test_pattern, source.flip_x, source.flip_y) == (False, False, False, False)
    assert DEFAULT_SNAPSHOT_DELAY == 3.0
    sound = SoundOptions()
    assert (sound.microphone_index, sound.speakers_index, sound.audio_source) == (-1, -1, "auto")
    assert (sound.microphone_volume, sound.speakers_volume) == (1.0, 1.0)


def test_the_port_is_the_same_everywhere():
    assert DEFAULT_PORT == CLIENT_PORT == SERVER_PORT == 27224
    assert client_connect.__kwdefaults__["fps"] == PictureOptions().fps


@pytest.mark.parametrize(
    ("command", "level"), [("server", "info"), ("client", "warn"), ("mirror", "warn"), ("demo", "warn")]
)
@pytest.mark.parametrize("words", [[], ["--json"], ["--quiet"], ["--log-file", "/dev/null"]], ids=" ".join)
def test_what_else_is_said_of_logs_does_not_change_how_much_a_command_tells(command, level, words):
    _, bound, _ = build("asciichat").parse_args([command, *words], exit_on_error=False, print_error=False)
    bound.apply_defaults()
    assert bound.arguments["log"].log_level == level
