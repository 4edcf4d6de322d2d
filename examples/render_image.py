"""Prints an image, or the first picture of a film, as text: python examples/render_image.py FILE"""

import argparse
import sys

import av
import numpy as np

import asciichat


def first_picture(path: str) -> np.ndarray:
    """The first picture of anything FFmpeg reads: uint8[height, width, 3]."""
    with av.open(path) as container:
        return next(container.decode(video=0)).to_ndarray(format="rgb24")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("file")
    parser.add_argument("--columns", type=int, default=80)
    parser.add_argument("--rows", type=int, default=24)
    parser.add_argument("--mode", default="half-block", help="foreground, quadrant, braille, edge, ...")
    parser.add_argument("--color", default="truecolor", help="truecolor, 256, 16 or none")
    options = parser.parse_args()
    try:
        picture = first_picture(options.file)
    except (OSError, StopIteration) as error:
        sys.exit(f"{options.file} cannot be shown: {error or 'there is no picture in it'}")
    print(asciichat.render(picture, options.columns, options.rows, mode=options.mode, color=options.color))


if __name__ == "__main__":
    main()
