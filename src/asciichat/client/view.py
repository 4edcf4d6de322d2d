"""What a call is asked to look like."""

from __future__ import annotations

from dataclasses import replace

from asciichat.client.appearance import Color, Mode, Seating, appearance, view_options
from asciichat.protocol.errors import ProtocolError
from asciichat.protocol.payloads import ClientCapabilities, ViewOptions
from asciichat.protocol.settings import require_whole

MAX_CELLS = 4096
"""A terminal is so many cells wide and high at most."""


def require_size(columns: int, rows: int) -> None:
    """Raise ValueError for a terminal's size that is out of range, TypeError if it is no whole number."""
    require_whole("columns", columns, 1, MAX_CELLS)
    require_whole("rows", rows, 1, MAX_CELLS)


class View:
    """What is told to the server about the screen, and what changes of it. One thread at a time.

    Attributes
    ----------
    capabilities
        For every server.
    options
        For those of ours, beside `capabilities`.
    """

    def __init__(self, capabilities: ClientCapabilities, options: ViewOptions) -> None:
        self.capabilities = capabilities
        self.options = options

    def resize(self, columns: int, rows: int) -> None:
        """See :meth:`asciichat.Call.resize`.

        Raises
        ------
        ValueError, TypeError
            A size is out of range, or no whole number.
        """
        require_size(columns, rows)
        self.capabilities = replace(self.capabilities, width=columns, height=rows)

    def restyle(self, color: Color, mode: Mode, palette: str, *, utf8: bool) -> None:
        """See :meth:`asciichat.Call.restyle`.

        Raises
        ------
        ValueError
            A setting is out of range.
        """
        try:
            capabilities = replace(self.capabilities, **appearance(color, mode, palette, utf8=utf8))
            self.options = replace(self.options, render_mode=view_options(mode).render_mode)
        except ProtocolError as error:
            raise ValueError(str(error)) from None
        self.capabilities = capabilities

    def seat(
        self, seating: Seating, *, focus: int | None, page: int, names: bool | None, self_view: bool | None
    ) -> None:
        """See :meth:`asciichat.Call.seat`.

        Raises
        ------
        ValueError
            A setting is out of range.
        """
        before = self.options
        try:
            wanted = view_options("foreground", seating=seating, focus=focus, page=page)
        except ProtocolError as error:
            raise ValueError(str(error)) from None
        self.options = replace(
            wanted,
            render_mode=before.render_mode,
            glyphs=before.glyphs,
            dither=before.dither,
            rep=before.rep,
            names=before.names if names is None else names,
            hide_self=before.hide_self if self_view is None else not self_view,
        )
