"""What the terminal can show, and how that was found out."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final, Generic, Literal, NamedTuple, TypeAlias, TypeVar

from .query import Answers, ask_terminal

ColorLevel: TypeAlias = Literal["none", "16", "256", "truecolor"]

DEFAULT_SIZE: Final = (80, 24)

_T = TypeVar("_T")

_NO_ANSWERS: Final = Answers()

_FORCED: Final[Mapping[str, ColorLevel]] = {"0": "none", "1": "16", "2": "256", "3": "truecolor"}
_TRUECOLOR_TERMS: Final = ("kitty", "alacritty", "foot", "wezterm", "ghostty", "contour", "-direct")
_TRUECOLOR_PROGRAMS: Final = ("iTerm.app", "WezTerm", "vscode", "ghostty", "Hyper")
_SIXTEEN_COLOR_TERMS: Final = ("color", "xterm", "screen", "tmux", "rxvt", "vt100", "linux", "ansi", "cygwin")
_UTF8_TERMS: Final = (
    "xterm-256color", "screen-256color", "tmux-256color", "alacritty", "kitty", "foot", "wezterm", "ghostty",
)  # fmt: skip
_UTF8_PROGRAMS: Final = (
    "iTerm.app",
    "Apple_Terminal",
    "WezTerm",
    "vscode",
    "ghostty",
    "gnome-terminal",
    "konsole",
)
# Those that repeat any character. XTerm repeats only the first 256, tmux got others wrong until 3.5, and Terminal.app, the
# Linux console and screen do not repeat at all.
_REPEATING_PROGRAMS: Final = (
    "kitty", "foot", "wezterm", "ghostty", "contour", "vte", "konsole", "iterm2", "mintty", "xterm.js",
)  # fmt: skip
_REPEATING_TERMS: Final = ("xterm-kitty", "alacritty", "foot", "wezterm", "xterm-ghostty", "contour")


class Finding(NamedTuple, Generic[_T]):
    """Something found out."""

    value: _T
    reason: str
    """Why it is believed, in words for ``--show-capabilities``."""


@dataclass(frozen=True, slots=True)
class Capabilities:
    """What was found out about the terminal on standard output."""

    interactive: Finding[bool]
    """Standard output is a terminal that can move its cursor."""
    size: Finding[tuple[int, int]]
    """Columns and rows."""
    color: Finding[ColorLevel]
    utf8: Finding[bool]
    synchronized: Finding[bool]
    """It can hold back an update until it is whole (mode 2026)."""
    repeats: Finding[bool]
    """It repeats the character before on ``CSI n b`` (REP), whatever character that is."""


def detect(environ: Mapping[str, str] | None = None, *, ask: bool = False) -> Capabilities:
    """Find out what the terminal on standard output can do.

    Parameters
    ----------
    environ
        The environment; that of the process unless given.
    ask
        Ask the terminal itself, too, and believe it more than the environment. Takes up to 0.2 seconds.
    """
    environ = _given_environment() if environ is None else environ
    tty = _is_tty(1)
    interactive = find_interactive(environ, tty)
    answers = ask_terminal(1) if ask and interactive.value else Answers()
    return Capabilities(
        interactive=interactive,
        size=find_size(environ),
        color=find_color(environ, tty, answers),
        utf8=find_utf8(environ, answers),
        synchronized=find_synchronized(answers),
        repeats=find_repeats(environ, answers),
    )


def _given_environment() -> Mapping[str, str]:
    """The environment as the program was given it: in a locale without UTF-8, Python sets LC_CTYPE to one that has it
    (PEP 538) and reads files as UTF-8 (PEP 540), which says nothing about the terminal."""
    made_up = sys.flags.utf8_mode and "PYTHONUTF8" not in os.environ and sys.version_info < (3, 15)
    return {name: value for name, value in os.environ.items() if name != "LC_CTYPE" or not made_up}


def find_interactive(environ: Mapping[str, str], tty: bool) -> Finding[bool]:
    """Whether frames can be drawn over each other."""
    if not tty:
        return Finding(False, "standard output is not a terminal")
    if environ.get("TERM", "") in ("", "dumb"):
        return Finding(False, f"TERM is {environ.get('TERM') or 'not set'}")
    return Finding(True, "standard output is a terminal")


def is_in_front(descriptor: int) -> bool:
    """Whether a descriptor is our terminal, and we are who it belongs to now: a job in the background is not.

    Raises
    ------
    OSError
        It is no terminal, or that of another session, or it is gone.
    """
    return os.tcgetpgrp(descriptor) == os.getpgrp()


def has_terminal() -> bool:
    """Whether the session we are in has a terminal, whatever our files are: none after it went away."""
    try:
        os.close(os.open("/dev/tty", os.O_RDWR | os.O_NOCTTY | os.O_NONBLOCK))
    except OSError:
        return False
    return True


def find_color(environ: Mapping[str, str], tty: bool, answers: Answers = _NO_ANSWERS) -> Finding[ColorLevel]:
    """How many colours can be shown.

    ``NO_COLOR`` (no-color.org) is respected first, then ``FORCE_COLOR`` (0 to 3); without a terminal there is
    no colour; then the terminal's own answer, ``COLORTERM``, ``TERM`` and ``TERM_PROGRAM`` decide.
    """
    if environ.get("NO_COLOR"):
        return Finding("none", "NO_COLOR is set")
    forced = environ.get("FORCE_COLOR", "")
    if forced in _FORCED:
        return Finding(_FORCED[forced], f"FORCE_COLOR is {forced}")
    if not tty:
        return Finding("none", "standard output is not a terminal")
    term = environ.get("TERM", "")
    if term in ("", "dumb"):
        return Finding("none", f"TERM is {term or 'not set'}")
    if answers.truecolor:
        return Finding("truecolor", "the terminal says so")
    if environ.get("COLORTERM", "").lower() in ("truecolor", "24bit"):
        return Finding("truecolor", f"COLORTERM is {environ['COLORTERM']}")
    if any(name in term for name in _TRUECOLOR_TERMS):
        return Finding("truecolor", f"TERM is {term}")
    if environ.get("TERM_PROGRAM") in _TRUECOLOR_PROGRAMS:
        return Finding("truecolor", f"TERM_PROGRAM is {environ['TERM_PROGRAM']}")
    if "256color" in term:
        return Finding("256", f"TERM is {term}")
    if any(name in term for name in _SIXTEEN_COLOR_TERMS):
        return Finding("16", f"TERM is {term}")
    return Finding("none", f"TERM is {term}, which is not known for colours")


def find_utf8(environ: Mapping[str, str], answers: Answers = _NO_ANSWERS) -> Finding[bool]:
    """Whether characters beyond ASCII are shown: the terminal, the locale or the terminal's name says so."""
    if answers.utf8 is not None:
        return Finding(answers.utf8, "the terminal says so")
    for name in ("LC_ALL", "LC_CTYPE", "LANG"):
        if locale := environ.get(name):
            codeset = locale.partition(".")[2].partition("@")[0].lower().replace("-", "")
            return Finding(codeset == "utf8", f"{name} is {locale}")
    term = environ.get("TERM", "")
    if any(name in term for name in _UTF8_TERMS):
        return Finding(True, f"no locale is set, TERM is {term}")
    if environ.get("TERM_PROGRAM") in _UTF8_PROGRAMS:
        return Finding(True, f"no locale is set, TERM_PROGRAM is {environ['TERM_PROGRAM']}")
    return Finding(False, "no locale is set")


