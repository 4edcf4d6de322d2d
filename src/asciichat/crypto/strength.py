"""How long a password would stand."""

from __future__ import annotations

_RATE = 10_000.0  # guesses a second: some ten graphics cards, each at the 64 MiB of Argon2id a guess
_YEAR = 365.25 * 24 * 3600
_ENOUGH = _YEAR
_LONGEST = 72  # what the estimator looks at
_UNITS = (
    (_YEAR, "years"),
    (30 * 24 * 3600.0, "months"),
    (24 * 3600.0, "days"),
    (3600.0, "hours"),
    (60.0, "minutes"),
)


def advice(password: str) -> str | None:
    """Return a sentence about a password that is easily guessed; None for one that is not.

    The number of guesses is zxcvbn's estimate (Wheeler, "zxcvbn: low-budget password strength estimation", 2016), which
    knows lists of passwords, names, words and patterns. Somebody who tricked a client into calling may try them in
    peace; 10,000 a second is what that costs a rich stranger.
    """
    from zxcvbn import zxcvbn  # its lists of words take a while to read, and most calls have no password

    guesses = zxcvbn(password[:_LONGEST], user_inputs=["asciichat", "ascii-chat"])["guesses"]
    seconds = float(guesses) / _RATE
    if seconds >= _ENOUGH:
        return None
    return f"This password can be guessed in {_duration(seconds)}. Four or more random words stand for centuries."


def _duration(seconds: float) -> str:
    for size, name in _UNITS:
        if seconds >= 2 * size:
            return f"some {seconds / size:.0f} {name}"
    return "moments"
