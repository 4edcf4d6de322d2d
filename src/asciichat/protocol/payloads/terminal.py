"""CLIENT_CAPABILITIES: the terminal a client has, and how it wants to be drawn."""

from __future__ import annotations

from dataclasses import dataclass
from struct import Struct
from typing import Self

from asciichat.protocol.payloads.base import (
    Payload,
    enum_member,
    invalid,
    require_length,
    require_range,
)
from asciichat.protocol.text import decode_text, encode_text
from asciichat.protocol.types import (
    AudioCodec,
    ColorFilter,
    ColorLevel,
    PacketType,
    PaletteType,
    RenderMode,
    TerminalAbility,
    VideoCodec,
)

_LAYOUT = Struct(">IIIIHH32s32sBII64sBBBII")
_COLORS = {
    ColorLevel.NONE: 0,
    ColorLevel.COLOR_16: 16,
    ColorLevel.COLOR_256: 256,
    ColorLevel.TRUECOLOR: 1 << 24,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class ClientCapabilities(Payload):
    """A client's terminal; the first packet of a session, and sent again on every resize.

    Parameters
    ----------
    width, height : int
        Columns and rows, 1 to 4096.
    color_level, render_mode, palette, color_filter
        How to draw. A native server refuses `PaletteType.CUSTOM` and draws nothing for `UNSET`.
    palette_custom : str
        The characters from dark to bright, at most 63 bytes; only with `PaletteType.CUSTOM`.
    desired_fps : int
        Frames per second, 1 to 144.
    wants_padding : bool
        Centre the picture with blank rows and columns.
    color_count : int or None
        How many colours the terminal has; None derives it from the level.
    """

    TYPE = PacketType.CLIENT_CAPABILITIES

    width: int
    height: int
    abilities: TerminalAbility = TerminalAbility.UTF8 | TerminalAbility.BACKGROUND
    color_level: ColorLevel = ColorLevel.NONE
    color_count: int | None = None
    render_mode: RenderMode = RenderMode.FOREGROUND
    term: str = ""
    colorterm: str = ""
    detection_reliable: bool = True
    utf8: bool = True
    palette: PaletteType = PaletteType.STANDARD
    palette_custom: str = ""
    desired_fps: int = 60
    color_filter: ColorFilter = ColorFilter.NONE
    wants_padding: bool = False
    video_codecs: VideoCodec = VideoCodec.RAW
    audio_codecs: AudioCodec = AudioCodec.RAW | AudioCodec.OPUS

    def __post_init__(self) -> None:
        if self.color_count is None:
            object.__setattr__(self, "color_count", _COLORS[self.color_level])
        for what in ("width", "height"):
            require_range(self.TYPE, what, getattr(self, what), 1, 4096)
        require_range(self.TYPE, "render mode", self.render_mode, 0, RenderMode.HALF_BLOCK)
        require_range(self.TYPE, "frames per second", self.desired_fps, 1, 144)
        for what in ("abilities", "color_count", "video_codecs", "audio_codecs"):
            require_range(self.TYPE, what, getattr(self, what), 0, 0xFFFFFFFF)
        # One byte stays for the NUL a native peer looks for.
        encode_text("TERM", self.term, 31)
        encode_text("COLORTERM", self.colorterm, 31)
        encode_text("the custom palette", self.palette_custom, 63)
        if self.palette is PaletteType.CUSTOM and not self.palette_custom:
            raise invalid(self.TYPE, "the custom palette is empty")
        if not self.palette_custom.isprintable():
            raise invalid(self.TYPE, "the custom palette holds control characters")

    def encode(self) -> bytes:
        return _LAYOUT.pack(
            self.abilities,
            self.color_level,
            self.color_count,
            self.render_mode,
            self.width,
            self.height,
            self.term.encode(),
            self.colorterm.encode(),
            self.detection_reliable,
            self.utf8,
            self.palette,
            self.palette_custom.encode(),
            self.desired_fps,
            self.color_filter,
            self.wants_padding,
            self.video_codecs,
            self.audio_codecs,
        )

    @classmethod
    def decode(cls, payload: bytes) -> Self:
        require_length(cls.TYPE, payload, _LAYOUT.size)
        (
            abilities,
            color_level,
            color_count,
            render_mode,
            width,
            height,
            term,
            colorterm,
            detection_reliable,
            utf8,
            palette,
            palette_custom,
            desired_fps,
            color_filter,
            wants_padding,
            video_codecs,
            audio_codecs,
        ) = _LAYOUT.unpack(payload)
        palette = enum_member(cls.TYPE, "palette", PaletteType, palette)
        return cls(
            abilities=TerminalAbility(abilities),
            color_level=enum_member(cls.TYPE, "colour level", ColorLevel, color_level),
            color_count=color_count,
            render_mode=enum_member(cls.TYPE, "render mode", RenderMode, render_mode),
            width=width,
            height=height,
            term=decode_text(term[:31]),
            colorterm=decode_text(colorterm[:31]),
            detection_reliable=bool(detection_reliable),
            # Native clients write this one little-endian.
            utf8=bool(utf8),
            palette=palette,
            palette_custom=decode_text(palette_custom[:63]) if palette is PaletteType.CUSTOM else "",
            desired_fps=desired_fps,
            # Native clients send whatever was in memory.
            color_filter=ColorFilter(color_filter) if color_filter <= max(ColorFilter) else ColorFilter.NONE,
            wants_padding=bool(wants_padding),
            video_codecs=VideoCodec(video_codecs),
            audio_codecs=AudioCodec(audio_codecs),
        )
