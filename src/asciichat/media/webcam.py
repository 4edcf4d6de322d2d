"""Cameras: which there are, and opening one."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import NamedTuple

import av
import av.error
from av.container import InputContainer

from .errors import WebcamBusyError, WebcamError, WebcamPermissionError
from .live import LiveVideo

_V4L2_CLASS = Path("/sys/class/video4linux")
_CAPTURE = {"video_size": "640x480", "framerate": "30"}
"""What every camera can do, and more than a call shows."""


class Camera(NamedTuple):
    """A camera that is plugged in."""

    number: int
    """What to choose it by."""
    name: str


def list_webcams(v4l2_class: Path = _V4L2_CLASS) -> list[Camera]:
    """The cameras of this computer, by number.

    Parameters
    ----------
    v4l2_class
        Where Linux lists its video devices.
    """
    if sys.platform == "darwin":
        return _list_avfoundation()
    cameras = []
    for node in v4l2_class.glob("video*"):
        try:
            # A camera has several nodes; those after the first give metadata, not pictures.
            if int((node / "index").read_text()) == 0:
                cameras.append(
                    Camera(int(node.name.removeprefix("video")), (node / "name").read_text().strip())
                )
        except (OSError, ValueError):
            continue
    return sorted(cameras)


def open_webcam(index: int = 0) -> LiveVideo:
    """Open a camera by its number.

    Raises
    ------
    WebcamError
        There is no such camera or it gives no picture; its subclasses: it is in use, or not allowed.
    """
    name = f"camera {index}"
    model = _model(index)

    def open_device() -> InputContainer:
        # What was unplugged may have another number when it comes back.
        back = next((c.number for c in list_webcams() if c.name == model), index)
        return _open(index if model is None or _model(index) == model else back, name)

    return LiveVideo(name, open_device)


def _model(index: int) -> str | None:
    """What the camera of that number is called; None without one."""
    return next((camera.name for camera in list_webcams() if camera.number == index), None)


def _open(index: int, name: str) -> InputContainer:
    mac = sys.platform == "darwin"
    device, form = (str(index), "avfoundation") if mac else (f"/dev/video{index}", "v4l2")
    try:
        try:
            return av.open(device, format=form, options=_CAPTURE)
        except (av.error.ArgumentError, av.error.InvalidDataError):
            return av.open(device, format=form)  # a camera of other sizes: whatever it likes best
    except FileNotFoundError:
        raise WebcamError(_absent(index)) from None
    except PermissionError:
        cure = "allow it in System Settings" if mac else "ask for membership of the group 'video'"
        raise WebcamPermissionError(f"You may not use {name}: {cure}.") from None
    except (av.error.FFmpegError, OSError, ValueError) as error:
        if getattr(error, "errno", None) == 16:  # EBUSY
            raise WebcamBusyError(f"Another program is using {name}.") from None
        if not any(camera.number == index for camera in list_webcams()):
            raise WebcamError(_absent(index)) from None
        reason = getattr(error, "strerror", None) or str(error)
        raise WebcamError(f"{name.capitalize()} cannot be opened: {reason}.") from None


def _absent(index: int) -> str:
    cameras = list_webcams()
    if not cameras:
        return "There is no camera on this computer."
    known = ", ".join(f"{camera.number} ({camera.name})" for camera in cameras)
    return f"There is no camera {index}; there is {known}."


def _list_avfoundation() -> list[Camera]:
    enumerate_devices = getattr(av, "enumerate_input_devices", None)  # PyAV 16 and later
    if enumerate_devices is None:
        return []
    devices = enumerate_devices("avfoundation")
    videos = [d for d in devices if "video" in str(getattr(d, "media_types", "video"))]
    return [Camera(number, device.description or device.name) for number, device in enumerate(videos)]
