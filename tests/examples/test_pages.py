"""The examples in Python on the pages of the documentation, run as they stand there."""

from __future__ import annotations

import asyncio
import re
import threading
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import asciichat
from asciichat.media.film import FilmWriter

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


def example(words: str) -> dict[str, Any]:
    """The names made by the block in which these words stand."""
    [(page, match)] = [block.values for block in BLOCKS if words in str(block.values[1][1])]  # type: ignore[index]
    return run(page, match)  # type: ignore[arg-type]


def test_the_greeter_greets_everybody_once() -> None:
    greeter = example("def greeter(")["greeter"]

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
    stay = example("def stay(")["stay"]
    refused = asciichat.CallError("wrong password", retry=False)

    def take_part(call: asciichat.Call) -> None:
        raise refused

    with (
        asciichat.Server(("127.0.0.1",), 0) as server,
        pytest.raises(asciichat.CallError, match="wrong password"),
    ):
        stay("127.0.0.1", server.port, take_part)


def test_a_film_is_shown_to_the_others(tmp_path: Path) -> None:
    show = example("def show(")["show"]
    path = tmp_path / "film.mp4"
    with FilmWriter(path, 64, 48) as film:
        film.add(np.full((48, 64, 3), 255, np.uint8), 0.0)
        film.close(1.0)
    with (
        asciichat.Server(("127.0.0.1",), 0) as server,
        asciichat.connect("127.0.0.1", server.port, video=False, color="none") as call,
    ):
        showing = threading.Thread(target=show, args=(path, "127.0.0.1", server.port))
        showing.start()
        while (event := call.next_event(20)) is not None:
            if isinstance(event, asciichat.Picture) and event.text.strip():
                break
        showing.join()
    assert event is not None


def test_a_picture_for_a_notebook_is_an_svg_document() -> None:
    assert example("IPython")["document"].startswith("<svg ")
