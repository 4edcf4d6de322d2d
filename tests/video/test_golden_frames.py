"""A photograph looks as it did: its text in every mode and colour level is kept, byte for byte."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest
from golden_frames import COLUMNS, FRAMES, ROWS, draw, photograph, styles
from numpy.typing import NDArray

from asciichat._core import cpu
from asciichat.video import Style
from asciichat.video.cells import read_cells

WHAT_TO_DO = """
{name}.txt is not what is drawn any more: {cells} of {all} cells look different, in {size} bytes instead of {kept}.
If that was not meant, the renderer is at fault, not the file. If it was, write the frames anew, look at them, and say in the
commit what changed and why:

    python tests/video/golden_frames.py
    git diff --stat tests/video/data && cat tests/video/data/photograph/{name}.txt
"""


@pytest.fixture(params=["scalar", "this processor"])
def kernels(request: pytest.FixtureRequest) -> Iterator[None]:
    """With and without the instruction sets there are."""
    cpu.restrict([] if request.param == "scalar" else None)
    yield
    cpu.restrict()


@pytest.fixture(scope="module")
def frame() -> NDArray[np.uint8]:
    picture = photograph()
    assert picture.shape == (150, 200, 3)
    return picture


def different_cells(kept: bytes, drawn: bytes) -> int:
    """How many cells look different: all of them where a text is none, or of another size."""
    try:
        one, other = (read_cells(text.decode().removesuffix("\n")) for text in (kept, drawn))
    except ValueError:
        return COLUMNS * ROWS
    if one.glyph.shape != other.glyph.shape:
        return COLUMNS * ROWS
    look = (one.front != other.front).any(-1) | (one.back != other.back).any(-1)
    return int(((one.glyph != other.glyph) | look).sum())


@pytest.mark.parametrize(("name", "style"), list(styles()), ids=lambda v: v if isinstance(v, str) else "")
@pytest.mark.usefixtures("kernels")
def test_the_photograph_looks_as_it_did(frame: NDArray[np.uint8], name: str, style: Style) -> None:
    kept = (FRAMES / f"{name}.txt").read_bytes()
    drawn = draw(frame, style)
    if drawn != kept:
        cells = different_cells(kept, drawn)
        pytest.fail(
            WHAT_TO_DO.format(name=name, cells=cells, all=COLUMNS * ROWS, size=len(drawn), kept=len(kept)),
            pytrace=False,
        )


def test_no_frame_is_kept_that_nothing_is_compared_with() -> None:
    assert {path.stem for path in FRAMES.iterdir()} == {name for name, _ in styles()}
