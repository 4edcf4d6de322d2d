"""A stand-in for PortAudio: a module for programs under test."""

SOUNDDEVICE = '''
"""A sound card in real time: the microphone hums, what is played goes into a file."""

import os
import threading
import time

import numpy as np


class PortAudioError(Exception):
    pass


def query_devices():
    return [
        {"index": 0, "name": "Humming", "max_input_channels": 1, "max_output_channels": 0},
        {"index": 3, "name": "Tape", "max_input_channels": 0, "max_output_channels": 2},
    ]


class _Stream:
    def __init__(self, *, blocksize, device, callback, finished_callback, **_):
        if device not in (None, *self.devices):
            raise PortAudioError(f"Error querying device {device}")
        self.blocksize, self.callback = blocksize, callback
        self.stopped = threading.Event()
        self.thread = threading.Thread(target=self.run, daemon=True)

    def start(self):
        self.thread.start()

    def run(self):
        start, number = time.monotonic(), 0
        while not self.stopped.wait(max(0.0, start + number * self.blocksize / 48000 - time.monotonic())):
            self.turn(number)
            number += 1

    def close(self):
        self.stopped.set()
        self.thread.join()


class InputStream(_Stream):
    devices = (0,)

    def turn(self, number):
        at = np.arange(number * self.blocksize, (number + 1) * self.blocksize) % 48000
        tone = 0.2 * np.sin(at * 2 * np.pi * 300 / 48000)
        self.callback(tone.astype(np.float32)[:, None], self.blocksize, None, None)


class OutputStream(_Stream):
    devices = (3,)

    def turn(self, number):
        out = np.zeros((self.blocksize, 1), np.float32)
        self.callback(out, self.blocksize, None, None)
        with open(os.environ["TAPE"], "ab") as tape:
            tape.write(out.tobytes())
'''
