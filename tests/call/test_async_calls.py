"""Calls from an asyncio event loop: what arrives, what is cancelled, what ends."""

from __future__ import annotations

import asyncio
import socket
import threading
import time
from collections.abc import Callable

import numpy as np
import pytest

import asciichat
from asciichat.client.async_call import Dialling
from asciichat.server import Server
from ports import free_port

Serve = Callable[..., Server]
PATIENCE = 30.0
HUM = (0.3 * np.sin(np.arange(48000) / 20)).astype(np.float32)


def gone(server: Server) -> bool:
    """Wait until nobody is in the call any more."""
    end = time.monotonic() + PATIENCE
    while server.clients() and time.monotonic() < end:
        time.sleep(0.01)
    return not server.clients()


def threads_of_calls() -> set[str]:
    """Which there are."""
    return {"call-send", "call-receive"} & {thread.name for thread in threading.enumerate()}


def test_two_in_one_loop_see_and_hear_each_other(serve: Serve) -> None:
    server = serve()

    async def talk(call: asciichat.AsyncCall) -> None:
        for number in range(round(PATIENCE * 50)):
            call.send_video(np.full((60, 80, 3), 40 + 200 * (number // 5 % 2), np.uint8))
            call.send_audio(HUM[number % 50 * 960 :][:960])
            await asyncio.sleep(0.02)

    async def until_both(call: asciichat.AsyncCall) -> None:
        seen = heard = False
        async for event in call:
            match event:
                case asciichat.Picture(text=text):
                    seen |= bool(text.strip())
                case asciichat.Sound(samples=samples):
                    heard |= bool(np.abs(samples).max() > 0.05)
            if seen and heard:
                return

    async def main() -> None:
        async with (
            asyncio.timeout(PATIENCE),
            asciichat.connect_async("127.0.0.1", server.port, color="none") as alice,
            asciichat.connect_async("127.0.0.1", server.port, color="none") as bob,
        ):
            talking = [asyncio.create_task(talk(call)) for call in (alice, bob)]
            await asyncio.gather(until_both(alice), until_both(bob))
            for task in talking:
                task.cancel()

    asyncio.run(main())
    assert gone(server)
    assert server.counters()["admitted"] == 2


def test_it_can_be_awaited(serve: Serve) -> None:
    server = serve()

    async def main() -> None:
        call = await asciichat.connect_async("127.0.0.1", server.port)
        assert call.threaded.encrypted
        await call.close()
        await call.close()
        assert [event async for event in call if isinstance(event, asciichat.Sound)] == []
        with pytest.raises(asciichat.CallError, match="has ended"):
            call.send_audio(HUM)

    asyncio.run(main())


def test_the_loop_goes_on_while_it_dials_and_dialling_can_be_cancelled() -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        port = silent.getsockname()[1]

        async def main() -> int:
            turns = 0
            dialling = asyncio.create_task(dial())
            connection, _ = await asyncio.to_thread(silent.accept)
            for _ in range(10):
                await asyncio.sleep(0)
                turns += not dialling.done()
            dialling.cancel()
            with pytest.raises(asyncio.CancelledError):
                await dialling
            connection.close()
            return turns

        async def dial() -> None:
            async with asciichat.connect_async("127.0.0.1", port, timeout=300):
                pytest.fail("nobody answered")

        begun = time.monotonic()
        assert asyncio.run(main()) == 10
        assert time.monotonic() - begun < PATIENCE


def test_a_call_that_comes_about_after_it_was_cancelled_is_hung_up(serve: Serve) -> None:
    server = serve()
    dialled, wanted = threading.Event(), threading.Event()

    def dial() -> asciichat.Call:
        dialled.set()
        assert wanted.wait(PATIENCE)
        return asciichat.connect("127.0.0.1", server.port)

    async def main() -> None:
        task = asyncio.create_task(wait_for(Dialling(dial)))
        await asyncio.to_thread(dialled.wait)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task

    async def wait_for(dialling: Dialling) -> None:
        await dialling

    asyncio.run(main())
    wanted.set()
    end = time.monotonic() + PATIENCE
    while not server.counters().get("admitted") and time.monotonic() < end:
        time.sleep(0.01)
    assert server.counters()["admitted"] == 1
    assert gone(server)
    while threads_of_calls() and time.monotonic() < end:  # it hangs up on a thread of its own
        time.sleep(0.01)
    assert not threads_of_calls()


def test_a_task_that_waits_can_be_cancelled_and_the_call_goes_on(serve: Serve) -> None:
    server = serve()

    async def main() -> None:
        async with (
            asyncio.timeout(PATIENCE),
            asciichat.connect_async("127.0.0.1", server.port, video=False) as call,
        ):
            for _ in range(20):
                waiting = asyncio.create_task(call.next_event())
                await asyncio.sleep(0)
                waiting.cancel()
                await asyncio.wait([waiting])
            assert await call.next_event() is not None

    asyncio.run(main())


def test_closing_ends_an_iteration_elsewhere(serve: Serve) -> None:
    server = serve()

    async def listen(call: asciichat.AsyncCall, begun: asyncio.Event) -> str:
        async for _ in call:
            begun.set()
        return "ended"

    async def main() -> str:
        async with asyncio.timeout(PATIENCE):
            begun = asyncio.Event()
            call = await asciichat.connect_async("127.0.0.1", server.port)
            listening = asyncio.create_task(listen(call, begun))
            await begun.wait()
            await call.close()
            return await listening

    assert asyncio.run(main()) == "ended"


def test_a_cancelled_body_hangs_up(serve: Serve) -> None:
    server = serve()

    async def main() -> None:
        with pytest.raises(TimeoutError):
            async with (
                asyncio.timeout(None) as patience,
                asciichat.connect_async("127.0.0.1", server.port) as call,
            ):
                async for _ in call:
                    patience.reschedule(asyncio.get_running_loop().time())
        assert not threads_of_calls()

    asyncio.run(main())
    assert gone(server)


def test_an_end_that_the_server_makes_is_raised(serve: Serve) -> None:
    server = serve()

    async def main() -> None:
        async with asyncio.timeout(PATIENCE), asciichat.connect_async("127.0.0.1", server.port) as call:
            assert await call.next_event() is not None
            await asyncio.to_thread(server.stop)
            with pytest.raises(asciichat.CallError, match="the call"):
                async for _ in call:
                    pass

    asyncio.run(main())


def test_a_server_that_is_not_there_is_an_error_of_the_call() -> None:
    port = free_port()

    async def main() -> None:
        with pytest.raises(asciichat.CallError, match="cannot connect"):
            async with asciichat.connect_async("127.0.0.1", port):
                pytest.fail("there is no call")
        with pytest.raises(ValueError, match="a port is"):
            await asciichat.connect_async("127.0.0.1", 0)

    asyncio.run(main())


def test_a_call_is_entered_once(serve: Serve) -> None:
    server = serve()

    async def main() -> None:
        dialling = asciichat.connect_async("127.0.0.1", server.port)
        async with dialling as call:
            with pytest.raises(RuntimeError, match="dialled already"):
                async with dialling:
                    pytest.fail("it dialled again")
            call.send_text("still here")
        assert not threads_of_calls()

    asyncio.run(main())


def test_a_loop_that_is_closed_before_the_call_harms_nobody(
    serve: Serve, caplog: pytest.LogCaptureFixture
) -> None:
    server = serve()

    async def main() -> asciichat.AsyncCall:
        return await asciichat.connect_async("127.0.0.1", server.port)

    call = asyncio.run(main())
    assert call.threaded.next_event(PATIENCE) is not None
    call.threaded.close()
    assert not [record for record in caplog.records if record.levelname == "ERROR"]
