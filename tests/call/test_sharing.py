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
        room = server._manager.room
        before, begun = room.work(), time.monotonic()
        time.sleep(3)
        work = {name: count - before[name] for name, count in room.work().items()}
        took = time.monotonic() - begun
    finally:
        for person in people:
            person.close()
    viewed = work["pictures_made"] + work["pictures_shared"]
    assert viewed > 9 * 40 * took  # all nine are served
    assert (
        work["pictures_made"] < 1.5 * 60 * took
    )  # one viewer's work, and now and then one that came too late
    assert work["tiles_made"] < 1.2 * 9 * 30 * took  # each picture of each source is scaled about once
