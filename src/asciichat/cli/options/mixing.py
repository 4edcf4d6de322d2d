"""The options for what everybody in a server's call hears."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from cyclopts import Group, Parameter
from cyclopts.validators import Number

_SOUND = Group("Sound")


@Parameter(name="*")
@dataclass(frozen=True)
class SoundOptions:
    """What everybody hears.

    Parameters
    ----------
    audio_mixer
        Without it nobody hears anybody.
    automatic_level
        Bring quiet and loud talkers to one loudness.
    opus_bitrate
        Bits a second of the sound sent to each.
    opus_complexity
        Of its encoding: 0 is fast, 10 is good.
    opus_dtx
        Send next to nothing in silence.
    opus_loss
        Percentage of lost frames to be prepared for; has an effect at 40000 bits a second and less.
    """

    audio_mixer: Annotated[bool, Parameter(group=_SOUND, negative="--no-audio-mixer")] = True
    automatic_level: Annotated[bool, Parameter(group=_SOUND, negative="--no-automatic-level")] = True
    opus_bitrate: Annotated[int, Parameter(group=_SOUND, validator=Number(gte=6000, lte=510000))] = 96000
    opus_complexity: Annotated[int, Parameter(group=_SOUND, validator=Number(gte=0, lte=10))] = 5
    opus_dtx: Annotated[bool, Parameter(group=_SOUND, negative=(), show_default=False)] = False
    opus_loss: Annotated[int, Parameter(group=_SOUND, validator=Number(gte=0, lte=100))] = 0
