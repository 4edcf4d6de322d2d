"""Playing a media file into a call: its pictures and its sound, in step."""

from __future__ import annotations

import math
import time
from pathlib import Path
from typing import Final

import numpy as np
from av.audio.frame import AudioFrame
from av.audio.resampler import AudioResampler
from av.video.frame import VideoFrame

from .errors import MediaDecodeError, MediaOpenError
from .medium import Medium
from .pipe import Pipe
from .scaling import Converter
from .source import SAMPLE_RATE, Clock, Frame, PacedVideo, Samples
from .timeline import Place, Timeline
from .track import Kind, PlayedTrack, Track

_STANDS_EVERY: Final = 1.0
"""Seconds after which a picture that stands, or was paused at, is given again."""
_KINDS: Final[tuple[Kind, Kind]] = ("video", "audio")

_CATCH_UP: Final = 10.0
"""Seconds behind the timeline from which decoding all that lies between is given up for a seek."""
_OUT_OF_STEP: Final = 0.1
"""Seconds sound may differ from the timeline for once: a reader that is held up makes up for it by reading faster."""
_OFF: Final = 0.015
"""Seconds it may differ on average: less than people notice."""
_AVERAGE: Final = 0.05
"""Weight of a read in that average: some 20 blocks count."""

_STILL_FORMATS: Final = ("image2", "png_pipe", "jpeg_pipe", "webp_pipe", "bmp_pipe", "tiff_pipe", "pnm_pipe")


class MediaFile:
    """Something being played, in most cases a file.

    Its pictures may be taken by one thread and its sound by another; every other method may be called by any.

    Parameters
    ----------
    source
        Anything FFmpeg can read: the path of a film, a sound, a still picture; a `Medium` on the network; a pipe, which can
        only be played from its beginning to its end.
    sound
        Where the sound is, if it is elsewhere.
    loop
        Begin again at the end.
    start
        Seconds from the start of the file at which playing begins.
    sound_ahead
        Seconds by which sound is given before its picture: what it takes longer on its way.
    clock
        What time it is; playing begins with the first read of either track.

    Attributes
    ----------
    video
        Its pictures, a :class:`FileVideo`, or None. They are at most 480 x 270 pixels.
    audio
        Its sound, a :class:`FileAudio`, or None.
    timeline
        The play position both follow; it is moved by the methods here.
    endless
        It is a still picture, or begun again at the end.
    seekable
        There are other places in it to go to.

    Raises
    ------
    MediaOpenError
        There is no such file, it is no media file, or holds neither pictures nor sound.
    """

    def __init__(
        self,
        source: str | Path | Medium | Pipe,
        *,
        sound: Medium | None = None,
        loop: bool = False,
        start: float = 0.0,
        sound_ahead: float = 0.0,
        clock: Clock = time.monotonic,
    ) -> None:
        opened = source if isinstance(source, Pipe) else _Opened(source, sound)
        has_video, has_audio = opened.has("video"), opened.has("audio")
        still = opened.format in _STILL_FORMATS
        duration = opened.duration if isinstance(opened, _Opened) and not still else None
        if not has_video and not has_audio:
            opened.close()
            raise MediaOpenError(f"{opened.name} holds neither pictures nor sound.")
        self._clock = clock
        self.seekable = isinstance(opened, _Opened) and not still
        self.endless = still or loop
        self.timeline = Timeline(duration, tracks=has_video + has_audio, loop=loop, start=start)
        video, audio = (opened.track(kind) if opened.has(kind) else None for kind in _KINDS)
        self.video, self.audio = None, None
        if video is not None:
            self.video = FileVideo(video, opened.name, self.timeline, still=still, clock=clock)
        if audio is not None:
            self.audio = FileAudio(audio, self.timeline, ahead=sound_ahead, clock=clock)

    @property
    def ended(self) -> bool:
        """The end was reached and there is no loop."""
        return self.timeline.place(self._clock()).ended

    def toggle_pause(self) -> bool:
        """Pause, or go on. Returns whether it is paused now."""
        if self.timeline.paused:
            self.timeline.resume(self._clock())
            return False
        self.timeline.pause(self._clock())
        return True

    def seek_by(self, seconds: float) -> float:
        """Jump forward or, with a negative number, back; within the file. Returns the seconds from its start arrived at."""
        now = self._clock()
        self.timeline.seek(self.timeline.place(now).offset + seconds, now)
        return self.timeline.place(now).offset

    def close(self) -> None:
        """Let go of the file and end every iteration."""
        for track in (self.video, self.audio):
            if track is not None:
                track.close()


