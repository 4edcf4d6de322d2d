"""Choosing instruction sets."""

from __future__ import annotations

import pytest

from asciichat._core import cpu


def test_everything_the_processor_has_is_used() -> None:
    assert cpu.active() == cpu.detected()


def test_sets_can_be_left_out_and_taken_back() -> None:
    try:
        cpu.restrict("sse42")
        assert cpu.active() == cpu.detected() & {"sse42"}
        cpu.restrict(["avx2", "neon"])
        assert cpu.active() == cpu.detected() & {"avx2", "neon"}
        cpu.restrict([])
        assert cpu.active() == frozenset()
    finally:
        cpu.restrict()
    assert cpu.active() == cpu.detected()


def test_an_unknown_set_is_refused_and_changes_nothing() -> None:
    with pytest.raises(ValueError, match="no instruction set 'mmx': there are sse42, avx2"):
        cpu.restrict(["sse42", "mmx"])
    assert cpu.active() == cpu.detected()
