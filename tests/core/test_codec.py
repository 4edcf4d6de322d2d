"""The foreign libraries: found in their wheels, else in the system, else missed in a sentence that names the cure."""

from __future__ import annotations

import array
import importlib.metadata
import subprocess
import sys

import pytest

from asciichat._core.codec import OpusDecoder, OpusEncoder


def test_silence_is_three_bytes_and_decodes() -> None:
    packet = OpusEncoder().encode(array.array("f", bytes(4 * 960)))
    assert len(packet) == 3
    assert len(OpusDecoder().decode(packet)) == 960


def test_what_is_no_frame_is_refused() -> None:
    with pytest.raises(ValueError, match="not 961"):
        OpusEncoder().encode(array.array("f", bytes(4 * 961)))
    with pytest.raises(ValueError, match="at least one byte"):
        OpusDecoder().decode(b"")
    with pytest.raises(ValueError, match="not an Opus frame"):
        OpusDecoder().decode(b"\xff" * 2)


@pytest.mark.parametrize("options", [{"application": "music"}, {"bitrate": 1}, {"complexity": 11}])
def test_settings_out_of_range_are_refused(options: dict[str, object]) -> None:
    with pytest.raises(ValueError, match=r"must be"):
        OpusEncoder(**options)  # type: ignore[arg-type]


WITHOUT = """
import ctypes.util, importlib.metadata, sys
{hide}
ctypes.util.find_library = lambda name: None
try:
    import asciichat._core.codec
except ImportError as error:
    sys.exit(str(error))
"""


@pytest.mark.parametrize(
    ("hide", "cure"),
    [
        ("sys.modules['nacl'] = None", "PyNaCl"),
        ("sys.modules['zstandard'] = None", "zstandard"),
        ("importlib.metadata.files = lambda name: None", "av"),
    ],
)
def test_a_missing_library_is_said_with_its_cure(hide: str, cure: str) -> None:
    assert importlib.metadata.files("av")
    tried = subprocess.run(
        [sys.executable, "-c", WITHOUT.format(hide=hide)], capture_output=True, text=True, check=False
    )
    assert tried.returncode == 1
    assert "pip install --force-reinstall" in tried.stderr
    assert cure in tried.stderr
