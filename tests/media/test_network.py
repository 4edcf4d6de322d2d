"""Films from the network and from pages of web sites."""

from __future__ import annotations

import importlib.util
import json
import os
import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from web import Web

from asciichat.media import medium, site
from asciichat.media.errors import MediaOpenError, SiteError
from asciichat.media.file import MediaFile
from asciichat.media.medium import Medium


@pytest.fixture
def web() -> Iterator[Web]:
    with Web() as web:
        yield web


@pytest.fixture
def stand_in(tmp_path, monkeypatch):
    """A program called yt-dlp that says what it is told to, and notes how it was called."""
    program = tmp_path / "bin" / "yt-dlp"
    program.parent.mkdir()

    def say(page: object = None, *, error: str = "", code: int = 0) -> Path:
        called = tmp_path / "called"
        program.write_text(
            f"#!{sys.executable}\nimport json, sys\n"
            f"open({str(called)!r}, 'w').write(json.dumps(sys.argv[1:]))\n"
            f"print({json.dumps(page) if not isinstance(page, str) else page!r})\n"
            f"print({error!r}, file=sys.stderr)\nsys.exit({code})\n"
        )
        program.chmod(0o755)
        return called

    monkeypatch.setenv("PATH", f"{program.parent}{os.pathsep}{os.environ['PATH']}")
    return say


def test_a_film_is_played_from_its_address(web, film):
    web.pages["/film.mp4"] = ("video/mp4", film.read_bytes())
    found = site.find(web.address("/film.mp4"))
    media, local = MediaFile(found.pictures, sound=found.sound), MediaFile(film)
    assert media.timeline.duration == local.timeline.duration
    assert (media.video.read(0.0) == local.video.read(0.0)).all()
    assert media.audio is not None
    media.close()
    local.close()


def test_it_begins_and_is_sought_where_it_is_wanted(web, film, clock):
    web.pages["/film.mp4"] = ("video/mp4", film.read_bytes())
    media = MediaFile(Medium.address(web.address("/film.mp4")), start=2.0, clock=clock)
    straight = MediaFile(film, start=2.0, clock=clock)
    assert (media.video.read(clock()) == straight.video.read(clock())).all()
    assert media.seek_by(2.0) == straight.seek_by(2.0) == 4.0
    assert (media.video.read(clock()) == straight.video.read(clock())).all()
    media.close()
    straight.close()


def test_a_still_picture_is_played_from_its_address(web, tmp_path):
    picture = np.full((90, 160, 3), (200, 40, 10), np.uint8)
    from PIL import Image

    Image.fromarray(picture).save(tmp_path / "still.png")
    web.pages["/still"] = ("image/png", (tmp_path / "still.png").read_bytes())
    media = MediaFile(Medium.address(web.address("/still")))
    assert media.endless and not media.seekable
    assert (media.video.read(0.0) == picture).all()
    media.close()


@pytest.mark.parametrize(
    ("address", "message"),
    [
        ("film.mp4", "no address that can be played"),
        ("", "no address that can be played"),
        ("https://", "no address that can be played"),
        ("file:///etc/passwd", "with --file"),
        ("concat:/etc/passwd|/etc/group", "no address"),
        ("data:video/mp4;base64,AAAA", "no address"),
        ("http://[::1", "no address"),
        ("http://127.0.0.1:1/film.mp4", "cannot be played: connection refused"),
    ],
)
def test_what_is_no_medium_s_address_is_refused_in_one_sentence(address, message):
    with pytest.raises(MediaOpenError, match=message) as caught:
        site.find(address)
    assert "\n" not in str(caught.value)


def test_an_address_with_nothing_behind_it_says_so(web):
    with pytest.raises(MediaOpenError, match="cannot be played: server returned 404 Not Found"):
        site.find(web.address("/absent.mp4"))


def test_a_server_that_does_not_answer_is_given_up(web, monkeypatch):
    monkeypatch.setattr(medium, "_NETWORK_TIMEOUT", 0.5)
    web.silent.set()
    with pytest.raises(MediaOpenError, match=r"did not answer|cannot be played"):
        site.find(web.address("/film.mp4"))


def test_a_playlist_from_the_network_may_not_read_files_of_this_computer(web, film):
    web.pages["/list.m3u8"] = (
        "application/vnd.apple.mpegurl",
        b"#EXTM3U\n#EXT-X-TARGETDURATION:10\n#EXTINF:5,\nfile://"
        + str(film).encode()
        + b"\n#EXT-X-ENDLIST\n",
    )
    with pytest.raises(MediaOpenError):
        MediaFile(Medium.address(web.address("/list.m3u8")))


