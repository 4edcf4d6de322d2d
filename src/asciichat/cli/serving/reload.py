"""Reading a server's settings, at its start and again at SIGHUP."""

from __future__ import annotations

import logging
from inspect import signature
from typing import TYPE_CHECKING, Any

from asciichat.cli.exits import USAGE, CommandError, failures

if TYPE_CHECKING:
    from asciichat.cli.options.limits import LimitOptions
    from asciichat.cli.options.mixing import SoundOptions
    from asciichat.server import Server

log = logging.getLogger(__name__)


def settings(
    *,
    max_clients: int,
    password: str | None,
    client_keys: str | None,
    encrypt: bool,
    names: bool,
    no_auth: bool,
    sound: SoundOptions,
    limits: LimitOptions,
) -> dict[str, Any]:
    """The settings of a server that may change while it runs, as :meth:`asciichat.Server.reconfigure` takes them.

    Raises
    ------
    CommandError
        Options contradict each other, or a list of keys cannot be used.
    """
    from asciichat.cli.exits import as_sentence
    from asciichat.cli.security import load_allowed_clients, warn_of_weakness

    if no_auth and (password or client_keys):
        raise CommandError("--no-auth excludes --password and --client-keys.", USAGE)
    warn_of_weakness(password)
    with failures():
        allowed = load_allowed_clients(client_keys)
    try:
        bears = limits.limits()
    except ValueError as error:
        raise CommandError(as_sentence(error), USAGE) from None
    return {
        "max_clients": max_clients,
        "password": password,
        "client_keys": allowed,
        "encrypt": encrypt,
        "names": names,
        "authenticate": not no_auth,
        "opus_bitrate": sound.opus_bitrate,
        "opus_complexity": sound.opus_complexity,
        "opus_dtx": sound.opus_dtx,
        "opus_loss": sound.opus_loss,
        "limits": bears,
    }


def reload(server: Server) -> None:
    """Read the configuration again, and the lists of keys it names, and go by it. Who is in the call stays.

    What is wrong with it is logged, and then nothing has changed. The log file is opened anew, so that it can be moved
    away.
    """
    from cyclopts import CycloptsError

    from asciichat.cli.app import given_now
    from asciichat.cli.logs import set_up_logging

    try:
        given = given_now()
        # Everything else is read when a server starts, and never again.
        wanted = settings(**{name: given[name] for name in signature(settings).parameters})
        before = server.config
        server.reconfigure(**wanted)
        set_up_logging(given["log"])
    except (CommandError, CycloptsError, ValueError) as error:
        log.error("The configuration was not taken: %s", error)
        return
    changed = sorted(name for name in wanted if getattr(before, name) != getattr(server.config, name))
    log.info("The configuration was read again; changed: %s.", ", ".join(changed) or "nothing")
    for name in ("audio_mixer", "automatic_level"):
        if getattr(given["sound"], name) != getattr(server.config, name):
            log.warning("%s takes effect when the server starts again.", name)
