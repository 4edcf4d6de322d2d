"""CRC-32C from Python."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from asciichat._core import cpu
from asciichat._core.crc32c import crc32c


def bit_by_bit(data: bytes, crc: int = 0) -> int:
    crc ^= 0xFFFFFFFF
    for byte in data:
        crc ^= byte
        for _ in range(8):
            crc = crc >> 1 ^ (0x82F63B78 if crc & 1 else 0)
    return crc ^ 0xFFFFFFFF


@pytest.mark.parametrize(
    ("data", "value"),
    [(b"", 0), (b"123456789", 0xE3069283), (bytes(32), 0x8A9136AA), (b"\xff" * 32, 0x62A8AB43)],
)
def test_the_published_check_values(data: bytes, value: int) -> None:
    assert crc32c(data) == value


@given(st.binary(max_size=700), st.integers(0, 2**32 - 1))
def test_it_is_the_polynomial_division(data: bytes, crc: int) -> None:
    assert crc32c(data, crc) == bit_by_bit(data, crc)


@given(st.binary(max_size=3000), st.integers(0, 3000))
def test_a_sum_goes_on_where_another_ended(data: bytes, cut: int) -> None:
    assert crc32c(data[cut:], crc32c(data[:cut])) == crc32c(data)


def test_long_inputs_without_the_gil_agree_with_their_pieces() -> None:
    data = np.random.default_rng(1).bytes(300_001)
    whole = 0
    for start in range(0, len(data), 997):
        whole = crc32c(data[start : start + 997], whole)
    assert crc32c(data) == crc32c(memoryview(data)) == whole


def test_every_instruction_set_gives_the_same_sums() -> None:
    data = np.random.default_rng(2).bytes(20_000)
    sums = set()
    try:
        for names in ((), ("sse42",), ("neon",), None):
            cpu.restrict(names)
            sums.add((crc32c(data), crc32c(data[1:999])))
    finally:
        cpu.restrict()
    assert len(sums) == 1


def test_bytes_that_are_not_contiguous_are_refused() -> None:
    with pytest.raises((ValueError, BufferError)):
        crc32c(memoryview(b"abcdef")[::2])
