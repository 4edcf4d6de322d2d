"""An ssh-agent as tests need it: it says what it is told to, or signs when it is told to."""

from __future__ import annotations

import select
import socket
import threading
from pathlib import Path
from struct import pack, unpack_from

from asciichat.crypto.identity import Identity


def string(data: bytes) -> bytes:
    """A string of the agent's protocol."""
    return pack(">I", len(data)) + data


class PlayedAgent:
    """Answers every request with the same bytes, and keeps what it was asked."""

    def __init__(self, path: Path, answer: bytes = b"") -> None:
        self.path, self.answer, self.requests = path, answer, list[bytes]()
        self._listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self._listener.bind(str(path))
        self._listener.listen()
        self._thread = threading.Thread(target=self._serve)
        self._thread.start()

    def _serve(self) -> None:
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            with connection:
                self.requests.append(connection.recv(65536))
                self._reply(connection)

    def _reply(self, connection: socket.socket) -> None:
        connection.sendall(self.answer)

    def stop(self) -> None:
        """Be gone."""
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self._thread.join()


class SleepyAgent(PlayedAgent):
    """Holds one key, and signs with it; between `sleep` and `wake` it takes requests and does not answer.

    Attributes
    ----------
    asked, left
        Released for each request that came, and for each whose asker left before there was an answer.
    """

    def __init__(self, path: Path, key: Identity) -> None:
        self._key = key
        self._bell, self._ear = socket.socketpair()
        self.asked = threading.Semaphore(0)
        self.left = threading.Semaphore(0)
        super().__init__(path)
        self.wake()

    def sleep(self) -> None:
        """Answer nobody from now on."""
        self._ear.recv(1)

    def wake(self) -> None:
        """Answer whoever waits, and everybody after."""
        self._bell.send(b"!")

    def _reply(self, connection: socket.socket) -> None:
        self.asked.release()
        ready, _, _ = select.select([connection, self._ear], [], [])
        if connection in ready:
            self.left.release()
            return
        request = self.requests[-1]
        at = 5 + 4 + len(self._key.public.blob)
        (size,) = unpack_from(">I", request, at)
        signature = self._key.sign(request[at + 4 : at + 4 + size])
        try:
            connection.sendall(string(b"\x0e" + string(string(b"ssh-ed25519") + string(signature))))
        except BrokenPipeError:
            self.left.release()

    def stop(self) -> None:
        """Be gone."""
        self.wake()
        super().stop()
        self._bell.close()
        self._ear.close()
