"""Films that come through a pipe."""

from __future__ import annotations

import gc
import os
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest

from asciichat.media.errors import MediaOpenError
from asciichat.media.file import MediaFile
from asciichat.media.pipe import Pipe


@pytest.fixture
def through_a_pipe() -> Iterator[Callable[..., Pipe]]:
    """Put bytes into a pipe on a thread of its own, and open the other end."""
    ends: list[int] = []
    threads: list[threading.Thread] = []

    def feed(data: bytes, *, then_wait: bool = False) -> Pipe:
        out, into = os.pipe()
        ends.append(out)

        def write() -> None:
            try:
                with os.fdopen(into, "wb", closefd=not then_wait) as pipe:
                    pipe.write(data)
            except BrokenPipeError:
                pass

        if then_wait:
            ends.append(into)
        threads.append(threading.Thread(target=write, daemon=True))
        threads[-1].start()
        return Pipe(out)

    yield feed
    for end in ends:
        os.close(end)
    for thread in threads:
        thread.join(5)


def number_of(picture) -> int:
    return round(float(picture.mean()) / 8)


def test_pictures_and_sound_come_in_step_as_from_the_file(through_a_pipe, make_film, clock):
    path = make_film(frames=25, fps=25)
    piped, straight = MediaFile(through_a_pipe(path.read_bytes()), clock=clock), MediaFile(path, clock=clock)
    for _ in range(26):
        pictures = [media.video.read(clock()) for media in (piped, straight)]
        assert (pictures[0] is None) == (pictures[1] is None)
        if pictures[0] is not None:
            assert (pictures[0] == pictures[1]).all()
        sounds = [media.audio.read(1920) for media in (piped, straight)]
        assert (sounds[0] == sounds[1]).all()
        clock.advance(0.04)
    assert piped.ended and straight.ended
    piped.close()
    straight.close()


def test_one_track_may_be_read_without_the_other(through_a_pipe, make_film, clock):
    media = MediaFile(through_a_pipe(make_film(frames=25, fps=25).read_bytes()), clock=clock)
    seen = []
    for _ in range(26):
        if (picture := media.video.read(clock())) is not None:
            seen.append(number_of(picture))
        clock.advance(0.04)
    assert seen == list(range(25))
    media.close()


def test_a_still_picture_comes_through_a_pipe(through_a_pipe, tmp_path):
    from PIL import Image

    Image.fromarray(np.full((90, 160, 3), (200, 40, 10), np.uint8)).save(tmp_path / "still.png")
    media = MediaFile(through_a_pipe((tmp_path / "still.png").read_bytes()))
    assert media.endless
    assert (media.video.read(0.0) == (200, 40, 10)).all()
    media.close()


def test_in_a_pipe_there_is_no_other_place_to_go_to(through_a_pipe, make_film):
    media = MediaFile(through_a_pipe(make_film().read_bytes()))
    assert not media.seekable
    media.close()


def test_closing_ends_a_read_that_waits_for_more(through_a_pipe, make_film):
    data = make_film(frames=30, fps=25).read_bytes()
    media = MediaFile(through_a_pipe(data[: len(data) // 2], then_wait=True))
    timer = threading.Timer(0.3, media.close)
    timer.start()
    list(media.video)  # else for ever: the pipe stays open
    timer.join()


def test_a_film_cut_short_is_played_as_far_as_it_goes(through_a_pipe, make_film, clock):
    data = make_film(frames=25, fps=25).read_bytes()
    media = MediaFile(through_a_pipe(data[: len(data) // 2]), clock=clock)
    seen = []
    for _ in range(30):
        if (picture := media.video.read(clock())) is not None:
            seen.append(number_of(picture))
        clock.advance(0.04)
    assert 5 < len(seen) < 25
    media.close()


@pytest.mark.parametrize(("data", "message"), [(b"", "it is empty"), (b"words\n" * 500, "no media stream")])
def test_what_is_no_film_is_refused_in_one_sentence(through_a_pipe, data, message):
    with pytest.raises(MediaOpenError, match=message):
        through_a_pipe(data)


def test_a_film_with_its_index_at_the_end_is_refused_with_what_to_do(through_a_pipe, film):
    with pytest.raises(MediaOpenError, match="with --file"):
        through_a_pipe(film.read_bytes())


def test_a_terminal_is_no_film():
    leader, follower = os.openpty()
    with pytest.raises(MediaOpenError, match="it is the terminal"):
        Pipe(follower)
    os.close(leader)
    os.close(follower)


def test_no_descriptor_is_left_open(through_a_pipe, make_film):
    data = make_film(frames=5).read_bytes()
    before = (
        len(os.listdir("/proc/self/fd")) if Path("/proc/self/fd").exists() else pytest.skip("needs /proc")
    )
    pipe = through_a_pipe(data)
    media = MediaFile(pipe)
    media.close()
    del pipe, media
    gc.collect()
    end = time.monotonic() + 20
    while len(os.listdir("/proc/self/fd")) > before + 1:  # the end of the pipe that the test holds
        assert time.monotonic() < end
        time.sleep(0.01)  # the thread that has written may have its end open still
