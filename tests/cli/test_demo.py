"""``asciichat demo``: a call of three that needs nothing."""

from __future__ import annotations

import numpy as np
import pytest

from asciichat._core.layout import grid
from asciichat.media.people import PEOPLE, Person
from asciichat.video import compose


def test_in_a_pipe_one_picture_with_all_three_is_printed(run):
    result = run("demo", "--no-audio")
    assert result.returncode == 0
    assert result.stderr == ""
    rows = result.stdout.splitlines()
    # Which person stands in which cell depends on who joined first; each cell holds a different one of them.
    expected = compose([Person(name).draw(0.0, 0.0) for name in PEOPLE], 80, 24, color="none").splitlines()
    places = grid(80, 24, [4 / 3] * 3).images
    left, top = (
        min(place.x for place in places),
        min(place.y for place in places),
    )  # a printed picture has no margin
    seen = []
    for place in places:
        shown = cut_out(rows, place.x - left, place.y - top, place.width, place.height)
        likeness = [
            np.mean(
                [a == b for a, b in zip(shown, cut_out(expected, o.x, o.y, o.width, o.height), strict=True)]
            )
            for o in places
        ]
        assert max(likeness) > 0.5
        seen.append(int(np.argmax(likeness)))
    assert sorted(seen) == [0, 1, 2]


def cut_out(rows: list[str], x: int, y: int, width: int, height: int) -> str:
    """The characters in a rectangle."""
    return "".join(row.ljust(x + width)[x : x + width] for row in rows[y : y + height])


def test_the_size_and_the_colours_can_be_chosen(run):
    result = run("demo", "--no-audio", "--color-mode", "truecolor", "-x", "120", "-y", "40")
    assert result.stdout.count("\x1b[38;2;") > 500
    assert 36 <= len(result.stdout.splitlines()) <= 40


def test_on_a_terminal_the_call_is_shown_until_one_leaves(on_terminal):
    terminal = on_terminal("demo", columns=100, rows=30)
    terminal.wait_for(b"4 in the call")
    drawn = terminal.output.count(b"\x1b[?2026l")
    while terminal.output.count(b"\x1b[?2026l") < drawn + 10:
        assert terminal._read(10)
    terminal.wait_for_screen(
        lambda rows: sum(len(row.strip()) > 60 for row in rows[:-1]) > 10
    )  # two side by side
    terminal.type(b"q")
    assert terminal.wait() == 0
    assert terminal.is_as_before()


@pytest.mark.parametrize("times", [2])
def test_several_demos_at_once_do_not_meet(start, times):
    processes = [start("demo", "--no-audio") for _ in range(times)]
    for process in processes:
        out, err = process.communicate(timeout=60)
        assert process.returncode == 0, err
        assert len(out.splitlines()) >= 20
