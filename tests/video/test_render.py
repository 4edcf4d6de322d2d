"""`render` and `compose`: from frames to text."""

from __future__ import annotations

import numpy as np
import pytest
from emulator import Picture, rgb
from hypothesis import given, settings
from hypothesis import strategies as st
from pictures import Frame, frames, noise, patches, slope

from asciichat._core.scale import scale
from asciichat.video import ColorLevel, Mode, Renderer, Style, compose, fit, grid, render

MODES = ["foreground", "background", "half-block"]


def size(text: str) -> tuple[int, int]:
    lines = text.split("\n")
    return len(lines[0]), len(lines)


@settings(max_examples=50, deadline=None)
@given(
    frame=frames(200, 200), columns=st.integers(1, 90), rows=st.integers(1, 40), mode=st.sampled_from(MODES)
)
def test_a_picture_keeps_its_aspect_or_fills_the_room(
    frame: Frame, columns: int, rows: int, mode: str
) -> None:
    fitted = fit(columns, rows, frame.shape[1] / frame.shape[0])
    assert size(render(frame, columns, rows, color="none", mode=mode)) == fitted
    assert size(render(frame, columns, rows, color="none", mode=mode, stretch=True)) == (columns, rows)


@pytest.mark.parametrize("color", ["truecolor", "256", "16", "none"])
@pytest.mark.parametrize("mode", MODES)
def test_a_padded_picture_stands_in_the_middle(color: str, mode: str) -> None:
    frame = slope(40, 40)
    text = render(frame, 31, 9, color=color, mode=mode, palette="#", padding=True)
    width, height = fit(31, 9, 1.0)
    picture = Picture(text, 31, 9)
    inked = (picture.glyph != " ") | (picture.back >= 0)
    top, left = (9 - height) // 2, (31 - width) // 2
    assert not inked[:top].any()
    assert not inked[:, :left].any()
    assert not inked[top + height :].any()
    assert not inked[:, left + width :].any()
    if color != "none":
        assert inked[top : top + height, left : left + width].all()


def test_half_blocks_show_twice_the_rows() -> None:
    frame = noise(32, 32)
    picture = Picture(render(frame, 32, 16, mode="half-block"), 32, 16)
    upper, lower = picture.halves
    assert (rgb(upper) == frame[0::2]).all()
    assert (rgb(lower) == frame[1::2]).all()


@pytest.mark.parametrize("mode", ["background", "half-block"])
def test_several_sources_stand_in_their_cells_on_black(mode: str) -> None:
    sources = [noise(160, 90), patches(120, 90), slope(90, 120)]
    picture = Picture(compose(sources, 70, 30, mode=mode), 70, 30)
    shown = rgb(picture.halves[0])
    per_row = 2 if mode == "half-block" else 1
    uncovered = np.ones((30, 70), bool)
    places = grid(70, 30, [frame.shape[1] / frame.shape[0] for frame in sources])
    for frame, (x, y, width, height) in zip(sources, places.images, strict=True):
        wanted = scale(frame, width, height * per_row)[::per_row]
        assert (shown[y : y + height, x : x + width] == wanted).all()
        uncovered[y : y + height, x : x + width] = False
    assert uncovered.any()
    assert (shown[uncovered] == 0).all()


def test_a_renderer_forgets_what_it_drew_before() -> None:
    renderer = Renderer(60, 20, Style.of("truecolor", "background"))
    first = renderer.compose([slope(40, 40), noise(40, 40)])
    renderer.compose([noise(40, 40)] * 7)
    assert renderer.compose([slope(40, 40), noise(40, 40)]) == first


def test_nobody_is_a_blank_screen() -> None:
    assert compose([], 4, 2, color="none") == "    \n    "


def test_members_and_names_mean_the_same() -> None:
    frame = slope(30, 20)
    assert render(frame, 20, 10, color=ColorLevel.COLOR_256, mode=Mode.HALF_BLOCK) == render(
        frame, 20, 10, color="256", mode="half-block"
    )


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"color": "8"}, "no colour level '8': there are none, 16, 256, truecolor"),
        ({"mode": "braile"}, "no render mode 'braile': there are foreground"),
        ({"palette": ""}, "a palette is a name"),
        ({"columns": 0}, "a screen is 1 to"),
    ],
)
def test_errors_say_what_would_do(arguments: dict[str, object], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        render(slope(8, 8), **arguments)  # type: ignore[arg-type]


@pytest.mark.parametrize("argument", ["columns", "rows"])
@pytest.mark.parametrize("number", [1.5, 80.0, "80", None])
def test_there_are_whole_cells(argument: str, number: object) -> None:
    with pytest.raises(TypeError, match="integer"):
        render(slope(8, 8), **{argument: number})  # type: ignore[arg-type]


@pytest.mark.parametrize("shape", [(8, 8), (8, 8, 4), (0, 8, 3), (8, 0, 3), (2, 8, 8, 3)])
def test_only_rgb_frames_are_drawn(shape: tuple[int, ...]) -> None:
    with pytest.raises(ValueError, match=r"a frame is uint8\[height, width, 3\]"):
        render(np.zeros(shape, np.uint8))


def test_a_frame_of_floats_is_refused() -> None:
    with pytest.raises(ValueError):
        render(np.zeros((8, 8, 3)))  # type: ignore[arg-type]
