"""Media on web sites: yt-dlp, if it is installed, finds the address of the film on a page."""

from __future__ import annotations

import importlib.util
import json
import shlex
import shutil
import subprocess
import sys
from typing import Any, Final, NamedTuple

from .errors import SiteError
from .medium import Medium, NoMediumError

_TIMEOUT: Final = 60.0
"""Seconds yt-dlp may take: some sites make it wait."""
_FORMAT: Final = "b[height<=480]/bv*[height<=480]+ba/b/bv*+ba/bv*/ba"
"""The best that is no larger than a call shows, with its sound in the same file or beside it."""
_INSTALL: Final = "pip install yt-dlp"


class Found(NamedTuple):
    """What is to be played; the sound may come from another place."""

    pictures: Medium
    sound: Medium


def find(url: str, options: str = "") -> Found:
    """What an address stands for: the medium itself, or the one that yt-dlp finds on the page.

    Parameters
    ----------
    url
        What FFmpeg can open, or a page of a site that yt-dlp knows.
    options
        More options for yt-dlp, as in a shell; with any, yt-dlp is asked first.

    Raises
    ------
    MediaOpenError
        It cannot be played; SiteError: yt-dlp is missing, or found nothing.
    ValueError
        The options cannot be split, as with a quote that does not end.
    """
    medium = Medium.address(url)
    more = shlex.split(options)
    if not more:
        try:
            medium.open().close()
        except NoMediumError:
            if not url.startswith(("http://", "https://")):
                raise
        else:
            return Found(medium, medium)
    return _ask(url, more)


def command() -> list[str] | None:
    """How yt-dlp is called; None where it is not installed."""
    if (program := shutil.which("yt-dlp")) is not None:
        return [program]
    if importlib.util.find_spec("yt_dlp") is not None:
        return [sys.executable, "-m", "yt_dlp"]
    return None


def _ask(url: str, options: list[str]) -> Found:
    program = command()
    if program is None:
        raise SiteError(
            f"{url} is no media file but a page; to play what is on it, install yt-dlp: {_INSTALL}"
        )
    arguments = ["--no-playlist", "--no-warnings", "--format", _FORMAT, *options, "--dump-json", "--", url]
    try:
        done = subprocess.run(
            [*program, *arguments], stdin=subprocess.DEVNULL, capture_output=True, timeout=_TIMEOUT
        )
    except subprocess.TimeoutExpired:
        raise SiteError(f"yt-dlp did not find anything on {url} within {_TIMEOUT:.0f} s.") from None
    except OSError as error:
        raise SiteError(f"yt-dlp cannot be run: {error.strerror}.") from None
    if done.returncode != 0:
        raise SiteError(f"yt-dlp finds nothing to play on {url}: {_last_words(done.stderr)}")
    try:
        return _found(json.loads(done.stdout.splitlines()[0]), url)
    except (ValueError, IndexError, KeyError, TypeError, AttributeError):
        raise SiteError(f"What yt-dlp says about {url} cannot be understood; is it up to date?") from None


def _found(page: dict[str, Any], url: str) -> Found:
    title = page.get("title")
    name = title if isinstance(title, str) and title.isprintable() and title else url
    parts = page.get("requested_formats") or [page]
    media = [Medium.address(part["url"], name=name, headers=part.get("http_headers")) for part in parts]
    with_pictures = [m for m, part in zip(media, parts, strict=True) if part.get("vcodec") != "none"]
    with_sound = [m for m, part in zip(media, parts, strict=True) if part.get("acodec") != "none"]
    pictures = (with_pictures or media)[0]
    return Found(pictures, (with_sound or [pictures])[0])


def _last_words(stderr: bytes) -> str:
    lines = [line for line in stderr.decode(errors="replace").splitlines() if line.strip()]
    words = lines[-1].removeprefix("ERROR: ") if lines else "it does not say why"
    words = "".join(char for char in words if char.isprintable())[:300]
    return words if words.endswith(".") else f"{words}."
