"""What every test runs under."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import settings

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
