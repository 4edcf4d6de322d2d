"""The options about how the system runs a server's threads."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated

from cyclopts import Group, Parameter
from cyclopts.validators import Number

from asciichat.cli.exits import USAGE, CommandError

if TYPE_CHECKING:
    from asciichat.server.scheduling import Scheduling

_SCHEDULING = Group("Scheduling")


@Parameter(name="*")
@dataclass(frozen=True)
class SchedulingOptions:
    """How the system runs the threads of clients; on Linux.

    Parameters
    ----------
    cpu_affinity
        The processors they may run on, as in 0,2-3.
    nice
        -20, before others, to 19, behind them; below 0 needs a privilege.
    realtime
        Run what must be in time before everything else on this computer (SCHED_FIFO); needs a privilege. Leave other
        programs a processor with --cpu-affinity.
    """

    cpu_affinity: Annotated[str, Parameter(group=_SCHEDULING, show_default=False)] = ""
    nice: Annotated[int | None, Parameter(group=_SCHEDULING, validator=Number(gte=-20, lte=19))] = None
    realtime: Annotated[bool, Parameter(group=_SCHEDULING, negative=(), show_default=False)] = False

    def scheduling(self) -> Scheduling:
        """As the server takes it.

        Raises
        ------
        CommandError
            What is said of the processors is no list of them.
        """
        from asciichat.server.scheduling import Scheduling

        return Scheduling(parse_processors(self.cpu_affinity), self.nice, self.realtime)


def parse_processors(text: str) -> frozenset[int]:
    """The numbers in a list such as ``0,2-3``.

    Raises
    ------
    CommandError
        It is no such list.
    """
    numbers: set[int] = set()
    for part in text.split(",") if text else ():
        found = re.fullmatch(r"\s*(\d{1,4})(?:-(\d{1,4}))?\s*", part, re.ASCII)
        first, last = (int(found[1]), int(found[2] or found[1])) if found else (1, 0)
        if first > last:
            raise CommandError(f"--cpu-affinity {text}: write processors as in 0,2-3.", USAGE)
        numbers.update(range(first, last + 1))
    return frozenset(numbers)
