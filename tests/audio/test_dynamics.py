"""The dynamics units do in seconds and decibels what they say."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays
from sound import noise, sine

from asciichat.audio import LIMITER_DELAY, RATE, Compressor, Gate, HighPass, Limiter

CEILING = np.float32(10 ** (-0.1 / 20))


def gains(unit, level_before, level_after, seconds, *, step=32):
    """The gain a unit gives, step by step, after a steady level jumps to another."""
    unit.process(np.full(2 * RATE // step * step, level_before, np.float32))
    after = np.full(round(seconds * RATE) // step * step, level_after, np.float32)
    out = np.concatenate([unit.process(after[at : at + step]) for at in range(0, len(after), step)])
    return (out / after)[step - 1 :: step]


def seconds_to_63_percent(path, start, end, step=32):
    """When a path that goes from start to end has covered 1 - 1/e of the way."""
    done = (np.asarray(path) - start) / (end - start)
    index = int(np.argmax(done >= 1 - 1 / np.e))
    before = done[index - 1] if index else 0.0
    return (index + (1 - 1 / np.e - before) / (done[index] - before)) * step / RATE


@pytest.mark.parametrize(
    ("level", "gain"),
    [
        (-30, 0),
        (-11, 0),
        (-10.5, -0.046875),
        (-10, -0.1875),
        (-9.5, -0.421875),
        (-9, -0.75),
        (-6, -3),
        (0, -7.5),
    ],
)
def test_compressor_curve(level, gain):
    assert Compressor().curve(level) == pytest.approx(gain, abs=1e-5)


@given(st.floats(-60, 20), st.floats(-60, 20))
def test_compressor_keeps_the_order_of_levels(first, second):
    compressor = Compressor()
    low, high = sorted((first, second))
    assert low + compressor.curve(low) <= high + compressor.curve(high) + 1e-4


def test_compressor_settles_on_its_curve():
    compressor = Compressor()
    out = compressor.process(np.full(RATE, 10 ** (-4 / 20), np.float32))
    assert 20 * np.log10(out[-1]) == pytest.approx(-4 - 4.5, abs=0.01)


@pytest.mark.parametrize("attack", [0.003, 0.01, 0.05])
def test_compressor_attack_is_in_seconds(attack):
    path = 20 * np.log10(gains(Compressor(attack=attack), 0.01, 1.0, 1.0))
    assert seconds_to_63_percent(path, 0.0, -7.5) == pytest.approx(attack, rel=0.1)


@pytest.mark.parametrize("release", [0.03, 0.1, 0.5])
def test_compressor_release_is_in_seconds(release):
    path = 20 * np.log10(gains(Compressor(release=release), 1.0, 0.01, 4.0))
    assert seconds_to_63_percent(path, -7.5, 0.0) == pytest.approx(release, rel=0.1)


@pytest.mark.parametrize("size", [1, 7, 32, 279, 280, 5000])
def test_times_do_not_depend_on_the_size_of_blocks(size):
    compressor = Compressor()
    signal = np.full(RATE // 2, 0.8, np.float32)
    parts = [compressor.process(signal[at : at + size]) for at in range(0, len(signal), size)]
    reached = np.concatenate(parts)[round(0.01 * RATE)] / 0.8
    assert 20 * np.log10(reached) == pytest.approx(
        Compressor().curve(20 * np.log10(0.8)) * (1 - 1 / np.e), rel=0.1
    )


def test_compressor_leaves_what_is_below_its_knee_untouched():
    quiet = noise(-30, 1, seed=3)
    np.testing.assert_array_equal(Compressor().process(quiet), quiet)


def test_gate_has_hysteresis():
    gate = Gate(open_db=-40, close_db=-50, hold=0.0)
    between = np.full(4800, 10 ** (-45 / 20), np.float32)
    gate.process(between)
    assert not gate.is_open
    gate.process(np.full(4800, 10 ** (-39 / 20), np.float32))
    assert gate.is_open
    gate.process(between)
    assert gate.is_open
    gate.process(np.full(4800, 10 ** (-51 / 20), np.float32))
    assert not gate.is_open


def test_gate_attack_is_in_seconds():
    assert seconds_to_63_percent(gains(Gate(attack=0.02), 0.0, 0.5, 0.5), 0, 1) == pytest.approx(
        0.02, rel=0.1
    )


def test_gate_release_is_in_seconds_after_its_hold():
    path = gains(Gate(hold=0.15, release=0.05), 0.5, 1e-5, 2.0)
    assert seconds_to_63_percent(path, 1, 0) == pytest.approx(0.2, rel=0.05)


def test_an_open_gate_is_transparent_and_a_closed_one_silent():
    gate = Gate()
    tone = sine(440, -20, 1)
    gate.process(tone)
    np.testing.assert_array_equal(gate.process(tone), tone)
    gate.process(np.zeros(2 * RATE, np.float32))
    assert not gate.process(np.full(2000, 1e-4, np.float32)).any()


signals = arrays.arrays(np.float32, st.integers(1, 2000), elements=st.floats(-4, 4, width=32))


@given(signals, st.integers(1, 700))
def test_limiter_is_never_above_its_ceiling(signal, size):
    limiter = Limiter()
    parts = [limiter.process(signal[at : at + size]) for at in range(0, len(signal), size)]
    assert np.abs(np.concatenate(parts)).max() <= CEILING


@given(signals)
def test_limiter_is_odd(signal):
    np.testing.assert_array_equal(Limiter().process(-signal), -Limiter().process(signal))


@given(signals, st.integers(1, 300))
def test_limiter_does_not_care_how_the_stream_is_cut(signal, size):
    limiter = Limiter()
    parts = [limiter.process(signal[at : at + size]) for at in range(0, len(signal), size)]
    np.testing.assert_allclose(np.concatenate(parts), Limiter().process(signal), rtol=0, atol=2e-7)


def test_limiter_is_monotonic():
    levels = np.linspace(0.01, 4.0, 400)
    settled = [Limiter().process(np.full(2000, level, np.float32))[-1] for level in levels]
    assert np.all(np.diff(settled) >= -1e-6)
    peaks = [
        np.abs(Limiter().process((level * sine(997, 0, 0.1)).astype(np.float32))).max() for level in levels
    ]
    assert np.all(np.diff(peaks) >= -1e-3)


@given(arrays.arrays(np.float32, st.integers(1, 2000), elements=st.floats(-0.96875, 0.96875, width=32)))
def test_limiter_only_delays_what_is_below_its_ceiling(signal):
    out = Limiter().process(np.concatenate([signal, np.zeros(LIMITER_DELAY, np.float32)]))
    np.testing.assert_array_equal(out[LIMITER_DELAY:], signal)
    assert not out[:LIMITER_DELAY].any()


def test_limiter_release_is_in_seconds():
    limiter = Limiter(release=0.1)
    limiter.process(np.full(RATE, 4.0, np.float32))
    start = limiter.gain
    path = []
    for _ in range(2 * RATE // 16):
        limiter.process(np.full(16, 0.1, np.float32))
        path.append(limiter.gain)
    # The look-ahead holds the gain down for the samples still under way.
    assert seconds_to_63_percent(path, start, 1.0, 16) - LIMITER_DELAY / RATE == pytest.approx(0.1, rel=0.1)


def test_limiter_makes_no_click():
    tone = sine(500, -6, 0.5)
    tone[12000:] *= 4
    out = Limiter().process(tone)
    own = np.abs(np.diff(tone[12100:])).max()
    assert np.abs(np.diff(out)).max() < own


@pytest.mark.parametrize(
    ("hertz", "gain"), [(10, -36.12), (40, -12.30), (80, -3.01), (160, -0.26), (1000, 0)]
)
def test_high_pass_is_a_second_order_butterworth(hertz, gain):
    impulse = np.zeros(4 * RATE, np.float32)
    impulse[0] = 1
    response = np.abs(np.fft.rfft(HighPass(80).process(impulse)))[4 * hertz]
    assert 20 * np.log10(response) == pytest.approx(gain, abs=0.02)


def test_high_pass_ends_in_exact_silence():
    high_pass = HighPass(80)
    high_pass.process(noise(-20, 1, seed=1))
    high_pass.process(np.zeros(2 * RATE, np.float32))
    assert not high_pass.process(np.zeros(100, np.float32)).any()


@pytest.mark.parametrize(
    "wrong",
    [
        lambda: Compressor(ratio=0.5),
        lambda: Compressor(attack=-1),
        lambda: Compressor(knee_db=float("nan")),
        lambda: Gate(open_db=-50, close_db=-40),
        lambda: Limiter(ceiling_db=1),
        lambda: Limiter(rate=0),
        lambda: HighPass(0),
    ],
)
def test_settings_out_of_range_are_refused(wrong):
    with pytest.raises(ValueError, match=r"is .* to"):
        wrong()


@pytest.mark.parametrize("unit", [Compressor, Gate, HighPass, Limiter])
@pytest.mark.parametrize("value", [np.nan, np.inf])
def test_what_is_not_finite_is_refused(unit, value):
    with pytest.raises(ValueError, match="finite"):
        unit().process(np.array([0.0, value], np.float32))
