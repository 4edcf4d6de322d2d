"""Ramps of glyphs: which there are, what may be one, and which luminance gets which glyph."""

from __future__ import annotations

import sys
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st
from reference import RAMPS

from asciichat._core.raster import Palette
from asciichat.video import PALETTES, palette


def test_the_built_in_ramps() -> None:
    assert {name: palette(name).ramp for name in PALETTES} == RAMPS


@pytest.mark.parametrize(
    ("luminance", "glyph"),
    [
        (0, " "),
        (16, " "),
        (32, "."),
        (64, "'"),
        (96, ";"),
        (128, "l"),
        (160, "x"),
        (192, "0"),
        (224, "X"),
        (255, "M"),
    ],
)
def test_the_standard_palette_draws_like_the_native_one(luminance: int, glyph: str) -> None:
    assert palette("standard").glyph(luminance) == glyph


@given(st.text(st.sampled_from("abc █░é→𝒳"), min_size=1, max_size=255), st.integers(0, 255))
def test_every_luminance_gets_its_share_of_the_ramp(ramp: str, luminance: int) -> None:
    assert Palette(ramp).glyph(luminance) == ramp[(luminance * (len(ramp) - 1) + 127) // 255]
    assert len(Palette(ramp)) == len(ramp)
    assert Palette(ramp).ascii == ramp.isascii()


@pytest.mark.parametrize(
    "control", ["\x00", "\x1b", "\n", "\t", "\x7f", "\x85", "\x9b", "\u202e", "\u200b", "\ufeff"]
)
def test_control_and_formatting_characters_cannot_reach_a_terminal(control: str) -> None:
    with pytest.raises(ValueError, match="exactly one cell"):
        palette(" ." + control + "#")


@pytest.mark.parametrize(
    "character", ["漢", "あ", "한", "😀", "Ａ", "\u0301", "ा", "ש", "ع", "\u1100", "⌚", "⭐"]
)
def test_characters_of_another_width_or_direction_are_refused(character: str) -> None:
    with pytest.raises(ValueError, match="exactly one cell") as caught:
        palette(" .:" + character)
    assert ascii(character).strip("'") in str(caught.value)


def test_every_character_that_is_accepted_takes_one_cell() -> None:
    for code in range(sys.maxunicode + 1):
        character = chr(code)
        if unicodedata.category(character) in ("Cs", "Cn"):
            continue
        wide = unicodedata.east_asian_width(character) in "WF"
        invisible = unicodedata.category(character) in ("Cc", "Cf", "Mn", "Me", "Zl", "Zp")
        backwards = unicodedata.bidirectional(character) in ("R", "AL", "RLE", "RLO", "RLI")
        if wide or invisible or backwards:
            with pytest.raises(ValueError):
                Palette(character)


@pytest.mark.parametrize("ramp", ["", "x" * 256])
def test_a_ramp_has_1_to_255_characters(ramp: str) -> None:
    with pytest.raises(ValueError, match="1 to 255 characters"):
        palette(ramp)
    assert palette("x" * 255).glyph(0) == "x"


def test_a_lone_surrogate_is_refused() -> None:
    with pytest.raises(ValueError):
        palette("\ud800")
