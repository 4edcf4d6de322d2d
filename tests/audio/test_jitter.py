"""The jitter buffer: as late as it must be, no later, and never a click."""

import numpy as np
import pytest
from sound import delay_of, error_db, level_db, noise, packets, play, sharpest, sine, speech

from asciichat.audio import BLOCKS_PER_SECOND, RATE, JitterBuffer

TALK = np.tile(np.concatenate([speech("alice"), speech("bob"), speech("carol")]), 4)


def settled(path, seconds=30):
    return path[seconds * BLOCKS_PER_SECOND :]


def test_a_steady_stream_is_held_back_by_a_block_or_two():
    played = play(packets(TALK, 960), 60)
    assert settled(played.lateness).max() <= 12
    assert (played.counts.underruns, played.counts.concealed) == (0, 0)


def test_native_clients_that_send_every_40_ms_are_held_back_by_20_ms_more():
    played = play(packets(TALK, 960, burst=2), 60)
    assert settled(played.lateness).min() >= 20
    assert settled(played.lateness).max() <= 32
    assert played.counts.underruns == 0


@pytest.mark.parametrize("jitter", [10, 30, 60, 100])
def test_the_target_follows_the_95th_percentile_of_the_jitter(jitter):
    played = play(packets(TALK, 960, jitter=jitter / 1000), 60)
    # Jitter is what comes on top of the least delay of the last seconds.
    sent = packets(TALK, 960, jitter=jitter / 1000)
    delays = np.array([(time - i * 960 / RATE) * 1000 for i, (time, _) in enumerate(sent)])
    least = np.array([delays[max(0, i - 150) : i + 1].min() for i in range(len(delays))])
    expected = np.quantile(delays - least, 0.95)
    assert settled(played.target)[::BLOCKS_PER_SECOND] == pytest.approx(max(expected + 3, 8), rel=0.1, abs=4)
    assert played.counts.underruns <= 6
    assert played.counts.concealed < 0.001 * played.counts.written


