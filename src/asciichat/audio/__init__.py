"""Sound: the conference mixer and the units it is made of, as a library.

Samples are mono float32 at 48 kHz, -1 to 1. Time goes in blocks, `BLOCKS_PER_SECOND` to the second, of 279 or
280 samples. `Mixer` is the whole bridge; `HighPass`, `Gate`, `Compressor` and `Limiter` are its units;
`SampleRing` hands samples from one thread to others without a lock.

Examples
--------
Two people, a second of silence from one and of noise from the other:

>>> import numpy as np
>>> from asciichat import audio
>>> mixer = audio.Mixer()
>>> alice, bob = mixer.add(), mixer.add()
>>> mixer.write(bob, np.random.default_rng(0).normal(0, 0.05, 48000).astype(np.float32)[:24000])
>>> heard = np.concatenate([mixer.mix(alice, block) for block in range(86)])
>>> bool(np.abs(heard).max() > 0.1)
True
>>> bool(np.abs(mixer.mix(bob, 85)).max() == 0)
True
"""

from asciichat._core.dynamics import LIMITER_DELAY, Compressor, Gate, HighPass, Limiter
from asciichat._core.jitter import JitterBuffer, VoiceCounts
from asciichat._core.mix import RATE, SLOTS, Mixer, block_start
from asciichat._core.mix import TICKS as BLOCKS_PER_SECOND
from asciichat._core.sample_ring import SampleReader, SampleRing

__all__ = [
    "BLOCKS_PER_SECOND",
    "LIMITER_DELAY",
    "RATE",
    "SLOTS",
    "Compressor",
    "Gate",
    "HighPass",
    "JitterBuffer",
    "Limiter",
    "Mixer",
    "SampleReader",
    "SampleRing",
    "VoiceCounts",
    "block_start",
]
