"""Draw the curves of docs/audio.md from what the mixer really does: ``python -m bench.plot_sound``.

Needs matplotlib (``pip install -e .[bench]``). Writes docs/images/sound-*.png.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import matplotlib

matplotlib.use("Agg")

import matplotlib.pyplot as plt
import numpy as np
import numpy.typing as npt

from asciichat.audio import BLOCKS_PER_SECOND, RATE, Compressor, Limiter, Mixer, block_start

HERE = Path(__file__).parent
IMAGES = HERE.parent / "docs" / "images"
Samples = npt.NDArray[np.float32]


def sine(hertz: float, decibels: float, seconds: float) -> Samples:
    """A sine whose peak is at so many dBFS."""
    t = np.arange(round(seconds * RATE)) / RATE
    return (10 ** (decibels / 20) * np.sin(2 * np.pi * hertz * t)).astype(np.float32)


def decibels(amplitude: npt.ArrayLike) -> npt.NDArray[np.float64]:
    """Amplitudes in dBFS."""
    return 20 * np.log10(np.maximum(np.asarray(amplitude, np.float64), 1e-6))


def save(figure: plt.Figure, name: str) -> None:
    """Write one plot."""
    figure.tight_layout()
    figure.savefig(IMAGES / f"sound-{name}.png", dpi=90, metadata={"Software": None})
    plt.close(figure)


def compressor() -> None:
    """The static curve, measured with steady tones, and the gain after steps in level."""
    figure, (left, right) = plt.subplots(1, 2, figsize=(10, 4))
    levels = np.arange(-30, 6.1, 0.5)
    compressed, limited = [], []
    for level in levels:
        signal = Compressor().process(sine(1000, level, 1.0))
        compressed.append(np.abs(signal[-4800:]).max())
        limited.append(np.abs(Limiter().process(sine(1000, level, 1.0))[-4800:]).max())
    left.plot(levels, levels, ":", color="grey", label="unchanged")
    left.plot(levels, decibels(compressed), label="compressor")
    left.plot(levels, decibels(limited), "--", label="limiter alone")
    left.set(xlabel="in, dBFS", ylabel="out, dBFS", title="A steady 1 kHz tone")
    left.legend()
    left.grid(alpha=0.3)
    unit = Compressor()
    step = np.concatenate([np.full(RATE // 5, 0.1), np.full(RATE // 5, 1.0), np.full(RATE // 2, 0.1)])
    gain = decibels(unit.process(step.astype(np.float32)) / step)
    right.plot(np.arange(len(step)) / RATE * 1000, gain)
    right.set(xlabel="ms", ylabel="gain, dB", title="-20, 0 and -20 dBFS: attack 10 ms, release 100 ms")
    right.grid(alpha=0.3)
    save(figure, "compressor")


def tone_level(heard: Samples, hertz: float) -> npt.NDArray[np.float64]:
    """How loud one tone is, every 5 ms, in windows of 20 ms."""
    windows = np.lib.stride_tricks.sliding_window_view(heard, 960)[::240] * np.hanning(960)
    t = np.arange(960) / RATE
    return decibels(np.abs(windows @ np.exp(-2j * np.pi * hertz * t)) * 2 / np.hanning(960).sum())


def ducking() -> None:
    """A quieter talker while a louder one begins and stops."""
    loud, quiet = sine(500, -16, 4), sine(1500, -28, 4)
    loud[: RATE * 3 // 2] = 0
    loud[RATE * 5 // 2 :] = 0
    mixer = Mixer()
    first, second, listener = mixer.add(), mixer.add(), mixer.add()
    heard = []
    for block in range(4 * BLOCKS_PER_SECOND):
        part = slice(block_start(block), block_start(block + 1))
        mixer.write(first, loud[part])
        mixer.write(second, quiet[part])
        heard.append(mixer.mix(listener, block))
    out = np.concatenate(heard)
    figure, axes = plt.subplots(figsize=(10, 3.5))
    for hertz, name in ((500, "louder talker"), (1500, "quieter talker")):
        level = tone_level(out, hertz)
        axes.plot(np.arange(len(level)) * 0.005, level, label=name)
    axes.set(xlabel="s", ylabel="dBFS", ylim=(-60, -10), xlim=(1, 3.9))
    axes.set_title("Heard: the quieter one is ducked by 6 dB and both, being two, are scaled by 3 dB")
    axes.legend()
    axes.grid(alpha=0.3)
    save(figure, "ducking")


def play(
    times: Iterable[float], signal: Samples, size: int, seconds: float
) -> tuple[npt.NDArray[np.float64], ...]:
    """Packets of `size` samples that come at `times`: arrival jitter, target and delay in ms, by block."""
    mixer = Mixer()
    talker, listener = mixer.add(), mixer.add()
    waiting = list(times)
    lateness, target = [], []
    sent = 0
    for block in range(int(seconds * BLOCKS_PER_SECOND)):
        now = mixer.deadline(block)
        while sent < len(waiting) and waiting[sent] * 1e9 <= now:
            packet = signal[sent * size : (sent + 1) * size]
            mixer.write(talker, packet, now_ns=int(waiting[sent] * 1e9))
            sent += 1
        mixer.mix(listener, block)
        counts = mixer.counts(talker)
        lateness.append(counts.lateness * 1000 / RATE)
        target.append(counts.target * 1000 / RATE)
    return np.array(lateness), np.array(target)


def voices(seconds: float) -> Samples:
    """The package's own voices, over and over."""
    import av

    import asciichat

    parts = []
    for path in sorted((Path(asciichat.__file__).parent / "media" / "voices").glob("*.opus")):
        with av.open(str(path)) as container:
            resampler = av.AudioResampler(format="flt", layout="mono", rate=RATE)
            for frame in container.decode(audio=0):
                parts.extend(part.to_ndarray()[0] for part in resampler.resample(frame))
    said = np.concatenate(parts)
    return np.tile(said, int(seconds * RATE / len(said)) + 1)[: int(seconds * RATE)]


def jitter_buffer() -> None:
    """The jitter buffer under a recorded trace of arrivals."""
    trace = np.loadtxt(HERE / "data" / "arrivals.txt") / 1e6
    seconds = len(trace) * 0.02
    late = (trace - np.arange(len(trace)) * 0.02) * 1000
    lateness, target = play(trace + 0.05, voices(seconds + 1), 960, seconds)
    figure, axes = plt.subplots(figsize=(10, 4))
    axes.plot(
        np.arange(len(late)) * 0.02,
        late - late.min(),
        ".",
        markersize=2,
        color="grey",
        label="packet's delay",
    )
    time = np.arange(len(target)) / BLOCKS_PER_SECOND
    axes.plot(time, target, label="target: 95th percentile and 3 ms")
    axes.plot(time[lateness > 0], lateness[lateness > 0], label="played so much late")
    axes.set(xlabel="s", ylabel="ms", ylim=(0, 80), title="A recorded trace: 40 ms bursts on a busy machine")
    axes.legend()
    axes.grid(alpha=0.3)
    save(figure, "jitter")


def main() -> None:
    """Draw them all."""
    IMAGES.mkdir(exist_ok=True)
    compressor()
    ducking()
    jitter_buffer()


if __name__ == "__main__":
    main()
