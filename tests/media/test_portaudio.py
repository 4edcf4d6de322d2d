"""Microphone and loudspeaker on the real PortAudio and ALSA, with devices that need no hardware."""

from __future__ import annotations

import os
import subprocess
import sys

import numpy as np
import pytest

ALSA = """
pcm.quiet {{ type null }}
pcm.tape {{
    type plug
    slave {{
        pcm {{ type file slave.pcm {{ type null }} file "/dev/null" infile "{tape}" format "raw" }}
        format S16_LE rate 48000 channels 1
    }}
}}
pcm.!default {{ type null }}
ctl.!default {{ type null }}
"""

USE = """
import sys
from asciichat.media.errors import AudioDeviceError
from asciichat.media.devices import Microphone, Speaker, list_audio_devices

try:
    outputs, inputs = list_audio_devices("output"), list_audio_devices("input")
except AudioDeviceError:
    sys.exit(77)
number = {device.name: device.number for device in (*outputs, *inputs)}
if not {"quiet", "tape"} <= set(number):
    sys.exit(77)
speaker = Speaker(number["quiet"])
played = speaker.played()
while played.ring.written < 48_000:
    pass
speaker.close()
microphone = Microphone(number["tape"])
block = microphone.next(5)
microphone.close()
print(*(round(float(sample) * 32768) for sample in block[:50]))
"""


def test_the_real_portaudio_plays_and_captures(tmp_path):
    # Such devices have no clock: they run as fast as the processor lets them, so that only contents can be judged.
    tape = np.full(48_000, 1234, "<i2")
    (tmp_path / "tape.raw").write_bytes(tape.tobytes())
    (tmp_path / "asound.conf").write_text(ALSA.format(tape=tmp_path / "tape.raw"))
    environment = {**os.environ, "ALSA_CONFIG_PATH": str(tmp_path / "asound.conf")}
    used = subprocess.run(
        [sys.executable, "-c", USE], env=environment, capture_output=True, text=True, timeout=60, check=False
    )
    if used.returncode == 77:
        pytest.skip("no PortAudio with ALSA here")
    assert used.returncode == 0, used.stderr
    assert used.stdout.split() == ["1234"] * 50
