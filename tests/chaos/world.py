"""A server and people in a call with each other, each in a process of its own, and what must hold for them while something
goes wrong."""

from __future__ import annotations

import contextlib
import json
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
DUE = 60.0
"""Pictures a second that everybody is to get."""
SOUNDS = 50.0
"""Packets of sound a second."""
LEAST = 0.99
"""Of what is due, this much comes."""
HEARD = 0.120
"""The longest gap in the sound, in seconds: what a listener's jitter buffer bridges."""
ROOM = 512 * 1024
"""Bytes by which what is allocated may vary: caches, and what is in flight."""
TRIES = 4
"""Times that a fault happens before it is to blame."""


class Process:
    """A helper that answers lines."""

    def __init__(self, module: str, *arguments: str, prefix: tuple[str, ...] = (), **options: Any) -> None:
        self.process = subprocess.Popen(
            [*prefix, sys.executable, "-m", f"tests.chaos.{module}", *arguments],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=ROOT, **options,
        )  # fmt: skip
        self.first = self._answer()

    def ask(self, question: Any = None) -> Any:
        """Say something and wait for the answer."""
        assert self.process.stdin is not None
        self.process.stdin.write(json.dumps(question) + "\n")
        self.process.stdin.flush()
        return self._answer()

    def _answer(self) -> Any:
        assert self.process.stdout is not None
        line = self.process.stdout.readline()
        assert line, f"{self.process.args} ended with {self.process.wait()}"
        return json.loads(line)

    def close(self) -> int:
        """Let it end; returns how it did."""
        assert self.process.stdin is not None and self.process.stdout is not None
        self.process.stdin.close()
        code = self.process.wait(20)
        self.process.stdout.close()
        return code


@dataclass
class Share:
    """What somebody got of what was due to everybody: the worst of them."""

    pictures: float
    sounds: float
    sound_gap: float
    ends: list[str | None]

    def enough(self, usual: Share, least: float = LEAST) -> bool:
        """Is it, within the bars, what it was when nothing was wrong? A machine that is too busy shows then, too."""
        return (
            self.pictures >= least * min(1.0, usual.pictures)
            and self.sounds >= least * min(1.0, usual.sounds)
            and self.sound_gap <= max(HEARD, 2 * usual.sound_gap)
            and not any(self.ends)
        )


class World:
    """The call."""

    def __init__(
        self, watchers: int = 2, settings: dict[str, Any] | None = None, *, sends: bool = True, **options: Any
    ) -> None:
        self.host = Process("host", json.dumps(settings or {}), **options)
        self.port: int = self.host.first
        self.watchers = watchers
        self._usual: Share | None = None
        self._people = (
            Process(
                "watchers",
                str(self.port),
                str(watchers),
                *([] if sends else ["watch"]),
                prefix=options.get("prefix", ()),
            )
            if watchers
            else None
        )

    def tell(self, what: str, **arguments: Any) -> Any:
        """Have the host do something: a method of `Host`."""
        return self.host.ask([what, arguments])

    def figures(self) -> dict[str, Any]:
        """What the people in the call have received until now."""
        assert self._people is not None
        answer: dict[str, Any] = self._people.ask()
        return answer

    def share(self, while_this: Callable[[], None], least: float = 1.0) -> Share:
        """What the people in the call get while something happens, for `least` seconds at least."""
        before = self.figures()
        while_this()
        time.sleep(max(0.0, least - (time.monotonic() - before["time"])))
        after = self.figures()
        took = after["time"] - before["time"]

        def worst(name: str, due: float) -> float:
            # One more or less is a matter of where the window begins.
            return min((b - a + 1) / (took * due) for a, b in zip(before[name], after[name], strict=True))

        return Share(worst("pictures", DUE), worst("sounds", SOUNDS), max(after["sound_gap"]), after["ends"])

    def unharmed(self, fault: Callable[[], None], *, least: float = 0.5) -> None:
        """A fault happens: the people in the call notice nothing, and when it is over nothing of it is left.

        What they get is judged by what they get when nothing happens. A fault that seems to disturb them, or to take
        memory, happens again: a machine that was busy with something else for a moment is not so every time, nor does a
        table of the interpreter's grow every time, or a crowd exceed all before it. What disturbs does, and what leaks.
        """
        doubts: dict[str, str] = {}
        lasted = 1.0
        for _ in range(TRIES):
            if self._usual is None:
                # What comes now and then, as other work does, is seen in as long a look alone.
                self._usual = self.share(lambda: None, min(lasted, 10.0))
            begun = time.monotonic()
            found = self._happening(fault, least, self._usual)
            lasted = time.monotonic() - begun
            doubts = found if not doubts else {what: found[what] for what in doubts.keys() & found.keys()}
            if not doubts:
                return
            print(f"once more, since {' and '.join(doubts.values())}")
            self._usual = None
        raise AssertionError(" and ".join(doubts.values()))

    def _happening(self, fault: Callable[[], None], least: float, usual: Share) -> dict[str, str]:
        """A fault happens; what is not as it was, and may be so by chance."""
        start = self.tell("state", guests=self.watchers)
        assert start["wrong"] == []
        got = self.share(fault, least)
        end = self.tell("state", guests=self.watchers)
        assert end["wrong"] == []
        for what in ("threads", "descriptors", "half_open"):
            assert end[what] == start[what], f"{what}: {end[what]} after it, {start[what]} before"
        dropped = [
            sum(client["counts"]["sounds_dropped"] for client in state["clients"]) for state in (start, end)
        ]
        doubts = {}
        if dropped[0] != dropped[1]:
            doubts["dropped"] = f"{dropped[1] - dropped[0]} of their sounds were dropped"
        if not got.enough(usual):
            doubts["got"] = f"they got {got}, usually {usual}"
        grown = end["allocated"] - start["allocated"]
        if grown >= ROOM:
            doubts["allocated"] = f"{grown / 1024:.0f} KiB more are allocated"
        return doubts

    def close(self) -> None:
        """Hang up; the server must end well."""
        if self._people is not None:
            assert self._people.close() == 0
        assert self.tell("state", guests=0)["wrong"] == []
        assert self.host.close() == 0


@contextlib.contextmanager
def world(
    watchers: int = 2, settings: dict[str, Any] | None = None, *, sends: bool = True, **options: Any
) -> Iterator[World]:
    """A call, until the end of the block."""
    made = World(watchers, settings, sends=sends, **options)
    try:
        yield made
    except BaseException:
        for process in (made._people, made.host):
            if process is not None:
                process.process.kill()
                process.process.wait()
        raise
    made.close()
