"""Microphones and loudspeakers, through PortAudio when it is there."""

from __future__ import annotations

from types import ModuleType
from typing import Any, Literal, NamedTuple, TypeAlias

import numpy as np

from .errors import AudioDeviceError
from .playout import PlayoutBuffer
from .source import SAMPLE_RATE, Samples

_BLOCK = 480  # 10 ms

Direction: TypeAlias = Literal["input", "output"]


class AudioDevice(NamedTuple):
    """A microphone or loudspeaker."""

    number: int
    """What to choose it by."""
    name: str


def list_audio_devices(direction: Direction) -> list[AudioDevice]:
    """The microphones ("input") or loudspeakers ("output") of this computer.

    Raises
    ------
    AudioDeviceError
        There is no sound on this computer; the message says what is missing.
    """
    portaudio = _portaudio()
    channels = f"max_{direction}_channels"
    return [AudioDevice(d["index"], d["name"]) for d in portaudio.query_devices() if d[channels] > 0]


class Microphone:
    """A microphone as an audio source.

    Parameters
    ----------
    index
        Which, as :func:`list_audio_devices` numbers them; -1 for the system's choice.

    Raises
    ------
    AudioDeviceError
        There is no such microphone, or no sound at all.
    """

    def __init__(self, index: int = -1) -> None:
        # What is captured must leave at once: two blocks of cushion do for two clocks on one computer.
        self._buffer = PlayoutBuffer(cushion=0.02, most=0.1)
        self._stream = _open_stream("input", index, self._take)

    def read(self, count: int) -> Samples:
        """The next `count` samples; silence where none were captured in time."""
        samples = np.empty(count, np.float32)
        self._buffer.read_into(samples)
        return samples

    def close(self) -> None:
        """Let go of the microphone."""
        self._stream.close()

    def _take(self, data: Any, *_: object) -> None:
        self._buffer.write(data[:, 0])


class Speaker:
    """A loudspeaker.

    Parameters
    ----------
    index
        Which, as :func:`list_audio_devices` numbers them; -1 for the system's choice.
    volume
        0 to 1; may be changed at any time.

    Raises
    ------
    AudioDeviceError
        There is no such loudspeaker, or no sound at all.
    """

    def __init__(self, index: int = -1, *, volume: float = 1.0) -> None:
        self.volume = volume
        self._buffer = PlayoutBuffer()
        self._stream = _open_stream("output", index, self._give)

    def play(self, samples: Samples) -> None:
        """Play samples after those already given. Never waits; call it from one thread."""
        self._buffer.write(samples)

    def close(self) -> None:
        """Let go of the loudspeaker."""
        self._stream.close()

    def _give(self, out: Any, *_: object) -> None:
        samples = out[:, 0]
        self._buffer.read_into(samples)
        if self.volume != 1.0:
            samples *= min(1.0, max(0.0, self.volume))


def _portaudio() -> ModuleType:
    try:
        import sounddevice
    except ImportError:
        raise AudioDeviceError("No sound: install it with `pip install asciichat[audio]`.") from None
    except OSError:  # the module is there, the library it loads is not
        raise AudioDeviceError(
            "No sound: the PortAudio library is missing (on Debian, libportaudio2)."
        ) from None
    module: ModuleType = sounddevice
    return module


def _open_stream(direction: Direction, index: int, callback: Any) -> Any:
    portaudio = _portaudio()
    kind = portaudio.InputStream if direction == "input" else portaudio.OutputStream
    what = "microphone" if direction == "input" else "loudspeaker"
    try:
        stream = kind(
            samplerate=SAMPLE_RATE,
            channels=1,
            dtype="float32",
            blocksize=_BLOCK,
            device=None if index < 0 else index,
            callback=callback,
        )
        stream.start()
    except (portaudio.PortAudioError, ValueError) as error:
        which = what if index < 0 else f"{what} {index}"
        raise AudioDeviceError(f"No {which} could be opened: {error}.") from None
    return stream
