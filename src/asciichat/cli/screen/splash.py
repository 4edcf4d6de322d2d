"""What stands on the screen before there is a picture."""

from __future__ import annotations

from typing import Final

from asciichat.terminal.width import cells, cut

_TITLE: Final = (
    "▄▀▀▄ ▄▀▀▀ ▄▀▀▀ ▀ ▀   ▄▀▀▀ █  █ ▄▀▀▄ ▀█▀",
    "█▄▄█ ▀▄▄  █    █ █   █    █▄▄█ █▄▄█  █ ",
    "█  █ ▄▄▄▀ ▀▄▄▄ █ █   ▀▄▄▄ █  █ █  █  █ ",
)


def splash(message: str, columns: int, rows: int, *, utf8: bool) -> str:
    """The program's name and a message, in the middle of `columns` x `rows` cells."""
    title = _TITLE if utf8 and columns > cells(_TITLE[0]) and rows > len(_TITLE) + 2 else ("asciichat",)
    message = message if utf8 else message.replace("…", "...").encode("ascii", "replace").decode()
    lines = [*title, "", message][-rows:]
    above = (rows - len(lines)) // 2
    return "\n".join(
        [""] * above + [f"{' ' * ((columns - cells(line)) // 2)}{cut(line, columns)}" for line in lines]
    )
