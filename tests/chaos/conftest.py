"""Where the helpers of these tests are, and with which seed they run."""

from __future__ import annotations

import random
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

_ROOT = Path(__file__).parents[2]
for _place in (_ROOT, _ROOT / "tests" / "call"):  # the load of bench, and hostile lines
    if str(_place) not in sys.path:
        sys.path.insert(0, str(_place))


def pytest_addoption(parser: pytest.Parser) -> None:
    """How long, and how."""
    group = parser.getgroup("chaos")
    group.addoption(
        "--chaos-seconds",
        type=float,
        default=3.0,
        help="how long faults come at random, and so how many of the others are tried: 400 tries all",
    )
    group.addoption("--chaos-seed", type=int, default=1, help="which faults, and when")


def pytest_report_header(config: pytest.Config) -> str:
    """The seed, so that what failed can be had again."""
    return f"chaos: --chaos-seed={config.getoption('chaos_seed')}"


@pytest.fixture
def chance(request: pytest.FixtureRequest) -> Iterator[random.Random]:
    """The run's own random numbers, different for each test, the same for each seed."""
    seed = request.config.getoption("chaos_seed")
    print(f"--chaos-seed={seed}")
    yield random.Random(f"{seed} {request.node.name}")


@pytest.fixture
def effort(request: pytest.FixtureRequest) -> float:
    """Of the whole suite, so much is to be done: 0 to 1."""
    seconds: float = request.config.getoption("chaos_seconds")
    return min(1.0, seconds / 400)