def find_synchronized(answers: Answers) -> Finding[bool]:
    """Whether updates can be held back until they are whole: only if the terminal says so."""
    if answers.synchronized is None:
        return Finding(False, "the terminal does not say")
    return Finding(answers.synchronized, "the terminal says so")


def find_repeats(environ: Mapping[str, str], answers: Answers = _NO_ANSWERS) -> Finding[bool]:
    """Whether characters are repeated on ``CSI n b``: only by terminals known for it.

    What repeats nothing shows less than the picture, so a terminal's own name decides; only the silent are known by
    ``TERM``, and only if it is a name that nobody else takes.
    """
    if answers.program is not None:
        # The name ends where the version begins: "kitty(0.35.2)", "WezTerm 20240203", "xterm.js(5.5.0)".
        name = answers.program.lower().partition("(")[0].partition(" ")[0]
        return Finding(name in _REPEATING_PROGRAMS, f"the terminal is {answers.program}")
    term = environ.get("TERM", "")
    if term.removesuffix("-direct") in _REPEATING_TERMS:
        return Finding(True, f"TERM is {term}")
    return Finding(False, "the terminal is not known for it")


def find_size(environ: Mapping[str, str], descriptors: Iterable[int] = (1, 0, 2)) -> Finding[tuple[int, int]]:
    """Columns and rows: of a standard stream, of the controlling terminal, or from the environment."""
    for descriptor in descriptors:
        if size := _size_of(descriptor):
            return Finding(size, f"the terminal on descriptor {descriptor}")
    try:
        tty = os.open("/dev/tty", os.O_RDONLY | os.O_NOCTTY | os.O_CLOEXEC)
    except OSError:
        pass
    else:
        try:
            if size := _size_of(tty):
                return Finding(size, "the controlling terminal")
        finally:
            os.close(tty)
    try:
        columns, rows = int(environ["COLUMNS"]), int(environ["LINES"])
    except (KeyError, ValueError):
        return Finding(DEFAULT_SIZE, "nothing is known")
    if columns > 0 and rows > 0:
        return Finding((columns, rows), "COLUMNS and LINES")
    return Finding(DEFAULT_SIZE, "nothing is known")


def _size_of(descriptor: int) -> tuple[int, int] | None:
    try:
        columns, rows = os.get_terminal_size(descriptor)
    except (OSError, ValueError):
        return None
    # A serial line or an editor's terminal may not know, and says 0.
    return (columns, rows) if columns > 0 and rows > 0 else None


def _is_tty(descriptor: int) -> bool:
    try:
        return os.isatty(descriptor)
    except OSError:
        return False


def explain(capabilities: Capabilities) -> str:
    """The findings and their reasons, a line each."""
    columns, rows = capabilities.size.value
    lines = [
        ("terminal", "yes" if capabilities.interactive.value else "no", capabilities.interactive.reason),
        ("size", f"{columns} x {rows}", capabilities.size.reason),
        ("colours", capabilities.color.value, capabilities.color.reason),
        ("UTF-8", "yes" if capabilities.utf8.value else "no", capabilities.utf8.reason),
        (
            "whole updates",
            "yes" if capabilities.synchronized.value else "no",
            capabilities.synchronized.reason,
        ),
        ("repetitions", "yes" if capabilities.repeats.value else "no", capabilities.repeats.reason),
        ("Python", f"{sys.version_info.major}.{sys.version_info.minor}", sys.platform),
    ]
    return "\n".join(f"{what:<15}{value:<12}{reason}" for what, value, reason in lines)
