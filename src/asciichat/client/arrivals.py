"""From what the server sends to what a call gives out."""

from __future__ import annotations

import logging
from collections.abc import Callable

from asciichat._core.peer import Packet
from asciichat.client.company import Company, text_event
from asciichat.client.errors import CallError
from asciichat.client.events import Inbox, Notice, People
from asciichat.client.pictures import Pictures
from asciichat.protocol.errors import ProtocolError
from asciichat.protocol.payloads import (
    AsciiFrame,
    ErrorMessage,
    PictureSize,
    Presence,
    RemoteLog,
    ServerState,
    Speaking,
    TextLine,
)
from asciichat.protocol.text import line_of_text
from asciichat.protocol.types import ErrorCode, Feature, PacketType

_LONGEST = 512
"""Bytes of a notice or an error that are shown."""


class Arrivals:
    """Puts what packets mean into an inbox. One thread; `company` may be looked at by any.

    Parameters
    ----------
    features
        What was agreed on.
    inbox
        Takes the events.
    shown
        Called with the largest width and height at which our own picture is shown, in pixels.
    """

    def __init__(self, features: Feature, inbox: Inbox, shown: Callable[[int, int], None]) -> None:
        self.company = Company()
        self._features = features
        self._inbox = inbox
        self._shown = shown
        self._pictures = Pictures(checked=Feature.CHANGED_CELLS in features)

    def take(self, packet: Packet) -> None:
        """Take in a packet.

        Raises
        ------
        ChecksumError
            A picture was damaged: what changes follow is of no use before a whole one.
        ProtocolError
            The server broke the protocol.
        CallError
            The server says why it ends the call.
        """
        kind, payload = packet.type, packet.payload
        if kind == PacketType.ASCII_FRAME:
            self._inbox.put(self._pictures.picture(AsciiFrame.decode(payload)))
        elif kind == PacketType.CLEAR_CONSOLE:
            self._pictures.clear = True
        elif kind == PacketType.SERVER_STATE:
            state = ServerState.decode(payload)
            self._inbox.put(Notice(logging.DEBUG, f"{state.connected} in the call"))
        elif kind == PacketType.REMOTE_LOG:
            line = RemoteLog.decode(payload)
            self._inbox.put(Notice(10 * max(1, int(line.level)), line_of_text(line.message, _LONGEST)))
        elif kind == PacketType.ERROR_MESSAGE:
            error = ErrorMessage.decode(payload)
            words = line_of_text(error.message, _LONGEST)
            raise CallError(f"the server says: {words}", error.code, retry=False)
        elif kind in (PacketType.PRESENCE, PacketType.SPEAKING):
            self._agreed(Feature.PRESENCE)
            told = Presence.decode(payload) if kind == PacketType.PRESENCE else Speaking.decode(payload)
            if self.company.hear(told):
                self._inbox.put(People(self.company.people))
        elif kind == PacketType.TEXT:
            self._agreed(Feature.TEXT)
            if (text := text_event(TextLine.decode(payload))) is not None:
                self._inbox.put(text)
        elif kind == PacketType.PICTURE_SIZE:
            self._agreed(Feature.PICTURE_SIZE)
            size = PictureSize.decode(payload)
            self._shown(size.width, size.height)
        # Anything else (an attempt to rekey) changes nothing.

    def _agreed(self, feature: Feature) -> None:
        if feature not in self._features:
            raise ProtocolError(ErrorCode.UNKNOWN_PACKET, f"{feature.name} was not agreed on")
