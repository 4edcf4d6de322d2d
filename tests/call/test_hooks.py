"""Hooks of a server: what happens in a call, told on a thread of their own, whatever they do with it."""

from __future__ import annotations

import logging
import queue
import threading
import time
from collections.abc import Callable, Iterator

import numpy as np
import pytest

import asciichat
from asciichat import Call, ClientSnapshot, Server
from asciichat.server import Limits
from waiting import wait_until

PATIENCE = 20.0


class Happenings:
    """What hooks were called with, in order."""

    def __init__(self) -> None:
        self.queue: queue.Queue[tuple[object, ...]] = queue.Queue()

    def noting(self, kind: str) -> Callable[..., None]:
        """A hook that notes its arguments, the client by its name."""

        def note(client: ClientSnapshot, *more: object) -> None:
            self.queue.put((kind, client.state.name, *more))

        return note

    def next(self) -> tuple[object, ...]:
        """What happened next."""
        return self.queue.get(timeout=PATIENCE)


@pytest.fixture
def server() -> Iterator[Server]:
    """Not started yet."""
    server = Server(("127.0.0.1",), 0)
    yield server
    server.stop()


def join(server: Server, name: str, **options: object) -> Call:
    return asciichat.connect("127.0.0.1", server.port, name=name, color="none", **options)  # type: ignore[arg-type]


def hears(call: Call, text: str) -> None:
    """Until this line comes."""
    deadline = time.monotonic() + PATIENCE
    while (event := call.next_event(max(0.0, deadline - time.monotonic()))) is not None:
        if isinstance(event, asciichat.Text) and event.text == text:
            return
    pytest.fail(f"{text!r} did not come")


def test_who_joins_writes_and_leaves_is_told_in_order(server: Server) -> None:
    told = Happenings()
    assert server.on_join(hook := told.noting("join")) is hook
    server.on_text(told.noting("text"))
    server.on_leave(told.noting("leave"))
    server.start()
    with join(server, "alice") as alice:
        assert told.next() == ("join", "alice")
        alice.send_text("hello")
        assert told.next() == ("text", "alice", "hello")
        with join(server, "bob"):
            assert told.next() == ("join", "bob")
        assert told.next()[:2] == ("leave", "bob")
        assert server.kick(server.clients()[0].id, "it was late")
        assert told.next() == ("leave", "alice", "it was late")
    assert told.queue.empty()


def test_who_joined_is_known_by_what_it_shows(server: Server) -> None:
    joined: queue.Queue[tuple[ClientSnapshot, str]] = queue.Queue()
    server.on_join(lambda client: joined.put((client, threading.current_thread().name)))
    server.start()
    with join(server, "alice", columns=50, rows=20):
        client, thread = joined.get(timeout=PATIENCE)
        assert (client.state.columns, client.state.rows, client.active) == (50, 20, True)
        assert client.id == server.clients()[0].id
        assert thread == "hooks"


def test_everybody_has_left_before_a_server_is_stopped(server: Server) -> None:
    told = Happenings()
    server.on_join(told.noting("join"))
    server.on_leave(told.noting("leave"))
    server.start()
    with join(server, "alice"), join(server, "bob"):
        assert {told.next(), told.next()} == {("join", "alice"), ("join", "bob")}
        server.stop()
        left = {told.queue.get_nowait()[:2] for _ in range(2)}
    assert left == {("leave", "alice"), ("leave", "bob")}


def test_pictures_come_as_they_were_sent_and_none_twice(server: Server) -> None:
    frames: queue.Queue[tuple[str, np.ndarray]] = queue.Queue()

    @server.on_frame(fps=100)
    def look(client: ClientSnapshot, frame: np.ndarray) -> None:
        frames.put((client.state.name, frame))

    server.start()
    with join(server, "alice") as call:
        for value in (10, 200):
            sent = np.full((48, 64, 3), value, np.uint8)
            sent[7, 5] = (1, 2, 3)
            call.send_video(sent)
            name, frame = frames.get(timeout=PATIENCE)
            assert name == "alice"
            assert np.array_equal(frame, sent)
            frame[:] = 0  # it is the hook's own
        call.send_text("that was all")
        hears(call, "that was all")
        assert frames.empty()


def test_pictures_come_at_most_as_often_as_asked_for(server: Server) -> None:
    times: list[float] = []
    enough = threading.Event()

    @server.on_frame(fps=20)
    def look(client: ClientSnapshot, frame: np.ndarray) -> None:
        times.append(time.monotonic())
        if len(times) == 12:
            enough.set()

    server.start()
    with join(server, "alice") as call:
        for number in range(10**6):
            call.send_video(np.full((24, 32, 3), number % 256, np.uint8))
            if enough.wait(0.005):
                break
    assert times[11] - times[0] >= 0.9 * 11 / 20


