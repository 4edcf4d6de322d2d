"""What people in a call send: ``python -m bench.uplink --clients 9``.

Each is our own client and shows a talking head at 30 pictures a second on a screen of 80 x 24; they view one another.
Printed are the bytes a second that one of them sends, without and with the server's word on how large it is shown, as it
is and encoded, and the processor time of everybody together.
"""

from __future__ import annotations

import threading
import time
from dataclasses import replace

import numpy as np
from cyclopts import App
from numpy.typing import NDArray

from asciichat import Call, Server, connect
from asciichat.protocol.types import Feature

from .pictures_shown import HEAD, load_pictures

app = App(name="bench.uplink", help=__doc__, help_format="plaintext")

Pictures = list[NDArray[np.uint8]]


@app.default
def uplink(*, clients: int = 3, seconds: float = 5.0) -> None:
    """Measure a call of so many for so many seconds, each way."""
    pictures = load_pictures(HEAD, 480, 360, count=120)
    print("clients  told the size  codec  picture  KB/s sent by each  CPU, % of one core")
    for told in (False, True):
        for codec in ("raw", "hevc"):
            size, sent, cpu = measure(clients, seconds, pictures, codec, told=told)
            picture = f"{size[0]}x{size[1]}"
            print(f"{clients:7}  {told!s:13}  {codec:5}  {picture:7}  {sent / 1000:17.0f}  {100 * cpu:18.0f}")


def measure(
    clients: int, seconds: float, pictures: Pictures, codec: str, *, told: bool
) -> tuple[tuple[int, int], float, float]:
    """The size of a picture as it arrives, bytes a second that one client sends, and processor seconds a second."""
    with Server(("127.0.0.1",), 0, max_clients=clients) as server:
        if not told:
            server._policy = replace(server._policy, features=server._policy.features & ~Feature.PICTURE_SIZE)
        calls = [
            connect("127.0.0.1", server.port, audio=False, video_codec=codec)  # type: ignore[arg-type]
            for _ in range(clients)
        ]
        ended = threading.Event()
        threads = [threading.Thread(target=show, args=(call, pictures, ended)) for call in calls]
        threads += [threading.Thread(target=watch, args=(call, ended)) for call in calls]
        for thread in threads:
            thread.start()
        time.sleep(3.0)  # a smaller size is told after two seconds
        before, begun, cpu = (
            sum(call.counts()["bytes_out"] for call in calls),
            time.monotonic(),
            time.process_time(),
        )
        time.sleep(seconds)
        passed = time.monotonic() - begun
        sent = sum(call.counts()["bytes_out"] for call in calls) - before
        cpu = time.process_time() - cpu
        frame = server._manager.room.latest_frame(0)
        ended.set()
        for thread in threads:
            thread.join()
        for call in calls:
            call.close()
        return (0, 0) if frame is None else frame[:2], sent / passed / clients, cpu / passed


def show(call: Call, pictures: Pictures, ended: threading.Event) -> None:
    """Send a film, 30 pictures a second."""
    begun, number = time.monotonic(), 0
    while not ended.wait(max(0.0, begun + number / 30 - time.monotonic())):
        call.send_video(pictures[number % len(pictures)])
        number += 1


def watch(call: Call, ended: threading.Event) -> None:
    """Take what comes."""
    while not ended.is_set():
        call.next_event(0.1)


if __name__ == "__main__":
    app()
