"""Video chat in the terminal: a server, a client, and the parts they are made of.

What is named here is imported when it is first used, so that ``import asciichat`` and ``asciichat --help`` are quick.
"""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from asciichat.client import (
        Call,
        CallError,
        Event,
        Network,
        Notice,
        People,
        Person,
        Picture,
        Sound,
        Text,
        connect,
    )
    from asciichat.client.async_call import AsyncCall, connect_async
    from asciichat.server import ClientSnapshot, Server
    from asciichat.video import compose, render

__version__ = "0.1.0"
__all__ = [
    "AsyncCall",
    "Call",
    "CallError",
    "ClientSnapshot",
    "Event",
    "Network",
    "Notice",
    "People",
    "Person",
    "Picture",
    "Server",
    "Sound",
    "Text",
    "__version__",
    "compose",
    "connect",
    "connect_async",
    "render",
]

_HOMES = {
    "AsyncCall": "asciichat.client.async_call",
    "Call": "asciichat.client",
    "CallError": "asciichat.client",
    "ClientSnapshot": "asciichat.server",
    "Event": "asciichat.client",
    "Network": "asciichat.client",
    "Notice": "asciichat.client",
    "People": "asciichat.client",
    "Person": "asciichat.client",
    "Picture": "asciichat.client",
    "Server": "asciichat.server",
    "Sound": "asciichat.client",
    "Text": "asciichat.client",
    "compose": "asciichat.video",
    "connect": "asciichat.client",
    "connect_async": "asciichat.client.async_call",
    "render": "asciichat.video",
}


def __getattr__(name: str) -> object:
    home = _HOMES.get(name)
    if home is None:
        raise AttributeError(f"module 'asciichat' has no attribute {name!r}")
    value: object = getattr(import_module(home), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted(__all__)
