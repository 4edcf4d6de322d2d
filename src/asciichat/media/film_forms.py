"""What films are made of: containers, and the encoders for each, as FFmpeg knows them."""

from __future__ import annotations

from dataclasses import dataclass, field
from fractions import Fraction
from typing import Final

from av.codec import Codec


@dataclass(frozen=True, slots=True)
class Encoder:
    """One of FFmpeg's encoders.

    Attributes
    ----------
    name
        FFmpeg's.
    options
        For it.
    bit_rate
        Bits per second, at most or on average as the encoder has it; 0: what the options say.
    """

    name: str
    options: dict[str, str] = field(default_factory=dict)
    bit_rate: int = 0


@dataclass(frozen=True, slots=True)
class Form:
    """A kind of film.

    Attributes
    ----------
    tick
        Seconds of a time step.
    pictures
        What encodes pictures, best first: what there is depends on how FFmpeg was built.
    pixels
        The pixel format of its pictures.
    sound
        What encodes sound; None: the form has none.
    even
        Its sides are even: colours are stored for two pixels by two.
    streamed
        Options for where nothing can be written but at the end.
    """

    tick: Fraction
    pictures: tuple[Encoder, ...]
    pixels: str = "yuv420p"
    sound: Encoder | None = None
    even: bool = True
    streamed: dict[str, str] = field(default_factory=dict)

    def encoder(self) -> Encoder:
        """The best there is for pictures."""
        return next(encoder for encoder in self.pictures if _exists(encoder.name))


_LIVE: Final = {"deadline": "realtime", "row-mt": "1", "lag-in-frames": "0", "auto-alt-ref": "0"}
"""As quick as calls need it, and no picture that comes before its turn: they come at uneven times."""

FORMS: Final = {
    "mp4": Form(
        Fraction(1, 12_800),
        # Without B-frames: pictures come at uneven times, and players take the time of the last one decoded for the end.
        (
            Encoder("libx264", {"crf": "18", "preset": "veryfast", "bf": "0"}),
            Encoder("h264_videotoolbox", {"q": "65"}),
            Encoder("mpeg4", {"q": "3"}),
        ),
        sound=Encoder("aac", bit_rate=128_000),
        streamed={"movflags": "frag_keyframe+empty_moov+default_base_moof"},
    ),
    "webm": Form(
        Fraction(1, 1_000),
        (
            Encoder("libvpx-vp9", {"crf": "20", "cpu-used": "6", **_LIVE}),
            Encoder("libvpx", {"crf": "10", "cpu-used": "8", **_LIVE}, bit_rate=20_000_000),
        ),
        sound=Encoder("libopus", bit_rate=96_000),
    ),
    # Whole pictures: FFmpeg takes those for equal whose palettes differ and whose numbers do not.
    "gif": Form(Fraction(1, 100), (Encoder("gif", {"gifflags": "0"}),), pixels="pal8", even=False),
}
"""By the ending of a name, without its dot."""


def has_sound(ending: str) -> bool:
    """Whether films whose names end so, as in ".mp4", can carry sound."""
    form = FORMS.get(ending.removeprefix("."))
    return form is not None and form.sound is not None


def _exists(encoder: str) -> bool:
    try:
        Codec(encoder, "w")
    except ValueError:  # av.codec.codec.UnknownCodecError
        return False
    return True
