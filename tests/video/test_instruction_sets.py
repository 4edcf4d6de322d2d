"""Every instruction set draws the same text. The C tests show that it is the scalar specification's."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pictures import KINDS

from asciichat._core import cpu
from asciichat._core.raster import render_cells
from asciichat.video import Style
from asciichat.video.style import COLOR_LEVELS, MODES


@pytest.mark.parametrize("mode", MODES)
@settings(max_examples=25, deadline=None)
@given(
    columns=st.integers(1, 400),
    rows=st.integers(1, 120),
    kind=st.sampled_from(sorted(KINDS)),
    seed=st.integers(0, 2**32 - 1),
    color=st.sampled_from(list(COLOR_LEVELS)),
    palette=st.sampled_from(["standard", "blocks", "-:é→█"]),
    dither=st.booleans(),
    rep=st.booleans(),
)
def test_all_sets_draw_alike(
    mode: str,
    columns: int,
    rows: int,
    kind: str,
    seed: int,
    color: str,
    palette: str,
    dither: bool,
    rep: bool,
) -> None:
    style = Style.of(color, mode, palette, dither=dither, rep=rep)
    pixels = KINDS[kind](columns * style.pixels_per_column, rows * style.pixels_per_row, seed)
    wanted = render_cells(pixels, style.core)
    try:
        for names in ([], ["sse42"], ["sse42", "avx2"]):
            cpu.restrict(names)
            assert render_cells(pixels, style.core) == wanted
    finally:
        cpu.restrict()
