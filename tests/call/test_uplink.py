"""Pictures on their way into a call: no larger than shown, none twice, encoded where that pays."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace
from functools import partial

import numpy as np
import pytest
from callers import Frame
from slow_line import SlowLine

import asciichat
import waiting
from asciichat import Call, Picture, Server
from asciichat._core.scale import scale
from asciichat.client import picture_sender
from asciichat.client.picture_sender import SIGN_EVERY
from asciichat.media.errors import MediaError
from asciichat.protocol.types import Feature

wait_until = partial(waiting.wait_until, seconds=30.0)


def give(
    call: Call, frames: list[Frame], until: Callable[[], object], what: str, within: float = 30.0
) -> None:
    """Send a film, 30 pictures a second, until something holds."""
    number = 0

    def next_one() -> object:
        nonlocal number
        call.send_video(frames[number % len(frames)])
        number += 1
        time.sleep(1 / 30)
        return until()

    wait_until(next_one, what, seconds=within)


def size_there(server: Server, slot: int = 0) -> tuple[int, int]:
    """The size of the newest picture that the server has of somebody."""
    frame = server._manager.room.latest_frame(slot)
    return (0, 0) if frame is None else frame[:2]


def join(server: Server, **options: object) -> Call:
    return asciichat.connect("127.0.0.1", server.port, audio=False, **options)  # type: ignore[arg-type]


def test_a_picture_is_sent_at_twice_the_size_it_is_shown_at(serve, film) -> None:
    server = serve()
    with join(server, columns=80, rows=24) as call:
        give(call, film, lambda: call.shown == (80, 24), "80 x 22.5 cells in steps of 8")
        give(call, film, lambda: size_there(server) == (160, 90), "twice as many pixels")


def test_who_makes_the_window_larger_gets_a_larger_picture_at_once(serve, film) -> None:
    server = serve()
    with (
        join(server, columns=40, rows=12) as call,
        join(server, video=False, mode="sextant", self_view=False) as viewer,
    ):
        give(call, film, lambda: size_there(server) == (320, 180), "for 160 x 72 sextants")
        took: list[float] = []
        while not took or (took[-1] >= 1.5 and len(took) < 4):  # a busy machine may hold one up
            viewer.resize(20, 10)
            give(call, film, lambda: size_there(server)[0] < 160, "smaller when nobody needs it")
            asked = time.monotonic()
            viewer.resize(120, 40)
            give(call, film, lambda: size_there(server) == (480, 270), "all of it")
            took.append(time.monotonic() - asked)
        assert min(took) < 1.5


def test_nothing_but_signs_of_life_is_sent_for_nobody(serve, film) -> None:
    server = serve()
    with join(server, self_view=False) as call:
        give(call, film, lambda: call.shown == (0, 0), "nobody is shown it")
        there = call.counts()
        give(
            call,
            film,
            lambda: call.counts()["packets_out"] >= there["packets_out"] + 6,
            "signs of life, and pings",
        )
        now = call.counts()
        assert now["pictures_out"] - there["pictures_out"] <= 1  # that was on its way
        assert now["bytes_out"] - there["bytes_out"] < 100_000
        took: list[float] = []
        while not took or (took[-1] >= 1.5 and len(took) < 4):  # a busy machine may hold one up
            give(call, film, lambda: call.shown == (0, 0), "nobody is shown it")
            now = call.counts()
            with join(server, video=False) as viewer:
                came = time.monotonic()
                give(
                    call,
                    film,
                    lambda now=now: call.counts()["pictures_out"] > now["pictures_out"] + 1,
                    "somebody came",
                )
                took.append(time.monotonic() - came)
                wait_until(
                    lambda viewer=viewer: isinstance(viewer.next_event(1.0), Picture), "the picture is shown"
                )
        assert min(took) < 1.5


def test_an_equal_picture_is_not_sent_again_and_does_not_stall(serve, film) -> None:
    server = serve()
    with join(server, columns=40, rows=12, names=False) as call:
        give(call, film[:1], lambda: call.shown, "told the size")
        give(call, film[:1], lambda: size_there(server)[0] < 480, "sent at that size")
        wait_until(
            lambda: server.clients()[0].counts["pictures_in"] == call.counts()["pictures_out"], "all counted"
        )
        sent = call.counts()
        texts = []
        end = time.monotonic() + 4.5  # a server says "stalled" after 3
        while time.monotonic() < end:
            call.send_video(film[0].copy())
            event = call.next_event(0.1)
            if isinstance(event, Picture):
                texts.append(event.text)
        now = call.counts()
        assert now["pictures_out"] == sent["pictures_out"]
        assert not any("stalled" in text for text in texts)
        assert now["bytes_out"] - sent["bytes_out"] < 2500


def test_a_source_that_gives_nothing_any_more_stalls(serve, film) -> None:
    server = serve()
    with join(server, columns=40, rows=12) as call:
        give(call, film[:1], lambda: call.shown, "told the size")

        def stalled() -> bool:
            event = call.next_event(0.1)
            return isinstance(event, Picture) and "stalled" in event.text

        wait_until(stalled, "the place says that it has stalled")
        call.send_video(film[0])  # the same picture, but alive again
        wait_until(
            lambda: isinstance(event := call.next_event(0.1), Picture) and "stalled" not in event.text, "back"
        )


def test_a_camera_s_noise_counts_as_change(serve) -> None:
    server = serve()
    random = np.random.default_rng(1)
    grey = np.full((90, 160, 3), 100, np.uint8)
    noisy = [grey + random.integers(0, 3, grey.shape, np.uint8) for _ in range(30)]
    with join(server) as call:
        give(call, noisy, lambda: call.counts()["pictures_out"] >= 20, "every picture is sent")


def test_a_server_that_takes_no_signs_gets_the_picture_again(serve, film) -> None:
    server = serve()
    server._policy = replace(server._policy, features=server._policy.features & ~Feature.PICTURE_SIZE)
    with join(server) as call:
        give(call, film[:1], lambda: call.counts()["pictures_out"] >= 2, "again after 2 seconds")
        assert call.shown is None
        assert size_there(server) == (480, 270)


def test_encoded_pictures_arrive_as_they_were_sent_with_a_thirtieth_of_the_bytes(serve, film) -> None:
    server = serve()
    with join(server, columns=160, rows=60, mode="half-block", video_codec="hevc") as call:
        give(call, film, lambda: server.clients()[0].counts["pictures_in"] >= 60, "sixty pictures")
        assert call.video_codec == "hevc"
        bytes_a_picture = call.counts()["bytes_out"] / call.counts()["pictures_out"]
        assert bytes_a_picture < 320 * 180 * 3 / 30
        give(call, film[:1], lambda: call._sender.unchanged > 1, "the last one stays")
        wait_until(
            lambda: server.clients()[0].counts["pictures_in"] == call.counts()["pictures_out"], "all arrived"
        )
        width, height, pixels = server._manager.room.latest_frame(0)
        there = np.frombuffer(pixels, np.uint8).reshape(height, width, 3).astype(int)
        error = np.square(there - scale(film[0], width, height)).mean()
        assert 10 * np.log10(255**2 / error) > 32  # dB


def test_a_line_too_narrow_for_raw_pictures_gets_encoded_ones(serve, film) -> None:
    server = serve()
    line = SlowLine(server.port, 10_000_000, up=600_000)
    try:
        # 320 x 180 pixels, 30 times a second, are 5.2 MB.
        with asciichat.connect(
            "127.0.0.1", line.port, audio=False, columns=160, rows=45, mode="sextant"
        ) as call:
            assert call.video_codec == "raw"
            give(call, film, lambda: call.video_codec == "hevc", "it was found out")
            took: list[float] = []
            while not took or (took[-1] >= 4 and len(took) < 4):  # a busy machine may hold one up
                there, begun = server.clients()[0].counts["pictures_in"], time.monotonic()
                give(
                    call,
                    film,
                    lambda there=there: server.clients()[0].counts["pictures_in"] >= there + 30,
                    "thirty pictures",
                )
                took.append(time.monotonic() - begun)
            assert min(took) < 4  # raw ones would take 9 seconds
            assert (
                call.counts()["pictures_replaced"] == 0
            )  # an encoded picture that is missing spoils those after it
    finally:
        line.close()


def test_encoded_pictures_change_their_size_too(serve, film) -> None:
    server = serve()
    with join(server, columns=40, rows=12, video_codec="hevc") as call:
        give(call, film, lambda: size_there(server) == (96, 54), "small")
        call.resize(160, 50)
        give(call, film, lambda: size_there(server) == (320, 180), "large")


@pytest.mark.parametrize("size", [(360, 270), (66, 50), (17, 16), (15, 16)])
def test_encoded_pictures_of_any_size_arrive(serve, film, size) -> None:
    server = serve()
    with join(server, columns=200, rows=100, mode="octant", video_codec="hevc") as call:
        pictures = [scale(picture, *size) for picture in film[:30]]
        give(call, pictures, lambda: server.clients()[0].counts["pictures_in"] > 10, "ten pictures")
        assert size_there(server) == (size if min(size) < 16 else (size[0] & ~1, size[1]))


def test_a_picture_with_gaps_between_its_rows_is_sent_as_any_other(serve) -> None:
    server = serve()
    with join(server) as call:
        call.send_video(np.full((600, 1000, 3), 9, np.uint8)[::2, ::2])
        wait_until(lambda: size_there(server) != (0, 0), "it arrived, at whatever size it is shown")


def test_without_an_encoder_pictures_are_sent_as_they_are(serve, film, monkeypatch, caplog) -> None:
    def none(*_: object) -> None:
        raise MediaError("This FFmpeg has no HEVC encoder (libx265).")

    monkeypatch.setattr("asciichat.media.hevc.HevcEncoder", none)
    server = serve()
    with join(server, video_codec="hevc") as call:
        give(call, film, lambda: size_there(server) == (160, 90), "raw")
        assert call.video_codec == "raw"
    assert "no HEVC encoder" in caplog.text


def test_who_turns_the_camera_off_is_not_seen_until_it_is_on_again(serve, film) -> None:
    server = serve()
    with join(server, columns=40, rows=12) as call:
        give(call, film, lambda: size_there(server) != (0, 0), "seen")
        call.stop_streams(video=True, audio=False)
        wait_until(lambda: not server.clients()[0].state.sends_video, "not seen")
        before = call.counts()["packets_in"]
        give(call, film[:1], lambda: call.counts()["packets_in"] > before + 6, "time for a sign")
        assert not server.clients()[0].state.sends_video  # no sign of life has undone it
        call.start_streams(video=True, audio=False)
        sent = call.counts()["pictures_out"]
        give(call, film, lambda: call.counts()["pictures_out"] > sent, "seen again")
        wait_until(lambda: server.clients()[0].state.sends_video, "the server knows it")


def test_a_frame_belongs_to_its_owner_again_when_it_was_given(serve) -> None:
    server = serve()
    frame = np.full((90, 160, 3), 200, np.uint8)
    with join(server) as call:
        call.send_video(frame)
        frame[:] = 0
        wait_until(lambda: size_there(server) != (0, 0), "it arrived")
        assert set(server._manager.room.latest_frame(0)[2]) == {200}


def test_a_call_that_sends_no_picture_has_no_thread_for_it(serve) -> None:
    server = serve()
    with join(server, video=False) as call:
        assert call._sender._thread is None
    assert SIGN_EVERY < 3 and picture_sender.AGAIN_EVERY < 3  # seconds after which it would be stalled


@pytest.mark.parametrize("codec", ["raw", "hevc"])
def test_a_call_ends_while_pictures_are_given(serve, film, codec) -> None:
    server = serve()
    call = join(server, video_codec=codec)
    give(call, film, lambda: call.counts()["pictures_out"] > 3, "running")
    call.close()
    with pytest.raises(asciichat.CallError):
        call.send_video(film[0])
