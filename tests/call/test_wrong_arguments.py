"""Who calls the library with something wrong is told what, and what would be right; and nothing is the worse for it."""

from __future__ import annotations

import os
import socket
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import asciichat
from asciichat import Server, audio
from asciichat.crypto import Identity, Password, load_client_keys, password_key
from asciichat.server import Limits

FRAME = np.zeros((48, 64, 3), np.uint8)
SOUND = np.zeros(480, np.float32)


@pytest.mark.parametrize(
    ("frame", "said"),
    [
        ([[1]], "an array of numpy's, not list"),
        (None, "an array of numpy's, not NoneType"),
        (FRAME.astype(float), r"not float64\[48, 64, 3\]"),
        (FRAME.astype(np.int8), r"not int8\[48, 64, 3\]"),
        (FRAME[:, :, 0], r"not uint8\[48, 64\]"),
        (np.zeros((4, 4, 4), np.uint8), r"not uint8\[4, 4, 4\]"),
        (FRAME[:0], r"not uint8\[0, 64, 3\]"),
        (np.zeros((8193, 1, 3), np.uint8), "1 to 8192 pixels wide and high, not 1 x 8193"),
    ],
)
def test_what_is_no_frame_is_described(serve: Callable[..., Server], frame: Any, said: str) -> None:
    with pytest.raises(ValueError, match=said):
        asciichat.render(frame)
    with pytest.raises(ValueError, match=said):
        asciichat.compose([FRAME, frame])
    with asciichat.connect("127.0.0.1", serve().port) as call:
        with pytest.raises(ValueError, match=said):
            call.send_video(frame)
        call.send_video(FRAME[::-2, ::-1, ::-1])  # that is one, however it lies in memory


@pytest.mark.parametrize(
    ("samples", "said"),
    [
        ([0.0], "an array of numpy's, not list"),
        (SOUND.astype(float), r"not float64\[480\]"),
        (SOUND.reshape(240, 2), r"not float32\[240, 2\]"),
    ],
)
def test_what_is_no_sound_is_described(serve: Callable[..., Server], samples: Any, said: str) -> None:
    with (
        asciichat.connect("127.0.0.1", serve().port) as call,
        pytest.raises(ValueError, match=said),
    ):
        call.send_audio(samples)


def test_what_is_no_sound_is_described_by_everything_that_takes_sound() -> None:
    mixer = audio.Mixer()
    slot = mixer.add()
    takers: list[Callable[[Any], object]] = [
        lambda samples: mixer.write(slot, samples),
        audio.JitterBuffer().write,
        audio.SampleRing(64).write,
        *(unit().process for unit in (audio.Compressor, audio.Gate, audio.HighPass, audio.Limiter)),
    ]
    for take in takers:
        with pytest.raises(ValueError, match=r"sound is float32\[samples\], not float64\[480\]"):
            take(SOUND.astype(float))
        with pytest.raises(ValueError, match="an array of numpy's, not list"):
            take([0.0])
        take(SOUND)


@pytest.mark.parametrize("wrong", [12, None, ["correct horse"]])
def test_a_password_that_is_no_text_is_none(wrong: Any) -> None:
    with pytest.raises(TypeError, match="a password is a str"):
        Password(wrong)
    with pytest.raises(TypeError, match="a password is a str or bytes"):
        password_key(wrong)


def test_a_server_takes_a_list_of_clients_as_it_is_read(tmp_path: Path) -> None:
    ours, theirs = Identity.generate(), Identity.generate()
    (tmp_path / "friends").write_text(f"{ours.public.line}\n")
    friends = load_client_keys(str(tmp_path / "friends"))
    with Server(("127.0.0.1",), 0, identity=Identity.generate(), client_keys=friends) as server:
        asciichat.connect("127.0.0.1", server.port, identity=ours).close()
        with pytest.raises(asciichat.CallError):
            asciichat.connect("127.0.0.1", server.port, identity=theirs)
        server.reconfigure(client_keys=[theirs.public])
        asciichat.connect("127.0.0.1", server.port, identity=theirs).close()


