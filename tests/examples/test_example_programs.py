"""The programs in examples/, run as they are beside a server on loopback."""

from __future__ import annotations

import itertools
import json
import runpy
import signal
import subprocess
import sys
import threading
import time
import wave
from collections.abc import Callable, Iterator
from pathlib import Path

import av
import numpy as np
import pytest

import asciichat
from asciichat.media.still import encode_png

EXAMPLES = Path(__file__).parent.parent.parent / "examples"
PATIENCE = 60.0
"""Seconds after which something that should come does not."""

Start = Callable[..., "subprocess.Popen[str]"]


@pytest.fixture
def server() -> Iterator[asciichat.Server]:
    with asciichat.Server(("127.0.0.1",), 0) as server:
        yield server


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Start]:
    """Start an example; it is killed after the test if the test did not end it."""
    started = []

    def start(name: str, *arguments: object) -> subprocess.Popen[str]:
        program = subprocess.Popen(
            [sys.executable, str(EXAMPLES / name), *map(str, arguments)],
            cwd=tmp_path,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        started.append(program)
        return program

    yield start
    for program in started:
        with program:
            program.kill()


def press_ctrl_c(program: subprocess.Popen[str]) -> None:
    """It ends quietly."""
    program.send_signal(signal.SIGINT)
    _, complaint = program.communicate(timeout=PATIENCE)
    assert (program.returncode, complaint) == (0, "")


def pictures(call: asciichat.Call) -> Iterator[str]:
    """The pictures that arrive in this call."""
    while (event := call.next_event(PATIENCE)) is not None:
        if isinstance(event, asciichat.Picture):
            yield event.text
    pytest.fail("no picture came")


def test_the_clock_is_seen_to_go(server: asciichat.Server, start: Start) -> None:
    with asciichat.connect("127.0.0.1", server.port, video=False, color="none") as call:
        program = start("clock_bot.py", "127.0.0.1", server.port)
        faces: set[str] = set()
        for text in pictures(call):
            if "clock" not in names(server) or not text.strip():
                continue
            faces.add(text)
            if len(faces) > 2:
                break
        press_ctrl_c(program)


def test_the_clock_draws_its_digits() -> None:
    face = runpy.run_path(str(EXAMPLES / "clock_bot.py"))["clock_face"]("1:7", scale=1)
    drawn = ["".join(" #"[bool(pixel.any())] for pixel in row) for row in face[1:-1]]
    assert drawn == [
        "  #      ### ",
        " ##   #    # ",
        "  #        # ",
        "  #   #    # ",
        " ###       # ",
    ]


def test_the_music_is_heard(server: asciichat.Server, start: Start) -> None:
    with asciichat.connect("127.0.0.1", server.port, video=False) as call:
        program = start("music_bot.py", "127.0.0.1", server.port)
        loud = 0
        while loud < 24000:
            event = call.next_event(PATIENCE)
            assert event is not None, "no sound came"
            if isinstance(event, asciichat.Sound) and np.abs(event.samples).max() > 0.05:
                loud += len(event.samples)
        press_ctrl_c(program)


@pytest.mark.parametrize(("note", "hertz"), [("A4", 440.0), ("C4", 261.63), ("G4", 392.0)])
def test_a_plucked_string_has_the_notes_pitch(note: str, hertz: float) -> None:
    sound = runpy.run_path(str(EXAMPLES / "music_bot.py"))["plucked"](note, 1.0)
    spectrum = np.abs(np.fft.rfft(sound[24000:]))  # later, when the overtones are gone
    assert np.argmax(spectrum) * 2 == pytest.approx(hertz, rel=0.01)


def test_a_recording_holds_what_was_seen_and_heard(
    server: asciichat.Server, start: Start, tmp_path: Path
) -> None:
    program = start("recorder.py", "party", "127.0.0.1", server.port)
    hum = (0.3 * np.sin(np.arange(48000) / 20)).astype(np.float32)
    with asciichat.connect("127.0.0.1", server.port, color="none") as call:
        end = time.monotonic() + PATIENCE
        for number in itertools.count():
            call.send_video(np.full((90, 120, 3), 255 * (number // 25 % 2), np.uint8))
            call.send_audio(hum[number % 50 * 960 :][:960])
            event = call.next_event(0.02)
            assert time.monotonic() < end, f"nothing was recorded, last came {event}"
            recorder = [c for c in server.clients() if c.state.name == "recorder"]
            if (
                recorder
                and recorder[0].counts["pictures_out"] >= 10
                and recorder[0].counts["sounds_out"] >= 200
            ):
                break
        press_ctrl_c(program)
    header, *events = map(json.loads, (tmp_path / "party.cast").read_text().splitlines())
    assert header == {"version": 2, "width": 100, "height": 30}
    assert [event[0] for event in events] == sorted(event[0] for event in events)
    assert any("\x1b[38;2;" in text for _, _, text in events)
    with wave.open(str(tmp_path / "party.wav")) as wav:
        assert (wav.getnchannels(), wav.getframerate()) == (1, 48000)
        samples = np.frombuffer(wav.readframes(wav.getnframes()), np.int16)
    assert np.abs(samples).max() > 2000


def test_filtered_pictures_are_seen(server: asciichat.Server, start: Start) -> None:
    with asciichat.connect("127.0.0.1", server.port, video=False, color="none") as call:
        program = start("numpy_filter.py", "127.0.0.1", server.port, "--test-pattern")
        next(text for text in pictures(call) if "edges" in names(server) and text.strip())
        server.stop()
        _, complaint = program.communicate(timeout=PATIENCE)
        assert program.returncode == 1
        assert complaint.startswith("the call")
        assert complaint.count("\n") == 1


def names(server: asciichat.Server) -> set[str]:
    """Who is in the call."""
    return {client.state.name for client in server.clients()}


def test_the_filter_shows_edges_and_nothing_else() -> None:
    glowing_edges = runpy.run_path(str(EXAMPLES / "numpy_filter.py"))["glowing_edges"]
    frame = np.zeros((4, 6, 3), np.uint8)
    frame[:, 3:] = 200
    edges = glowing_edges(frame)
    assert (edges[:, 2] == 255).all()
    assert not np.delete(edges, 2, axis=1).any()


def write_film(path: Path, seconds: float) -> None:
    """White pictures and a hum."""
    with av.open(str(path), "w") as container:
        pictures = container.add_stream("mpeg4", rate=25)
        pictures.width, pictures.height, pictures.pix_fmt = 64, 48, "yuv420p"
        sound = container.add_stream("pcm_s16le", rate=48000, layout="mono")
        white = av.VideoFrame.from_ndarray(np.full((48, 64, 3), 255, np.uint8), "rgb24")
        for _ in range(round(seconds * 25)):
            container.mux(pictures.encode(white))
        hum = (10000 * np.sin(np.arange(round(seconds * 48000)) / 20)).astype(np.int16)
        block = av.AudioFrame.from_ndarray(hum[None], "s16", "mono")
        block.sample_rate = 48000
        for packets in (sound.encode(block), sound.encode(None), pictures.encode(None)):
            container.mux(packets)


def test_a_film_is_seen_and_heard_until_its_end(
    server: asciichat.Server, start: Start, tmp_path: Path
) -> None:
    write_film(tmp_path / "film.mkv", 2.0)
    with asciichat.connect("127.0.0.1", server.port, name="Ada", video=False, color="none") as call:
        program = start("film_bot.py", "film.mkv", "127.0.0.1", server.port)
        seen, heard, here = False, 0, False
        while (event := call.next_event(PATIENCE)) is not None:
            match event:
                case asciichat.Picture(text=text):
                    seen |= bool(set(text) - set(" \n"))
                case asciichat.Sound(samples=samples):
                    heard += int((np.abs(samples) > 0.05).sum())
                case asciichat.People(people=people):
                    here_before, here = here, "film" in {person.name for person in people}
                    if here_before and not here:
                        break
    assert seen
    assert heard > 24000  # half a second; a hum is above that for most of its time
    _, complaint = program.communicate(timeout=PATIENCE)
    assert (program.returncode, complaint) == (0, "")


def test_a_film_that_is_none_is_named(start: Start) -> None:
    program = start("film_bot.py", "absent.mkv")
    _, complaint = program.communicate(timeout=PATIENCE)
    assert (program.returncode, complaint) == (1, "There is no file absent.mkv.\n")


def test_a_server_records_everybody(start: Start, tmp_path: Path) -> None:
    program = start("recording_server.py", "party", "127.0.0.1", 0)
    assert program.stdout is not None
    port = int(program.stdout.readline().rsplit(" ", 1)[1])
    hum = (0.3 * np.sin(np.arange(48000) / 20)).astype(np.float32)
    told = False
    with asciichat.connect("127.0.0.1", port, name="../Ada") as call:
        end = time.monotonic() + PATIENCE
        for number in itertools.count():
            call.send_video(np.full((48, 64, 3), number % 256, np.uint8))
            call.send_audio(hum[number % 50 * 960 :][:960])
            event = call.next_event(0.02)
            assert time.monotonic() < end, "nothing was recorded"
            told |= isinstance(event, asciichat.Text) and event.text == "hello ../Ada, this call is recorded"
            kept = [*(tmp_path / "party").glob("*.png")]
            wav = tmp_path / "party" / "call.wav"
            if told and kept and wav.exists() and wav.stat().st_size > 200_000:
                break
    press_ctrl_c(program)
    assert kept[0].name.startswith("___Ada-")
    with av.open(str(kept[0])) as container:
        picture = next(container.decode(video=0)).to_ndarray(format="rgb24")
    assert picture.shape == (48, 64, 3)
    with wave.open(str(wav)) as recorded:
        samples = np.frombuffer(recorded.readframes(recorded.getnframes()), np.int16)
    assert np.abs(samples).max() > 2000


def test_an_image_is_printed(start: Start, tmp_path: Path) -> None:
    picture = np.random.default_rng(0).integers(0, 256, (60, 80, 3), np.uint8)
    (tmp_path / "noise.png").write_bytes(encode_png(picture))
    program = start("render_image.py", "noise.png", "--columns", 40, "--mode", "quadrant")
    printed, complaint = program.communicate(timeout=PATIENCE)
    assert (program.returncode, complaint) == (0, "")
    assert printed == asciichat.render(picture, 40, 24, mode="quadrant") + "\n"


def test_what_is_no_image_is_named(start: Start, tmp_path: Path) -> None:
    program = start("render_image.py", "absent.png")
    _, complaint = program.communicate(timeout=PATIENCE)
    assert program.returncode == 1
    assert complaint.startswith("absent.png cannot be shown: ")


def test_the_chat_bot_answers(server: asciichat.Server, start: Start) -> None:
    with asciichat.connect("127.0.0.1", server.port, name="Ada", video=False) as call:
        program = start("chat_bot.py", "127.0.0.1", server.port)
        while "chat bot" not in {person.name for person in call.people()}:
            assert call.next_event(PATIENCE) is not None, "it did not join"
        for line in ("hello", "!who", "!roll 1"):
            call.send_text(line)
        said = []
        while len(said) < 2:
            event = call.next_event(PATIENCE)
            assert event is not None, said
            if isinstance(event, asciichat.Text) and event.sender == "chat bot":
                said.append(event.text)
        press_ctrl_c(program)
    assert said == ["with me are Ada", "1 of 1"]


@pytest.mark.parametrize(
    ("question", "answer"),
    [
        ("hello", None),
        ("!help", "I know !time, !who and !roll [SIDES]"),
        ("!who", "I am alone"),
        ("!roll 0", "!roll takes one number, 1 or more"),
        ("!roll six", "!roll takes one number, 1 or more"),
        ("!roll 1 2 3", "!roll takes one number, 1 or more"),
    ],
)
def test_what_the_chat_bot_says(question: str, answer: str | None) -> None:
    assert runpy.run_path(str(EXAMPLES / "chat_bot.py"))["answer"](question, ()) == answer


def test_a_watching_server_tells_who_is_there_and_who_moves(start: Start) -> None:
    program = start("watching_server.py", "127.0.0.1", 0)
    assert program.stdout is not None
    lines = (line.partition(" ")[2].rstrip("\n") for line in program.stdout)
    listening = next(lines)
    assert listening.startswith("listening on port ")
    with asciichat.connect("127.0.0.1", int(listening.rsplit(" ", 1)[1]), name="Ada") as call:
        assert next(lines) == "Ada is here"
        call.send_text("does it see me?")
        assert next(lines) == "Ada: does it see me?"
        moved = threading.Event()

        def dance() -> None:
            noise = np.random.default_rng(0)  # of a camera: a picture that is quite the same is not sent
            for number in itertools.count():
                frame = noise.integers(0, 8, (48, 64, 3), np.uint8)
                at = 0 if moved.is_set() else number % 48
                frame[:, at : at + 16] = 255
                call.send_video(frame)
                if still.wait(0.05):
                    return

        still = threading.Event()
        dancer = threading.Thread(target=dance)
        dancer.start()
        try:
            assert next(lines) == "Ada moves"
            moved.set()
            assert next(lines) == "Ada keeps still"
        finally:
            still.set()
            dancer.join()
    while (line := next(lines)) in ("Ada moves", "Ada keeps still"):
        pass  # a computer that is busy may have stood still for a moment while she danced
    assert line.startswith("Ada has left: ")
    press_ctrl_c(program)


def test_the_noise_of_a_camera_is_no_motion() -> None:
    motion = runpy.run_path(str(EXAMPLES / "watching_server.py"))["Motion"]()
    random = np.random.default_rng(0)
    scene = random.integers(30, 220, (48, 64, 3))
    for _ in range(10):
        assert motion.look(1, (scene + random.normal(0, 6, scene.shape)).astype(np.uint8)) is None
    assert motion.look(1, np.roll(scene, 8, axis=1).astype(np.uint8)) is True
    assert motion.look(1, np.roll(scene, 8, axis=1).astype(np.uint8)) is False
