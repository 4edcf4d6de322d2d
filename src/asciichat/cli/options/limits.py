"""The options about what a server bears."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated

from cyclopts import Group, Parameter
from cyclopts.validators import Number

if TYPE_CHECKING:
    from asciichat.server import Limits

_LIMITS = Group("Limits")


@Parameter(name="*")
@dataclass(frozen=True)
class LimitOptions:
    """What the server bears; the defaults suit any number of well-behaved clients.

    Parameters
    ----------
    handshake_timeout
        Seconds a handshake may take. People may be looking at a fingerprint meanwhile.
    idle_timeout
        Seconds of silence after which a client is let go.
    max_half_open
        Connections in the middle of their handshake, from everywhere.
    max_connects
        Connections a second from one source (an IPv4 address, an IPv6 network of 64 bits).
    max_pictures
        Pictures a second from one client.
    max_mebibytes
        Mebibytes of pictures a second from one client.
    exempt
        Networks such as 192.0.2.0/24, separated by commas, that are not limited by source: a proxy's, for instance.
    metrics_port
        Tell about the server at http://127.0.0.1:PORT/metrics (Prometheus) and /health.
    """

    handshake_timeout: Annotated[float, Parameter(group=_LIMITS, validator=Number(gte=1, lte=600))] = 60.0
    idle_timeout: Annotated[float, Parameter(group=_LIMITS, validator=Number(gte=1, lte=600))] = 5.0
    max_half_open: Annotated[int, Parameter(group=_LIMITS, validator=Number(gte=2, lte=4096))] = 128
    max_connects: Annotated[float, Parameter(group=_LIMITS, validator=Number(gt=0, lte=1000))] = 5.0
    max_pictures: Annotated[int, Parameter(group=_LIMITS, validator=Number(gte=1, lte=1000))] = 200
    max_mebibytes: Annotated[int, Parameter(group=_LIMITS, validator=Number(gte=1, lte=1024))] = 64
    exempt: Annotated[str, Parameter(group=_LIMITS, show_default=False)] = ""
    metrics_port: Annotated[int | None, Parameter(group=_LIMITS, validator=Number(gte=1, lte=65535))] = None

    def limits(self) -> Limits:
        """As the server takes them.

        Raises
        ------
        ValueError
            Something in `exempt` is not a network.
        """
        from asciichat.server.limits import MIB, Limits, Rate

        return Limits(
            handshake=self.handshake_timeout,
            greeting=min(self.handshake_timeout, Limits().greeting),
            idle=self.idle_timeout,
            half_open=self.max_half_open,
            half_open_start=max(1, self.max_half_open // 2),
            connects=self.max_connects,
            pictures=Rate(self.max_pictures, self.max_mebibytes * MIB),
            exempt=tuple(network.strip() for network in self.exempt.split(",") if network.strip()),
        )
