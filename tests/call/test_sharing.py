"""What is the same for several viewers is made once."""

from __future__ import annotations

import time
from collections.abc import Callable

import pytest
from callers import Frame, OwnCaller, Samples

from asciichat import Server

pytestmark = pytest.mark.realtime


def test_nine_equal_viewers_of_nine_sources_do_the_work_of_one(
    serve: Callable[..., Server], talking_head: list[Frame], voices: dict[str, Samples]
) -> None:
    server = serve()
    people = [
        OwnCaller(server.port, talking_head[n:] * 20, voices["alice"], columns=80, rows=24) for n in range(9)
    ]
    try:
        time.sleep(1)
        wrong = []
        # On a machine that is busy with something else viewers fall out of step for a while.
        for _ in range(20):
            if not (wrong := wasted(server, 1.5)):
                break
    finally:
        for person in people:
            person.close()
    assert not wrong


def wasted(server: Server, seconds: float) -> list[str]:
    """What is made more often, or less, than it should be."""
    room = server._manager.room
    before, begun = room.work(), time.monotonic()
    time.sleep(seconds)
    work = {name: count - before[name] for name, count in room.work().items()}
    took = time.monotonic() - begun
    wrong = []
    if (viewed := work["pictures_made"] + work["pictures_shared"]) <= 9 * 40 * took:
        wrong.append(f"not all nine are served: {viewed} pictures in {took:.1f} s")
    # One viewer's work, and now and then one that came too late.
    if work["pictures_made"] >= 1.5 * 60 * took:
        wrong.append(f"{work['pictures_made']} of {viewed} pictures were drawn in {took:.1f} s")
    # Each picture of each source is scaled about once.
    if work["tiles_made"] >= 1.2 * 9 * 30 * took:
        wrong.append(f"{work['tiles_made']} tiles were made in {took:.1f} s")
    return wrong
