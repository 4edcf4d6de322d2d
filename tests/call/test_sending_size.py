"""At what size, and in what coding, pictures are sent."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from asciichat._core.scale import scale
from asciichat.client.codec_choice import CodecChoice, Distance, distance_to
from asciichat.client.sending_size import MARGIN, MAX_HEIGHT, MAX_WIDTH, sending_size

sizes = st.tuples(st.integers(1, 4000), st.integers(1, 4000))


@given(sizes, st.none() | st.tuples(st.integers(1, 2000), st.integers(1, 2000)))
def test_a_picture_is_never_made_larger_and_keeps_its_shape(size, shown):
    width, height = size
    across, down = sending_size(width, height, shown)
    assert 1 <= across <= min(width, MAX_WIDTH)
    assert 1 <= down <= min(height, MAX_HEIGHT)
    assert abs(across * height - down * width) <= 2 * max(width, height)  # two pixels one way or the other


@given(
    st.tuples(st.integers(64, 480), st.integers(64, 270)), st.tuples(st.integers(1, 100), st.integers(1, 60))
)
def test_it_has_the_margin_both_ways_unless_it_has_no_more_pixels(size, shown):
    across, down = sending_size(*size, shown)
    if (across, down) != size:
        assert across >= MARGIN * shown[0] - 1
        assert down >= MARGIN * shown[1]


@pytest.mark.parametrize("shape", [(640, 480), (1280, 720), (320, 240), (480, 270), (480, 360)])
@pytest.mark.parametrize("shown", [(26, 8), (26, 16), (40, 30), (43, 48), (80, 24), (52, 24)])
def test_usual_shapes_are_kept_exactly_so_that_nothing_moves_on_the_screens(shape, shown):
    across, down = sending_size(*shape, shown)
    assert across * shape[1] == down * shape[0]


def test_in_a_grid_of_nine_a_picture_has_a_fortieth_of_the_bytes():
    across, down = sending_size(480, 270, (26, 8))
    assert 40 * across * down < 480 * 270


@pytest.mark.parametrize("shown", [(26, 8), (26, 16), (52, 24), (80, 48)])
def test_what_is_drawn_is_what_would_have_been_drawn_of_the_whole(talking_head, film, shown):
    for pictures in (film[:10], [scale(picture, 480, 270) for picture in talking_head[:10]]):
        for whole in pictures:
            sent = scale(whole, *sending_size(480, 270, shown))
            difference = np.abs(scale(sent, *shown).astype(int) - scale(whole, *shown))
            assert difference.mean() < 2.0
            assert np.percentile(difference, 95) <= 8


@pytest.mark.parametrize(
    ("address", "distance"),
    [
        ("127.0.0.1", Distance.HERE),
        ("::1", Distance.HERE),
        ("192.168.1.7", Distance.NEAR),
        ("10.0.0.1", Distance.NEAR),
        ("fe80::1%eth0", Distance.NEAR),
        ("fd00::1", Distance.NEAR),
        ("8.8.8.8", Distance.FAR),
        ("2001:4860::8", Distance.FAR),
    ],
)
def test_the_distance_of_a_server_is_that_of_its_address(address, distance):
    assert distance_to(address) is distance


def test_pictures_for_a_server_beyond_the_private_network_are_encoded():
    assert CodecChoice("auto", Distance.FAR).hevc
    assert not CodecChoice("auto", Distance.NEAR).hevc
    assert not CodecChoice("auto", Distance.HERE).hevc


def test_who_names_a_codec_gets_it():
    assert CodecChoice("hevc", Distance.HERE).hevc
    choice = CodecChoice("raw", Distance.FAR)
    for second in range(20):
        choice.sent(10_000_000, 0.9, float(second))
    assert not choice.hevc


@pytest.mark.parametrize(("size", "hevc"), [(57_600, False), (230_400, True)])
def test_what_is_too_much_for_a_private_network_is_encoded(size, hevc):
    choice = CodecChoice("auto", Distance.NEAR)
    for number in range(100):
        choice.sent(size, 0.0, number / 30)
    assert choice.hevc is hevc


def test_on_one_machine_only_a_line_that_is_not_ready_is_a_reason():
    choice = CodecChoice("auto", Distance.HERE)
    for number in range(100):
        choice.sent(400_000, 0.001, number / 30)
    assert not choice.hevc
    for number in range(100):
        choice.sent(400_000, 0.015, 10 + number / 30)
    assert choice.hevc


def test_without_an_encoder_pictures_stay_as_they_are():
    choice = CodecChoice("auto", Distance.FAR)
    choice.give_up()
    choice.sent(10_000_000, 5.0, 0.0)
    choice.sent(10_000_000, 5.0, 5.0)
    assert not choice.hevc
