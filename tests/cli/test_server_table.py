"""The parts of a server's status screen: its table, its rates, and the lines that wait."""

from __future__ import annotations

import io
import re
import time
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from asciichat import Server, connect
from asciichat.cli.serving.held_lines import HeldLines
from asciichat.cli.serving.rates import Rates, Report, Watcher
from asciichat.cli.serving.table import ServerTable
from asciichat.server import ClientSnapshot, ClientState
from asciichat.terminal.width import cells


def client(name: str = "Ada", **state: object) -> ClientSnapshot:
    described = {"columns": 80, "rows": 24, "ready": True, "sends_video": True, "sends_sound": True, **state}
    late = {"p99_us": 120.0}
    counts = dict.fromkeys(("pictures_in", "pictures_out", "bytes_in", "bytes_out"), 0)
    return ClientSnapshot(
        id=1, slot=0, address="192.0.2.1:4000", encrypted=True, connected=1.0, active=True,
        state=ClientState(name=name, **described), speaking=False, level=-120.0, counts=counts, line_rate=None,
        video_lateness=late, audio_lateness=late,
    )  # fmt: skip


def report(*clients: ClientSnapshot) -> Report:
    rates = Rates(30, 60, 200_000, 1_234_567)
    return Report(clients=[(each, rates) for each in clients], most=32, uptime=3661, processor=0.125)


def test_who_is_muted_and_who_does_not_speak_is_told():
    table = ServerTable(utf8=True)
    muted = table.rows(report(client(muted=True, sends_sound=True)), 80, 10)[-1]
    silent = table.rows(report(client(sends_sound=False)), 80, 10)[-1]
    assert "muted" in muted
    assert "off" in silent


@given(st.lists(st.text(max_size=40), max_size=32), st.integers(1, 250), st.integers(0, 50), st.booleans())
def test_a_table_is_never_larger_than_its_room(names, columns, most, utf8):
    table = ServerTable(utf8=utf8)
    everybody = report(*map(client, names))
    rows = table.rows(everybody, columns, most)
    assert len(rows) <= most
    plain = [re.sub(r"\x1b\[[\d;]*m", "", row) for row in [*rows, table.totals(everybody, columns)]]
    assert all(cells(row) <= columns for row in plain)
    assert all(row.isprintable() and (utf8 or row.isascii()) for row in plain)


def test_who_has_no_row_is_counted():
    table = ServerTable(utf8=True)
    everybody = report(client("Ada"), client("Bob"), client("Cy"))
    assert table.rows(everybody, 40, 4)[-1].strip() == "and 2 more"
    assert [row.strip() for row in table.rows(everybody, 40, 2)] == ["3 in the call"]


@pytest.mark.parametrize(
    ("columns", "headings"),
    [
        (20, "name sound"),
        (40, "name screen fps in out sound"),
        (60, "name screen fps in out KB/s in out sound"),
        (80, "name address screen fps in out KB/s in out sound p99 late"),
        (120, "name address screen fps in out KB/s in out line KB/s sound p99 late"),
    ],
)
def test_narrow_terminals_have_fewer_columns(columns, headings):
    row = ServerTable(utf8=True).rows(report(client()), columns, 9)[0]
    assert re.sub(r"\x1b\[[\d;]*m", "", row).split() == headings.split()


def test_rates_are_those_of_the_last_two_seconds():
    with Server(("127.0.0.1",), 0) as server, connect("127.0.0.1", server.port) as call:
        now = [100.0]
        watcher = Watcher(server, clock=lambda: now[0], processor=lambda: now[0] / 4)
        counted = {"pictures_in": 0, "pictures_out": 0, "bytes_in": 0, "bytes_out": 0}
        while not (clients := server.clients()):  # who has joined is told so a moment before it stands there
            time.sleep(0.01)
        (real,) = clients

        def count(rate: int) -> Report:
            now[0] += 0.5
            counted.update({name: number + rate for name, number in counted.items()})
            server.clients = lambda: [replace(real, counts=dict(counted), connected=now[0] - 99)]
            return watcher.look()

        assert count(10).clients[0][1].pictures_in == pytest.approx(10 / 1.5)  # since it came
        for _ in range(5):
            seen = count(30)
        assert seen.clients[0][1].bytes_out == pytest.approx(60)
        assert seen.processor == pytest.approx(0.25)
        assert seen.uptime == pytest.approx(3.0)
        assert call is not None


def test_lines_that_are_held_back_are_written_once_the_terminal_is_free():
    stream = io.StringIO()
    lines = HeldLines(stream)
    print("before", file=lines)
    lines.hold()
    print("one\x1b[2J", file=lines)
    print("a\tb", file=lines)
    assert stream.getvalue() == "before\n"
    assert lines.last(5) == ["before", "one [2J", "a       b"]
    lines.release()
    assert stream.getvalue() == "before\none\x1b[2J\na\tb\n"
    print("after", file=lines)
    assert stream.getvalue().endswith("b\nafter\n")
    lines.hold()
    lines.release()
    assert stream.getvalue().endswith("b\nafter\n")


def test_of_many_lines_the_last_are_kept_and_the_others_counted():
    stream = io.StringIO()
    lines = HeldLines(stream)
    lines.hold()
    for number in range(1234):
        print(number, file=lines)
    assert lines.last(2) == ["1232", "1233"]
    lines.release()
    written = stream.getvalue().splitlines()
    assert written[0].startswith("(734 lines before these are left out")
    assert written[1:] == [str(number) for number in range(734, 1234)]
