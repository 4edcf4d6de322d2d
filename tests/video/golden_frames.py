"""The frames of a photograph that are kept as text; ``python tests/video/golden_frames.py`` writes them anew."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import av
import numpy as np
from numpy.typing import NDArray

from asciichat._core.raster import render_cells
from asciichat._core.scale import scale
from asciichat.video import PALETTES, Style
from asciichat.video.style import COLOR_LEVELS, MODES

DATA = Path(__file__).parent / "data"
FRAMES = DATA / "photograph"
COLUMNS, ROWS = 32, 12


def photograph() -> NDArray[np.uint8]:
    """The photograph, uint8[150, 200, 3]."""
    with av.open(str(DATA / "photograph.png")) as container:
        return next(container.decode(video=0)).to_ndarray(format="rgb24")


def styles() -> Iterator[tuple[str, Style]]:
    """What is kept: the names of the files, without their ending, and how they are drawn."""
    for mode in MODES:
        for color in COLOR_LEVELS:
            yield f"{mode}-{color}", Style.of(color, mode)
    for palette in PALETTES:
        yield f"palette-{palette}", Style.of("none", "foreground", palette)
    for mode in ("background", "half-block"):
        for color in ("16", "256"):
            yield f"{mode}-{color}-dithered", Style.of(color, mode, dither=True)


def draw(frame: NDArray[np.uint8], style: Style) -> bytes:
    """The text as it goes over the wire, and a newline."""
    pixels = scale(frame, COLUMNS * style.pixels_per_column, ROWS * style.pixels_per_row)
    return render_cells(pixels, style.core) + b"\n"


def main() -> None:
    """Write all of them, and no other."""
    frame = photograph()
    FRAMES.mkdir(exist_ok=True)
    for old in FRAMES.glob("*.txt"):
        old.unlink()
    for name, style in styles():
        (FRAMES / f"{name}.txt").write_bytes(draw(frame, style))


if __name__ == "__main__":
    main()
