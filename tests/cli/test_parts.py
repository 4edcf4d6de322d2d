"""The small parts: places, the choice of a display, the status line, the back-off."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from asciichat.cli.display import choose_display
from asciichat.cli.exits import CommandError
from asciichat.cli.options.shared import PictureOptions
from asciichat.cli.origin import parse_position
from asciichat.cli.places import host_and_port, parse_place
from asciichat.cli.redial import reconnect_delay
from asciichat.cli.screen.status import StatusLine
from asciichat.terminal.width import cells, cut, shorten


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("localhost", ("localhost", 27224)),
        ("", ("localhost", 27224)),
        ("example.org:5000", ("example.org", 5000)),
        (":5000", ("localhost", 5000)),
        ("192.0.2.1", ("192.0.2.1", 27224)),
        ("2001:db8::1", ("2001:db8::1", 27224)),
        ("[2001:db8::1]", ("2001:db8::1", 27224)),
        ("[2001:db8::1]:5000", ("2001:db8::1", 5000)),
        ("::1", ("::1", 27224)),
    ],
)
def test_servers_are_named_as_everybody_names_them(text, place):
    assert parse_place(text) == place


@pytest.mark.parametrize(
    "text",
    [
        "host:",
        "host:0",
        "host:65536",
        "host:x",
        "host:-1",
        "host:٣",
        "[::1",
        "[]:5",
        "[::1]5",
        "a:b:c",
        "[::1]:",
    ],
)
def test_what_names_no_server_is_refused(text):
    with pytest.raises(CommandError, match="is no server") as caught:
        parse_place(text)
    assert caught.value.code == 2


@given(st.ip_addresses().map(str), st.integers(1, 65535))
def test_a_written_place_is_read_again(host, port):
    assert parse_place(host_and_port(host, port)) == (host, port)


def test_a_port_of_its_own_holds_where_none_is_written():
    assert parse_place("example.org", 5000) == ("example.org", 5000)
    assert parse_place("example.org:6000", 5000) == ("example.org", 6000)


@pytest.mark.parametrize(
    ("text", "seconds"),
    [("", 0), ("0", 0), ("90", 90), ("1.5", 1.5), ("1:30", 90), ("01:02:03.25", 3723.25), ("75:00", 4500)],
)
def test_positions_are_read_as_on_a_clock(text, seconds):
    assert parse_position(text) == seconds


@pytest.mark.parametrize("text", ["x", "-1", "1:60", "1:60:00", "1:2:3:4", "1:", ":1", "1e3", "nan", "٣"])
def test_what_is_no_position_is_refused(text):
    with pytest.raises(CommandError, match="is no position"):
        parse_position(text)


@pytest.fixture
def environ(monkeypatch):
    for name in ("NO_COLOR", "FORCE_COLOR", "COLORTERM", "TERM_PROGRAM", "LC_ALL", "LC_CTYPE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("LANG", "C.UTF-8")
    monkeypatch.setenv("TERM", "xterm-256color")
    return monkeypatch


@pytest.mark.usefixtures("environ")
@pytest.mark.parametrize(
    ("options", "color"),
    [
        (PictureOptions(), "none"),  # the tests' output is no terminal
        (PictureOptions(color_mode="24bit"), "truecolor"),
        (PictureOptions(color_mode="mono"), "none"),
        (PictureOptions(color_mode="16"), "16"),
        (PictureOptions(color="true"), "256"),
        (PictureOptions(color="false"), "none"),
        (PictureOptions(color="false", color_mode="none"), "none"),
    ],
)
def test_colours_are_as_asked_or_as_found(options, color):
    assert choose_display(options, snapshot=True).color == color


@pytest.mark.usefixtures("environ")
def test_a_given_size_is_kept_and_does_not_follow_the_terminal():
    display = choose_display(PictureOptions(width=33, height=11))
    assert (display.columns, display.rows, display.fixed) == (33, 11, True)
    assert not choose_display(PictureOptions()).fixed


def test_utf8_is_as_asked_or_as_the_locale_says(environ):
    assert choose_display(PictureOptions()).utf8
    environ.setenv("LANG", "C")
    assert not choose_display(PictureOptions()).utf8
    assert choose_display(PictureOptions(utf8="true")).utf8


def test_own_characters_are_the_palette():
    assert choose_display(PictureOptions(palette_chars=" .:")).palette == " .:"
    with pytest.raises(CommandError, match="at least one character"):
        choose_display(PictureOptions(palette_chars=""))


def test_short_names_mean_the_long_modes():
    modes = {
        mode: choose_display(PictureOptions(render_mode=mode)).mode for mode in ("fg", "bg", "half-block")
    }
    assert modes == {"fg": "foreground", "bg": "background", "half-block": "half-block"}


def test_the_back_off_is_the_native_clients():
    delays = [reconnect_delay(attempt) for attempt in range(1, 40)]
    assert delays[:3] == pytest.approx([0.1, 0.3, 0.5])
    assert max(delays) == 5.0
    assert all(a <= b for a, b in itertools.pairwise(delays))


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


def test_a_message_gives_way_to_the_hints_after_a_while():
    clock = Clock()
    line = StatusLine(utf8=True, hints=("q leave",), clock=clock)
    line.facts = ["🔒", "3 in the call"]
    line.say("Alice has joined.", 5)
    assert line.text(60) == " 🔒  3 in the call" + " " * 24 + "Alice has joined. "
    clock.now = 5.0
    assert line.text(60).endswith(" q leave ")
    assert "Alice" not in line.text(60)


@given(st.integers(1, 200), st.lists(st.text(max_size=30), max_size=4), st.text(max_size=300), st.booleans())
def test_a_status_line_is_exactly_as_wide_as_the_screen(columns, facts, message, utf8):
    line = StatusLine(utf8=utf8, hints=("q leave",))
    line.facts = [fact for fact in facts if fact.isprintable()]
    line.say(message)
    text = line.text(columns)
    assert cells(text) == columns
    assert text.isprintable()
    assert utf8 or text.isascii()


def test_news_wait_until_what_came_before_could_be_read_and_answers_to_keys_do_not():
    clock = Clock()
    line = StatusLine(utf8=True, hints=("q leave",), clock=clock)
    line.tell("There is no camera.")
    line.tell("There is no microphone.")
    assert line.message == "There is no camera."
    clock.now = 2.4
    assert line.message == "There is no camera."
    line.say("Nobody hears you.", 3)
    assert line.message == "Nobody hears you."
    clock.now = 5.0
    assert line.message == "There is no microphone."
    clock.now = 11.0
    assert line.message == ""


@pytest.mark.parametrize(("utf8", "mark"), [(True, "…"), (False, "...")])
def test_a_message_is_worth_more_than_the_facts_and_where_it_is_cut_there_is_a_mark(utf8, mark):
    line = StatusLine(utf8=utf8, hints=("q leave",))
    line.facts = ["verified", "4 in the call"]
    message = "Saved as asciichat-20261127-074741.txt."
    line.say(message)
    assert line.text(80).startswith(" verified  4 in the call ")
    assert line.text(45) == f"{' ' * 5}{message} "
    assert line.text(30).rstrip().endswith(mark)
    line.say("x" * 200)
    assert line.text(80).startswith(" verified  4 in the call")
    assert line.text(80).rstrip().endswith(mark)


def test_a_narrow_screen_keeps_the_message():
    line = StatusLine(utf8=True, hints=("q leave",))
    line.facts = ["🔒", "a long fact"]
    line.say("Trouble!")
    assert "Trouble!" in line.text(14)


@pytest.mark.parametrize(
    ("text", "columns", "result"),
    [("abc", 2, "ab"), ("🔒🔒", 3, "🔒"), ("aé", 2, "aé"), ("🔒", 1, ""), ("", 5, "")],
)
def test_texts_are_cut_between_characters(text, columns, result):
    assert cut(text, columns) == result


@pytest.mark.parametrize(
    ("text", "taken"),
    [("\u1112\u1161\u11ab", 2), ("한", 2), ("\u1161x", 1), ("e\u0301", 1), ("日", 2), ("\ud7b0", 0)],
)
def test_letters_that_stand_on_others_take_no_cell(text, taken):
    """As terminals have it: a row that was filled up too little would leave cells of the picture in a box."""
    assert cells(text) == taken


@pytest.mark.parametrize(
    ("text", "columns", "mark", "result"),
    [
        ("short", 5, "…", "short"),
        ("longer", 5, "…", "long…"),
        ("日本語", 5, "…", "日本…"),
        ("日本語", 4, "…", "日…"),
        ("longer", 5, "...", "lo..."),
        ("longer", 2, "...", "lo"),
        ("longer", 0, "…", ""),
    ],
)
def test_what_is_shortened_says_so_where_there_is_room(text, columns, mark, result):
    assert shorten(text, columns, mark) == result
