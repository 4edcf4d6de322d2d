"""The server: listener, client manager, clients and their four threads."""

from asciichat.server.config import DEFAULT_ADDRESSES, DEFAULT_PORT, MAX_CLIENTS, ServerConfig
from asciichat.server.limits import Limits, Rate
from asciichat.server.scheduling import Scheduling
from asciichat.server.server import Server
from asciichat.server.snapshot import ClientSnapshot, ClientState

__all__ = [
    "DEFAULT_ADDRESSES",
    "DEFAULT_PORT",
    "MAX_CLIENTS",
    "ClientSnapshot",
    "ClientState",
    "Limits",
    "Rate",
    "Scheduling",
    "Server",
    "ServerConfig",
]
