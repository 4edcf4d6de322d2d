"""Announcing a server: which addresses there is something to say of."""

from __future__ import annotations

import pytest

from asciichat.lan.announcement import Announcement
from asciichat.lan.errors import LanError
from asciichat.protocol.types import ErrorCode


@pytest.mark.parametrize("addresses", [("127.0.0.1", "::1"), ("127.8.8.8",), ("fe80::1%1",), ()])
def test_what_nobody_else_can_reach_is_not_announced(addresses):
    with pytest.raises(LanError, match=r"listen on an address of the network") as caught:
        Announcement(addresses, 27224, None)
    assert caught.value.code == ErrorCode.USAGE


@pytest.mark.parametrize("addresses", [("0.0.0.0",), ("::",), ("127.0.0.1", "192.168.1.5"), ("fd00::1",)])
def test_what_others_can_reach_may_be_announced(addresses):
    Announcement(addresses, 27224, None)
