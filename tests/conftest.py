"""What every test runs under."""

from __future__ import annotations

import os
import signal
from collections.abc import Generator
from pathlib import Path

import pytest
from hypothesis import settings

from turns import turn

# Before anything of ours is imported: every lock that is taken is checked for its place in the order.
os.environ["ASCIICHAT_CHECK_LOCKS"] = "1"

# A single example may take seconds on a machine that is busy with something else.
settings.register_profile("asciichat", deadline=None)
settings.load_profile("asciichat")


@pytest.fixture(scope="session")
def tls_certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A certificate for 127.0.0.1 that vouches for itself, with its key, in one file."""
    from certificate import certificate

    return certificate(tmp_path_factory.mktemp("tls"))


def pytest_configure() -> None:
    """Who starts the tests in the background may have them ignore the signals of the keyboard, and whatever they start would
    inherit that. Programs on a terminal of their own must hear them."""
    for number, action in ((signal.SIGINT, signal.default_int_handler), (signal.SIGQUIT, signal.SIG_DFL)):
        if signal.getsignal(number) is signal.SIG_IGN:
            signal.signal(number, action)


@pytest.hookimpl(wrapper=True, tryfirst=True)  # waiting is no part of a test's time
def pytest_runtest_protocol(item: pytest.Item) -> Generator[None, object, object]:
    """Each test in its turn."""
    with turn(alone=item.get_closest_marker("realtime") is not None):
        return (yield)
