"""Joins a call and records it: python examples/recorder.py NAME [HOST [PORT]]

NAME.cast is what was seen, an asciicast that asciinema plays; NAME.wav is what was heard. Ctrl-C ends it.
"""

import argparse
import contextlib
import json
import sys
import time
import wave
from pathlib import Path

import numpy as np

import asciichat

COLUMNS, ROWS = 100, 30


def record(call: asciichat.Call, name: str) -> None:
    """Write what comes until the call ends, or somebody presses Ctrl-C."""
    with Path(f"{name}.cast").open("w", encoding="utf-8") as cast, wave.open(f"{name}.wav", "wb") as wav:
        wav.setnchannels(1)
        wav.setsampwidth(2)
        wav.setframerate(48000)
        cast.write(json.dumps({"version": 2, "width": COLUMNS, "height": ROWS}) + "\n")
        start = time.monotonic()
        for event in call:
            match event:
                case asciichat.Picture(text=text):
                    screen = "\x1b[2J\x1b[H" + text.replace("\n", "\r\n")
                    cast.write(json.dumps([time.monotonic() - start, "o", screen]) + "\n")
                case asciichat.Sound(samples=samples):
                    wav.writeframes((samples.clip(-1, 1) * 32767).astype(np.int16).tobytes())


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("name")
    parser.add_argument("host", nargs="?", default="localhost")
    parser.add_argument("port", nargs="?", type=int, default=27224)
    options = parser.parse_args()
    # Nothing is sent: the others do not see who only looks on.
    with asciichat.connect(
        options.host, options.port, name="recorder", columns=COLUMNS, rows=ROWS, fps=10, video=False
    ) as call:
        record(call, options.name)


if __name__ == "__main__":
    with contextlib.suppress(KeyboardInterrupt):
        try:
            main()
        except asciichat.CallError as error:
            sys.exit(str(error))
