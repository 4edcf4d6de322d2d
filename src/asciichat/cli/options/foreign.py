"""What can be said to the native program and not to this one: who comes from there is told why, or what to say instead."""

from __future__ import annotations

from typing import Final

NO_DISCOVERY: Final = (
    "there is no discovery service: a server prints a ticket, which is given to those who are to join"
)
_NO_WEBRTC: Final = "calls go to a server, over TCP"
_DEBUGGING: Final = "it helps to debug the native program"
_LOG_FORMS: Final = "messages have one form for people and one for programs, --json"
_NO_NEWS: Final = "nobody is called but the server you name; pip list --outdated knows of newer versions"
_OPUS: Final = "sound is always sent as Opus"
_ROUTERS: Final = "routers are not asked to let others in; have yours forward the server's port"
_PAYS: Final = "pictures are compressed where that makes them smaller and the other side can read them"

_NOT_HERE: Final = {
    "--audio-analysis": "sound is measured by the project's tests and benchmarks, not in calls",
    "--backtrace": _DEBUGGING,
    "--check-update": _NO_NEWS,
    "--color-scheme": "messages have no colours",
    "--compress": _PAYS,
    "--compression-level": _PAYS,
    "--database": NO_DISCOVERY,
    "--encode-audio": _OPUS,
    "--fps-counter": "the screen is left to the pictures",
    "--keepawake": "when a computer sleeps is its own affair; systemd-inhibit or caffeinate keep it awake",
    "--log-format-console": _LOG_FORMS,
    "--log-template": _LOG_FORMS,
    "--mdns-advertise": "a server is never announced on the local network unasked; --announce asks for it",
    "--memory-report": _DEBUGGING,
    "--port-forwarding": _ROUTERS,
    "--splash-screen": "the title goes by itself when there is a picture",
    "--sync-state": _DEBUGGING,
    "--upnp": _ROUTERS,
}
"""What an option is not done here for. That of --X is that of --no-X too."""
_FAMILIES: Final = {
    "--acds": NO_DISCOVERY,
    "--discovery": NO_DISCOVERY,
    "--stun-": _NO_WEBRTC,
    "--turn-": _NO_WEBRTC,
    "--webrtc": _NO_WEBRTC,
    "--prefer-webrtc": _NO_WEBRTC,
    "--websocket-": "servers listen for TCP, and for nothing else",
}
"""The same, for options that begin so."""
_OTHERWISE: Final = {
    "-F": "--key",
    "-r": "--reconnect-attempts",
    "--completions": "asciichat completions",
    "--grep": "--json or --log-file, and grep",
    "--keyfile": "--key",
    "--man-page-create": "asciichat man",
    "--no-audio-playback": "--speakers-volume 0",
    "--reconnect": "--reconnect-attempts",
    "--require-client-identity": "--client-keys",
    "--strip-ansi": "--color false",
    "--webcam-flip": "--flip-x",
}
"""What says the same here."""


def why_not(option: str) -> str | None:
    """Why an option of the native program is not done here, or what to say instead, in a sentence; None for one it does
    not have either.

    Parameters
    ----------
    option
        As it was written: ``--webrtc``, ``--no-webrtc``, ``--webrtc=true``.
    """
    name = option.partition("=")[0]
    plain = f"--{name[5:]}" if name.startswith("--no-") else name
    for each in (name, plain):
        if each in _OTHERWISE:
            return f"{each} is said otherwise here: {_OTHERWISE[each]}."
    reason = _NOT_HERE.get(plain)
    if reason is None:
        reason = next((why for begin, why in _FAMILIES.items() if plain.startswith(begin)), None)
    return reason and f"{name} is not done here, because {reason}."
