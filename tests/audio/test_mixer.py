"""Everyone hears everyone else, whole, and not himself."""

import threading

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sound import conference, delay_of, error_db, level_db, noise, sharpest, sine, speech

from asciichat.audio import BLOCKS_PER_SECOND, RATE, SLOTS, Mixer, block_start


def test_a_single_speaker_is_heard_unchanged():
    said = noise(-25, 4, seed=1)
    _, heard = conference([said, np.zeros_like(said)])
    late = delay_of(heard, said)
    assert late < 0.1 * RATE
    assert error_db(heard[RATE:], said[RATE - late : -late]) < -60


def test_a_speaker_does_not_hear_itself():
    said = noise(-20, 3, seed=1)
    heard, _ = conference([said, np.zeros_like(said)])
    assert not heard.any()


@pytest.mark.parametrize("people", [3, 5, 9])
def test_each_hears_the_sum_of_the_others_scaled_for_the_crowd(people):
    said = [noise(-36, 4, seed) for seed in range(people)]
    heard = conference(said)
    late = delay_of(heard[0], sum(said[1:]))
    for listener in range(people):
        others = sum(voice.astype(np.float64) for i, voice in enumerate(said) if i != listener)
        crowd = 1 / np.sqrt(people - 1)
        # The gate, the ducking and the crowd gain have come to rest after two seconds.
        assert error_db(heard[listener][2 * RATE :], crowd * others[2 * RATE - late : -late]) < -60


@pytest.mark.parametrize("people", [3, 6])
def test_own_voice_is_at_least_50_db_down_in_a_crowd(people):
    said = [noise(-36, 4, seed) for seed in range(people)]
    heard = conference(said)[0][2 * RATE :]
    late = delay_of(heard, sum(said[1:])[2 * RATE :])
    # Least squares: how much of one's own voice explains what is left after the others are taken away.
    columns = np.stack([voice[2 * RATE - late : -late].astype(np.float64) for voice in said], axis=1)
    gains = np.linalg.lstsq(columns, heard.astype(np.float64), rcond=None)[0]
    assert 20 * np.log10(abs(gains[0])) < -50
    assert np.all(np.abs(gains[1:] - 1 / np.sqrt(people - 1)) < 1e-3)


def test_listeners_take_nothing_from_each_other():
    said = noise(-25, 3, seed=1)
    _, *heard = conference([said], listeners=6)
    for other in heard[1:]:
        np.testing.assert_array_equal(other, heard[0])


def test_a_sine_keeps_its_purity():
    heard = conference([sine(1000, -20, 4)], listeners=2)[1][2 * RATE : 3 * RATE]
    spectrum = np.abs(np.fft.rfft(heard))  # one second: 1 Hz bins, no leakage
    harmonics = np.sqrt(np.sum(spectrum[2000:20001:1000] ** 2))
    assert harmonics / spectrum[1000] < 0.001


def test_silence_is_exactly_zero():
    heard = conference([np.zeros(RATE, np.float32)] * 3)
    assert not any(samples.any() for samples in heard)


def test_room_noise_is_gated_away():
    heard = conference([noise(-70, 3, seed=1)], listeners=2)[1]
    assert not heard.any()


def test_a_quieter_talker_steps_back_while_a_louder_one_speaks():
    loud, quiet = sine(500, -15, 4), sine(700, -30, 4)
    quiet_alone = conference([quiet], listeners=2)[1]
    both = conference([loud, quiet], listeners=3)[2]

    def part(signal):
        return np.abs(np.fft.rfft(signal[3 * RATE : 4 * RATE - 300]))[round(700 * (1 - 300 / RATE))]

    change = 20 * np.log10(part(both) / part(quiet_alone))
    assert change == pytest.approx(-6 - 3, abs=0.1)  # ducked, and one of two speakers


