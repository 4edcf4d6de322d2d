"""What clients are told about the size of their pictures, and when."""

from __future__ import annotations

import pytest

from asciichat.server.picture_sizes import APART, HOLD, NOBODY, Told


@pytest.fixture
def told():
    return Told(100.0)


def test_a_larger_size_is_told_at_once(told):
    assert told.word((80, 48), 100.0) == ((80, 48), None)
    assert told.word((160, 72), 101.0) == ((160, 72), None)


def test_sizes_go_in_steps(told):
    assert told.word((65, 43), 100.0) == ((72, 48), None)
    assert told.word((72, 48), 101.0) == (None, None)
    assert told.word((66, 44), 102.0) == (None, None)


def test_a_smaller_size_is_told_when_it_has_held(told):
    told.word((80, 48), 100.0)
    assert told.word((40, 24), 101.0) == (None, HOLD)
    assert told.word((40, 24), 102.0) == (None, HOLD - 1)
    assert told.word((40, 24), 103.0) == ((40, 24), None)


def test_who_pages_back_and_forth_is_not_heard_of(told):
    told.word((80, 48), 100.0)
    for second in range(101, 140, 2):
        assert told.word((40, 24), second)[0] is None
        assert told.word((80, 48), second + 1.0) == (None, None)


def test_a_size_that_goes_on_shrinking_has_not_held(told):
    told.word((160, 96), 100.0)
    assert told.word((80, 48), 101.0) == (None, HOLD)
    assert told.word((40, 24), 102.0) == (None, HOLD)
    assert told.word((40, 24), 104.0) == ((40, 24), None)


def test_that_nobody_looks_is_told_when_it_has_held_and_that_somebody_does_at_once(told):
    told.word((80, 48), 100.0)
    assert told.word(NOBODY, 101.0) == (None, HOLD)
    assert told.word(NOBODY, 103.0) == (NOBODY, None)
    assert told.word((16, 8), 103.5) == ((16, 8), None)


def test_to_who_was_never_shown_it_is_told_too(told):
    assert told.word(NOBODY, 100.0) == (None, HOLD)
    assert told.word(NOBODY, 102.0) == (NOBODY, None)


def test_a_window_being_resized_is_not_told_of_at_every_step(told):
    now, words = 100.0, 0
    for width in range(8, 808, 8):
        words += told.word((width, 48), now)[0] is not None
        now += 0.01
    assert words <= 1.0 / APART + 1


def test_what_came_too_soon_is_told_when_it_is_due(told):
    told.word((80, 48), 100.0)
    size, wait = told.word((88, 48), 100.05)
    assert size is None
    assert told.word((88, 48), 100.05 + wait) == ((88, 48), None)


def test_giants_fit_into_the_packet(told):
    assert told.word((65_530, 65_535), 100.0) == ((65_535, 65_535), None)
