"""That a kernel which became slower is found, by counting: ``pytest bench/test_instructions.py``."""

from __future__ import annotations

import shutil

import pytest

from .instructions import TOLERANCE, Counts, measure, more


@pytest.mark.skipif(shutil.which("valgrind") is None, reason="valgrind is not installed")
def test_a_kernel_that_does_a_tenth_more_is_found_and_no_other() -> None:
    ratios = more(measure(wasteful="changes"), measure())
    assert {kernel for (_, kernel), by in ratios.items() if by > TOLERANCE} == {"changes"}
    assert all(by == pytest.approx(0, abs=0.001) for (_, kernel), by in ratios.items() if kernel != "changes")


def test_other_compilers_are_not_compared() -> None:
    stored = Counts("gcc 12.2.0", "x86_64", {})
    assert stored.comparable(Counts("gcc 12.3.1", "x86_64", {}))
    assert not stored.comparable(Counts("gcc 13.1.0", "x86_64", {}))
    assert not stored.comparable(Counts("clang 12.2.0", "x86_64", {}))
    assert not stored.comparable(Counts("gcc 12.2.0", "aarch64", {}))
