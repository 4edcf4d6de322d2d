"""Clients' threads run where, and before whom, the operator wants; what the system refuses is told once."""

from __future__ import annotations

import logging
import os
import sys
import threading
import time
from pathlib import Path

import pytest

import asciichat
from asciichat import Server
from asciichat.cli.exits import CommandError
from asciichat.cli.options.scheduling import parse_processors
from asciichat.server import Scheduling
from asciichat.server import scheduling as module

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="Linux's scheduler")


def settled(look, wanted):
    """What `look` finds, once it is what is wanted: threads have just begun."""
    deadline = time.monotonic() + 5
    while (found := look()) != wanted and time.monotonic() < deadline:
        time.sleep(0.01)
    return found


def threads(server: Server) -> dict[str, int]:
    """The ids in the system of a client's four threads, once they run."""

    def found() -> dict[str, int]:
        return {
            thread.name.rpartition("-")[2]: thread.native_id
            for thread in threading.enumerate()
            if thread.name.startswith(f"client-{first}-") and thread.native_id is not None
        }

    assert settled(lambda: bool(server.clients()), True)
    first = server.clients()[0].id
    settled(lambda: len(found()), 4)
    return found()


def test_threads_run_where_and_as_nicely_as_was_said():
    first = min(os.sched_getaffinity(0))
    wish = Scheduling(processors=frozenset({first}), nice=7)
    with Server(("127.0.0.1",), 0, scheduling=wish) as server, asciichat.connect("127.0.0.1", server.port):
        ids = threads(server)
        assert ids.keys() == {"send", "receive", "video", "audio"}
        niceness = settled(lambda: {os.getpriority(os.PRIO_PROCESS, number) for number in ids.values()}, {7})
        assert niceness == {7}
        assert all(os.sched_getaffinity(number) == {first} for number in ids.values())
    assert os.getpriority(os.PRIO_PROCESS, threading.get_native_id()) != 7  # no other thread's business


def test_who_takes_pictures_in_does_not_stop_those_who_draw_them():
    with Server(("127.0.0.1",), 0) as server, asciichat.connect("127.0.0.1", server.port):
        ids = threads(server)
        expected = dict.fromkeys(("send", "video", "audio"), os.SCHED_OTHER) | {"receive": os.SCHED_BATCH}
        assert (
            settled(lambda: {name: os.sched_getscheduler(i) for name, i in ids.items()}, expected) == expected
        )


def test_tools_of_the_system_show_which_thread_is_whose():
    with Server(("127.0.0.1",), 0) as server, asciichat.connect("127.0.0.1", server.port):
        ids = threads(server)
        slot = server.clients()[0].id >> 16
        expected = {name: f"{name}-{slot}" for name in ids}

        def names() -> dict[str, str]:
            return {name: Path(f"/proc/self/task/{i}/comm").read_text().strip() for name, i in ids.items()}

        assert settled(names, expected) == expected


def test_what_must_be_in_time_runs_in_real_time_or_it_is_told_that_it_may_not(caplog):
    module._tell.cache_clear()
    with (
        caplog.at_level(logging.WARNING),
        Server(("127.0.0.1",), 0, scheduling=Scheduling(realtime=True)) as server,
        asciichat.connect("127.0.0.1", server.port) as call,
        asciichat.connect("127.0.0.1", server.port),
    ):
        assert call.next_event(5) is not None
        ids = threads(server)

        def policies() -> dict[str, int]:
            return {name: os.sched_getscheduler(i) & ~os.SCHED_RESET_ON_FORK for name, i in ids.items()}

        rest = {"receive": os.SCHED_BATCH}
        real = dict.fromkeys(("send", "video", "audio"), os.SCHED_FIFO) | rest
        if settled(policies, real) != real:
            assert policies() == dict.fromkeys(("send", "video", "audio"), os.SCHED_OTHER) | rest
            assert caplog.text.count("the system refuses to run threads in real time") == 1


@pytest.mark.parametrize(
    ("text", "numbers"), [("", set()), ("0", {0}), ("0,2-3", {0, 2, 3}), (" 1 , 1-2", {1, 2})]
)
def test_lists_of_processors(text, numbers):
    assert parse_processors(text) == numbers


@pytest.mark.parametrize("text", ["a", "-1", "3-2", "0,,1", "0;1", "99999", "٣"])
def test_what_is_no_list_of_processors_is_refused(text):
    with pytest.raises(CommandError, match="0,2-3"):
        parse_processors(text)


def test_processors_that_are_not_there_are_told_of_and_the_call_goes_on(caplog):
    module._tell.cache_clear()
    wish = Scheduling(processors=frozenset({1023}))
    with (
        caplog.at_level(logging.WARNING),
        Server(("127.0.0.1",), 0, scheduling=wish) as server,
        asciichat.connect("127.0.0.1", server.port) as call,
    ):
        assert call.next_event(5) is not None
    assert "the system refuses to put threads on the processors" in caplog.text


@pytest.mark.parametrize("wrong", [{"nice": 20}, {"nice": -21}, {"processors": frozenset({-1})}])
def test_wishes_out_of_range_are_refused(wrong):
    with pytest.raises(ValueError):
        Scheduling(**wrong)
