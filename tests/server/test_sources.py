"""What each place on the network may still ask of a server, by a clock of the test's own."""

from __future__ import annotations

import ipaddress

import pytest

from asciichat.server import Limits
from asciichat.server import sources as module
from asciichat.server.sources import Sources, source_of


class Clock:
    """Time that passes when the test says so."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


def made(clock: Clock, *, chance: float = 0.0, **limits: object) -> Sources:
    """Sources whose dice always fall the same way."""
    return Sources(Limits(**limits), clock=clock, chance=lambda: chance)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("host", "source"),
    [
        ("192.0.2.7", "192.0.2.7"),
        ("::ffff:192.0.2.7", "192.0.2.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("fe80::1%eth0", "fe80::/64"),
        ("::1", "::/64"),
    ],
)
def test_a_source_is_an_ipv4_address_or_an_ipv6_network(host, source):
    assert str(source_of(host)) == source


def test_connections_come_at_their_rate_after_a_burst(clock):
    sources = made(clock, connects=2.0, connects_burst=10.0)

    def connect(host: str) -> str | None:
        cause = sources.refuse(host)
        if cause is None:
            sources.done(host)
        return cause

    assert [connect("192.0.2.1") for _ in range(12)] == [None] * 10 + ["rate"] * 2
    assert connect("192.0.2.2") is None  # somebody else's matter
    clock.now += 1.0
    assert [connect("192.0.2.1") for _ in range(3)] == [None, None, "rate"]
    # A household's addresses count together, its neighbour's do not.
    assert [connect(f"2001:db8::{number:x}") for number in range(12)].count("rate") == 2
    assert connect("2001:db8:0:1::1") is None


def test_penalties_add_up_and_pass(clock):
    sources = made(clock, penalty_least=15.0)
    for _ in range(2):
        sources.penalise("192.0.2.1", 5.0)
        assert sources.refuse("192.0.2.1") is None  # mistyped twice
    sources.penalise("192.0.2.1", 5.0)
    assert sources.refuse("192.0.2.1") == "penalty"
    assert sources.refuse("192.0.2.9") is None
    clock.now += 14.9
    assert sources.refuse("192.0.2.1") == "penalty"
    clock.now += 0.2
    assert sources.refuse("192.0.2.1") is None


def test_seldom_faults_never_add_up(clock):
    sources = made(clock, penalty_least=15.0)
    for _ in range(50):
        sources.penalise("192.0.2.1", 5.0)
        clock.now += 6.0
        assert sources.refuse("192.0.2.1") is None
        sources.done("192.0.2.1")


def test_penalties_have_an_end(clock):
    sources = made(clock, penalty_most=60.0)
    for _ in range(1000):
        sources.penalise("192.0.2.1", 10.0)
    clock.now += 60.0
    assert sources.refuse("192.0.2.1") is None


def test_one_source_holds_only_so_many_half_open(clock):
    sources = made(clock, half_open_per_source=3)
    assert [sources.refuse("192.0.2.1") for _ in range(4)] == [None, None, None, "half_open"]
    assert sources.refuse("192.0.2.2") is None
    sources.done("192.0.2.1")
    assert sources.refuse("192.0.2.1") is None


def test_early_drop_hits_those_who_have_a_connection_already(clock):
    sources = made(clock, chance=0.29, half_open=20, half_open_start=10)
    for number in range(10):
        assert sources.refuse(f"192.0.2.{number}") is None
    assert sources.refuse("192.0.2.1") == "half_open"
    assert sources.refuse("192.0.2.99") is None  # never seen before: let in
    lucky = made(clock, chance=0.31, half_open=20, half_open_start=10)
    for number in range(10):
        assert lucky.refuse(f"192.0.2.{number}") is None
    assert lucky.refuse("192.0.2.1") is None  # 30 % at first
    for number in range(20, 29):
        assert lucky.refuse(f"192.0.2.{number}") is None
    assert lucky.refuse("192.0.2.1") == "half_open"  # certain in the end


def test_who_has_most_makes_room(clock):
    sources = made(clock)
    for host in ("192.0.2.1", "192.0.2.2", "192.0.2.2", "2001:db8::1"):
        sources.refuse(host)
    assert sources.busiest() == ipaddress.ip_address("192.0.2.2")


def test_exempt_networks_are_neither_limited_nor_penalised(clock):
    sources = made(clock, connects=1.0, connects_burst=1.0, exempt=("192.0.2.0/24", "2001:db8::/32"))
    for host in ("192.0.2.1", "::ffff:192.0.2.1", "2001:db8::1"):
        sources.penalise(host, 1000.0)
        assert [sources.refuse(host) for _ in range(5)] == [None] * 5
    sources.penalise("198.51.100.1", 1000.0)
    assert sources.refuse("198.51.100.1") == "penalty"


def test_memory_is_bounded_and_the_penalised_are_remembered_longest(clock, monkeypatch):
    monkeypatch.setattr(module, "MOST_SOURCES", 50)
    sources = made(clock)
    sources.penalise("192.0.2.1", 100.0)
    for number in range(5000):
        host = f"2001:db8:{number:x}::1"
        assert sources.refuse(host) is None
        sources.done(host)
        other = f"10.0.{number >> 8}.{number & 255}"
        assert sources.refuse(other) is None
        sources.done(other)
    assert {version: len(table) for version, table in sources._tables.items()} == {4: 50, 6: 50}
    assert sources.refuse("192.0.2.1") == "penalty"


def test_a_flood_does_not_fill_the_log(clock, caplog):
    caplog.set_level("INFO", "asciichat")
    sources = made(clock, connects=1.0, connects_burst=1.0)
    for _ in range(1000):
        sources.refuse("192.0.2.1")
    assert len(caplog.records) <= 10
    assert "192.0.2.1" in caplog.text


@pytest.mark.parametrize(
    "wrong",
    [{"idle": 0.0}, {"half_open": -1}, {"exempt": ("nonsense",)}, {"half_open": 10, "half_open_start": 11}],
)
def test_limits_that_make_no_sense_are_refused(wrong):
    with pytest.raises(ValueError, match=r"limit|network|early drop"):
        Limits(**wrong)
