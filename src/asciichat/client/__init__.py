"""The client: one call, from connecting to hanging up."""

from asciichat.client.call import Call
from asciichat.client.connect import connect
from asciichat.client.errors import CallError
from asciichat.client.events import Event, Notice, Picture, Sound

__all__ = ["Call", "CallError", "Event", "Notice", "Picture", "Sound", "connect"]
