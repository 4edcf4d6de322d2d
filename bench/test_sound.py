"""What the sound kernels cost: ``pytest bench/test_sound.py --benchmark-enable -s`` prints the table and holds them to
their bars. Without ``--benchmark-enable`` they are run, and not judged: times belong to machines that are left alone.

The kernels are timed by a small C program (bench/sound.c) linked with the installed library: a call from
Python costs as much as mixing for one listener does.
"""

import json
import subprocess
import time

import numpy as np
import pytest

from asciichat._core.codec import OpusDecoder, OpusEncoder
from asciichat.media.voices import load_voice

from .core import build


@pytest.fixture(scope="module")
def timings(tmp_path_factory):
    """{(what, n): {"best": ns, "median": ns, "p99": ns}}, the best of three runs."""
    program = build("sound.c", tmp_path_factory.mktemp("bench") / "sound")
    found: dict[tuple[str, int], dict[str, float]] = {}
    for _ in range(3):
        output = subprocess.run([str(program)], check=True, capture_output=True, text=True).stdout
        for line in output.splitlines():
            timing = json.loads(line)
            key = timing.pop("what"), timing.pop("n")
            if key not in found or timing["median"] < found[key]["median"]:
                found[key] = timing
    width = max(len(what) for what, _ in found)
    print(f"\n{'':{width}}    n      best    median       p99  (ns)")
    for (what, n), timing in found.items():
        print(f"{what:{width}} {n:4} {timing['best']:9.1f} {timing['median']:9.1f} {timing['p99']:9.1f}")
    return found


@pytest.fixture
def judged(request, timings):
    """The timings, where times are judged."""
    if not request.config.getoption("benchmark_enable"):
        pytest.skip("times are judged with --benchmark-enable")
    return timings


def test_everything_is_timed(timings):
    assert {n for what, n in timings if what == "mix tick"} >= {2, 4, 8, 16, 32}


def test_32_mixes_of_32_sources_take_at_most_20_us(judged):
    assert judged["mix tick", 32]["median"] <= 20_000


def test_the_cost_grows_with_the_number_of_people_and_not_with_its_square(judged):
    each = {n: judged["mix tick", n]["median"] / n for n in (2, 4, 8, 16, 32)}
    assert max(each.values()) < 1.5 * min(each.values())


@pytest.mark.parametrize("complexity", [0, 5, 10])
@pytest.mark.parametrize(("application", "samples"), [("audio", 960), ("low-delay", 480)])
def test_opus_takes_less_than_a_tenth_of_the_time_it_encodes(request, application, samples, complexity):
    said = np.concatenate([load_voice(name) for name in ("alice", "bob", "carol")])
    said = said[: len(said) // samples * samples].reshape(-1, samples)
    encoding, decoding = [], []
    for _ in range(3):
        encoder = OpusEncoder(application=application, bitrate=96000, complexity=complexity)
        decoder = OpusDecoder()
        start = time.perf_counter()
        frames = [encoder.encode(frame) for frame in said]
        encoded = time.perf_counter()
        for frame in frames:
            decoder.decode(frame)
        decoding.append((time.perf_counter() - encoded) / len(said))
        encoding.append((encoded - start) / len(said))
    print(
        f"\nOpus, {application}, {samples / 48:.0f} ms, complexity {complexity}: "
        f"encode {min(encoding) * 1e6:.0f} us, decode {min(decoding) * 1e6:.0f} us"
    )
    if request.config.getoption("benchmark_enable"):
        assert min(encoding) < samples / 48000 / 10


def test_the_ring_costs_at_most_twice_what_memcpy_does(judged):
    ring, memcpy = judged["ring write and read, 1 KiB", 256], judged["memcpy twice, 1 KiB", 256]
    assert ring["best"] <= 2 * memcpy["best"]