def test_everybodys_sound_comes_alone_and_whole(server: Server) -> None:
    heard: dict[str, list[np.ndarray]] = {"alice": [], "bob": []}
    missed: list[int] = []
    enough = threading.Event()

    @server.on_sound
    def listen(client: ClientSnapshot, samples: np.ndarray, lost: int) -> None:
        heard[client.state.name].append(samples)
        missed.append(lost)
        if all(sum(map(len, blocks)) >= 24000 for blocks in heard.values()):
            enough.set()

    server.start()
    second = np.arange(48000) / 48000
    tones = {
        name: (0.3 * np.sin(2 * np.pi * f * second)).astype(np.float32)
        for name, f in (("alice", 440), ("bob", 1000))
    }
    with join(server, "alice", video=False) as alice, join(server, "bob", video=False) as bob:
        wait_until(lambda: {client.state.name for client in server.clients()} == {"alice", "bob"})
        server.mute(next(client.id for client in server.clients() if client.state.name == "bob"))
        number = 0
        while not enough.wait(0.02):
            if number * 960 > 16_000 + min(sum(map(len, blocks)) for blocks in heard.values()):
                continue  # the hook is held up; of what it has not heard, not much more than this is kept
            for call in (alice, bob):
                name = "alice" if call is alice else "bob"
                call.send_audio(tones[name][number % 50 * 960 :][:960])
            number += 1
    assert sum(missed) == 0
    for name, hertz in (("alice", 440), ("bob", 1000)):
        samples = np.concatenate(heard[name])
        assert samples.dtype == np.float32
        spectrum = np.abs(np.fft.rfft(samples[4800:19200]))  # after the codec has begun; 3.3 Hz a bin
        assert abs(np.argmax(spectrum) * 48000 / 14400 - hertz) < 4


def test_who_listens_slowly_is_told_what_was_missed(server: Server) -> None:
    blocked, go_on, done = threading.Event(), threading.Event(), threading.Event()
    calls: list[tuple[int, int]] = []

    @server.on_sound
    def listen(client: ClientSnapshot, samples: np.ndarray, missed: int) -> None:
        calls.append((len(samples), missed))
        if len(calls) == 1:
            blocked.set()
            assert go_on.wait(PATIENCE)
        else:
            done.set()

    server.start()
    with join(server, "alice", video=False) as call:
        hum = np.full(960, 0.1, np.float32)
        while not blocked.wait(0.01):
            call.send_audio(hum)
        written = lambda: server._manager.room.voice_counts(0)["written"]  # noqa: E731
        while written() < 2 * 48000:  # more than is kept
            call.send_audio(hum)
            time.sleep(0.005)
        go_on.set()
        assert done.wait(PATIENCE)
    (first, _), (second, missed) = calls[:2]
    assert missed > 0
    assert second <= 32768
    assert first + missed + second >= 2 * 48000 - 960


@pytest.mark.parametrize("kind", ["join", "text", "frame", "sound"])
def test_a_hook_that_fails_ends_that_client_alone(
    server: Server, caplog: pytest.LogCaptureFixture, kind: str
) -> None:
    told = Happenings()

    def fail(client: ClientSnapshot, *more: object) -> None:
        if client.state.name == "mallory":
            raise RuntimeError("this hook has a fault")

    getattr(server, f"on_{kind}")(fail)
    server.on_join(told.noting("join"))
    server.on_leave(told.noting("leave"))
    server.start()
    with caplog.at_level(logging.ERROR), join(server, "alice") as alice:
        assert told.next() == ("join", "alice")
        with join(server, "mallory") as mallory, pytest.raises(asciichat.CallError):
            while True:
                mallory.send_video(np.zeros((24, 32, 3), np.uint8))
                mallory.send_audio(np.full(960, 0.1, np.float32))
                mallory.send_text("hello")
                mallory.next_event(0.02)
        while (happened := told.next())[0] != "leave":
            assert happened == ("join", "mallory")
        assert happened == ("leave", "mallory", f"the {kind} hook failed")
        alice.send_text("I am still here")
        hears(alice, "I am still here")
    counters = server.counters()
    assert (counters["ended_hook"], counters["hooks_failed"]) == (1, 1)
    [record] = [record for record in caplog.records if record.name == "asciichat.server.hooks"]
    assert record.exc_info is not None
    assert "this hook has a fault" in str(record.exc_info[1])


def test_a_hook_that_fails_for_who_has_left_is_only_counted(server: Server) -> None:
    told = Happenings()
    server.on_leave(lambda client, reason: 1 / 0)
    server.on_leave(told.noting("leave"))
    server.start()
    with join(server, "alice"):
        wait_until(lambda: any(client.state.ready for client in server.clients()))
    assert told.next()[:2] == ("leave", "alice")
    assert server.counters()["hooks_failed"] == 1


