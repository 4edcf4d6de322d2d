"""Every test that SECURITY.md names for a guarantee is there."""

from __future__ import annotations

import re
from pathlib import Path

TESTS = Path(__file__).parents[1]
# `folder/file.py`, `folder/file.py::test`, and `::test` of the file named before.
NAMED = re.compile(r"`(\w+/\w+\.(?:py|c))?(?:::(\w+)(?:\[[^\]`]*\])?)?`")


def test_each_guarantee_is_held_by_tests_that_exist():
    text = (TESTS.parent / "SECURITY.md").read_text()
    rows = [row for row in text.splitlines() if row.startswith("| ") and row.endswith("|")]
    missing, count = [], 0
    for row in rows:
        content = ""
        for file, test in NAMED.findall(row):
            if file:
                path = TESTS / file
                content = path.read_text() if path.exists() else ""
            if (file or test) and not (content and re.search(rf"\b{test}\b", content)):
                missing.append((file, test))
            count += bool(file or test)
    assert count > 80
    assert missing == []
