"""Join tickets: what is written is what is read, and nothing else is."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from asciichat.crypto.public_key import PublicKey
from asciichat.crypto.ticket import Ticket, TicketError

KEY = PublicKey(bytes(range(200, 232)))


@pytest.mark.parametrize(
    ("ticket", "text"),
    [
        (Ticket("example.org"), "asciichat://example.org"),
        (Ticket("example.org", 27224), "asciichat://example.org:27224"),
        (
            Ticket("192.0.2.7", 5000, KEY),
            f"asciichat://192.0.2.7:5000?key={'yMnKy8zNzs_Q0dLT1NXW19jZ2tvc3d7f4OHi4-Tl5uc'}",
        ),
        (Ticket("2001:db8::1", 27224), "asciichat://[2001:db8::1]:27224"),
    ],
)
def test_a_ticket_is_one_line(ticket, text):
    assert str(ticket) == text
    assert Ticket.parse(text) == ticket


@given(
    host=st.sampled_from(["localhost", "a.example", "10.1.2.3", "fe80::1"]),
    port=st.none() | st.integers(1, 65535),
    key=st.none() | st.binary(min_size=32, max_size=32).map(PublicKey),
)
def test_what_is_written_is_what_is_read(host, port, key):
    ticket = Ticket(host, port, key)
    assert Ticket.parse(str(ticket)) == ticket


@pytest.mark.parametrize(
    "text",
    [
        "",
        "example.org",
        "http://example.org",
        "asciichat://",
        "asciichat://:27224",
        "asciichat://example.org:",
        "asciichat://example.org:0",
        "asciichat://example.org:65536",
        "asciichat://example.org:-1",
        "asciichat://[::1",
        "asciichat://me:secret@example.org",
        "asciichat://example.org/room",
        "asciichat://example.org#part",
        "asciichat://example.org?key=",
        "asciichat://example.org?key=abc",
        "asciichat://example.org?key=" + "A" * 44,
        "asciichat://example.org?key=" + "A" * 42 + "B",
        "asciichat://example.org?key=" + "!" * 43,
        "asciichat://example.org?key",
        f"{Ticket('example.org', 1, KEY)}&key={'A' * 43}",
        f"{Ticket('example.org', 1, KEY)}&password=hunter2",
        "asciichat://exa mple.org",
        "asciichat://example.org\x1b[2J",
        "asciichat://" + "a" * 600,
    ],
)
def test_what_is_no_ticket_is_refused_in_words(text):
    with pytest.raises(TicketError) as refusal:
        Ticket.parse(text)
    assert str(refusal.value).strip()


@given(st.text(max_size=80))
def test_any_text_is_a_ticket_or_refused(text):
    for candidate in (text, f"asciichat://{text}"):
        try:
            ticket = Ticket.parse(candidate)
        except TicketError:
            continue
        assert Ticket.parse(str(ticket)) == ticket