class _Opened:
    """A medium that was looked at, and is opened anew for each track."""

    def __init__(self, source: str | Path | Medium, sound: Medium | None) -> None:
        medium = source if isinstance(source, Medium) else Medium.file(Path(source))
        self.name = medium.name
        self._media = {"video": medium, "audio": sound or medium}
        with medium.open() as container:
            self._has = {"video": bool(container.streams.video), "audio": bool(container.streams.audio)}
            self.format = container.format.name
            self.duration = container.duration / 1e6 if container.duration else None
        if sound is not None and sound != medium:
            with sound.open() as container:
                self._has["audio"] = bool(container.streams.audio)

    def has(self, kind: Kind) -> bool:
        return self._has[kind]

    def track(self, kind: Kind) -> Track:
        return Track(self._media[kind], kind)

    def close(self) -> None:
        """Nothing is open."""


class FileVideo(PacedVideo):
    """The pictures of a file (made by :class:`MediaFile`)."""

    def __init__(
        self, track: PlayedTrack, name: str, timeline: Timeline, *, still: bool, clock: Clock
    ) -> None:
        super().__init__(clock)
        self._timeline = timeline
        self._still = still
        self._track = track
        self._converter = Converter()
        self._turn: int | None = None
        self._next: tuple[float, VideoFrame] | None = None
        self._next = self._decode()
        if self._next is None:
            self._track.close()
            raise MediaDecodeError(f"{name} is damaged: not one picture could be decoded.")
        self._first = self._converter.convert(self._next[1], self._track.pixel_aspect)
        self._shown: Frame | None = None
        self._given = -math.inf  # when
        timeline.listen(self.poke)

    @property
    def size(self) -> tuple[int, int]:
        """Width and height of the scaled pictures, in pixels."""
        return self._first.shape[1], self._first.shape[0]

    def read(self, now: float) -> Frame | None:
        """The newest picture due at `now`, or None if it was already read."""
        place = self._timeline.place(now)
        if self._still:
            return self._once_more(now, self._first)
        self._follow(place)
        newest = None
        # Half a millisecond of grace: times in a file are rounded.
        while self._next is not None and self._next[0] <= place.offset + 5e-4:
            newest = self._next[1]
            self._next = self._decode()
        if newest is not None:
            self._shown, self._given = self._converter.convert(newest, self._track.pixel_aspect), now
            return self._shown
        return self._once_more(now, self._shown) if self._timeline.paused else None

    def _once_more(self, now: float, frame: Frame | None) -> Frame | None:
        """A picture that stands, again every second: who sends it can tell that it is not stuck."""
        # Half a millisecond of grace: waiting until then must not come out as a moment earlier by rounding.
        if now < self._given + _STANDS_EVERY - 5e-4:
            return None
        self._given = now
        return frame

    def due(self) -> float | None:
        """When the next picture is due; None after the last."""
        now = self._clock()
        ended = self._timeline.place(now).ended
        if self._still or (self._timeline.paused and not ended):
            return max(now, self._given + _STANDS_EVERY)
        if self._next is not None:
            return self._timeline.when(self._next[0], now)
        if ended:
            return None
        duration = self._timeline.duration
        return math.inf if duration is None else self._timeline.when(duration, now)

    def close(self) -> None:
        """Let go of the file and end every iteration."""
        super().close()
        self._track.close()

    def _decode(self) -> tuple[float, VideoFrame] | None:
        decoded = self._track.next()
        if decoded is None:
            if self._next is not None:
                self._timeline.found_end(self._next[0])
            return None
        seconds, frame = decoded
        assert isinstance(frame, VideoFrame)
        return seconds, frame

    def _follow(self, place: Place) -> None:
        """After a jump of the timeline, decode from there."""
        late = 0.0 if self._next is None else place.offset - self._next[0]
        if place.turn == self._turn and late < _CATCH_UP:
            return
        fresh = self._turn is None
        self._turn = place.turn
        if fresh and late < _CATCH_UP:
            return  # a track just opened already stands at the start
        self._track.seek(place.offset)
        self._next = self._decode()


