"""The examples in docstrings do what they say."""

from __future__ import annotations

import doctest
from importlib import import_module

import pytest

MODULES = (
    "asciichat.audio",
    "asciichat.client.async_call",
    "asciichat.client.call",
    "asciichat.client.connect",
    "asciichat.protocol.framing",
    "asciichat.protocol.payloads",
    "asciichat.server.server",
    "asciichat.video",
    "asciichat.video.palettes",
    "asciichat.video.render",
)


@pytest.mark.parametrize("name", MODULES)
def test_the_examples_in_docstrings_hold(name: str) -> None:
    failed, attempted = doctest.testmod(import_module(name))
    assert attempted > 0
    assert failed == 0
