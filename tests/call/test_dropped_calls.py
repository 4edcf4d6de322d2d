"""A call that nobody holds any more is hung up, as a file that nobody holds is closed."""

from __future__ import annotations

import asyncio
import contextlib
import gc
import subprocess
import sys
import threading
import warnings
from collections.abc import Callable, Iterator

import numpy as np
import pytest
from numpy.typing import NDArray

import asciichat
from asciichat import Server
from asciichat.client import connection
from waiting import wait_until

PATIENCE = 20.0


@pytest.fixture(autouse=True)
def all_ends() -> Iterator[None]:
    """No thread of a call is left; what other tests left behind is gone before."""
    gc.collect()
    before = threading.active_count()
    yield
    wait_until(lambda: threading.active_count() <= before)


def test_a_call_that_is_dropped_is_hung_up_and_warned_of(
    serve: Callable[..., Server], film: list[NDArray[np.uint8]]
) -> None:
    server = serve()
    call = asciichat.connect("127.0.0.1", server.port)
    call.send_video(film[0])
    assert call.next_event(PATIENCE) is not None
    assert len(server.clients()) == 1
    with pytest.warns(ResourceWarning, match="dropped without close") as told:
        del call
        wait_until(lambda: told.list and not server.clients())


def test_in_the_middle_of_what_arrives(serve: Callable[..., Server]) -> None:
    """The last to hold a call may be its own receive thread."""
    server = serve()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ResourceWarning)
        for _ in range(30):
            call = asciichat.connect("127.0.0.1", server.port, fps=60)
            arrived = threading.Event()
            call.on_arrival(arrived.set)
            assert arrived.wait(PATIENCE)
            del call
        wait_until(lambda: not server.clients())


def test_one_of_an_event_loop_too(serve: Callable[..., Server]) -> None:
    server = serve()

    async def main() -> None:
        call = await asciichat.connect_async("127.0.0.1", server.port)
        assert await call.next_event() is not None

    with pytest.warns(ResourceWarning, match="dropped without close") as told:
        asyncio.run(main())
        wait_until(lambda: gc.collect() >= 0 and told.list and not server.clients())


def test_whoever_iterates_holds_it_and_one_that_was_closed_is_not_warned_of(
    serve: Callable[..., Server],
) -> None:
    server = serve()
    with warnings.catch_warnings(record=True) as told:
        warnings.simplefilter("always", ResourceWarning)
        with asciichat.connect("127.0.0.1", server.port) as call:
            pass
        del call
        for number, _ in enumerate(asciichat.connect("127.0.0.1", server.port, fps=60)):
            gc.collect()
            assert not told
            if number == 3:
                break
        wait_until(lambda: told and not server.clients())
    assert [str(warning.message) for warning in told] == ["a call was dropped without close(): it is hung up"]


def test_a_program_may_end_in_the_middle_of_a_call(serve: Callable[..., Server]) -> None:
    port = serve().port
    script = f"import asciichat; call = asciichat.connect('127.0.0.1', {port}); print(call.next_event(20) is not None)"
    result = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, timeout=60, check=False
    )
    assert (result.returncode, result.stdout, result.stderr) == (0, "True\n", "")


def test_who_waits_is_let_go_even_if_the_end_cannot_be_told_of(
    serve: Callable[..., Server], monkeypatch: pytest.MonkeyPatch
) -> None:
    def no_memory(*_: object) -> None:
        raise MemoryError

    with asciichat.connect("127.0.0.1", serve().port) as call:
        monkeypatch.setattr(connection.log, "exception", no_memory)
        with pytest.raises(MemoryError):
            call._received(ValueError("a fault of this program"))
        with contextlib.suppress(asciichat.CallError):
            while call.next_event(PATIENCE) is not None:
                pass
        assert call.ended
