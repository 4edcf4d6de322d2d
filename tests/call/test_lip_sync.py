"""A film's sound is heard when its picture is seen: a flash and a beep, sent into a call and received from it."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest
from mouth_and_ear import RATE, Ear

import asciichat
from asciichat import Server
from asciichat.cli.uplink import SOUND_AHEAD, Uplink
from asciichat.media.file import MediaFile

pytestmark = pytest.mark.realtime

FLASHES = (2.0, 2.5, 3.0, 3.5, 4.0)
"""Seconds into the film; the buffers have learnt by then what there is to expect."""
SECONDS = 4.4
LASTS = 0.1
FPS = 30


def write_clip(path: Path) -> None:
    """A dark film whose flashes beep."""
    with av.open(str(path), "w") as container:
        video = container.add_stream("ffv1", rate=FPS)
        video.width, video.height, video.pix_fmt = 64, 48, "yuv420p"
        audio = container.add_stream("flac", rate=RATE, layout="mono")
        beep = np.zeros(round(SECONDS * RATE))
        for at in FLASHES:
            shape = np.sin(2 * np.pi * 1000 * np.arange(round(LASTS * RATE)) / RATE)
            beep[round(at * RATE) : round(at * RATE) + len(shape)] = 0.4 * shape
        sound = av.AudioFrame.from_ndarray((beep * 32767).astype(np.int16)[None], "s16", "mono")
        sound.rate, sound.pts, sound.time_base = RATE, 0, Fraction(1, RATE)
        container.mux(audio.encode(sound))
        container.mux(audio.encode(None))
        for number in range(round(SECONDS * FPS)):
            light = any(0 <= number / FPS - at + 1e-6 < LASTS for at in FLASHES)
            picture = av.VideoFrame.from_ndarray(np.full((48, 64, 3), 255 * light, np.uint8), "rgb24")
            container.mux(video.encode(picture))
        container.mux(video.encode(None))


def onsets(times: np.ndarray, present: np.ndarray, pause: float = 0.2) -> list[float]:
    """When something begins that was not there for a while."""
    moments = times[present]
    return [float(t) for t in moments[np.diff(moments, prepend=-np.inf) > pause]]


ATTEMPTS = 4
"""A machine that is busy with something else makes sound late, and pictures."""


def test_a_beep_is_heard_when_its_flash_is_seen(serve: Callable[..., Server], tmp_path: Path) -> None:
    write_clip(tmp_path / "clip.mkv")
    for _ in range(ATTEMPTS):
        late = sound_after_picture(serve(), tmp_path / "clip.mkv")
        print(f"\nsound after picture, ms: {', '.join(f'{ms:.0f}' for ms in late)}")
        if good := len(late) >= len(FLASHES) - 1 and abs(np.median(late)) <= 40:
            break
    assert good, late


def sound_after_picture(server: Server, clip: Path) -> list[float]:
    """How much later a flash's beep was heard than it was seen, in ms, of each that was both seen and heard."""
    seen: list[tuple[float, bool]] = []
    film = MediaFile(clip, sound_ahead=SOUND_AHEAD)
    with (
        asciichat.connect(
            "127.0.0.1", server.port, columns=32, rows=12, color="none", video=False
        ) as watching,
        asciichat.connect("127.0.0.1", server.port, columns=20, rows=10, fps=1) as showing,
    ):
        ear = Ear(watching)

        def watch() -> None:
            seen.extend(
                (time.monotonic(), event.text.count("M") > 50)
                for event in watching
                if isinstance(event, asciichat.Picture)
            )

        watcher = threading.Thread(target=watch)
        watcher.start()
        with Uplink(film.video, film.audio) as uplink:
            uplink.attach(showing)
            time.sleep(SECONDS + 0.5)  # it takes as long as the film
        ear.close()
        watching.close()
        watcher.join()
    film.close()

    flashes = onsets(np.array([at for at, _ in seen]), np.array([light for _, light in seen]))
    heard = ear.heard()
    beeps = onsets(ear.start + np.arange(len(heard)) / RATE, np.abs(heard) > 0.05)
    if not beeps:
        return []
    return [min((beep - flash for beep in beeps), key=abs) * 1000 for flash in flashes]
