"""Joins a call and answers what is written to it: python examples/chat_bot.py [HOST [PORT]]

It takes lines that begin with "!": !help, !time, !who, !roll [SIDES].
"""

import argparse
import contextlib
import random
import sys
import time

import asciichat


def answer(question: str, people: tuple[asciichat.Person, ...]) -> str | None:
    """What the bot says to a line; None: nothing."""
    match question.split():
        case ["!help"]:
            return "I know !time, !who and !roll [SIDES]"
        case ["!time"]:
            return time.strftime("it is %H:%M")
        case ["!who"]:
            names = [person.name for person in people if not person.me]
            return "with me are " + ", ".join(names) if names else "I am alone"
        case ["!roll", *sides]:
            try:
                number = int(*sides) if sides else 6
                return f"{random.randint(1, number)} of {number}"
            except (TypeError, ValueError):
                return "!roll takes one number, 1 or more"
    return None


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("host", nargs="?", default="localhost")
    parser.add_argument("port", nargs="?", type=int, default=27224)
    options = parser.parse_args()
    # It has no picture and makes no sound; the pictures of the others are as small as can be.
    with asciichat.connect(
        options.host, options.port, name="chat bot", columns=20, rows=6, fps=1, video=False, audio=False
    ) as call:
        if not call.talks:
            sys.exit("this server does not pass on text")
        for event in call:
            match event:
                case asciichat.Text(own=False, text=text):
                    if (said := answer(text, call.people())) is not None:
                        call.send_text(said)


if __name__ == "__main__":
    with contextlib.suppress(KeyboardInterrupt):
        try:
            main()
        except asciichat.CallError as error:
            sys.exit(str(error))
