"""The examples in Python on the pages of the documentation, run as they stand there."""

from __future__ import annotations

import asyncio
import re
from pathlib import Path
from typing import Any

import pytest

import asciichat

ROOT = Path(__file__).parent.parent.parent
PAGES = sorted([ROOT / "README.md", *(ROOT / "docs").rglob("*.md")])
BLOCK = re.compile(r"^```python\n(.*?)^```$", re.MULTILINE | re.DOTALL)
BLOCKS = [
    pytest.param(
        page, match, id=f"{page.stem}:{page.read_text(encoding='utf-8').count(chr(10), 0, match.start()) + 2}"
    )
    for page in PAGES
    for match in BLOCK.finditer(page.read_text(encoding="utf-8"))
]


def run(page: Path, match: re.Match[str]) -> dict[str, Any]:
    """The names that a block has made."""
    names: dict[str, Any] = {"__name__": "__main__"}
    line = page.read_text(encoding="utf-8").count("\n", 0, match.start(1))
    exec(compile("\n" * line + match[1], str(page), "exec"), names)
    return names


def test_there_are_examples() -> None:
    assert len(BLOCKS) > 6


@pytest.mark.parametrize(("page", "match"), BLOCKS)
def test_an_example_runs(page: Path, match: re.Match[str], capsys: pytest.CaptureFixture[str]) -> None:
    run(page, match)
    printed = capsys.readouterr().out
    if "parrot" in match[1]:
        assert printed == "Ada says hello\n"
    if "columns} columns" in match[1]:
        assert "80 columns, 24 rows" in printed


def example(name: str) -> dict[str, Any]:
    """The names made by the block that defines this one."""
    [(page, match)] = [block.values for block in BLOCKS if f"def {name}(" in str(block.values[1][1])]  # type: ignore[index]
    return run(page, match)  # type: ignore[arg-type]


def test_the_greeter_greets_everybody_once() -> None:
    greeter = example("greeter")["greeter"]

    async def meet(port: int) -> list[str]:
        greeting = asyncio.create_task(greeter("127.0.0.1", port))
        heard = []
        async with asciichat.connect_async("127.0.0.1", port, name="Ada", video=False) as ada:
            async for event in ada:
                if isinstance(event, asciichat.Text):
                    heard.append(f"{event.sender}: {event.text}")
                    if event.own:
                        break
                    ada.send_text("hello yourself")
        greeting.cancel()
        return heard

    with asciichat.Server(("127.0.0.1",), 0) as server:
        heard = asyncio.run(asyncio.wait_for(meet(server.port), 20))
    assert heard == ["greeter: hello Ada", "Ada: hello yourself"]


def test_who_stays_does_not_come_back_to_a_wrong_password() -> None:
    stay = example("stay")["stay"]
    refused = asciichat.CallError("wrong password", retry=False)

    def take_part(call: asciichat.Call) -> None:
        raise refused

    with (
        asciichat.Server(("127.0.0.1",), 0) as server,
        pytest.raises(asciichat.CallError, match="wrong password"),
    ):
        stay("127.0.0.1", server.port, take_part)
