"""A call of three drawn people on this computer."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import Final

from asciichat.cli.recording.snapshot import safe_text
from asciichat.cli.screen.session import Session
from asciichat.client import Call, Picture, connect
from asciichat.media.people import PEOPLE, TalkingPerson
from asciichat.media.source import SAMPLE_RATE
from asciichat.media.voices import RepeatedVoice, load_voice
from asciichat.server import Server

from .display import Display
from .exits import TIMEOUT, CommandError
from .origin import open_speaker
from .redial import View
from .uplink import Uplink

_PAUSE: Final = 0.4
"""Seconds between one speaker and the next."""
_FPS: Final = 30
_SETTLED_WITHIN: Final = 10.0
"""Seconds until everybody must be on the picture that is printed."""


def watch(display: Display, *, fps: int, audio: bool, once: bool) -> int:
    """Show the call, or print one picture of it. Returns the exit code."""
    with Server(("127.0.0.1",), 0, max_clients=len(PEOPLE) + 1) as server, people(server.port):

        def dial(view: View) -> Call:
            return connect(
                "127.0.0.1",
                server.port,
                **view,
                fps=fps,
                video=False,
            )

        speaker, notes = open_speaker() if audio and not once else (None, ())
        session = Session(
            dial, display, Uplink(None, None), speaker=speaker, place="three people who are drawn here"
        )
        try:
            if once:
                return session.run_snapshot(lambda call: _picture_of_all(call, server))
            return session.run(0, notes)
        finally:
            if speaker is not None:
                speaker.close()


@contextmanager
def people(port: int) -> Iterator[None]:
    """Three callers who take turns in speaking, for as long as the block runs."""
    voices = {name: load_voice(name) for name in PEOPLE}
    lengths = [len(voice) / SAMPLE_RATE + _PAUSE for voice in voices.values()]
    with ExitStack() as stack:
        for place, (name, samples) in enumerate(voices.items()):
            voice = RepeatedVoice(samples, at=sum(lengths[:place]), every=sum(lengths))
            # They do not look at their screens: the smallest picture, seldom.
            call = stack.enter_context(
                connect("127.0.0.1", port, columns=20, rows=10, color="none", fps=1, name=name.title())
            )
            uplink = stack.enter_context(Uplink(TalkingPerson(name, voice.level, fps=_FPS), voice))
            uplink.attach(call)
        yield


def _picture_of_all(call: Call, server: Server) -> str:
    """The first picture that everybody is on."""
    end = time.monotonic() + _SETTLED_WITHIN
    complete = False
    while (left := end - time.monotonic()) > 0:
        event = call.next_event(left)
        if not isinstance(event, Picture):
            continue
        if complete:
            return safe_text(event)
        # Everybody's picture has come in: the next one that is drawn shows them all.
        complete = sum(client.counts["pictures_in"] > 0 for client in server.clients()) == len(PEOPLE)
    raise CommandError(f"The call did not come together within {_SETTLED_WITHIN:.0f} s.", TIMEOUT)
