"""What waits for whoever takes the events of a call, and what a server may say of people."""

from __future__ import annotations

import socket

import numpy as np
import pytest

from asciichat._core.peer import Packet
from asciichat.client.arrivals import Arrivals
from asciichat.client.company import Company, text_event
from asciichat.client.errors import CallError
from asciichat.client.events import (
    SOUNDS_KEPT,
    WORDS_KEPT,
    Inbox,
    Notice,
    People,
    Person,
    Picture,
    Sound,
    Text,
)
from asciichat.client.network import Network, network_of
from asciichat.protocol.errors import ProtocolError
from asciichat.protocol.payloads import (
    ErrorMessage,
    Payload,
    PictureSize,
    Presence,
    RemoteLog,
    Speaking,
    TextLine,
)
from asciichat.protocol.types import Feature, LogDirection, LogLevel, PresenceFlag

HERE = PresenceFlag.PRESENT
SOUND = Sound(np.zeros(480, np.float32))


def everything(inbox: Inbox) -> list[object]:
    """All that waits."""
    events = []
    while (event := inbox.get(0)) is not None:
        events.append(event)
    return events


def test_no_text_is_lost_to_sound_and_no_sound_to_texts():
    inbox = Inbox()
    inbox.put(Text("bob", 1, "first", False))
    for number in range(SOUNDS_KEPT + 50):
        inbox.put(SOUND)
        inbox.put(Notice(20, str(number)))
    events = everything(inbox)
    assert events[0] == Text("bob", 1, "first", False)
    assert [e.message for e in events if isinstance(e, Notice)] == [str(n) for n in range(SOUNDS_KEPT + 50)]
    assert sum(isinstance(e, Sound) for e in events) == SOUNDS_KEPT


def test_of_more_words_than_anybody_reads_the_oldest_go():
    inbox = Inbox()
    for number in range(WORDS_KEPT + 7):
        inbox.put(Text("bob", 1, str(number), False))
    texts = [event.text for event in everything(inbox)]
    assert texts == [str(number) for number in range(7, WORDS_KEPT + 7)]


def test_people_are_known_as_they_are_now_and_before_what_they_write():
    inbox = Inbox()
    inbox.put(Picture("", 1, 1))
    inbox.put(Text("bob", 1, "hello", False))
    inbox.put(People(()))
    bob = Person(1, "bob", False, True, True, False, False)
    inbox.put(People((bob,)))
    assert everything(inbox) == [People((bob,)), Text("bob", 1, "hello", False), Picture("", 1, 1)]
    inbox.put(People(()))
    inbox.close()
    assert not inbox.closed
    assert everything(inbox) == [People(())]
    assert inbox.closed


def test_nobody_is_known_before_the_server_has_named_all():
    company = Company()
    assert not company.hear(Presence(4, HERE | PresenceFlag.VIDEO, "bob"))
    assert not company.hear(Presence(2, HERE | PresenceFlag.YOU | PresenceFlag.MUTED, "alice"))
    assert company.people == ()
    assert company.hear(Speaking(1 << 4 | 1 << 31))
    assert company.people == (
        Person(2, "alice", True, False, False, True, False),
        Person(4, "bob", False, True, False, False, True),
    )
    assert not company.hear(Speaking(1 << 4)), "of slots without anybody nothing is known"
    assert company.hear(Presence(4, HERE, "robert"))
    assert company.people[1] == Person(4, "robert", False, False, False, False, True)
    assert not company.hear(Presence(9))
    assert company.hear(Presence(4))
    assert [person.name for person in company.people] == ["alice"]
    company.hear(Presence(4, HERE, "carol"))
    assert not company.people[1].speaking, "who took the place of somebody who spoke has said nothing"


@pytest.mark.parametrize(
    ("said", "shown"),
    [("\x1b[2Jbob\x07", "[2Jbob"), ("b\u202eob", "bob"), ("\x9b\u200b", "Client3"), ("a\nb", "ab")],
)
def test_a_servers_names_and_texts_cannot_steer_a_terminal(said, shown):
    company = Company()
    company.hear(Presence(3, HERE, said))
    company.hear(Speaking(0))
    assert company.people[0].name == shown
    event = text_event(TextLine("\x1b]0;x\x07 y\r\nz\u2066", 3, said))
    assert event == Text(shown, 3, "]0;x y z", False)
    assert text_event(TextLine("\x1b\u202e", 3, said)) is None


HOSTILE = "\x1b]52;c;cm0gLXJm\x07 \u202eno\r\nmore"
HARMLESS = "]52;c;cm0gLXJm no more"


def packet(payload: Payload) -> Packet:
    """As the core hands it out."""
    return Packet(payload.TYPE, payload.encode())


def test_what_a_server_reports_cannot_steer_a_terminal():
    inbox = Inbox()
    arrivals = Arrivals(Feature.NONE, inbox, lambda *_: None)
    arrivals.take(packet(RemoteLog(LogLevel.WARN, LogDirection.SERVER_TO_CLIENT, HOSTILE)))
    assert everything(inbox) == [Notice(30, HARMLESS)]
    with pytest.raises(CallError) as caught:
        arrivals.take(packet(ErrorMessage(44, HOSTILE)))
    assert str(caught.value) == f"the server says: {HARMLESS}"


@pytest.mark.parametrize(
    "payload", [Presence(1), Speaking(1), TextLine("hello", 1, "bob"), PictureSize(8, 8)]
)
def test_a_server_that_tells_what_was_not_agreed_on_breaks_the_protocol(payload):
    arrivals = Arrivals(Feature.ZSTD_FRAMES, Inbox(), lambda *_: None)
    with pytest.raises(ProtocolError, match="not agreed on"):
        arrivals.take(packet(payload))


def test_of_a_way_that_is_no_way_the_kernel_knows_nothing():
    ours, theirs = socket.socketpair()
    assert network_of(ours) == Network(None, None)
    ours.close()
    assert network_of(ours) == Network(None, None)
    theirs.close()
