"""The client: one call, from connecting to hanging up.

Its face for asyncio is in `asciichat.client.async_call`, so that who has no event loop does not load asyncio.
"""

from asciichat.client.call import Call
from asciichat.client.connect import connect
from asciichat.client.errors import CallError
from asciichat.client.events import Event, Notice, People, Person, Picture, Sound, Text
from asciichat.client.network import Network

__all__ = [
    "Call",
    "CallError",
    "Event",
    "Network",
    "Notice",
    "People",
    "Person",
    "Picture",
    "Sound",
    "Text",
    "connect",
]
