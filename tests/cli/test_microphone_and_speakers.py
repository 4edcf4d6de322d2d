"""The client's sound card, on a stand-in for PortAudio whose microphone hums and whose loudspeaker is a file."""

from __future__ import annotations

import time
from pathlib import Path

import numpy as np

from asciichat import connect
from ports import free_port
from waiting import wait_until


def played(sound_card: dict[str, str]) -> np.ndarray:
    """What the loudspeaker got so far."""
    data = Path(sound_card["TAPE"]).read_bytes()
    return np.frombuffer(data[: len(data) // 4 * 4], np.float32)


def test_devices_are_listed_with_the_numbers_to_choose_them_by(run, sound_card):
    microphones = run("client", "--list-microphones", **sound_card)
    assert (microphones.returncode, microphones.stdout) == (0, "  0  Humming\n")
    speakers = run("client", "--list-speakers", **sound_card)
    assert (speakers.returncode, speakers.stdout) == (0, "  3  Tape\n")


def test_without_portaudio_a_list_is_one_sentence(run, tmp_path):
    (tmp_path / "sounddevice.py").write_text("raise OSError('PortAudio library not found')")
    listed = run("client", "--list-speakers", PYTHONPATH=str(tmp_path))
    assert listed.returncode == 23
    assert (
        listed.stderr == "asciichat: No sound: the PortAudio library is missing (on Debian, libportaudio2).\n"
    )


def join(on_terminal, server, sound_card, *options):
    """A client in the call, with the stand-in for its sound card."""
    terminal = on_terminal(
        "client", f"127.0.0.1:{server.port}", "--test-pattern", *options, COLORTERM="", **sound_card
    )
    terminal.wait_for(b"leave")
    wait_until(lambda: len(server.clients()) == 1 and server.clients()[0].counts["pictures_in"] > 0)
    return terminal


def test_what_is_said_is_sent_and_what_is_heard_is_played(on_terminal, server, sound_card):
    terminal = join(on_terminal, server, sound_card, "--volume", "0.5")
    wait_until(lambda: server.clients()[0].counts["sounds_in"] > 20)
    wait_until(lambda: server.clients()[0].speaking)
    assert not np.abs(played(sound_card)).max(initial=0) > 0.05
    with connect("127.0.0.1", server.port, video=False, fps=1) as other:
        tone = 0.2 * np.sin(np.arange(48_000) * 2 * np.pi * 300 / 48_000).astype(np.float32)
        start = time.monotonic()
        for at in range(0, 48_000, 480):
            other.send_audio(tone[at : at + 480])
            time.sleep(max(0.0, start + at / 48_000 - time.monotonic()))
        wait_until(lambda: np.abs(played(sound_card)).max(initial=0) > 0.07)
    # Half of what came, which itself was brought up by at most the automatic level's first steps.
    assert np.abs(played(sound_card)).max() < 0.15
    terminal.type(b"q")
    assert terminal.wait() == 0


def test_echo_that_stays_is_told_once_and_life_goes_on(on_terminal, server, sound_card):
    terminal = join(on_terminal, server, sound_card)
    terminal.wait_for(b"pip install asciichat[voice]")
    wait_until(lambda: server.clients()[0].counts["sounds_in"] > 0)


def test_push_to_talk_is_heard_while_the_key_is_held_and_no_longer(on_terminal, server, sound_card):
    terminal = join(on_terminal, server, sound_card, "--push-to-talk", "--no-voice-processing")

    def said() -> int:
        (client,) = server.clients()
        return client.counts["sounds_in"]

    wait_until(lambda: b"muted" in terminal.output or not terminal._read(0.1))
    assert said() == 0
    assert b"asciichat[voice]" not in terminal.output  # nobody asked for it

    def press() -> int:
        """How much is said before the key counts as let go."""
        before = last = said()
        terminal.type(b" ")
        end = time.monotonic() + 2
        while said() == before and time.monotonic() < end:
            time.sleep(0.01)
        while last != said():  # and then it ends
            last = said()
            time.sleep(0.3)
        return last - before

    # It holds on for longer than it takes a keyboard to begin repeating: 70 packets, of which a busy computer may lose some.
    heard = [press()]
    while max(heard) <= 40 or len(heard) < 2:
        assert len(heard) < 6
        heard.append(press())
    assert max(heard) < 400


def test_a_microphone_that_does_not_exist_is_told_and_the_call_goes_on(on_terminal, server, sound_card):
    terminal = join(on_terminal, server, sound_card, "--microphone-index", "7")
    terminal.wait_for(b"No microphone 7 could be opened")
    assert server.clients()[0].counts["sounds_in"] == 0


def test_a_server_without_a_mixer_sends_no_sound(start, sound_card):
    process = start("server", "-p", free_port(), "--no-audio-mixer")
    line = ""
    while "A call is open on" not in line:
        line = process.stderr.readline()
    port = int(line.split(":")[1].split()[0])
    with connect("127.0.0.1", port, video=False) as one, connect("127.0.0.1", port, video=False) as other:
        for _ in range(30):
            one.send_audio(np.full(480, 0.1, np.float32))
            time.sleep(0.01)
        assert other.counts()["sounds_in"] == 0
