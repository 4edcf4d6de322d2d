"""What draws pictures in terminals: ours, others', and what one would write in numpy.

Each is a function from a frame, a screen and a mode to one that makes the text of the frame once, with everything
prepared that a player would prepare once a film: contexts, canvases, the frame in the form it wants.
"""

from __future__ import annotations

import ctypes
import io
import warnings
from collections.abc import Callable
from typing import Final

import numpy as np
from numpy.typing import NDArray

from asciichat.video import Renderer, Style

Frame = NDArray[np.uint8]
Draw = Callable[[], str | bytes]
Screen = tuple[int, int]

RAMP: Final = "   ...',;:clodxkO0KXNWM"


class ModeMissingError(Exception):
    """The peer has no such mode."""


def asciichat(frame: Frame, screen: Screen, mode: str) -> Draw:
    """Ours."""
    renderer = Renderer(*screen, Style.of("truecolor", mode), stretch=True)
    return lambda: renderer.render(frame)


def chafa_py(frame: Frame, screen: Screen, mode: str) -> Draw:
    """chafa, a renderer in C, by its binding chafa.py."""
    import chafa

    config = chafa.CanvasConfig()
    config.width, config.height = screen
    config.canvas_mode = chafa.CanvasMode.CHAFA_CANVAS_MODE_TRUECOLOR
    symbols = chafa.SymbolMap()
    tags = chafa.SymbolTags
    if mode == "foreground":
        symbols.add_by_tags(tags.CHAFA_SYMBOL_TAG_ASCII)
        config.fg_only = True
    elif mode == "half-block":
        symbols.add_by_tags(tags.CHAFA_SYMBOL_TAG_HHALF)
    else:
        symbols.add_by_tags(tags.CHAFA_SYMBOL_TAG_SEXTANT)
    config.set_symbol_map(symbols)
    canvas = chafa.Canvas(config)
    terminal = chafa.TermDb().get_fallback_info()
    height, width, _ = frame.shape
    pixels = (ctypes.c_uint8 * frame.size).from_buffer(bytearray(frame.tobytes()))

    def draw() -> bytes:
        canvas.draw_all_pixels(chafa.PixelType.CHAFA_PIXEL_RGB8, pixels, width, height, 3 * width)
        text: bytes = canvas.print(terminal)
        return text

    return draw


def rich_pixels(frame: Frame, screen: Screen, mode: str) -> Draw:
    """rich-pixels, through rich's console."""
    if mode != "half-block":
        raise ModeMissingError
    from PIL import Image
    from rich.console import Console
    from rich_pixels import HalfcellRenderer, Pixels

    image = Image.fromarray(frame)
    columns, rows = screen
    console = Console(width=columns, color_system="truecolor", force_terminal=True, file=io.StringIO())

    def draw() -> str:
        pixels = Pixels.from_image(image, resize=(columns, 2 * rows), renderer=HalfcellRenderer())
        with console.capture() as capture:
            console.print(pixels, end="")
        return capture.get()

    return draw


def term_image(frame: Frame, screen: Screen, mode: str) -> Draw:
    """term-image."""
    if mode != "half-block":
        raise ModeMissingError
    with warnings.catch_warnings(action="ignore"):  # that there is no terminal
        from term_image import set_cell_ratio
        from term_image.image import BlockImage
    from PIL import Image

    columns, rows = screen
    image = Image.fromarray(frame)
    # Its cells' shape decides how high a picture of this width is: the one that gives this many rows.
    set_cell_ratio(rows * frame.shape[1] / (columns * frame.shape[0]))
    block = BlockImage(image, width=columns)

    def draw() -> str:
        return str(block)

    return draw


def plain_numpy(frame: Frame, screen: Screen, mode: str) -> Draw:
    """Means by `numpy.add.reduceat`, text by joining strings."""
    columns, rows = screen
    across, down = {"foreground": (1, 1), "half-block": (1, 2), "sextant": (2, 3)}[mode]
    ys, xs = (
        np.arange(n) * side // n
        for n, side in ((rows * down, frame.shape[0]), (columns * across, frame.shape[1]))
    )
    counts = (
        np.diff(ys, append=frame.shape[0])[:, None, None] * np.diff(xs, append=frame.shape[1])[None, :, None]
    )
    write = {"foreground": _foreground, "half-block": _half_block, "sextant": _sextant}[mode]

    def draw() -> str:
        sums = np.add.reduceat(np.add.reduceat(frame, ys, 0, dtype=np.uint32), xs, 1)
        return write((sums // counts).astype(np.uint8))

    return draw


def _foreground(pixels: Frame) -> str:
    glyphs = np.array(list(RAMP))[(pixels @ np.array([77, 150, 29]) >> 8) * (len(RAMP) - 1) // 255]
    return "\n".join(
        "".join(f"\x1b[38;2;{r};{g};{b}m{glyph}" for (r, g, b), glyph in zip(row, line, strict=True))
        for row, line in zip(pixels.tolist(), glyphs.tolist(), strict=True)
    ) + "\x1b[0m"  # fmt: skip


def _half_block(pixels: Frame) -> str:
    return "\n".join(
        "".join(
            f"\x1b[38;2;{r};{g};{b};48;2;{u};{v};{w}m▀"
            for (r, g, b), (u, v, w) in zip(upper, lower, strict=True)
        )
        for upper, lower in zip(pixels[::2].tolist(), pixels[1::2].tolist(), strict=True)
    ) + "\x1b[0m"  # fmt: skip


_SEXTANTS: Final = np.array(
    [
        {0: " ", 21: "▌", 42: "▐", 63: "█"}.get(n, chr(0x1FB00 + n - 1 - (n > 21) - (n > 42)))
        for n in range(64)
    ]
)


def _sextant(pixels: Frame) -> str:
    rows, columns = pixels.shape[0] // 3, pixels.shape[1] // 2
    parts = (
        pixels.reshape(rows, 3, columns, 2, 3)
        .transpose(0, 2, 1, 3, 4)
        .reshape(rows, columns, 6, 3)
        .astype(np.int64)
    )
    light = parts @ np.array([77, 150, 29])
    lit = light * 2 >= light.min(-1, keepdims=True) + light.max(-1, keepdims=True)
    glyphs = _SEXTANTS[(lit << np.arange(6)).sum(-1)]
    colors = []
    for mask in (lit, ~lit):
        count = np.maximum(mask.sum(-1, keepdims=True), 1)
        colors.append((parts * mask[..., None]).sum(2) // count)
    return "\n".join(
        "".join(
            f"\x1b[38;2;{r};{g};{b};48;2;{u};{v};{w}m{glyph}"
            for (r, g, b), (u, v, w), glyph in zip(front, back, line, strict=True)
        )
        for front, back, line in zip(colors[0].tolist(), colors[1].tolist(), glyphs.tolist(), strict=True)
    ) + "\x1b[0m"  # fmt: skip


PEERS: Final = {
    "asciichat": asciichat,
    "chafa.py": chafa_py,
    "rich-pixels": rich_pixels,
    "term-image": term_image,
    "numpy": plain_numpy,
}
"""Ours first; the names are those of the packages."""