def test_a_good_network_is_known_after_a_second_and_used_with_the_first_pause():
    said = np.concatenate([noise(-25, 1.5, seed=1), np.zeros(RATE // 2, np.float32), noise(-25, 1, seed=2)])
    played = play(packets(said, 480), 3.0)
    assert played.target[round(1.2 * BLOCKS_PER_SECOND)] < 15
    assert played.lateness[round(1.4 * BLOCKS_PER_SECOND)] > 40  # speech is not cut for that
    assert played.lateness[round(2.2 * BLOCKS_PER_SECOND)] < 20


def test_the_target_is_bounded():
    played = play(packets(TALK, 960, jitter=1.0), 40)
    assert played.target.max() <= 200


@pytest.mark.parametrize("ppm", [-200, 200])
@pytest.mark.parametrize("jitter", [0, 0.02])
def test_ten_minutes_of_drift_hold_the_buffer_within_20_ms_and_lose_nothing(ppm, jitter):
    said = np.tile(noise(-25, 20, seed=1), 31)
    played = play(packets(said, 960, ppm=ppm, jitter=jitter), 600)
    off = settled(played.lateness - played.target, 60)
    assert np.abs(off).max() < 20
    assert np.abs(off).max() < 6  # what it really does
    assert played.counts.dropped == 0
    assert played.counts.concealed < 0.001 * played.counts.written


def test_correcting_drift_keeps_a_tone_pure():
    played = play(packets(sine(1000, -20, 120), 960, ppm=-100), 119)
    heard = played.heard[-20 * RATE :]
    spectrum = np.abs(np.fft.rfft(heard * np.hanning(len(heard))))
    peak = int(spectrum.argmax())
    assert peak / 20 == pytest.approx(1000 * (1 + 100e-6), abs=0.03)
    rest = np.delete(spectrum, np.arange(peak - 100, peak + 101))  # all beyond 5 Hz of the tone
    assert level_db(rest) - 20 * np.log10(spectrum[peak]) < -90
    assert np.sqrt((rest**2).sum() / (spectrum[peak - 100 : peak + 101] ** 2).sum()) < 0.001


def without(sent, begin, end):
    """The packets of that time never come."""
    return [(time, samples) for time, samples in sent if not begin < time < end]


def held_up(sent, begin, end):
    """The packets of that time all come at its end."""
    return [(end if begin < time < end else time, samples) for time, samples in sent]


@pytest.mark.parametrize("trouble", [without, held_up])
@pytest.mark.parametrize("length", [0.015, 0.05, 0.1, 0.5])
def test_an_underrun_and_the_recovery_make_no_click(trouble, length):
    tone = sine(440, -20, 30)
    clean = sharpest(play(packets(tone, 960), 30).heard[28 * RATE :])
    played = play(trouble(packets(tone, 960), 28.0, 28.0 + length + 0.06), 30)
    assert played.counts.underruns >= 1
    around = played.heard[28 * RATE - 960 :]
    assert sharpest(around) < max(10 * clean, 10 ** (-80 / 20))
    assert np.abs(np.diff(around)).max() < 1.5 * np.abs(np.diff(tone)).max()


def test_what_is_held_up_is_not_lost_and_the_delay_is_made_good():
    played = play(held_up(packets(TALK, 960), 25.0, 25.2), 45)
    assert settled(played.lateness, 25).max() > 150
    assert settled(played.lateness, 40).max() < 15
    late = delay_of(played.heard[26 * RATE : 27 * RATE], TALK[26 * RATE - 12000 : 27 * RATE - 12000])
    assert late < 12000


def test_a_short_gap_is_filled_with_the_last_pitch():
    tone = sine(200, -20, 30)
    played = play(without(packets(tone, 960), 28.0, 28.041), 29)
    gap = played.heard[28 * RATE + 480 : 28 * RATE + 1920]
    assert level_db(gap) > level_db(tone) - 6
    assert played.counts.concealed > 0


def test_a_source_that_stops_fades_away_and_is_no_underrun():
    played = play(packets(sine(440, -20, 5), 960), 8)
    assert played.counts.underruns == 0
    assert not played.heard[round(5.5 * RATE) :].any()
    assert sharpest(played.heard[round(4.9 * RATE) :]) < 10 ** (-80 / 20)


def test_a_single_packet_is_heard_once():
    played = play([(0.5, sine(440, -20, 0.02))], 2)
    loud = np.flatnonzero(np.abs(played.heard) > 0.02)
    assert 0.5 * RATE < loud.min() < 0.6 * RATE
    assert loud.max() - loud.min() < 0.1 * RATE


def test_talk_after_a_pause_is_whole():
    pause = [(time + (3 if time > 6 else 0), samples) for time, samples in packets(TALK, 960)]
    played = play(pause, 14)
    said = TALK[6 * RATE + 4800 : 9 * RATE]
    late = delay_of(played.heard[9 * RATE :], said)
    assert late < 0.2 * RATE
    heard = played.heard[9 * RATE + late :][: len(said)]
    loud = slice(RATE, 2 * RATE)
    assert error_db(heard[loud], said[loud]) < -20


def test_a_burst_after_a_stall_never_overflows():
    stalled = held_up(packets(TALK, 960), 10.0, 12.0)
    played = play(stalled, 20)
    assert settled(played.lateness, 18).max() < 100
    assert np.isfinite(played.heard).all()


@pytest.mark.parametrize("size", [64, 480, 1024])
def test_a_sound_card_with_a_clock_of_its_own_plays_a_network_stream(size):
    random = np.random.default_rng(3)
    tone = sine(440, -20, 62)
    buffer = JitterBuffer()
    coming = iter(packets(tone, 960, jitter=0.01))
    packet = next(coming)
    heard = []
    for call in range(60 * RATE // size):
        due = 1 + (call + 1) * size / RATE * (1 - 80e-6)  # a card that is 80 ppm fast
        now = int((due + random.uniform(0, 0.003)) * 1e9)  # whose callback is called up to 3 ms late
        while (1 + packet[0]) * 1e9 <= now:
            buffer.write(packet[1], now_ns=int((1 + packet[0]) * 1e9))
            packet = next(coming)
        heard.append(buffer.read(size, now_ns=now))
    played = np.concatenate(heard)
    assert (buffer.counts.underruns, buffer.counts.dropped) == (0, 0)
    assert buffer.counts.lateness < 0.03 * RATE
    assert sharpest(played[2 * RATE :]) < 10 ** (-80 / 20)


def test_a_jitter_buffer_with_nothing_in_it_is_silent():
    out = np.ones(480, np.float32)
    assert not JitterBuffer().read_into(out)
    assert not out.any()


@pytest.mark.parametrize("target", [0, 0.3, float("nan")])
def test_absurd_targets_are_refused(target):
    with pytest.raises(ValueError, match="target"):
        JitterBuffer(target)
