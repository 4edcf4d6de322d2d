"""Makes the pictures of the documentation: ``python docs/pictures.py`` after an installation with the export extra.

Each is what a command wrote, so that what is shown is what the program does.
"""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from asciichat.video.cells import read_cells
from asciichat.video.svg import svg

HERE = Path(__file__).parent
IMAGES = HERE / "images"
PHOTOGRAPH = HERE.parent / "tests" / "video" / "data" / "photograph.png"

MODES = ("foreground", "background", "half-block", "quadrant", "sextant", "octant", "braille", "edge")
COLORS = ("none", "16", "256", "truecolor")
PALETTES = ("blocks", "digital", "minimal", "cool")  # the standard one is in the pictures of the modes

DEMO = ("--color-mode", "truecolor", "--width", "100", "--height", "32")
DEMOS = {"demo": DEMO, "demo-half-block": (*DEMO, "--render-mode", "half-block")}


def rendered() -> Iterator[tuple[str, tuple[str, ...]]]:
    """The pictures of rendering.md: their names, and the options behind the photograph."""
    for mode in MODES:
        for color in COLORS:
            yield f"render-{mode}-{color}", ("--render-mode", mode, "--color-mode", color)
    for palette in PALETTES:
        for color in ("none", "truecolor"):
            yield f"render-palette-{palette}-{color}", ("--palette", palette, "--color-mode", color)


def asciichat(*arguments: str) -> str:
    """Run a command; what it printed."""
    command = [sys.executable, "-m", "asciichat.cli", *arguments]
    return subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout


def main() -> None:
    """Run the commands."""
    IMAGES.mkdir(exist_ok=True)
    for name, options in DEMOS.items():
        cells = read_cells(asciichat("demo", *options).rstrip("\n"))
        (IMAGES / f"{name}.svg").write_text(svg(cells, title="asciichat demo"), encoding="utf-8")
    for name, options in rendered():
        target = IMAGES / f"{name}.png"
        asciichat(
            "mirror", "--file", str(PHOTOGRAPH), "--render-file", str(target), "--width", "32", *options
        )


if __name__ == "__main__":
    main()