def test_a_slow_hook_keeps_nobody_in_the_call_waiting(server: Server) -> None:
    blocked, go_on = threading.Event(), threading.Event()

    @server.on_text
    def think(client: ClientSnapshot, text: str) -> None:
        blocked.set()
        assert go_on.wait(PATIENCE)

    server.start()
    with join(server, "alice") as alice:
        alice.send_text("are you there?")
        assert blocked.wait(PATIENCE)
        with join(server, "bob") as bob:
            bob.send_text("I am")
            hears(alice, "I am")
            alice.send_video(np.full((48, 64, 3), 255, np.uint8))
            while not (
                isinstance(event := bob.next_event(PATIENCE), asciichat.Picture) and event.text.strip()
            ):
                assert event is not None
        wait_until(lambda: len(server.clients()) == 1)
        go_on.set()


def test_lines_that_wait_for_a_slow_hook_are_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("asciichat.server.hooks.TEXTS", 20)
    blocked, go_on = threading.Event(), threading.Event()
    texts: list[str] = []
    limits = Limits(lines=10**6, lines_burst=10**6)
    server = Server(("127.0.0.1",), 0, limits=limits)

    @server.on_text
    def think(client: ClientSnapshot, text: str) -> None:
        texts.append(text)
        blocked.set()
        assert go_on.wait(PATIENCE)

    with server, join(server, "alice") as alice:
        alice.send_text("first")
        assert blocked.wait(PATIENCE)
        for number in range(25):
            alice.send_text(f"line {number}")
        hears(alice, "line 24")
        go_on.set()
        wait_until(lambda: server.counters()["hooks_missed"] == 5)
        wait_until(lambda: len(texts) == 21)
    assert texts[1:] == [f"line {number}" for number in range(20)]


def test_a_hook_may_ask_anything_of_the_server(server: Server) -> None:
    server.on_join(lambda client: server.say(f"welcome, {client.state.name}"))
    server.on_text(lambda client, text: server.stop() if text == "stop" else server.kick(client.id, text))
    server.start()
    with join(server, "alice") as alice:
        hears(alice, "welcome, alice")  # what is said from now on reaches her
        with join(server, "bob") as bob:
            hears(alice, "welcome, bob")
            bob.send_text("out")
            wait_until(lambda: len(server.clients()) == 1)
        alice.send_text("stop")
        assert server.wait(PATIENCE)
    assert not server.clients()


def test_a_hook_that_does_not_come_back_is_left_behind_when_the_server_stops(
    caplog: pytest.LogCaptureFixture,
) -> None:
    blocked, go_on = threading.Event(), threading.Event()
    server = Server(("127.0.0.1",), 0, limits=Limits(ending=0.2))

    @server.on_join
    def never_ends(client: ClientSnapshot) -> None:
        blocked.set()
        go_on.wait(PATIENCE)

    with server, join(server, "alice"):
        assert blocked.wait(PATIENCE)
        server.stop()
        assert "never_ends" in caplog.text
        go_on.set()
    wait_until(lambda: "hooks" not in {thread.name for thread in threading.enumerate()})


def test_a_server_without_hooks_has_no_thread_for_them() -> None:
    with Server(("127.0.0.1",), 0):
        assert "hooks" not in {thread.name for thread in threading.enumerate()}


def test_hooks_are_given_before_the_start(server: Server) -> None:
    server.start()
    with pytest.raises(RuntimeError, match="before the server is started"):
        server.on_join(print)


@pytest.mark.parametrize("fps", [0, -1, 145, float("nan")])
def test_a_rate_out_of_range_is_refused(server: Server, fps: float) -> None:
    with pytest.raises(ValueError, match="fps"):
        server.on_frame(lambda client, frame: None, fps=fps)


def test_a_hook_can_mute_and_kick_whoever_joins_at_once(server: Server) -> None:
    """A hook hears of a client while some of its threads are still being started."""
    done: queue.Queue[tuple[bool, bool]] = queue.Queue()

    @server.on_join
    def turn_away(client: ClientSnapshot) -> None:
        done.put((server.mute(client.id), server.kick(client.id, "not you")))

    server.start()
    for _ in range(30):
        with join(server, "Ada") as call, pytest.raises(asciichat.CallError):
            while call.next_event(PATIENCE) is not None:
                pass
        assert done.get(timeout=PATIENCE) == (True, True)
    wait_until(lambda: not server.clients())


def test_who_is_kicked_is_told_why_and_does_not_call_again(server: Server) -> None:
    server.start()
    with join(server, "Ada") as call, join(server, "Bob") as other:
        wait_until(lambda: {client.state.name for client in server.clients()} == {"Ada", "Bob"})
        ada = next(client.id for client in server.clients() if client.state.name == "Ada")
        assert server.kick(ada, "no\nadvertisements\x00 here")
        with pytest.raises(asciichat.CallError, match=r"no.*advertisements") as error:
            while call.next_event(PATIENCE) is not None:
                pass
        assert not error.value.retry
        assert not server.kick(ada)
        assert other.next_event(PATIENCE) is not None