def test_a_page_needs_yt_dlp_and_the_sentence_says_how_to_get_it(web, monkeypatch):
    web.pages["/watch"] = ("text/html", b"<!doctype html><title>A page</title><p>words")
    monkeypatch.setattr(site, "command", lambda: None)
    with pytest.raises(SiteError, match="pip install yt-dlp"):
        site.find(web.address("/watch"))


def test_what_yt_dlp_finds_is_played_under_its_title_and_with_its_headers(web, film, stand_in):
    web.pages["/watch"] = ("text/html", b"<!doctype html><title>A page</title><p>words")
    web.pages["/real.mp4"] = ("video/mp4", film.read_bytes())
    called = stand_in(
        {"title": "A rabbit", "url": web.address("/real.mp4"), "http_headers": {"X-Asked-By": "a test"}}
    )
    found = site.find(web.address("/watch"))
    assert found.pictures == found.sound
    assert found.pictures.name == "A rabbit"
    MediaFile(found.pictures).close()
    assert any(path == "/real.mp4" and headers.get("X-Asked-By") == "a test" for path, headers in web.asked)
    arguments = json.loads(called.read_text())
    assert arguments[-2:] == ["--", web.address("/watch")]


def test_sound_may_be_elsewhere(web, talking_head, make_sound, stand_in, clock):
    web.pages["/v.mp4"] = ("video/mp4", talking_head.read_bytes())
    web.pages["/a.wav"] = ("audio/wav", make_sound().read_bytes())
    stand_in(
        {
            "title": "Two",
            "requested_formats": [
                {"url": web.address("/v.mp4"), "vcodec": "h264", "acodec": "none"},
                {"url": web.address("/a.wav"), "vcodec": "none", "acodec": "pcm"},
            ],
        }
    )
    found = site.find(web.address("/watch"), "--some-option")
    media = MediaFile(found.pictures, sound=found.sound, clock=clock)
    assert media.video.read(clock()) is not None
    assert np.abs(media.audio.read(960)).max() > 0.1
    media.close()


def test_options_go_to_yt_dlp_as_a_shell_splits_them(web, film, stand_in):
    web.pages["/real.mp4"] = ("video/mp4", film.read_bytes())
    called = stand_in({"url": web.address("/real.mp4")})
    site.find(web.address("/real.mp4"), "--cookies 'my cookies.txt' -4")
    arguments = json.loads(called.read_text())
    at = arguments.index("--cookies")
    assert arguments[at : at + 3] == ["--cookies", "my cookies.txt", "-4"]
    with pytest.raises(ValueError, match="quotation"):
        site.find(web.address("/real.mp4"), "'")


@pytest.mark.parametrize(
    ("page", "error", "code", "message"),
    [
        (None, "ERROR: this film is private\x1b[31m", 1, r"finds nothing to play on .*: this film is private\[31m\."),
        (None, "", 1, "it does not say why"),
        ("no JSON", "", 0, "cannot be understood"),
        ({"title": "nothing"}, "", 0, "cannot be understood"),
        ([], "", 0, "cannot be understood"),
        ({"url": "file:///etc/passwd"}, "", 0, "file of this computer"),
    ],
)  # fmt: skip
def test_what_goes_wrong_in_yt_dlp_is_one_sentence(stand_in, page, error, code, message):
    stand_in(page, error=error, code=code)
    with pytest.raises(MediaOpenError, match=message) as caught:
        site.find("http://127.0.0.1:1/watch", "--any")
    assert str(caught.value).isprintable()


def test_a_yt_dlp_that_hangs_is_given_up(tmp_path, monkeypatch):
    monkeypatch.setattr(site, "_TIMEOUT", 0.3)
    monkeypatch.setattr(site, "command", lambda: [sys.executable, "-c", "import time; time.sleep(60)"])
    with pytest.raises(SiteError, match="did not find anything"):
        site.find("http://127.0.0.1:1/watch", "--any")


@pytest.mark.skipif(importlib.util.find_spec("yt_dlp") is None, reason="yt-dlp is not installed")
def test_the_real_yt_dlp_finds_the_film_on_a_page(web, film):
    web.pages["/film.mp4"] = ("video/mp4", film.read_bytes())
    page = f'<!doctype html><title>Rabbit</title><video src="{web.address("/film.mp4")}"></video>'
    web.pages["/watch"] = ("text/html", page.encode())
    found = site.find(web.address("/watch"))
    media = MediaFile(found.pictures, sound=found.sound)
    assert media.video.size == (480, 270)
    media.close()
