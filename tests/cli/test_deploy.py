"""The files that run a server as a service."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

UNIT = Path(__file__).parents[2] / "deploy" / "asciichat-server.service"
SYSTEMD_ANALYZE = shutil.which("systemd-analyze")


@pytest.mark.skipif(SYSTEMD_ANALYZE is None, reason="there is no systemd-analyze")
def test_systemd_finds_no_fault_in_the_unit(tmp_path):
    result = subprocess.run(
        [SYSTEMD_ANALYZE, "verify", "--man=no", UNIT], capture_output=True, text=True, timeout=60
    )
    assert UNIT.name not in result.stderr  # other units of the machine may be complained about
    assert result.returncode == 0, result.stderr
