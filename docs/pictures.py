"""Makes the pictures of the documentation: ``python docs/pictures.py`` after an installation.

A terminal's text becomes an SVG through rich, so that what is shown is what the program printed.
"""

from __future__ import annotations

import io
import subprocess
import sys
from pathlib import Path

from rich.console import Console
from rich.text import Text

HERE = Path(__file__).parent / "images"

COMMANDS = {
    "demo": ["demo", "--color-mode", "truecolor", "--width", "100", "--height", "32"],
    "demo-half-block": [
        "demo", "--color-mode", "truecolor", "--render-mode", "half-block", "--width", "100", "--height", "32",
    ],
}  # fmt: skip


def main() -> None:
    """Run the commands and draw what they print."""
    HERE.mkdir(exist_ok=True)
    for name, arguments in COMMANDS.items():
        printed = subprocess.run(
            [sys.executable, "-m", "asciichat.cli", *arguments], check=True, capture_output=True, text=True
        ).stdout
        console = Console(record=True, width=100, file=io.StringIO())
        console.print(Text.from_ansi(printed), end="")
        console.save_svg(str(HERE / f"{name}.svg"), title=f"asciichat {' '.join(arguments[:1])}")


if __name__ == "__main__":
    main()