class FileAudio:
    """The sound of a file (made by :class:`MediaFile`)."""

    def __init__(self, track: PlayedTrack, timeline: Timeline, *, ahead: float, clock: Clock) -> None:
        self._clock = clock
        self._timeline = timeline
        self._ahead = ahead
        self._track = track
        self._turn: int | None = None
        self._begin(0.0)

    def read(self, count: int) -> Samples:
        """The next `count` samples, kept in step with the timeline; silence in a pause and after the end."""
        now = self._clock()
        self._timeline.place(now)  # playing begins now, and not when this sound is to be heard
        place = self._timeline.place(now + self._ahead)
        samples = np.zeros(count, np.float32)
        if self._timeline.paused or place.ended:
            return samples
        self._follow(place)
        if self._cursor - place.offset > _OUT_OF_STEP + count / SAMPLE_RATE:
            return samples  # read faster than it is played
        taken = self._take(count)
        samples[: len(taken)] = taken
        return samples

    def close(self) -> None:
        """Let go of the file."""
        self._track.close()

    def _begin(self, cursor: float) -> None:
        self._cursor = cursor  # the offset of the next sample, seconds
        self._late = 0.0  # how far the timeline was ahead of it lately, seconds
        self._pending: Samples = np.empty(0, np.float32)
        self._aligned = False
        self._ended = False
        self._resampler = AudioResampler(format="flt", layout="mono", rate=SAMPLE_RATE)

    def _follow(self, place: Place) -> None:
        """Put the cursor near the timeline."""
        late = place.offset - self._cursor
        if place.turn == self._turn and late < _CATCH_UP:
            self._late += _AVERAGE * (late - self._late)
            if late > _OUT_OF_STEP or self._late > _OFF:
                self._late = 0.0
                self._take(round(late * SAMPLE_RATE))
            return
        fresh = self._turn is None
        self._turn = place.turn
        if fresh and place.offset < _OUT_OF_STEP:
            self._take(round(place.offset * SAMPLE_RATE))  # a track just opened already stands at the start
            return
        self._track.seek(place.offset)
        self._begin(place.offset)

    def _take(self, count: int) -> Samples:
        """Up to `count` samples; fewer at the end of the track."""
        while len(self._pending) < count and not self._ended:
            self._decode()
        taken, self._pending = self._pending[:count], self._pending[count:]
        self._cursor += count / SAMPLE_RATE
        return taken

    def _decode(self) -> None:
        """Put the samples of one more frame behind the pending ones."""
        decoded = self._track.next()
        frame: AudioFrame | None = None
        if decoded is not None:
            seconds, audio = decoded
            assert isinstance(audio, AudioFrame)
            frame = audio
        decoded_blocks = (f.to_ndarray().reshape(-1) for f in self._resampler.resample(frame))
        blocks: list[Samples] = [self._pending, *(b.astype(np.float32, copy=False) for b in decoded_blocks)]
        if frame is None:
            self._ended = True
            self._timeline.found_end(self._cursor + sum(map(len, blocks)) / SAMPLE_RATE)
        elif not self._aligned:
            # Decoding begins before the place that was asked for, or, in a track that begins late, after it.
            early = round((self._cursor - seconds) * SAMPLE_RATE)
            if early < 0:
                blocks.insert(0, np.zeros(-early, np.float32))
                early = 0
            block: Samples = np.concatenate(blocks)
            self._aligned = early <= len(block)
            self._pending = block[early:]
            return
        self._pending = np.concatenate(blocks)
