"""A bad link between two network namespaces, in user space, so that the same seed makes the same link:

    python -m tests.chaos.lossy NAMESPACE NAMESPACE SEED LOSS DELAY JITTER

Makes a TUN device `link0` in both and carries packets between them: loses some (LOSS of 1), delays each by DELAY to
DELAY + JITTER seconds, so that they overtake one another. A line on its standard input makes it lose all from then on; the
end of it ends the link.
(The kernel's netem does the same where it is built in; it has no seed that holds for a whole run.)
"""

from __future__ import annotations

import ctypes
import fcntl
import heapq
import itertools
import os
import random
import select
import struct
import sys
import time
from pathlib import Path

_CLONE_NEWNET = 0x40000000
_TUNSETIFF = 0x400454CA
_IFF_TUN, _IFF_NO_PI = 1, 0x1000
_MTU = 65536


def open_tun(namespace: str) -> int:
    """The descriptor of `link0` in a namespace."""
    libc = ctypes.CDLL(None, use_errno=True)
    place = os.open(Path("/var/run/netns") / namespace, os.O_RDONLY)
    if libc.setns(place, _CLONE_NEWNET) != 0:
        raise OSError(ctypes.get_errno(), f"cannot enter {namespace}")
    os.close(place)
    tun = os.open("/dev/net/tun", os.O_RDWR | os.O_NONBLOCK)
    fcntl.ioctl(tun, _TUNSETIFF, struct.pack("16sH22x", b"link0", _IFF_TUN | _IFF_NO_PI))
    return tun


def main() -> None:
    """Carry."""
    one, other = (open_tun(namespace) for namespace in sys.argv[1:3])
    chance = random.Random(sys.argv[3])
    loss, delay, jitter = map(float, sys.argv[4:7])
    print("1", flush=True)
    number = itertools.count()
    on_the_way: list[tuple[float, int, int, bytes]] = []
    while True:
        wait = max(0.0, on_the_way[0][0] - time.monotonic()) if on_the_way else None
        ready, _, _ = select.select([one, other, 0], [], [], wait)
        now = time.monotonic()
        while on_the_way and on_the_way[0][0] <= now:
            _, _, to, packet = heapq.heappop(on_the_way)
            try:
                os.write(to, packet)
            except BlockingIOError:
                pass  # its queue is full: lost
        for source in ready:
            if source == 0:
                command = os.read(0, 100)
                if not command:
                    return
                loss = 1.0
                print("1", flush=True)
                continue
            packet = os.read(source, _MTU)
            if chance.random() >= loss:
                due = now + delay + jitter * chance.random()
                heapq.heappush(on_the_way, (due, next(number), other if source == one else one, packet))


if __name__ == "__main__":
    main()
