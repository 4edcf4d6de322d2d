"""What an operator decides about sound, heard by those in the call."""

from __future__ import annotations

import time
from collections.abc import Callable
from functools import partial

import numpy as np
import pytest
from mouth_and_ear import RATE, Ear, Mouth, Samples

import asciichat
import waiting
from asciichat import Server

wait_until = partial(waiting.wait_until, seconds=30.0)


def join(server: Server, **options: object) -> asciichat.Call:
    """Somebody who neither shows anything nor looks much."""
    return asciichat.connect("127.0.0.1", server.port, video=False, fps=1, **options)  # type: ignore[arg-type]


def loudness(samples: Samples) -> float:
    """RMS in dBFS."""
    return float(10 * np.log10(np.square(samples, dtype=np.float64).sum() / max(1, len(samples)) + 1e-12))


def test_the_muted_are_not_heard_and_later_they_are(
    serve: Callable[..., Server], voices: dict[str, Samples]
) -> None:
    server = serve()
    with join(server) as talking, join(server) as listening:
        ear = Ear(listening)
        mouth = Mouth(talking, np.tile(voices["alice"], 20))
        talker, listener = sorted(server.clients(), key=lambda client: client.id)
        wait_until(lambda: loudness(ear.heard()[-4800:]) > -45)
        assert server.mute(talker.id)
        wait_until(lambda: loudness(ear.heard()[-24_000:]) < -80)  # longer than any pause between words
        assert server.clients()[0].state.muted
        wait_until(lambda: not any(client.speaking for client in server.clients()))
        assert server.mute(talker.id, False)
        wait_until(lambda: loudness(ear.heard()[-4800:]) > -45)
        wait_until(lambda: any(client.speaking and client.level > -50 for client in server.clients()))
        assert not [client for client in server.clients() if client.id == listener.id and client.speaking]
        mouth.close()
        ear.close()
    wait_until(lambda: not server.clients())
    assert not server.mute(talker.id)


@pytest.mark.parametrize("automatic_level", [True, False])
def test_a_quiet_talker_is_brought_up_unless_told_otherwise(
    serve: Callable[..., Server], voices: dict[str, Samples], automatic_level: bool
) -> None:
    server = serve(automatic_level=automatic_level)
    quiet = np.tile(voices["bob"], 5) * np.float32(10 ** (-14 / 20))
    with join(server) as talking, join(server) as listening:
        ear = Ear(listening)
        mouth = Mouth(talking, quiet)

        def raised() -> float:
            """By how much the last one and a half seconds are louder than they were said, in dB."""
            heard = ear.heard()
            end = len(heard) + round((ear.start - mouth.start) * RATE)
            return loudness(heard[-72_000:]) - loudness(quiet[:end][-72_000:])

        time.sleep(5)  # the time a level takes to settle; what is said goes on
        # A machine that is held up for a moment leaves a gap in what is heard.
        wait_until(lambda: raised() > 5 if automatic_level else abs(raised()) < 3, seconds=15.0)
        mouth.close()
        ear.close()


def test_without_the_mixer_nobody_hears_anybody(
    serve: Callable[..., Server], voices: dict[str, Samples]
) -> None:
    server = serve(audio_mixer=False)
    with join(server) as talking, join(server) as listening:
        mouth = Mouth(talking, voices["alice"])
        wait_until(lambda: max(client.counts["sounds_in"] for client in server.clients()) > 50)
        assert listening.counts()["sounds_in"] == 0
        assert all(client.counts["sounds_out"] == 0 for client in server.clients())
        mouth.close()


def test_who_wants_no_sound_does_not_keep_others_from_being_known_to_speak(
    serve: Callable[..., Server], voices: dict[str, Samples]
) -> None:
    server = serve()
    with join(server, audio=False) as talking:
        mouth = Mouth(talking, np.tile(voices["carol"], 4))
        wait_until(lambda: server.clients()[0].speaking)
        mouth.close()
        wait_until(lambda: not server.clients()[0].speaking)


def traffic(server: Server, said: Samples, due: int, **listener: object) -> float:
    """Bytes a second somebody receives of the others' sound, while as many sounds come as are due in a second."""
    with join(server) as talking, join(server, **listener) as listening:
        mouth = Mouth(talking, said)
        wait_until(lambda: listening.counts()["sounds_in"] > 20)
        for _ in range(5):  # a machine that is held up for a moment leaves a gap
            begun, before = time.monotonic(), listening.counts()
            time.sleep(2)
            after, seconds = listening.counts(), time.monotonic() - begun
            thick, sounds = ((after[what] - before[what]) / seconds for what in ("bytes_in", "sounds_in"))
            if sounds == pytest.approx(due, rel=0.2):
                break
        mouth.close()
    assert sounds == pytest.approx(due, rel=0.2)
    return thick


def test_the_bitrate_and_the_length_of_packets_are_what_was_asked_for(
    serve: Callable[..., Server], voices: dict[str, Samples]
) -> None:
    said = np.tile(voices["alice"], 5)
    thick = traffic(serve(opus_bitrate=256_000), said, 100)
    thin = traffic(serve(opus_bitrate=16_000, opus_loss=20), said, 50, short_sound=False)
    assert thick > 2.5 * thin


def test_a_new_call_begins_without_a_burst(serve: Callable[..., Server], voices: dict[str, Samples]) -> None:
    """As a client does that calls again: same loudspeaker, new call."""
    server = serve()
    with join(server) as talking:
        mouth = Mouth(talking, np.tile(voices["alice"], 20))
        first = join(server)
        ear = Ear(first)
        wait_until(lambda: loudness(ear.heard()[-4800:]) > -45)
        first.close()
        burst = True
        for _ in range(4):  # a machine that is held up makes one too, but not each time
            wait_until(lambda: not ear.heard()[-14_400:].any())
            before, begun = ear.buffer.counts, time.monotonic()
            with join(server) as second:
                second.hear_into(ear.buffer)
                wait_until(lambda before=before: ear.buffer.counts.written - before.written > 48_000)
                took, after = time.monotonic() - begun, ear.buffer.counts
            # A second of sound came in a second, and next to nothing of it had to be thrown away.
            burst = took <= 0.85 or after.dropped - before.dropped >= 9600 or after.lateness >= 9600
            if not burst:
                break
        mouth.close()
        ear.close()
    assert not burst, (took, before, after)
