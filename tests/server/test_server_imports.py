"""A server that nobody has joined yet holds nothing that only others need."""

from __future__ import annotations

import subprocess
import sys

SERVE = """
import sys
from asciichat import Server

with Server(("127.0.0.1",), 0):
    print(*{name.partition(".")[0] for name in sys.modules})
"""


def test_a_server_does_without_what_takes_memory_until_it_is_needed() -> None:
    result = subprocess.run([sys.executable, "-c", SERVE], capture_output=True, text=True, check=True)
    heavy = {"numpy", "av", "rich", "ssl", "http", "zxcvbn", "PIL", "prometheus_client"}
    assert not set(result.stdout.split()) & heavy
