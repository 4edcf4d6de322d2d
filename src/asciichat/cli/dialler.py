"""Calling a server as the options say."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext

from asciichat.cli.options.proof import ProofOptions
from asciichat.client import Call
from asciichat.crypto.ticket import Ticket

from .redial import View
from .security import ask_password, load_own_identity, remembered, server_check, somebody_is_there


class Dialler:
    """Calls one server, as often as it must be; the person at the terminal is asked what only they know, and once.

    Parameters
    ----------
    destination
        Where the server is; its key, if the ticket names it, is the one it must have.
    port
        Of the server.
    proof
        Who proves what.
    connect
        `asciichat.connect` with everything that is not proof and does not change with the view.

    Attributes
    ----------
    aside
        Frees the terminal while a person is asked.

    Raises
    ------
    CommandError
        A key cannot be used.
    """

    def __init__(
        self, destination: Ticket, port: int, proof: ProofOptions, connect: Callable[..., Call]
    ) -> None:
        self.aside: Callable[[], AbstractContextManager[None]] = nullcontext
        self._proof = proof
        self._connect = connect
        self._identity = load_own_identity(proof.key)
        self._password: str | Callable[[], str] | None = proof.password
        if not proof.password and proof.wanted and somebody_is_there():
            self._password = remembered(self._ask)
        self._check: Callable[[bytes | None], None] | None = None
        if proof.wanted:
            self._check = server_check(
                destination.host,
                port,
                proof.server_key,
                ticket_key=None if destination.key is None else destination.key.key,
                strict=proof.require_server_identity,
                aside=lambda: self.aside(),
            )

    def __call__(self, view: View) -> Call:
        """Call once.

        Raises
        ------
        CallError
            It did not come about.
        """
        return self._connect(
            **view,
            password=self._password,
            identity=self._identity,
            verify_server=self._check,
            require_server_identity=self._proof.require_server_identity,
            authenticate=not self._proof.no_auth,
            encrypt=self._proof.encrypt,
        )

    def _ask(self) -> str:
        with self.aside():
            return ask_password()
