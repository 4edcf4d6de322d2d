"""One writer, any number of readers, nothing lost in silence."""

import threading

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from asciichat.audio import SampleRing


@given(st.integers(1, 3000), st.lists(st.tuples(st.integers(0, 900), st.integers(0, 900)), max_size=40))
def test_a_reader_gets_every_sample_in_order_or_is_told_what_it_lost(capacity, turns):
    ring = SampleRing(capacity)
    reader = ring.reader()
    written = position = 0
    for write, read in turns:
        ring.write(np.arange(written, written + write, dtype=np.float32))
        written += write
        lost = reader.lost
        got = reader.read(read)
        position += reader.lost - lost
        np.testing.assert_array_equal(got, np.arange(position, position + len(got)))
        position += len(got)
        if read:
            assert reader.available == min(written - position, ring.capacity)
    assert ring.written == written


def test_readers_do_not_take_from_each_other():
    ring = SampleRing(1024)
    first, second = ring.reader(), ring.reader()
    ring.write(np.arange(500, dtype=np.float32))
    np.testing.assert_array_equal(first.read(500), second.read(500))


def test_a_new_reader_begins_now():
    ring = SampleRing(1024)
    ring.write(np.ones(100, np.float32))
    assert len(ring.reader().read(100)) == 0


@pytest.mark.parametrize("capacity", [0, -1, 2**30 + 1])
def test_absurd_capacities_are_refused(capacity):
    with pytest.raises(ValueError, match="holds"):
        SampleRing(capacity)


def test_a_thread_may_read_while_another_writes():
    ring = SampleRing(4096)
    reader = ring.reader()
    total = 400_000

    def write():
        for at in range(0, total, 500):
            ring.write(np.arange(at, at + 500, dtype=np.float32))

    writer = threading.Thread(target=write)
    writer.start()
    position = 0
    while position < total:
        lost = reader.lost
        got = reader.read(700)
        position += reader.lost - lost
        np.testing.assert_array_equal(got, np.arange(position, position + len(got)))
        position += len(got)
    writer.join()
    assert position == total
