"""``asciichat man``: the pages of the manual, made of what the commands say about themselves."""

from __future__ import annotations

import sys
from typing import Final, Literal, TypeAlias

from .registry import Option, options_of

Page: TypeAlias = Literal["asciichat", "server", "client", "mirror", "demo"]

_FILES: Final = (
    ("$XDG_CONFIG_HOME/ascii-chat/config.toml", "Options that need not be typed every time."),
    ("$XDG_CONFIG_HOME/ascii-chat/known_hosts", "The servers that are known."),
)
_ENDS: Final = (
    # Codes, what they say, and of which pages.
    ("0", "All went well.", ""),
    (
        "2",
        "An option that there is none of, that contradicts another, or whose value is wrong, wherever it was given.",
        "",
    ),
    ("4", "The configuration file cannot be read, or has a name in it that is no option.", ""),
    ("6", "The log file cannot be written.", ""),
    ("20 to 22", "The camera: there is none, it is busy, it may not be used.", "client mirror"),
    ("23", "There is no microphone or loudspeaker.", "client mirror demo"),
    (
        "26 to 29, 111",
        "What was to be shown cannot be: a file, or something from the network.",
        "client mirror",
    ),
    ("40, 42, 43", "The server was not reached: no network, nobody there, no answer.", "client"),
    ("41", "The address or port cannot be listened on.", "server"),
    ("44", "The other side does not keep to the protocol.", "client"),
    ("47", "No server was found by --scan.", "client"),
    ("48", "Every place in the call is taken.", "client"),
    ("49", "The password is wrong.", "client"),
    ("60, 64", "The server has not the key that was expected, or nobody vouches for it.", "client"),
    ("61 to 63", "A key cannot be used, or was not accepted.", "client server"),
    ("100", "A signal ended it before there was a picture.", "client mirror demo"),
    ("105", "A file cannot be written.", "client mirror"),
    ("129", "The terminal went away.", "client mirror demo"),
    ("130, 143", "Ctrl-C while something was opened; SIGTERM.", "client mirror demo"),
)


def man(page: Page = "asciichat", /) -> int:
    """Print a page of the manual.

    To read it: asciichat man client | man -l -

    Parameters
    ----------
    page
        The program, or one of its commands.
    """
    sys.stdout.write(manual(page))
    return 0


def manual(page: Page) -> str:
    """A page of the manual in section 1, in the language of man(7)."""
    from asciichat import __version__
    from asciichat.cli.commands import COMMANDS

    name = "asciichat" if page == "asciichat" else f"asciichat-{page}"
    summary = "Video chat in the terminal." if page == "asciichat" else COMMANDS[page].summary
    lines = [
        f'.TH "{name.upper()}" 1 "" "asciichat {__version__}" "asciichat"',
        ".SH NAME",
        rf"{_text(name)} \- {_text(summary.rstrip('.'))}",
        ".SH SYNOPSIS",
    ]
    lines += _program() if page == "asciichat" else _command(page)
    lines.append(".SH EXIT STATUS")
    for codes, meaning, pages in _ENDS:
        if not pages or page in pages.split():
            lines += [".TP", f".B {_text(codes)}", _text(meaning)]
    lines.append(".SH FILES")
    for path, meaning in _FILES:
        lines += [".TP", f".I {_text(path)}", _text(meaning)]
    return "\n".join(lines) + "\n"


def _program() -> list[str]:
    from asciichat.cli.commands import COMMANDS

    lines = [".B asciichat", r".I command", "[options]", ".SH COMMANDS"]
    for name, command in COMMANDS.items():
        lines += [".TP", f".B asciichat {name}", _text(command.summary)]
    return lines


def _command(page: str) -> list[str]:
    options = options_of(page)
    places = [option for option in options if option.is_argument]
    groups: dict[str, list[Option]] = {"General": []}
    for option in options:
        if option.names[0].startswith("--") and not option.is_argument:
            groups.setdefault(option.title, []).append(option)
    lines = [
        f".B asciichat {page}",
        f"[options] {' '.join(option.place.lower() for option in places)}".strip(),
        ".SH ARGUMENTS" if places else "",
    ]
    for option in places:
        lines += [".TP", f".I {option.stands_for.lower()}", _text(option.help)]
    lines += [
        ".SH OPTIONS",
        _text("Each may be given in the environment, as ASCII_CHAT_ with its name, and in config.toml."),
    ]
    for title, members in groups.items():
        lines.append(f'.SS "{_text(title)}"' if members else "")
        for option in members:
            names = _text(", ".join(option.names))
            lines += [".TP", rf"\fB{names}\fR {option.value}".rstrip(), _meaning(option)]
    return [line for line in lines if line]


def _meaning(option: Option) -> str:
    default = option.told_default
    return _text(f"{option.meaning} Default: {default}." if default else option.meaning)


def _text(words: str) -> str:
    """Words as roff reads them: nothing in them commands anything."""
    text = " ".join(words.split()).replace("\\", r"\e").replace("-", r"\-")
    return rf"\&{text}" if text.startswith((".", "'")) else text
