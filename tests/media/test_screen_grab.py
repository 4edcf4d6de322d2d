"""The screen as a source, on an X server of the test's own."""

from __future__ import annotations

import itertools
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator

import av
import pytest

from asciichat.media.errors import MediaOpenError
from asciichat.media.screen import open_screen


@pytest.fixture
def white_screen() -> Iterator[str]:
    """The name of a display of 640 x 480, all white."""
    if shutil.which("Xvfb") is None:
        pytest.skip("Xvfb is not installed")
    if not any("x11grab" in name for name in av.formats_available):
        pytest.skip("this FFmpeg cannot look at X11 screens")
    out, into = os.pipe()
    server = subprocess.Popen(
        [
            "Xvfb",
            "-displayfd",
            str(into),
            "-wr",
            "-noreset",
            "-nolisten",
            "tcp",
            "-screen",
            "0",
            "640x480x24",
        ],
        pass_fds=[into],
        stderr=subprocess.DEVNULL,
    )
    os.close(into)
    with os.fdopen(out) as numbers:
        number = numbers.readline().strip()  # it is written when the display can be opened
    if not number:
        server.wait()
        pytest.skip("Xvfb does not run here")
    yield f":{number}"
    server.terminate()
    server.wait()


def test_what_is_on_the_screen_is_seen(white_screen):
    screen = open_screen({"DISPLAY": white_screen})
    assert screen.size == (360, 270)
    for picture in itertools.islice(screen, 3):
        assert picture.mean() > 250
    screen.close()


def test_a_screen_that_goes_away_is_noticed_and_its_end_is_no_end_of_the_program(white_screen):
    screen = open_screen({"DISPLAY": white_screen})
    assert screen.lost is None
    screen.close()


@pytest.mark.skipif(sys.platform == "darwin", reason="macOS has another kind of screen")
@pytest.mark.parametrize(
    ("environ", "message"),
    [
        ({}, "DISPLAY is not set"),
        ({"WAYLAND_DISPLAY": "wayland-0", "DISPLAY": ":0"}, "On Wayland no program may look at the screen"),
        ({"XDG_SESSION_TYPE": "wayland"}, "On Wayland"),
        ({"DISPLAY": ":4711"}, "The screen :4711 cannot be shown"),
    ],
)
def test_without_a_screen_there_is_one_clear_sentence(environ, message):
    with pytest.raises(MediaOpenError, match=message):
        open_screen(environ)
