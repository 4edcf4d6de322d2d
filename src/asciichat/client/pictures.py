"""Frames from the server, as pictures to show."""

from __future__ import annotations

from asciichat._core.page import Page
from asciichat.client.events import Picture
from asciichat.protocol.errors import ProtocolError
from asciichat.protocol.payloads import AsciiFrame
from asciichat.protocol.types import AsciiFlag, ErrorCode


class Pictures:
    """Makes a picture of each frame, in the order in which they come. One thread.

    Parameters
    ----------
    checked
        Frames may hold only what changed, and their text is checked.

    Attributes
    ----------
    clear
        The screen is to be wiped before the next picture.
    """

    def __init__(self, *, checked: bool) -> None:
        self._checked = checked
        self._page = Page()
        self.clear = True

    def picture(self, frame: AsciiFrame) -> Picture:
        """The next picture.

        Raises
        ------
        ProtocolError
            The frame holds what it may not.
        """
        text, changes = frame.text, None
        if self._checked:
            try:
                if frame.flags & AsciiFlag.CHANGES:
                    if (frame.width, frame.height) != (self._page.columns, self._page.rows):
                        raise ValueError("changes of a frame of another size")
                    self._page.change(frame.text)
                    text, changes = self._page.text(), frame.text.decode()
                else:
                    self._page.set(frame.text, frame.width, frame.height)
            except ValueError as error:
                raise ProtocolError(ErrorCode.PROTOCOL, f"ASCII_FRAME: {error}") from None
        elif frame.flags & AsciiFlag.CHANGES:
            raise ProtocolError(ErrorCode.PROTOCOL, "ASCII_FRAME: changes were not agreed on")
        clear, self.clear = self.clear, False
        return Picture(
            text.decode(errors="replace"), frame.width, frame.height, clear, changes, self._checked
        )
