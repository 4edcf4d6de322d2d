"""How a program hears of a server's clients: the part of `Server` that takes hooks."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar, overload

from asciichat.server.hooks import FrameHook, Hooks, JoinHook, LeaveHook, SoundHook, TextHook

if TYPE_CHECKING:
    from collections.abc import Callable

_Join = TypeVar("_Join", bound=JoinHook)
_Leave = TypeVar("_Leave", bound=LeaveHook)
_Text = TypeVar("_Text", bound=TextHook)
_Frame = TypeVar("_Frame", bound=FrameHook)
_Sound = TypeVar("_Sound", bound=SoundHook)


_Hook = TypeVar("_Hook", bound="Callable[..., object]")


def _callable(hook: _Hook) -> _Hook:
    if not callable(hook):
        raise TypeError(f"a hook is a function, not {hook!r}")
    return hook


class Hooked:
    """Takes functions that are called for what happens in the call.

    Parameters
    ----------
    hooks
        Calls them, on a thread of its own.
    """

    def __init__(self, hooks: Hooks) -> None:
        self._hooks = hooks

    def on_join(self, hook: _Join) -> _Join:
        """Have a function called for everybody who joins; usable as a decorator, like all that follow.

        Hooks are called one after another, on a thread of the server's that is called ``hooks``. A slow one keeps others
        waiting, but never the call. One that raises is logged and counted (``hooks_failed``), and the client it was called
        for is let go. They may call every method of the server.

        Parameters
        ----------
        hook
            ``hook(client)``, with a :class:`ClientSnapshot` of when it had said what it is called and what it shows.
            A client that leaves before that neither joins nor leaves, for hooks.

        Raises
        ------
        RuntimeError
            The server was started already.
        TypeError
            It cannot be called.

        Examples
        --------
        >>> server = Server(port=0)
        >>> @server.on_join
        ... def greet(client):
        ...     server.say(f"{client.state.name} is here")
        >>> @server.on_frame(fps=2)
        ... def look(client, frame):
        ...     print(client.state.name, frame.shape, frame.mean())
        """
        self._hooks.on_join(_callable(hook))
        return hook

    def on_leave(self, hook: _Leave) -> _Leave:
        """Have a function called for everybody who has left: the last call for that client. See :meth:`on_join`.

        Parameters
        ----------
        hook
            ``hook(client, reason)``: as the client was last, and why it left in words. If it raises, it is only logged and
            counted.

        Raises
        ------
        RuntimeError
            The server was started already.
        """
        self._hooks.on_leave(_callable(hook))
        return hook

    def on_text(self, hook: _Text) -> _Text:
        """Have a function called for every line that a client writes to the others. See :meth:`on_join`.

        Parameters
        ----------
        hook
            ``hook(client, text)``: one line, at most 512 bytes in UTF-8, nothing in it that a terminal would act on. It has
            been passed on already. If hooks are slow, 512 lines wait; others are left out, and counted (``hooks_missed``).

        Raises
        ------
        RuntimeError
            The server was started already.
        """
        self._hooks.on_text(_callable(hook))
        return hook

    @overload
    def on_frame(self, hook: _Frame, *, fps: float = 10.0) -> _Frame: ...
    @overload
    def on_frame(self, hook: None = None, *, fps: float = 10.0) -> Callable[[_Frame], _Frame]: ...
    def on_frame(
        self, hook: _Frame | None = None, *, fps: float = 10.0
    ) -> _Frame | Callable[[_Frame], _Frame]:
        """Have a function called with the pictures that clients send. See :meth:`on_join`.

        Parameters
        ----------
        hook
            ``hook(client, frame)``: the client's newest picture, uint8[height, width, 3] in RGB, a copy of your own. No
            picture comes twice; those between two calls are left out. Clients of ours do not send what stands still again.
        fps
            At most so many pictures of each client a second: above 0, at most 144.

        Raises
        ------
        ValueError
            `fps` is out of range.
        RuntimeError
            The server was started already.
        """
        if hook is None:
            return lambda hook: self.on_frame(hook, fps=fps)
        self._hooks.on_frame(_callable(hook), fps)
        return hook

    def on_sound(self, hook: _Sound) -> _Sound:
        """Have a function called with the sound that clients send, each one's alone. See :meth:`on_join`.

        Parameters
        ----------
        hook
            ``hook(client, samples, missed)``: what the client has said since the last call, decoded, as it came: not mixed,
            levelled or muted; float32[n] at 48 kHz, -2 to 2, a copy of your own. It is called 20 times a second while sound
            comes. Only if hooks are slower than 0.6 s sound is missed: `missed` is how many samples are, just before these.

        Raises
        ------
        RuntimeError
            The server was started already.
        """
        self._hooks.on_sound(_callable(hook))
        return hook
