"""The Python fuzz targets on what they keep, and on some changes of it: the same ones each time."""

from __future__ import annotations

from itertools import islice

import fuzz_config
import fuzz_files
import fuzz_payloads
import mutate
import pytest

TARGETS = {
    "config": (fuzz_config.target, 60),
    "files": (fuzz_files.target, 100),
    "payloads": (fuzz_payloads.target, 2000),
}


@pytest.mark.parametrize("name", TARGETS)
def test_kept_inputs_and_their_neighbours_are_read_or_refused(name):
    target, changes = TARGETS[name]
    inputs = mutate.kept(name)
    assert len(inputs) >= 5
    for data in [*inputs, *islice(mutate.changed(inputs, seed=7), changes)]:
        target(data)


def test_a_seed_gives_the_same_inputs_each_time():
    inputs = mutate.kept("payloads")
    first, second = (list(islice(mutate.changed(inputs, seed=3), 200)) for _ in range(2))
    assert first == second
    assert len(set(first)) > 150
