"""What is played: a file, or something on the network. How FFmpeg is to open it, and what to call it in messages."""

from __future__ import annotations

import errno
import os
import socket
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

import av.error
from av.container import InputContainer

from .container import open_input
from .errors import MediaOpenError

SCHEMES: Final = (
    "http", "https", "rtsp", "rtsps", "rtmp", "rtmps", "rtmpt", "mms", "mmsh", "ftp", "rtp", "srt", "tcp", "udp"
)  # fmt: skip
"""Of addresses that are opened. Among FFmpeg's others are some that read this computer's files."""

_NETWORK_TIMEOUT: Final = 10.0
"""Seconds without a byte after which the network is given up."""
_RECONNECT: Final = {"reconnect": "1", "reconnect_delay_max": "4"}
"""What HTTP does about a connection that breaks off."""
_FROM_THE_NETWORK: Final = (
    "http,https,httpproxy,tls,tcp,udp,rtp,srtp,rtmp,rtmps,rtmpt,crypto,data,ftp,srt,mmsh,mmst"
)
"""What something from the network may refer to: not this computer's files."""


@dataclass(frozen=True, slots=True)
class Medium:
    """Something that can be opened, and opened again.

    Attributes
    ----------
    target
        A path, or an address.
    name
        What to call it.
    options
        For FFmpeg.
    remote
        It is on the network.
    """

    target: str
    name: str
    options: dict[str, str] = field(default_factory=dict)
    remote: bool = False

    @classmethod
    def file(cls, path: Path) -> Medium:
        """A file of this computer."""
        # An absolute path: FFmpeg would take the "name:" of a relative one for a protocol.
        return cls(str(path.expanduser().absolute()), str(path))

    @classmethod
    def address(cls, url: str, *, name: str | None = None, headers: dict[str, str] | None = None) -> Medium:
        """Something on the network.

        Parameters
        ----------
        headers
            To be sent with requests by HTTP.

        Raises
        ------
        MediaOpenError
            It is no address, or of a kind that is not opened.
        """
        try:
            parts = urlsplit(url)
            host = parts.hostname
        except ValueError:
            raise MediaOpenError(f"{url!r} is no address.") from None
        if parts.scheme == "file":
            raise MediaOpenError(f"{url} is a file of this computer: give its path with --file.")
        if parts.scheme not in SCHEMES or not host:
            raise MediaOpenError(f"{url!r} is no address that can be played: write it as https://HOST/PATH.")
        options = {"protocol_whitelist": _FROM_THE_NETWORK}
        if parts.scheme in ("http", "https"):
            options |= _RECONNECT
            lines = (f"{key}: {value}\r\n" for key, value in (headers or {}).items() if _is_line(key + value))
            if text := "".join(lines):
                options["headers"] = text
        return cls(url, name or url, options, remote=True)

    def open(self) -> InputContainer:
        """Open it.

        Raises
        ------
        MediaOpenError
            With a sentence that names it.
        """
        timeout = (_NETWORK_TIMEOUT, _NETWORK_TIMEOUT) if self.remote else None
        try:
            container = open_input(self.target, options=self.options, timeout=timeout)
        except FileNotFoundError:
            raise MediaOpenError(f"There is no file {self.name}.") from None
        except IsADirectoryError:
            raise MediaOpenError(f"{self.name} is a directory, not a media file.") from None
        except PermissionError:
            raise MediaOpenError(f"You may not read {self.name}.") from None
        except av.error.ExitError:
            raise MediaOpenError(f"{self.name} did not answer within {_NETWORK_TIMEOUT:.0f} s.") from None
        except av.error.InvalidDataError as error:
            raise NoMediumError(self._not_playable(reason(error))) from None
        except (av.error.FFmpegError, OSError, ValueError) as error:
            # Of a host that is not found FFmpeg says no more than that input and output failed.
            unknown = error.errno == errno.EIO and self._unknown_host() if isinstance(error, OSError) else ""
            raise MediaOpenError(self._not_playable(unknown or reason(error))) from None
        if container.format.name == "tty":  # FFmpeg's view of every text file
            container.close()
            raise NoMediumError(self._not_playable("it is text"))
        return container

    def _unknown_host(self) -> str:
        """That nobody knows the host, if so; "" where that is a proxy's to know."""
        host = urlsplit(self.target).hostname if self.remote else None
        if not host or "http_proxy" in os.environ:
            return ""
        try:
            socket.getaddrinfo(host, None)
        except (OSError, UnicodeError):
            return f"there is no host called {host}, or no network"
        return ""

    def _not_playable(self, why: str) -> str:
        if self.remote:
            return f"{self.name} cannot be played: {why}."
        return f"{self.name} is not a media file that can be played: {why}."


class NoMediumError(MediaOpenError):
    """What is there is no medium: text, a web page."""


def reason(error: Exception) -> str:
    """What FFmpeg says, to stand behind a colon."""
    text = getattr(error, "strerror", None) or str(error)
    return text[:1].lower() + text[1:]


def _is_line(text: str) -> bool:
    return text.isprintable()
