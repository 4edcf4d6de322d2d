"""Whatever one client does, the others keep their pictures and their sound, and nothing of it is left in the server."""

from __future__ import annotations

import random
from collections.abc import Iterator

import pytest
from faults import FAULTS
from world import World, world


@pytest.fixture(scope="module")
def call() -> Iterator[World]:
    """Two people in a call."""
    with world() as made:
        # Caches and allocators reach their size.
        warm = random.Random(0)
        for fault in FAULTS.values():
            fault(made.port, warm)
        made.tell("state", guests=2)
        yield made


@pytest.mark.parametrize("name", FAULTS)
def test_a_fault_of_one_is_no_fault_for_the_others(call: World, chance: random.Random, name: str) -> None:
    call.unharmed(lambda: FAULTS[name](call.port, chance))
