"""Calls for programs that run in an asyncio event loop: the same core and threads, another face."""

from __future__ import annotations

import asyncio
import contextlib
import threading
from collections.abc import AsyncIterator, Callable, Generator
from concurrent.futures import Future
from functools import partial, wraps
from types import TracebackType
from typing import ParamSpec, Self, TypeVar

import numpy as np
from numpy.typing import NDArray

from asciichat.client.call import Call
from asciichat.client.connect import connect
from asciichat.client.events import Event, Person
from asciichat.client.network import Network

P = ParamSpec("P")
T = TypeVar("T")


class AsyncCall(AsyncIterator[Event]):
    """A call in progress, for the tasks of one event loop; made by :func:`connect_async`.

    Iterate over it with ``async for`` to receive. What sends returns at once and is no coroutine. As an asynchronous
    context manager it closes itself. A task that waits for an event can be cancelled; no event is lost by that.

    Parameters
    ----------
    call
        Dialled already. Nobody else may take its events.

    Attributes
    ----------
    threaded
        The same call with its other face: its methods that change how the call looks return at once, too.
    """

    def __init__(self, call: Call) -> None:
        self.threaded = call
        self._loop = asyncio.get_running_loop()
        self._arrived = asyncio.Event()
        call.on_arrival(self._wake)

    def send_video(self, frame: NDArray[np.uint8]) -> None:
        """Send one picture; see :meth:`asciichat.Call.send_video`."""
        self.threaded.send_video(frame)

    def send_audio(self, samples: NDArray[np.float32]) -> None:
        """Send sound; see :meth:`asciichat.Call.send_audio`."""
        self.threaded.send_audio(samples)

    def send_text(self, text: str) -> None:
        """Write a line to everybody in the call; see :meth:`asciichat.Call.send_text`."""
        self.threaded.send_text(text)

    @property
    def talks(self) -> bool:
        """Does the server pass on text?"""
        return self.threaded.talks

    def people(self) -> tuple[Person, ...]:
        """Everybody in the call; see :meth:`asciichat.Call.people`."""
        return self.threaded.people()

    def network(self) -> Network:
        """How far the server is; see :meth:`asciichat.Call.network`."""
        return self.threaded.network()

    async def next_event(self) -> Event | None:
        """The next thing that arrives; None when we closed the call.

        Raises
        ------
        CallError
            The call ended otherwise.
        """
        while True:
            # In this order: what comes, or ends, after it was looked for sets the event again.
            self._arrived.clear()
            ended = self.threaded.ended
            event = self.threaded.next_event(0)
            if event is not None or ended:
                return event
            await self._arrived.wait()

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> Event:
        event = await self.next_event()
        if event is None:
            raise StopAsyncIteration
        return event

    async def close(self) -> None:
        """Hang up and wait until everything is cleaned up. Safe to call twice."""
        await asyncio.wrap_future(_in_thread(self.threaded.close))

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()

    def _wake(self) -> None:
        with contextlib.suppress(RuntimeError):  # the loop is closed: nobody waits any more
            self._loop.call_soon_threadsafe(self._arrived.set)


class Dialling:
    """A call that is still to be dialled: ``await`` it, or enter it with ``async with``.

    Parameters
    ----------
    dial
        Connects, and blocks meanwhile; called once, in a thread of its own.
    """

    def __init__(self, dial: Callable[[], Call]) -> None:
        self._dial = dial
        self._call: AsyncCall | None = None
        self._entered = False

    def __await__(self) -> Generator[object, None, AsyncCall]:
        return self._run().__await__()

    async def __aenter__(self) -> AsyncCall:
        if self._entered:
            raise RuntimeError("this call is dialled already: call connect_async for another")
        self._entered = True
        self._call = await self._run()
        return self._call

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._call is not None:
            await self._call.close()

    async def _run(self) -> AsyncCall:
        dialled = _in_thread(self._dial)
        try:
            return AsyncCall(await asyncio.wrap_future(dialled))
        except asyncio.CancelledError:
            _in_thread(lambda: dialled.result().close())  # if it comes about yet, nobody wants it any more
            raise


def _asynchronously(dial: Callable[P, Call]) -> Callable[P, Dialling]:
    @wraps(dial, assigned=())
    def connect_async(*args: P.args, **kwargs: P.kwargs) -> Dialling:
        """Join a call from a coroutine, without holding up its event loop.

        The parameters and errors are those of :func:`connect`. What it calls (`password`, `verify_server`) it calls
        from another thread.

        Returns
        -------
        Dialling
            To be used as ``async with connect_async(...) as call``, where `call` is an :class:`AsyncCall`; or
            awaited, which gives it too. Cancelled meanwhile, it hangs up by itself.

        Examples
        --------
        >>> import asyncio
        >>> import asciichat
        >>> async def first_picture(port):
        ...     async with asciichat.connect_async("localhost", port, video=False) as call:
        ...         async for event in call:
        ...             if isinstance(event, asciichat.Picture):
        ...                 return event.columns, event.rows
        >>> with asciichat.Server(port=0) as server:
        ...     asyncio.run(first_picture(server.port))
        (80, 24)
        """
        return Dialling(partial(dial, *args, **kwargs))

    return connect_async


connect_async = _asynchronously(connect)


def _in_thread(function: Callable[[], T]) -> Future[T]:
    """Run it in a thread of its own: a loop waits at its end for those of its executor, and they may all be busy."""
    outcome: Future[T] = Future()
    outcome.set_running_or_notify_cancel()  # from now on who waits can be cancelled, but not what runs

    def run() -> None:
        try:
            outcome.set_result(function())
        except BaseException as error:
            outcome.set_exception(error)

    threading.Thread(target=run, name="call-blocking", daemon=True).start()
    return outcome