@pytest.mark.parametrize(
    ("settings", "error", "said"),
    [
        ({"host": None}, TypeError, "host is a str"),
        ({"port": "27224"}, TypeError, "a port is a whole number, 1 to 65535, not '27224'"),
        ({"port": 0}, ValueError, "a port is 1 to 65535, not 0"),
        ({"columns": 0}, ValueError, "columns is 1 to 4096, not 0"),
        ({"rows": 24.5}, TypeError, "rows is a whole number"),
        ({"fps": "60"}, TypeError, "fps is a whole number"),
        ({"color": "blue"}, ValueError, "no colour level 'blue': there are none, 16, 256, truecolor"),
        ({"mode": None}, ValueError, "no render mode None: there are foreground, .*edge"),
        ({"seating": "rows"}, ValueError, "no seating 'rows': there are auto, grid, focus, pages"),
        ({"page": 1.5}, ValueError, "page is 1.5, whole numbers"),
        ({"palette": 7}, TypeError, "palette is a str"),
        ({"name": 7}, TypeError, "name is a str"),
        ({"password": "short"}, ValueError, "too short"),
        ({"password": b"correct horse"}, TypeError, "a password is a str, not bytes"),
        ({"identity": "~/.ssh/id_ed25519"}, TypeError, "asciichat.crypto.load_identity"),
        ({"verify_server": b"key"}, TypeError, "verify_server is called"),
        ({"video_codec": "h264"}, ValueError, "there are auto, raw, hevc"),
        ({"timeout": 0}, ValueError, "timeout is seconds above 0, not 0"),
        ({"timeout": None}, ValueError, "timeout is seconds above 0, not None"),
    ],
)
def test_a_wrong_setting_is_named_before_anybody_is_called(
    settings: dict[str, Any], error: type[Exception], said: str
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as nobody:
        nobody.setblocking(False)
        with pytest.raises(error, match=said):
            asciichat.connect(**{"host": "127.0.0.1", "port": nobody.getsockname()[1], **settings})
        with pytest.raises(BlockingIOError):
            nobody.accept()


@pytest.mark.parametrize("host", ["", ".", "a..b", "x" * 300, "no-such-host.invalid"])
def test_what_can_be_no_host_is_said_like_any_host_that_is_not_there(host: str) -> None:
    with pytest.raises(asciichat.CallError, match="there is no host called"):
        asciichat.connect(host, 1)


@pytest.mark.parametrize(
    ("settings", "error", "said"),
    [
        ({"addresses": "127.0.0.1"}, TypeError, r"as \['127.0.0.1'\]"),
        ({"addresses": [5]}, TypeError, "an address to listen on is a str, not 5"),
        ({"port": "0"}, TypeError, "a port is a whole number"),
        ({"max_clients": 33}, ValueError, "max_clients is 1 to 32, not 33"),
        ({"max_clients": 2.5}, TypeError, "max_clients is a whole number"),
        ({"password": 12345678}, TypeError, "a password is a str, not int"),
        ({"identity": "id_ed25519"}, TypeError, "asciichat.crypto.load_identity"),
        ({"limits": {"idle": 5}}, TypeError, "limits are Limits"),
        ({"opus_bitrate": 1}, ValueError, "opus_bitrate is 6000 to 510000"),
    ],
)
def test_a_wrong_setting_of_a_server_is_named(
    settings: dict[str, Any], error: type[Exception], said: str
) -> None:
    with pytest.raises(error, match=said):
        Server(**{"port": 0, **settings})


def test_a_hook_that_cannot_be_called_is_refused_when_it_is_given() -> None:
    server = Server(("127.0.0.1",), 0)
    for give in (server.on_join, server.on_leave, server.on_text, server.on_frame(fps=1), server.on_sound):
        with pytest.raises(TypeError, match="a hook is a function, not 'greet'"):
            give("greet")  # type: ignore[arg-type]


def test_an_address_that_can_be_none_is_named_at_the_start() -> None:
    with pytest.raises(OSError, match=r"cannot listen on \.: "):
        Server(["."], 0).start()


@pytest.mark.parametrize(
    ("limits", "said"),
    [
        ({"idle": "5"}, "the limit idle is a number"),
        ({"pictures": 60}, r"Rate\(items, bytes\)"),
        ({"exempt": "192.0.2.0/24"}, "a tuple of networks"),
    ],
)
def test_a_limit_of_another_kind_is_named(limits: dict[str, Any], said: str) -> None:
    with pytest.raises(TypeError, match=said):
        Limits(**limits)


def test_a_size_that_is_none_leaves_the_call_as_it_was(serve: Callable[..., Server]) -> None:
    with asciichat.connect("127.0.0.1", serve().port, columns=40, rows=12) as call:
        with pytest.raises(ValueError, match="columns is 1 to 4096, not 0"):
            call.resize(0, 12)
        with pytest.raises(TypeError, match="rows is a whole number"):
            call.resize(40, 12.5)  # type: ignore[arg-type]
        with pytest.raises(ValueError, match=r"page is 0\.5"):
            call.seat("pages", page=0.5)  # type: ignore[arg-type]
        call.restyle("none", "foreground")
        while not isinstance(event := call.next_event(30.0), asciichat.Picture):
            assert event is not None, "no picture came"
        assert (event.columns, event.rows) == (40, 12)


def test_a_call_that_was_closed_says_so_whatever_it_is_asked(serve: Callable[..., Server]) -> None:
    call = asciichat.connect("127.0.0.1", serve().port)
    call.close()
    call.close()
    uses: list[Callable[[], object]] = [
        lambda: call.send_video(FRAME),
        lambda: call.send_audio(SOUND),
        lambda: call.send_text("hello"),
        lambda: call.resize(80, 24),
        lambda: call.restyle("none", "foreground"),
        call.seat,
    ]
    for use in uses:
        with pytest.raises(asciichat.CallError, match="the call has ended"):
            use()
    list(call)  # what had arrived before can still be taken
    assert call.ended


@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system has no fork")
def test_a_process_that_was_forked_cannot_end_the_call_of_the_first(serve: Callable[..., Server]) -> None:
    server = serve()
    with asciichat.connect("127.0.0.1", server.port, name="Ada") as call:

        def elsewhere() -> None:
            for use in (call.next_event, lambda: call.send_text("hello")):
                with pytest.raises(asciichat.CallError, match="the process that made it"):
                    use()
            call.close()
            server.stop()

        assert in_a_child(elsewhere) == 0
        call.send_text("still here")
        for event in call:
            if isinstance(event, asciichat.Text):
                assert event.text == "still here"
                break
        assert len(server.clients()) == 1


def in_a_child(function: Callable[[], None]) -> int:
    """Run it in a forked process; the exit status."""
    child = os.fork()
    if child == 0:
        try:
            function()
            os._exit(0)
        finally:
            os._exit(1)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def test_a_server_is_stopped_by_several_threads_at_once() -> None:
    for _ in range(20):
        server = Server(("127.0.0.1",), 0)
        server.start()
        with (
            asciichat.connect("127.0.0.1", server.port) as call,
            ThreadPoolExecutor(4) as threads,
        ):
            for stopping in [threads.submit(server.stop) for _ in range(4)]:
                stopping.result(timeout=20)
            assert server.wait(0)
            with pytest.raises(asciichat.CallError):
                while call.next_event(20) is not None:
                    pass


def test_no_thread_and_no_descriptor_is_left_of_calls_that_failed() -> None:
    before = len(os.listdir("/dev/fd"))
    with Server(("127.0.0.1",), 0, password="correct horse") as server:
        for password in (None, "wrong horse", "wrong horse"):
            with pytest.raises(asciichat.CallError):
                asciichat.connect("127.0.0.1", server.port, password=password)
        assert not [thread for thread in threading.enumerate() if thread.name.startswith("call-")]
    assert len(os.listdir("/dev/fd")) == before
