"""Packages import from the floors below them, and the rooms of the core include likewise: docs/architecture.md."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

SOURCE = Path(__file__).parents[1] / "src"
PACKAGES = {
    "_core": 0,
    "protocol": 1, "terminal": 1,
    "media": 2, "video": 2, "audio": 2, "crypto": 2, "lan": 2,
    "client": 3, "server": 3,
    "cli": 5,
}  # fmt: skip
FACE = "asciichat"
FLOORS = {**PACKAGES, FACE: 4}
ROOMS = {"base": 0, "picture": 1, "sound": 1, "wire": 1, "call": 2}


def imported(file: Path) -> Iterator[str]:
    """The packages of ours that a file imports from, wherever in it."""
    for node in ast.walk(ast.parse(file.read_text())):
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and not node.level:
            names = [f"{node.module}.{alias.name}" for alias in node.names]
        else:
            continue
        for name in names:
            ours, _, rest = name.partition(".")
            if ours == "asciichat":
                package = rest.partition(".")[0]
                yield package if package in PACKAGES else FACE


def test_every_package_has_a_floor() -> None:
    packages = {path.name for path in (SOURCE / "asciichat").iterdir() if (path / "__init__.py").exists()}
    assert packages == PACKAGES.keys()
    rooms = {path.name for path in (SOURCE / "_core").iterdir() if any(path.glob("*.h"))}
    assert rooms == ROOMS.keys()


@pytest.mark.parametrize("package", PACKAGES)
def test_a_package_imports_from_the_floors_below_it(package: str) -> None:
    for file in (SOURCE / "asciichat" / package).rglob("*.py"):
        for other in imported(file):
            assert other == package or FLOORS[other] < FLOORS[package], f"{file} imports from {other}"


@pytest.mark.parametrize("room", ROOMS)
def test_a_room_of_the_core_includes_from_those_below_it(room: str) -> None:
    for file in (SOURCE / "_core" / room).iterdir():
        for other in re.findall(r'#include "(\w+)/', file.read_text()):
            assert ROOMS[other] < ROOMS[room], f"{file} includes from {other}"
