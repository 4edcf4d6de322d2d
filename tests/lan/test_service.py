"""What an announcement says, and what is believed of it."""

from __future__ import annotations

from ipaddress import ip_address, ip_interface

import pytest
from hypothesis import given
from hypothesis import strategies as st

from asciichat.lan.service import (
    NAME_LIMIT,
    TYPE,
    announced_key,
    best_address,
    can_be_announced,
    properties,
    shown_name,
)

KEY = bytes(range(32))
OWN = [ip_interface(each) for each in ("192.168.1.20/24", "172.17.0.1/16", "fd00::20/64", "fe80::1/64")]


def as_received(sent: dict[str, str]) -> dict[bytes, bytes | None]:
    return {name.encode(): value.encode() for name, value in sent.items()}


def test_the_properties_are_the_native_programs():
    assert properties(KEY) == {"session_string": "", "host_pubkey": KEY.hex()}
    assert properties(None)["host_pubkey"] == 64 * "0"


def test_a_key_comes_out_as_it_went_in():
    assert announced_key(as_received(properties(KEY))) == KEY
    assert announced_key(as_received(properties(None))) is None


@pytest.mark.parametrize(
    "value",
    [
        *(None, b"", b"00" * 32, b"zz" * 32, b" " * 64, b"\xff" * 64),
        *(KEY.hex()[:62].encode() + end for end in (b"1", b"1f0", b"  ", "é".encode())),
    ],
)
def test_a_malformed_key_is_none(value):
    assert announced_key({b"host_pubkey": value}) is None


@given(st.dictionaries(st.binary(max_size=20), st.none() | st.binary(max_size=200)))
def test_no_property_at_all_makes_it_fail(given_):
    assert announced_key(given_) is None
    assert announced_key({**given_, b"host_pubkey": KEY.hex().upper().encode()}) == KEY


@pytest.mark.parametrize(
    ("instance", "name"),
    [
        (f"kitchen.{TYPE}", "kitchen"),
        (f"Ada's laptop v2.1.{TYPE}", "Ada's laptop v2.1"),
        (f"LAB.{TYPE.upper()}", "LAB"),
        (f"\x1b]0;owned\x07\x1b[2J.{TYPE}", "]0;owned[2J"),
        (f"a\tb\nc\x9b1m.{TYPE}", "abc1m"),
        (f"\u202ekitchen\u200b.{TYPE}", "kitchen"),
        (f"\x1b.{TYPE}", ""),
    ],
)
def test_a_name_is_one_harmless_line(instance, name):
    assert shown_name(instance) == name


@given(st.text(max_size=300))
def test_no_name_steers_a_terminal(text):
    name = shown_name(f"{text}.{TYPE}")
    assert name.isprintable()
    assert len(name.encode()) <= NAME_LIMIT


@pytest.mark.parametrize(
    ("announced", "best"),
    [
        (["10.9.8.7"], "10.9.8.7"),
        (["10.9.8.7", "192.168.1.5"], "192.168.1.5"),  # in our network
        (["172.17.0.1", "192.168.1.5"], "192.168.1.5"),  # the bridge is ours, not that server's
        (["192.168.1.20", "172.17.0.1"], "172.17.0.1"),  # on this computer any will do
        (["fd00::7", "192.168.1.5"], "192.168.1.5"),  # IPv4 first
        (["fd00::7", "10.9.8.7"], "fd00::7"),  # but what is near before
        (["fe80::7", "2001:db8::7"], "2001:db8::7"),
        (["169.254.3.4", "10.9.8.7"], "10.9.8.7"),
        (["fe80::7"], None),
        (["127.0.0.1", "::1", "0.0.0.0", "::", "224.0.0.251", "ff02::fb", "255.255.255.255"], None),
        (["::ffff:192.168.1.5", "::ffff:127.0.0.1"], None),
        (["nonsense"], None),
        ([], None),
    ],
)
def test_the_address_that_is_called_is_one_that_leads_there(announced, best):
    assert best_address(announced, OWN) == best
    assert best_address(reversed(announced), OWN) == best


@given(st.lists(st.ip_addresses()))
def test_an_address_that_is_called_is_one_of_those_announced(addresses):
    best = best_address(map(str, addresses), OWN)
    usable = [address for address in addresses if can_be_announced(address)]
    assert (best is None) == (not usable)
    assert best is None or ip_address(best) in usable
