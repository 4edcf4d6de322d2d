"""A server that prints who comes, goes and moves: python examples/watching_server.py [ADDRESS [PORT]]"""

import argparse
import contextlib
import sys
import time

import numpy as np

import asciichat

STILL = 4.0
"""Levels, of 255, by which a picture differs from the one before it when somebody moves."""


class Motion:
    """Says when somebody begins or stops to move."""

    def __init__(self) -> None:
        self._before: dict[int, np.ndarray] = {}
        self._moving: dict[int, bool] = {}

    def look(self, client: int, frame: np.ndarray) -> bool | None:
        """Whether who sends this picture moves now, if that is news.

        Pictures are compared by blocks of 8 x 8 pixels: the noise of a camera cancels.
        """
        height, width = (size // 8 * 8 for size in frame.shape[:2])
        blocks = frame[:height, :width].reshape(height // 8, 8, width // 8, 8, 3).mean(axis=(1, 3, 4))
        before = self._before.get(client)
        self._before[client] = blocks
        if before is None or before.shape != blocks.shape or not blocks.size:
            return None
        moves = bool(np.abs(blocks - before).max() > STILL)
        if moves == self._moving.get(client, False):
            return None
        self._moving[client] = moves
        return moves

    def forget(self, client: int) -> None:
        """It has left."""
        self._before.pop(client, None)
        self._moving.pop(client, None)


def say(text: str) -> None:
    print(time.strftime("%H:%M:%S"), text, flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("address", nargs="?", default="127.0.0.1")
    parser.add_argument("port", nargs="?", type=int, default=27224)
    options = parser.parse_args()
    server = asciichat.Server([options.address], options.port)
    motion = Motion()

    @server.on_join
    def joined(client: asciichat.ClientSnapshot) -> None:
        say(f"{client.state.name} is here")
        server.say(f"hello {client.state.name}, this server watches who moves")

    @server.on_leave
    def left(client: asciichat.ClientSnapshot, reason: str) -> None:
        motion.forget(client.id)
        say(f"{client.state.name} has left: {reason}")

    @server.on_text
    def wrote(client: asciichat.ClientSnapshot, text: str) -> None:
        say(f"{client.state.name}: {text}")

    @server.on_frame(fps=5)
    def shown(client: asciichat.ClientSnapshot, frame: np.ndarray) -> None:
        moves = motion.look(client.id, frame)
        if moves is not None:
            say(f"{client.state.name} {'moves' if moves else 'keeps still'}")

    with server:
        say(f"listening on port {server.port}")
        server.wait()


if __name__ == "__main__":
    with contextlib.suppress(KeyboardInterrupt):
        try:
            main()
        except OSError as error:
            sys.exit(f"cannot listen: {error.strerror or error}")
