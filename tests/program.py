"""The program, as tests start it."""

import sys

PROGRAM = [sys.executable, "-m", "asciichat.cli"]
