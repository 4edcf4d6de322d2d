"""Cameras. FFmpeg's own virtual device stands in for one: it is opened and read as a camera is."""

from __future__ import annotations

import itertools
import threading
from collections.abc import Iterator

import av
import numpy as np
import pytest

from asciichat.media.errors import WebcamError, WebcamPermissionError
from asciichat.media.live import LiveVideo
from asciichat.media.webcam import list_webcams, open_webcam


def virtual_camera(description: str = "testsrc=size=640x480:rate=30"):
    return lambda: av.open(f"{description},realtime", format="lavfi")


class OnePicture:
    """A camera that has taken one picture and is about to take the next."""

    over = threading.Event()

    def decode(self, video: int) -> Iterator[av.VideoFrame]:
        with av.open("testsrc=size=320x240", format="lavfi") as container:
            yield next(container.decode(video=video))
        self.over.wait()

    def close(self) -> None:
        pass


def test_a_live_source_gives_pictures_scaled_to_fit():
    camera = LiveVideo("camera", virtual_camera())
    assert camera.size == (360, 270)
    frames = list(itertools.islice(camera, 4))
    assert all(frame.shape == (270, 360, 3) and frame.dtype == np.uint8 for frame in frames)
    camera.close()


def test_every_picture_is_new_and_a_slow_reader_gets_the_newest():
    camera = LiveVideo("camera", virtual_camera("testsrc2=size=320x240:rate=50"))
    frames = iter(camera)
    first = next(frames)
    assert (next(frames) != first).any()
    camera.close()


def test_a_picture_is_read_once():
    camera = LiveVideo("camera", OnePicture)  # type: ignore[arg-type]
    assert camera.read(0.0) is not None
    assert camera.read(0.0) is None
    OnePicture.over.set()
    camera.close()


def test_closing_ends_an_iteration_that_waits():
    camera = LiveVideo("camera", virtual_camera("testsrc=size=320x240:rate=2"))
    frames = iter(camera)
    next(frames)
    timer = threading.Timer(0.05, camera.close)
    timer.start()
    list(frames)
    timer.join()
    camera.close()  # twice does no harm


def test_a_camera_that_is_unplugged_is_found_again_when_it_comes_back():
    plugged = threading.Event()

    def open_device():
        if not opened or plugged.is_set():
            opened.append(1)
            rate = "rate=30:duration=0.2" if len(opened) == 1 else "rate=30"
            return av.open(f"testsrc2=size=320x240:{rate},realtime", format="lavfi")
        raise WebcamError("There is no camera on this computer.")

    opened: list[int] = []
    camera = LiveVideo("camera", open_device)
    frames = iter(camera)
    with camera._changed:
        assert camera._changed.wait_for(lambda: camera.lost, timeout=20)
    assert camera.lost == "it ended"
    camera.read(0.0)
    plugged.set()
    assert next(frames) is not None
    assert camera.lost is None
    assert len(opened) == 2
    camera.close()


def test_a_device_that_opens_and_gives_nothing_is_an_error():
    with pytest.raises(WebcamError, match="Camera gives no picture: it ended"):
        LiveVideo("camera", lambda: av.open("testsrc=size=320x240:duration=0", format="lavfi"))


def test_no_thread_is_left_behind():
    before = set(threading.enumerate())
    for _ in range(3):
        LiveVideo("camera", virtual_camera()).close()
    assert set(threading.enumerate()) <= before


def test_cameras_are_listed_by_number_and_metadata_nodes_are_not(tmp_path):
    for node, index, name in [
        ("video2", 0, "USB Camera"),
        ("video0", 0, "Built-in"),
        ("video1", 1, "Built-in"),
    ]:
        (tmp_path / node).mkdir()
        (tmp_path / node / "index").write_text(f"{index}\n")
        (tmp_path / node / "name").write_text(f"{name}\n")
    (tmp_path / "video9").mkdir()  # vanished while it was looked at
    assert list_webcams(tmp_path) == [(0, "Built-in"), (2, "USB Camera")]
    assert list_webcams(tmp_path / "absent") == []


def test_an_absent_camera_is_one_clear_sentence():
    if list_webcams():
        pytest.skip("this computer has a camera")
    with pytest.raises(WebcamError, match=r"^There is no camera on this computer\.$"):
        open_webcam(3)


def test_a_camera_one_may_not_use_says_so(monkeypatch):
    def refuse(*_args, **_options):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(av, "open", refuse)
    with pytest.raises(WebcamPermissionError, match="You may not use camera 0"):
        open_webcam(0)