def test_talkers_within_6_db_of_each_other_are_left_alone():
    both = conference([sine(500, -20, 4), sine(700, -25, 4)], listeners=3)[2][3 * RATE :]
    spectrum = np.abs(np.fft.rfft(both[: RATE // 2]))
    assert 20 * np.log10(spectrum[250] / spectrum[350]) == pytest.approx(5, abs=0.05)


def test_a_loud_crowd_stays_under_the_ceiling():
    for heard in conference([noise(-3, 2, seed) for seed in range(8)]):
        assert np.abs(heard).max() <= 10 ** (-0.1 / 20)


def test_a_step_in_loudness_makes_no_click():
    tone = sine(1000, -30, 2)
    tone[RATE:] *= 10  # as if its sender turned the volume up: a click of the sender's own
    clean = np.sin(2 * np.pi * 1000 * np.arange(2 * RATE) / RATE) * 10 ** (-40 / 20)
    heard = conference([tone, clean.astype(np.float32)], listeners=3)[2]
    # The chain's answer (ducking the other, compressing) adds no sudden change: high up there is nothing.
    window = np.hanning(512)
    frames = np.lib.stride_tricks.sliding_window_view(heard[RATE // 2 :], 512)[::64] * window
    hertz = np.fft.rfftfreq(512, 1 / RATE)
    above = np.sqrt((np.abs(np.fft.rfft(frames)[:, hertz > 6000]) ** 2).sum(1)) / window.sum()
    said = np.lib.stride_tricks.sliding_window_view((tone + clean)[RATE // 2 :], 512)[::64] * window
    own = np.sqrt((np.abs(np.fft.rfft(said)[:, hertz > 6000]) ** 2).sum(1)) / window.sum()
    assert above.max() < 1.1 * own.max()


def test_active_speakers_are_known():
    mixer = Mixer()
    talker, mute = mixer.add(), mixer.add()
    said = speech("alice")
    spoke = []
    for block in range(2 * BLOCKS_PER_SECOND):
        mixer.write(talker, said[block_start(block) : block_start(block + 1)])
        mixer.mix(mute, block)
        spoke.append(mixer.speaking(talker))
        assert not mixer.speaking(mute)
        assert mixer.level(mute) == -120
    assert sum(spoke) > BLOCKS_PER_SECOND
    for block in range(2 * BLOCKS_PER_SECOND, 4 * BLOCKS_PER_SECOND):
        mixer.mix(mute, block)
    assert not mixer.speaking(talker)


def test_real_speech_passes_whole():
    said = speech("bob") * np.float32(0.4)  # peaks below the compressor's knee
    heard = conference([said], listeners=2)[1]
    late = delay_of(heard, said)
    words = slice(late + RATE // 2, len(heard) - RATE)
    assert error_db(heard[words], said[words.start - late : words.stop - late]) < -40


def test_an_hour_loses_no_sample():
    """Packets of 20 ms come on a sender's clock, blocks go on the mixer's: all comes out once, in order."""
    mixer = Mixer()
    talker, listener = mixer.add(), mixer.add()
    seconds, period = 3600, 480_011  # a prime: blocks, packets and signal never fall into step
    said = noise(-25, 11, seed=5)[:period]
    written = taken = 0
    late = None
    for block in range(seconds * BLOCKS_PER_SECOND):
        while written < block_start(block + 1):
            mixer.write(talker, said[np.arange(written, written + 960) % period])
            written += 960
        heard = mixer.mix(listener, block)
        if block > 60 * BLOCKS_PER_SECOND and block % 1009 == 0:  # the jitter buffer has settled
            if late is None:
                late = taken - delay_of(said, heard, period)
            wanted = said[(taken - late + np.arange(len(heard))) % period]
            assert error_db(heard, wanted) < -60
        taken += len(heard)
    assert taken == seconds * RATE
    assert (mixer.counts(talker).underruns, mixer.counts(talker).dropped) == (0, 0)


def level_of_speech(heard):
    """RMS over the parts that are not pauses."""
    parts = heard[: len(heard) // 480 * 480].reshape(-1, 480).astype(np.float64) ** 2
    power = parts.mean(1)
    return 10 * np.log10(power[power > power.max() / 100].mean())


def test_quiet_and_loud_talkers_come_out_alike():
    levels = []
    for name in ("alice", "bob", "carol"):
        for gain_db in (-14, 0, 6):
            said = np.tile(speech(name) * np.float32(10 ** (gain_db / 20)), 5)
            mixer = Mixer()
            talker, listener = mixer.add(automatic_level=True), mixer.add()
            heard = []
            for block in range(20 * BLOCKS_PER_SECOND):
                mixer.write(talker, said[block_start(block) : block_start(block + 1)])
                heard.append(mixer.mix(listener, block))
            levels.append(level_of_speech(np.concatenate(heard)[12 * RATE :]))
    assert levels == pytest.approx([-23] * 9, abs=2)
    assert max(levels) - min(levels) < 2  # of the 20 dB before


def test_the_automatic_level_leaves_noise_alone():
    said = noise(-55, 20, seed=2)
    mixer = Mixer()
    talker, listener = mixer.add(automatic_level=True), mixer.add()
    for block in range(20 * BLOCKS_PER_SECOND):
        mixer.write(talker, said[block_start(block) : block_start(block + 1)])
        heard = mixer.mix(listener, block)
    assert not heard.any()
    assert not mixer.speaking(talker)


def test_steady_noise_stops_counting_as_speech_and_is_gated():
    said = noise(-57, 40, seed=2)  # peaks at -45 dBFS: above the least level of speech
    mixer = Mixer()
    talker, listener = mixer.add(), mixer.add()
    for block in range(40 * BLOCKS_PER_SECOND):
        mixer.write(talker, said[block_start(block) : block_start(block + 1)])
        heard = mixer.mix(listener, block)
    assert not mixer.speaking(talker)
    assert not heard.any()


@pytest.mark.parametrize("before", [0, 5])
def test_a_fan_is_gated_within_four_seconds(before):
    quiet, fan = noise(-75, 5, seed=1)[: before * RATE], noise(-57, 8, seed=2)
    said = np.concatenate([quiet, fan])
    mixer = Mixer()
    talker, listener = mixer.add(), mixer.add()
    gated = []
    for block in range(len(said) * BLOCKS_PER_SECOND // RATE):
        mixer.write(talker, said[block_start(block) : block_start(block + 1)])
        gated.append(not mixer.mix(listener, block).any())
    rest = gated[(before + 4) * BLOCKS_PER_SECOND :]
    assert all(rest)
    assert not mixer.speaking(talker)


def test_speech_over_a_fan_is_still_heard():
    fan = noise(-57, 12, seed=2)
    said = fan.copy()
    voice = speech("alice")[: 4 * RATE]
    said[7 * RATE : 7 * RATE + len(voice)] += voice
    heard = conference([said, np.zeros_like(said)])[1][7 * RATE : 7 * RATE + len(voice)]
    late = delay_of(heard, voice)
    assert level_db(heard) > level_db(voice) - 1
    clean = voice[: len(voice) - late]
    assert np.corrcoef(heard[late:], clean)[0, 1] > 0.95


def test_the_muted_are_not_heard_and_muting_makes_no_click():
    said = sine(440, -20, 4)
    mixer = Mixer()
    talker, listener = mixer.add(), mixer.add()
    heard = []
    for block in range(3 * BLOCKS_PER_SECOND):
        if block == BLOCKS_PER_SECOND:
            mixer.mute(talker)
        if block == 2 * BLOCKS_PER_SECOND:
            assert not heard[-1].any()
            assert not mixer.speaking(talker)
            assert mixer.level(talker) == -120
            mixer.mute(talker, False)
        mixer.write(talker, said[block_start(block) : block_start(block + 1)])
        heard.append(mixer.mix(listener, block))
    assert heard[-1].any()
    assert sharpest(np.concatenate(heard)[RATE // 2 :]) < 10 ** (-75 / 20)


def test_slots_are_taken_and_given_back():
    mixer = Mixer()
    slots = [mixer.add() for _ in range(SLOTS)]
    assert slots == list(range(SLOTS))
    with pytest.raises(RuntimeError, match="full"):
        mixer.add()
    mixer.remove(7)
    with pytest.raises(ValueError, match="empty"):
        mixer.write(7, np.zeros(10, np.float32))
    assert mixer.add() == 7


def test_blocks_that_are_gone_are_said_to_be_gone():
    mixer = Mixer()
    slot = mixer.add()
    mixer.mix(slot, 100)
    mixer.mix(slot, 85)
    with pytest.raises(LookupError, match="gone"):
        mixer.mix(slot, 84)


@pytest.mark.parametrize("samples", [np.zeros(3), np.zeros((2, 2), np.float32), np.zeros(8, np.float32)[::2]])
def test_samples_of_the_wrong_kind_are_refused(samples):
    mixer = Mixer()
    with pytest.raises(ValueError, match=r"sound is float32\[samples\]|contiguous"):
        mixer.write(mixer.add(), samples)


@settings(max_examples=30, deadline=None)
@given(
    st.lists(
        st.lists(st.floats(width=32, allow_nan=True, allow_infinity=True), min_size=1, max_size=700),
        min_size=1,
        max_size=40,
    )
)
def test_whatever_is_written_the_mix_stays_finite_and_under_the_ceiling(packets):
    mixer = Mixer()
    talker, listener = mixer.add(), mixer.add()
    for block, packet in enumerate(packets * 3):
        mixer.write(talker, np.array(packet, np.float32))
        heard = mixer.mix(listener, block)
        assert np.all(np.abs(heard) <= np.float32(10 ** (-0.1 / 20)) * 1.000001)


def test_threads_may_come_and_go_while_others_listen():
    mixer = Mixer()
    listener = mixer.add()
    stop = threading.Event()
    failures = []

    def talk():
        try:
            while not stop.is_set():
                slot = mixer.add()
                for _ in range(5):
                    mixer.write(slot, np.full(960, 0.1, np.float32))
                mixer.remove(slot)
        except Exception as error:
            failures.append(error)

    threads = [threading.Thread(target=talk) for _ in range(3)]
    for thread in threads:
        thread.start()
    for block in range(4000):
        assert np.all(np.isfinite(mixer.mix(listener, block)))
    stop.set()
    for thread in threads:
        thread.join()
    assert not failures


def test_levels_are_in_dbfs():
    mixer = Mixer()
    talker, listener = mixer.add(), mixer.add()
    tone = sine(440, -12, 2)
    for block in range(2 * BLOCKS_PER_SECOND):
        mixer.write(talker, tone[block_start(block) : block_start(block + 1)])
        mixer.mix(listener, block)
    assert mixer.level(talker) == pytest.approx(-12, abs=0.5)
    assert level_db(tone) == pytest.approx(-15, abs=0.1)
