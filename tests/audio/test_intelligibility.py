"""Speech through Opus, a lossy and jittery network, the jitter buffer and the mixer can be understood."""

import numpy as np
import pytest
from sound import delay_of, play, speech

from asciichat._core.codec import OpusDecoder, OpusEncoder
from asciichat.audio import RATE

pystoi = pytest.importorskip("pystoi", reason="comes with the test extra")
FRAME = 960
SAID = np.concatenate([speech("alice"), speech("bob"), speech("carol")]) * np.float32(0.5)


def network(signal, *, loss, jitter, seed):
    """The decoded frames and when they come; what is lost is concealed when the next frame shows that it is."""
    random = np.random.default_rng(seed)
    encoder = OpusEncoder(application="voip", bitrate=32000, loss_percent=round(loss * 100))
    decoder = OpusDecoder()
    count = len(signal) // FRAME
    frames = [encoder.encode(signal[i * FRAME : (i + 1) * FRAME]) for i in range(count)]
    lost = random.uniform(size=count) < loss
    times = np.maximum.accumulate((np.arange(count) + 1) * FRAME / RATE + random.uniform(0, jitter, count))
    come = []
    missing = 0
    for i in range(count):
        if lost[i]:
            missing += 1
            continue
        come.extend((times[i], decoder.conceal(FRAME)) for _ in range(missing - 1))
        if missing:
            come.append((times[i], decoder.conceal(FRAME, frames[i])))
        missing = 0
        come.append((times[i], decoder.decode(frames[i])))
    return [(time, np.asarray(samples, np.float32)) for time, samples in come]


def understood(loss, jitter, seed=7):
    """STOI of the last time three people said their sentences, after the buffer had time to settle."""
    signal = np.tile(SAID, 4)
    played = play(network(signal, loss=loss, jitter=jitter, seed=seed), len(signal) / RATE)
    scores = []
    for start in range(3 * len(SAID), 4 * len(SAID) - 2 * RATE, 2 * RATE):
        clean = signal[start : start + 2 * RATE]
        late = delay_of(played.heard[start : start + 2 * RATE + RATE // 2], clean)
        scores.append(pystoi.stoi(clean, played.heard[start + late :][: len(clean)], RATE))
    return float(np.mean(scores))


def test_a_clean_network_loses_next_to_nothing():
    assert understood(0.0, 0.0) > 0.97


def test_5_percent_loss_and_30_ms_of_jitter_leave_speech_intelligible():
    assert understood(0.05, 0.03) >= 0.9


def test_jitter_alone_costs_nothing():
    assert understood(0.0, 0.06) > 0.96
