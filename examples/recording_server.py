"""A server that records its call: python examples/recording_server.py FOLDER [ADDRESS [PORT]]

FOLDER gets a picture of each person every two seconds, as NAME-NUMBER.png, and the mix of all that is said, as call.wav.
Only a server can keep pictures: clients are sent text that is drawn already. Everybody is told, as they should be.
Ctrl-C ends it.
"""

import argparse
import contextlib
import sys
import threading
import wave
from itertools import count
from pathlib import Path

import numpy as np

import asciichat
from asciichat.media.still import encode_png


def keep_pictures(server: asciichat.Server, folder: Path) -> None:
    """Write down who sends what; to be called before the server is started."""
    numbers = count()

    @server.on_join
    def joined(client: asciichat.ClientSnapshot) -> None:
        server.say(f"hello {client.state.name}, this call is recorded")

    @server.on_frame(fps=0.5)
    def shown(client: asciichat.ClientSnapshot, frame: np.ndarray) -> None:
        # A name may hold anything, also what leads out of the folder.
        name = "".join(char if char.isalnum() else "_" for char in client.state.name)
        (folder / f"{name}-{next(numbers)}.png").write_bytes(encode_png(frame))


def keep_sound(call: asciichat.Call, path: Path) -> None:
    """Write what is heard in a call into a file, until the call is closed."""
    with wave.open(str(path), "wb") as wav:
        wav.setnchannels(1)
        wav.setsampwidth(2)
        wav.setframerate(48000)
        for event in call:
            if isinstance(event, asciichat.Sound):
                wav.writeframes((event.samples.clip(-1, 1) * 32767).astype(np.int16).tobytes())


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("address", nargs="?", default="127.0.0.1")
    parser.add_argument("port", nargs="?", type=int, default=27224)
    options = parser.parse_args()
    options.folder.mkdir(parents=True, exist_ok=True)
    server = asciichat.Server([options.address], options.port)
    keep_pictures(server, options.folder)
    with server:
        print(f"listening on port {server.port}", flush=True)
        # A client of its own hears the mix, as everybody does. Its picture is tiny, since nobody looks at it.
        with asciichat.connect(
            options.address, server.port, name="recorder", columns=20, rows=6, fps=1, video=False
        ) as call:
            recording = threading.Thread(target=keep_sound, args=(call, options.folder / "call.wav"))
            recording.start()
            try:
                server.wait()
            finally:
                call.close()  # ends the loop over its events
                recording.join()


if __name__ == "__main__":
    with contextlib.suppress(KeyboardInterrupt):
        try:
            main()
        except asciichat.CallError as error:
            sys.exit(str(error))
        except OSError as error:
            sys.exit(f"cannot record: {error.strerror or error}")
