"""Three people in one encrypted call, one of them a native program's captured bytes: everybody sees everybody and hears
the other two."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import numpy as np
import pytest
from callers import Frame, NativeCaller, OwnCaller, Samples, captured
from screens import likeness, luminance, shrink
from sounds import delay, placed, placed_as_heard
from sounds import likeness as sound_likeness

from asciichat import Server
from asciichat.media.hevc import HevcDecoder
from asciichat.protocol.payloads import ImageFrame, ImageFrameH265
from asciichat.protocol.types import PacketType
from asciichat.video import grid

pytestmark = pytest.mark.realtime

COLUMNS, ROWS = 120, 40
LISTEN = 120_000
"""Samples of silence before anybody speaks: 2.5 s."""
SECONDS = 7.0
ATTEMPTS = 5
"""A machine that is busy with something else makes gaps in what people say, and in what they hear."""


@dataclass
class Gathering:
    """A call that has lasted some seconds, with what each said and showed last."""

    server: Server
    people: dict[str, OwnCaller | NativeCaller]
    shown: dict[str, Frame]
    said: dict[str, Samples]
    heard: dict[str, Samples]
    lasted: dict[str, float]
    dropped: list[int]

    def others(self, listener: str) -> float:
        """How much of what somebody heard is what the other two said."""
        heard = self.heard[listener]
        others = np.zeros(len(heard), np.float32)
        for name, said in self.said.items():
            if name != listener:
                others += placed_as_heard(said, heard)
        return sound_likeness(heard, others)

    def whole(self, listener: str) -> bool:
        """Did every sample come that there was time for?"""
        return len(self.heard[listener]) >= 48000 * (self.lasted[listener] - 0.1)

    def sounds_good(self) -> bool:
        """To everybody."""
        return not any(self.dropped) and all(
            self.whole(name) and self.others(name) >= 0.9 for name in self.people
        )


@pytest.fixture(scope="module")
def gathering(
    talking_head: list[Frame], film: list[Frame], voices: dict[str, Samples]
) -> Iterator[Gathering]:
    """Alice shows the talking head, Bob the cartoon, Carol's client is native; all of them speak."""
    for attempt in range(1, ATTEMPTS + 1):
        with gathered(talking_head, film, voices) as call:
            if attempt == ATTEMPTS or call.sounds_good():
                yield call
                return


@contextmanager
def gathered(talking_head: list[Frame], film: list[Frame], voices: dict[str, Samples]) -> Iterator[Gathering]:
    """Once."""
    capture = captured("native-client-raw.c2s.bin")
    still = ImageFrame.decode([payload for kind, payload in capture if kind == PacketType.IMAGE_FRAME][-1])
    pixels = np.frombuffer(still.pixels, np.uint8).reshape(still.height, still.width, 3)
    with Server(("127.0.0.1",), 0) as server:
        people: dict[str, OwnCaller | NativeCaller] = {}
        try:
            size = {"columns": COLUMNS, "rows": ROWS}
            # They listen before they speak: with the first pause the jitter buffers come down to the delay they have
            # measured, and from then on everything is equally late.
            said = {
                name: np.concatenate([np.zeros(LISTEN, np.float32), voice]) for name, voice in voices.items()
            }
            people["alice"] = OwnCaller(server.port, talking_head, said["alice"], **size)
            people["bob"] = OwnCaller(server.port, film, said["bob"], **size)
            people["carol"] = NativeCaller(server.port, capture, said["carol"], **size)
            time.sleep(LISTEN / 48_000 + SECONDS)  # the length of what is said
            shown = {"alice": talking_head[-1], "bob": film[-1], "carol": pixels}
            heard = {name: person.ears.samples() for name, person in people.items()}
            lasted = {name: person.ears.lasted() for name, person in people.items()}
            dropped = [client.counts["sounds_dropped"] for client in server.clients()]
            yield Gathering(server, people, shown, voices, heard, lasted, dropped)
        finally:
            for person in people.values():
                person.close()


@pytest.mark.parametrize("viewer", ["alice", "bob", "carol"])
def test_every_viewer_sees_each_source_in_its_cell(gathering: Gathering, viewer: str) -> None:
    text, columns, rows = gathering.people[viewer].text()
    assert (columns, rows) == (COLUMNS, ROWS)
    screen = luminance(text, columns, rows)
    aspects = [frame.shape[1] / frame.shape[0] for frame in gathering.shown.values()]
    for (name, frame), image in zip(
        gathering.shown.items(), grid(COLUMNS, ROWS, aspects).images, strict=True
    ):
        x, y, width, height = image
        cell = screen[y : y + height, x : x + width]
        assert likeness(cell, shrink(frame, width, height)) >= 0.9, f"{viewer} does not see {name}"


@pytest.mark.parametrize("listener", ["alice", "bob", "carol"])
def test_every_listener_hears_the_other_two_and_not_itself(gathering: Gathering, listener: str) -> None:
    heard = gathering.heard[listener]
    own = gathering.said[listener]
    # Its own voice, looked for where it would be loudest.
    itself = placed(own, delay(heard, own), len(heard))
    assert gathering.others(listener) >= 0.9
    assert abs(sound_likeness(heard, itself)) <= 0.1


@pytest.mark.parametrize("listener", ["alice", "bob", "carol"])
def test_sound_comes_without_a_gap(gathering: Gathering, listener: str) -> None:
    assert gathering.whole(listener)
    assert gathering.dropped == [0] * 3


def test_a_native_client_gets_nothing_it_could_not_take(gathering: Gathering) -> None:
    carol = gathering.people["carol"]
    assert isinstance(carol, NativeCaller)
    assert carol.cleared >= 1
    assert carol.pictures > 30


def test_a_call_has_exactly_four_threads_a_client(gathering: Gathering) -> None:
    for client in gathering.server.clients():
        assert [name.rpartition("-")[2] for name in client.threads] == ["send", "receive", "video", "audio"]


def test_hevc_from_a_native_client_is_seen(serve: Callable[..., Server], voices: dict[str, Samples]) -> None:
    decoder = HevcDecoder()
    last = None
    for kind, payload in captured("native-client-hevc.c2s.bin"):
        if kind == PacketType.IMAGE_FRAME_H265 and (unit := ImageFrameH265.decode(payload).access_unit):
            picture = decoder.decode(unit)
            last = picture if picture is not None else last
    assert last is not None
    server = serve()
    native = NativeCaller(
        server.port, captured("native-client-hevc.c2s.bin"), voices["carol"], columns=COLUMNS, rows=ROWS
    )
    try:
        deadline = time.monotonic() + 30
        best = 0.0
        while best < 0.9 and time.monotonic() < deadline:
            time.sleep(0.25)
            if native.last is None:
                continue
            screen = luminance(*native.text())
            ((x, y, width, height),) = grid(COLUMNS, ROWS, [last.shape[1] / last.shape[0]]).images
            best = likeness(screen[y : y + height, x : x + width], shrink(last, width, height))
        assert best >= 0.9
    finally:
        native.close()
