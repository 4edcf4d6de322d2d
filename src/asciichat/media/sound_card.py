"""A stream of a sound card, kept open through the loss of its device."""

from __future__ import annotations

import threading
from collections.abc import Callable
from types import ModuleType
from typing import Any, Final, Literal, TypeAlias

from .errors import AudioDeviceError
from .source import SAMPLE_RATE

BLOCK: Final = 480
"""Samples a callback gives or takes: 10 ms."""

_LOOK_EVERY: Final = 1.0
"""Seconds between looks at whether the device still runs, and between attempts to open it again."""

Direction: TypeAlias = Literal["input", "output"]


class SoundCardStream:
    """A microphone's or loudspeaker's stream: mono, 48 kHz, float32.

    A device that stops is opened again every second, or the system's choice in its place, until one works.

    Parameters
    ----------
    direction
        "input" for a microphone.
    index
        PortAudio's number of the device; -1 for the system's choice.
    callback
        Called with float32[n, 1], on PortAudio's thread: to be read, or to be filled.

    Raises
    ------
    AudioDeviceError
        It cannot be opened now.
    """

    def __init__(self, direction: Direction, index: int, callback: Callable[[Any], None]) -> None:
        self._direction: Direction = direction
        self._index = index
        self._callback = callback
        self._calls = 0
        self._ended = threading.Event()
        self._closing = threading.Event()
        self._lost: str | None = None
        self._stream = self._open(index)
        self._watch = threading.Thread(target=self._keep_open, name=f"sound-{direction}", daemon=True)
        self._watch.start()

    @property
    def lost(self) -> str | None:
        """Why it does not run at the moment, or None."""
        return self._lost

    def close(self) -> None:
        """Let go of the device."""
        self._closing.set()
        self._ended.set()
        self._watch.join()
        self._stream.close()

    def _called(self, data: Any, *_: object) -> None:
        self._calls += 1
        self._callback(data)

    def _keep_open(self) -> None:
        seen = -1
        while True:
            # PortAudio says when a stream ends; a driver that just falls silent is found by counting.
            ended = self._ended.wait(_LOOK_EVERY)
            if self._closing.is_set():
                return
            if not ended and self._calls != seen:
                seen = self._calls
                self._lost = None
                continue
            self._lost = f"The {_WORDS[self._direction]} went away."
            self._stream.close()
            self._ended.clear()
            seen = -1
            while not self._reopen():
                if self._closing.wait(_LOOK_EVERY):
                    return

    def _reopen(self) -> bool:
        for index in dict.fromkeys((self._index, -1)):
            try:
                self._stream = self._open(index)
            except AudioDeviceError:
                continue
            return True
        return False

    def _open(self, index: int) -> Any:
        portaudio = load_portaudio()
        kind = portaudio.InputStream if self._direction == "input" else portaudio.OutputStream
        try:
            stream = kind(
                samplerate=SAMPLE_RATE,
                channels=1,
                dtype="float32",
                blocksize=BLOCK,
                device=None if index < 0 else index,
                latency="low",
                callback=self._called,
                finished_callback=self._ended.set,
            )
            stream.start()
        except (portaudio.PortAudioError, ValueError) as error:
            what = _WORDS[self._direction]
            which = what if index < 0 else f"{what} {index}"
            raise AudioDeviceError(f"No {which} could be opened: {error}.") from None
        return stream


_WORDS: Final = {"input": "microphone", "output": "loudspeaker"}


def load_portaudio() -> ModuleType:
    """The sounddevice package.

    Raises
    ------
    AudioDeviceError
        It, or the library it stands on, is not there.
    """
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
