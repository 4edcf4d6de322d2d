"""What pictures ought to look like: a slow renderer in numpy that knows nothing of the kernels."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

Frame = NDArray[np.uint8]

RAMPS = {
    "standard": "   ...',;:clodxkO0KXNWM",
    "blocks": "   ░░▒▒▓▓██",
    "digital": "   -=≡≣▰▱◼",
    "minimal": "   .-+*#",
    "cool": "   ▁▂▃▄▅▆▇█",
}

XTERM_16 = [
    (0, 0, 0), (205, 0, 0), (0, 205, 0), (205, 205, 0),
    (0, 0, 238), (205, 0, 205), (0, 205, 205), (229, 229, 229),
    (127, 127, 127), (255, 0, 0), (0, 255, 0), (255, 255, 0),
    (92, 92, 255), (255, 0, 255), (0, 255, 255), (255, 255, 255),
]  # fmt: skip
CUBE = [0, 95, 135, 175, 215, 255]
XTERM_256 = [
    *XTERM_16,
    *((r, g, b) for r in CUBE for g in CUBE for b in CUBE),
    *((v, v, v) for v in range(8, 239, 10)),
]


def oklab(rgb: NDArray[np.int64]) -> NDArray[np.float64]:
    """sRGB bytes to Oklab (B. Ottosson, 2020)."""
    value = rgb / 255.0
    linear = np.where(value <= 0.04045, value / 12.92, ((value + 0.055) / 1.055) ** 2.4)
    to_lms = np.array(
        [
            [0.4122214708, 0.5363325363, 0.0514459929],
            [0.2119034982, 0.6806995451, 0.1073969566],
            [0.0883024619, 0.2817188376, 0.6299787005],
        ]
    )
    to_lab = np.array(
        [
            [0.2104542553, 0.7936177850, -0.0040720468],
            [1.9779984951, -2.4285922050, 0.4505937099],
            [0.0259040371, 0.7827717662, -0.8086757660],
        ]
    )
    return np.asarray(np.cbrt(linear @ to_lms.T) @ to_lab.T)


def box(rgb: NDArray[np.uint8], palette: NDArray[np.int64]) -> NDArray[np.int64]:
    """The colour that stands for a pixel's 8 x 4 x 8 box when a palette colour is sought.

    It is the palette's colour that lies in the box, or the box's middle.
    """
    shift = np.array([3, 2, 3])
    part = rgb.astype(np.int64) >> shift
    middle = part << shift | part >> (8 - 2 * shift)
    number = part @ (2048, 32, 1)
    own = np.full(65536, -1)
    own[(palette >> shift) @ (2048, 32, 1)] = np.arange(len(palette))
    found = own[number]
    return np.asarray(np.where(found[..., None] >= 0, palette[found], middle))


def excess(rgb: NDArray[np.uint8], chosen: NDArray[np.int64], level: str) -> NDArray[np.float64]:
    """How much farther the chosen colours are than the nearest, for pixels (..., 3)."""
    colors = np.array(XTERM_16 if level == "16" else XTERM_256[16:])
    palette = oklab(colors)
    pixels = oklab(box(rgb, colors)).reshape(-1, 1, 3)
    least = np.concatenate(
        [
            np.sqrt(((part - palette) ** 2).sum(-1)).min(-1)
            for part in np.array_split(pixels, len(pixels) // 512 + 1)
        ]
    )
    distance = np.sqrt(((pixels[:, 0] - oklab(chosen).reshape(-1, 3)) ** 2).sum(-1))
    return np.asarray(distance - least).reshape(rgb.shape[:-1])


def luminance(pixels: Frame) -> NDArray[np.int64]:
    r, g, b = (pixels[..., i].astype(np.int64) for i in range(3))
    return (77 * r + 150 * g + 29 * b + 128) >> 8


def glyphs(pixels: Frame, ramp: str) -> NDArray[np.str_]:
    index = (luminance(pixels) * (len(ramp) - 1) + 127) // 255
    return np.array(list(ramp))[index]


def area_average(frame: Frame, width: int, height: int) -> Frame:
    """Exact means with fractions, rounded half up."""

    def weights(source: int, target: int) -> list[list[tuple[int, Fraction]]]:
        step = Fraction(source, target)
        spans = []
        for i in range(target):
            left, right = i * step, (i + 1) * step
            pixels = range(int(left), min(source, int(-(-right // 1))))
            spans.append([(p, min(right, Fraction(p + 1)) - max(left, Fraction(p))) for p in pixels])
        return spans

    out = np.zeros((height, width, 3), np.uint8)
    across, down = weights(frame.shape[1], width), weights(frame.shape[0], height)
    area = Fraction(frame.shape[0] * frame.shape[1], width * height)
    for y, rows in enumerate(down):
        for x, columns in enumerate(across):
            for c in range(3):
                total = sum(int(frame[v, u, c]) * wv * wu for v, wv in rows for u, wu in columns)
                out[y, x, c] = int(total / area + Fraction(1, 2))
    return out


SHADES = {
    " ": (0, 0),
    "░": (64, 64),
    "▒": (128, 128),
    "▓": (191, 191),
    "█": (255, 255),
    "▀": (255, 0),
    "▄": (0, 255),
}


def shade_excess(
    upper: NDArray[np.int64], lower: NDArray[np.int64], chosen: NDArray[np.str_]
) -> NDArray[np.int64]:
    """How much farther the chosen block characters are than the nearest, in squared luminance of 5 bits."""
    u, d = (value >> 3 << 3 | value >> 3 >> 2 for value in (upper, lower))
    distance = {c: (u - su) ** 2 + (d - sd) ** 2 for c, (su, sd) in SHADES.items()}
    least = np.min(list(distance.values()), axis=0)
    mine = np.select([chosen == c for c in SHADES], list(distance.values()), default=1 << 30)
    return np.asarray(mine - least)


@dataclass
class Style:
    """One combination of what the renderer can be asked for."""

    color: str
    mode: str
    ramp: str
    utf8: bool = True
    rep: bool = False

    def effective(self) -> Style:
        """What the terminal can show of it."""
        ramp = self.ramp if self.utf8 or self.ramp.isascii() else RAMPS["standard"]
        mode = self.mode
        if mode == "half-block" and not self.utf8:
            mode = "background"
        if mode == "background" and self.color == "none":
            mode = "foreground"
        return Style(self.color, mode, ramp, self.utf8, self.rep)
