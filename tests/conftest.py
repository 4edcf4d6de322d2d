"""What every test runs under."""

from __future__ import annotations

import os

# Before anything of ours is imported: every lock that is taken is checked for its place in the order.
os.environ["ASCIICHAT_CHECK_LOCKS"] = "1"
