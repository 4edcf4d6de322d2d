"""What can go wrong with pictures and sound, each with a sentence for the person in front of the screen."""

from __future__ import annotations


class MediaError(Exception):
    """A picture or sound could not be opened, decoded or played. ``str(error)`` is one sentence to show."""


class MediaOpenError(MediaError):
    """A file or stream is absent, unreadable, or holds nothing that is wanted."""


class SiteError(MediaOpenError):
    """Nothing to play was found on a web page."""


class MediaDecodeError(MediaError):
    """Data that claims to be a picture or sound is damaged."""


class MediaSeekError(MediaError):
    """A position could not be reached."""


class MediaWriteError(MediaError):
    """A file cannot be written."""


class WebcamError(MediaError):
    """There is no such camera, or it delivers nothing."""


class WebcamBusyError(WebcamError):
    """Another program holds the camera."""


class WebcamPermissionError(WebcamError):
    """The user may not open the camera."""


class AudioDeviceError(MediaError):
    """There is no microphone or loudspeaker that can be used."""
