"""Where our own picture and sound come from, as the options say."""

from __future__ import annotations

import os
import re
import stat
import time
from pathlib import Path
from typing import Final

from asciichat.cli.options.shared import SoundOptions, SourceOptions
from asciichat.media.devices import Microphone, Speaker
from asciichat.media.effects import Adjusted
from asciichat.media.errors import AudioDeviceError, WebcamError
from asciichat.media.file import MediaFile
from asciichat.media.medium import Medium
from asciichat.media.pattern import TestPattern
from asciichat.media.pipe import Pipe
from asciichat.media.screen import open_screen
from asciichat.media.site import find
from asciichat.media.source import AudioSource, Clock, LiveAudio, LiveMix, VideoSource
from asciichat.media.voice_processing import VoiceProcessor
from asciichat.media.webcam import open_webcam

from .exits import USAGE, CommandError

STANDARD_INPUT: Final = Path("-")


class Origin:
    """The opened sources.

    Attributes
    ----------
    video, audio
        What was found; None if there is none.
    file
        The file being played, if it is one.
    notes
        Sentences about what is missing.
    """

    def __init__(
        self,
        video: Adjusted | None,
        audio: AudioSource | LiveAudio | None = None,
        file: MediaFile | None = None,
        notes: tuple[str, ...] = (),
    ) -> None:
        self.video = video
        self.audio = audio
        self.file = file
        self.notes = notes

    def close(self) -> None:
        """Let go of all of it."""
        for source in (self.video, self.audio, self.file):
            if source is not None:
                source.close()


def open_origin(
    options: SourceOptions,
    *,
    sound: SoundOptions | None,
    speaker: Speaker | None = None,
    sound_ahead: float = 0.0,
    camera_needed: bool,
    clock: Clock = time.monotonic,
) -> Origin:
    """Open what the options name.

    Parameters
    ----------
    sound
        Where sound is to come from; None: none is wanted.
    speaker
        What plays the call, and so comes back into the microphone.
    sound_ahead
        Seconds by which a file's sound is to come before its picture.
    camera_needed
        Without a camera there is no point in going on.
    clock
        What files and the test pattern follow.

    Raises
    ------
    CommandError
        The options contradict each other.
    asciichat.media.errors.MediaError
        What was named is absent or damaged.
    """
    check_source(options)
    if options.played is not None:
        medium, elsewhere = _find(options)
        file = MediaFile(
            medium,
            sound=elsewhere,
            loop=options.loop,
            start=parse_position(options.seek),
            sound_ahead=sound_ahead,
            clock=clock,
        )
        if options.pause:
            file.toggle_pause()
        notes, live = _microphone(sound, speaker, with_file=True)
        audio: AudioSource | LiveAudio | None = live
        if sound is not None and sound.audio_source != "mic" and file.audio is not None:
            audio = file.audio if live is None else LiveMix(live, file.audio)
        return Origin(_adjusted(file.video, options, clock), audio, file, tuple(notes))
    notes, live = _microphone(sound, speaker, with_file=False)
    video: VideoSource | None = None
    if options.test_pattern:
        video = TestPattern(clock=clock)
    elif options.screen:
        video = open_screen()
    else:
        try:
            video = open_webcam(options.webcam_index or 0)
        except WebcamError as error:
            if options.webcam_index is not None:
                raise
            if camera_needed:
                raise type(error)(
                    f"{error} --test-pattern, --screen or --file shows something else."
                ) from None
            notes.append(
                f"{error} Nobody sees you; --test-pattern, --screen or --file would give them something."
            )
    return Origin(_adjusted(video, options, clock), live, notes=tuple(notes))


def _microphone(
    sound: SoundOptions | None, speaker: Speaker | None, *, with_file: bool
) -> tuple[list[str], Microphone | None]:
    """The microphone, if it is wanted and there, and sentences about what is missing."""
    wanted = ("auto", "mic", "both") if not with_file else ("mic", "both")
    if sound is None or sound.audio_source not in wanted:
        return [], None
    notes = []
    processor = None
    if sound.voice_processing:
        try:
            processor = VoiceProcessor(None if speaker is None else speaker.played())
        except AudioDeviceError as error:
            notes.append(str(error))
    try:
        microphone = Microphone(sound.microphone_index, volume=sound.microphone_volume, processor=processor)
    except AudioDeviceError as error:
        return [str(error)], None
    return notes, microphone


def parse_position(text: str) -> float:
    """Seconds from ``SS``, ``MM:SS`` or ``HH:MM:SS``, each with an optional fraction; "" is the start.

    Raises
    ------
    CommandError
        It is none of these.
    """
    if not text:
        return 0.0
    match = re.fullmatch(r"(?:(?:(\d+):)?(\d+):)?(\d+(?:\.\d*)?)", text, re.ASCII)
    if match is None or (match[2] and float(match[3]) >= 60) or (match[1] and int(match[2]) >= 60):
        raise CommandError(f"{text!r} is no position: write seconds, MM:SS or HH:MM:SS.", USAGE)
    return int(match[1] or 0) * 3600 + int(match[2] or 0) * 60 + float(match[3])


def check_source(options: SourceOptions) -> None:
    """Refuse what contradicts itself.

    Raises
    ------
    CommandError
        With the options that do.
    """
    sources = [
        name
        for name, given in (
            ("--file", options.file is not None),
            ("--url", options.url is not None),
            ("--screen", options.screen),
            ("--test-pattern", options.test_pattern),
            ("--webcam-index", options.webcam_index is not None),
        )
        if given
    ]
    if len(sources) > 1:
        raise CommandError(f"{sources[0]} and {sources[1]} contradict each other: choose one source.", USAGE)
    if options.loop and options.file is None:
        raise CommandError("--loop needs a --file.", USAGE)
    for name, given in (("--seek", options.seek), ("--pause", options.pause)):
        if given and options.played is None:
            raise CommandError(f"{name} needs a --file or a --url.", USAGE)
    if options.yt_dlp_options and options.url is None:
        raise CommandError("--yt-dlp-options needs a --url.", USAGE)
    if options.file == STANDARD_INPUT and (options.seek or options.loop):
        name = "--seek" if options.seek else "--loop"
        raise CommandError(f"{name} needs a file: standard input is read once.", USAGE)


def _find(options: SourceOptions) -> tuple[Path | Medium | Pipe, Medium | None]:
    """What is to be played, and where its sound is if that is elsewhere."""
    if options.url is not None:
        try:
            found = find(options.url, options.yt_dlp_options)
        except ValueError as error:
            raise CommandError(f"--yt-dlp-options cannot be split: {error}.", USAGE) from None
        return found.pictures, found.sound
    assert options.file is not None
    return (_standard_input() if options.file == STANDARD_INPUT else options.file), None


def _standard_input() -> Pipe | Medium:
    if stat.S_ISREG(os.fstat(0).st_mode):  # "< film.mp4": there is no need to read it but once
        return Medium("/dev/stdin", "standard input")
    return Pipe()


def _adjusted(video: VideoSource | None, options: SourceOptions, clock: Clock) -> Adjusted | None:
    if video is None:
        return None
    return Adjusted(
        video,
        flip_x=options.flip_x,
        flip_y=options.flip_y,
        color_filter=options.color_filter,
        clock=clock,
    )


def open_speaker(index: int = -1, volume: float = 1.0) -> tuple[Speaker | None, tuple[str, ...]]:
    """The loudspeaker; without one, a sentence that says so."""
    try:
        return Speaker(index, volume=volume), ()
    except AudioDeviceError as error:
        return None, (str(error),)
