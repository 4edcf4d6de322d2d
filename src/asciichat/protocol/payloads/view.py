"""VIEW_OPTIONS: what a viewer wants beyond what CLIENT_CAPABILITIES can say. Between asciichat peers only."""

from __future__ import annotations

from dataclasses import dataclass
from struct import Struct
from typing import Self

from asciichat.protocol.payloads.base import Payload, enum_member, invalid, require_length, require_range
from asciichat.protocol.types import Arrangement, PacketType, RenderMode

_LAYOUT = Struct(">BBBBBBxx")
_DITHER, _REPEAT, _NAMES, _HIDE_SELF = 1, 2, 4, 8
_FLAGS = _DITHER | _REPEAT | _NAMES | _HIDE_SELF
_SPEAKER = 255
MAX_SLOT = 31


@dataclass(frozen=True, slots=True, kw_only=True)
class ViewOptions(Payload):
    """How a viewer wants the call drawn and arranged; it may be sent again at any time.

    Parameters
    ----------
    render_mode
        Takes the place of the one in CLIENT_CAPABILITIES.
    glyphs : int
        The sets of glyphs the terminal has, as bits: 1 quadrants, 2 braille, 4 sextants, 8 octants.
    dither : bool
        With 16 or 256 colours: mix them in a pattern.
    rep : bool
        The terminal understands REP (CSI n b).
    names : bool
        Names in the cells, and a mark at who speaks.
    hide_self : bool
        Leave the viewer's own picture out.
    arrangement
        Grid, focus or pages; AUTO chooses by the size of the screen.
    focus : int or None
        With FOCUS: the slot to show large, 0 to 31; None: who speaks.
    page : int
        With PAGES: which one, from 0; beyond the last it begins anew.
    """

    TYPE = PacketType.VIEW_OPTIONS

    render_mode: RenderMode = RenderMode.FOREGROUND
    glyphs: int = 0
    dither: bool = False
    rep: bool = False
    names: bool = False
    hide_self: bool = False
    arrangement: Arrangement = Arrangement.AUTO
    focus: int | None = None
    page: int = 0

    def __post_init__(self) -> None:
        require_range(self.TYPE, "sets of glyphs", self.glyphs, 0, 15)
        require_range(self.TYPE, "focus", self.focus or 0, 0, MAX_SLOT)
        require_range(self.TYPE, "page", self.page, 0, 255)

    def encode(self) -> bytes:
        flags = (
            (_DITHER if self.dither else 0)
            | (_REPEAT if self.rep else 0)
            | (_NAMES if self.names else 0)
            | (_HIDE_SELF if self.hide_self else 0)
        )
        focus = _SPEAKER if self.focus is None else self.focus
        return _LAYOUT.pack(self.render_mode, self.glyphs, flags, self.arrangement, focus, self.page)

    @classmethod
    def decode(cls, payload: bytes) -> Self:
        require_length(cls.TYPE, payload, _LAYOUT.size)
        render_mode, glyphs, flags, arrangement, focus, page = _LAYOUT.unpack(payload)
        if flags & ~_FLAGS:
            raise invalid(cls.TYPE, f"flags {flags:#x} are not understood")
        return cls(
            render_mode=enum_member(cls.TYPE, "render mode", RenderMode, render_mode),
            glyphs=glyphs,
            dither=bool(flags & _DITHER),
            rep=bool(flags & _REPEAT),
            names=bool(flags & _NAMES),
            hide_self=bool(flags & _HIDE_SELF),
            arrangement=enum_member(cls.TYPE, "arrangement", Arrangement, arrangement),
            focus=None if focus == _SPEAKER else focus,
            page=page,
        )
