"""Joins a call, plays a film in it and leaves at its end: python examples/film_bot.py FILE [HOST [PORT]]"""

import argparse
import contextlib
import sys
import threading
import time

import asciichat
from asciichat.media.errors import MediaError
from asciichat.media.file import FileAudio, MediaFile

RATE = 48000
BLOCK = 480
"""Samples that are sent at a time: 10 ms."""
AHEAD = 0.035
"""Seconds that sound is sent before its picture, because it takes so much longer to those who hear it."""


def play(film: MediaFile, call: asciichat.Call) -> None:
    """Send the film's pictures and sound into the call, until its end."""
    speaking = threading.Thread(target=speak, args=(film, call), daemon=True)
    speaking.start()
    if film.video is not None:
        for frame in film.video:  # waits until each is due
            call.send_video(frame)
    speaking.join()


def speak(film: MediaFile, call: asciichat.Call) -> None:
    """Send the film's sound; without any it only waits for the end."""
    sound: FileAudio | None = film.audio
    start = time.monotonic()
    sent = 0
    with contextlib.suppress(asciichat.CallError):  # who sends the pictures is told as well
        while sound is not None and not film.ended:
            call.send_audio(sound.read(BLOCK))
            sent += BLOCK
            time.sleep(max(0.0, start + sent / RATE - time.monotonic()))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("file")
    parser.add_argument("host", nargs="?", default="localhost")
    parser.add_argument("port", nargs="?", type=int, default=27224)
    options = parser.parse_args()
    with contextlib.closing(MediaFile(options.file, sound_ahead=AHEAD)) as film:
        if film.endless:
            sys.exit(f"{options.file} is a still picture, which has no end")
        with asciichat.connect(
            options.host,
            options.port,
            name="film",
            video=film.video is not None,
            audio=film.audio is not None,
            self_view=False,
        ) as call:
            play(film, call)


if __name__ == "__main__":
    with contextlib.suppress(KeyboardInterrupt):
        try:
            main()
        except (asciichat.CallError, MediaError) as error:
            sys.exit(str(error))
