"""The options about who proves what to whom when a call is joined."""

from __future__ import annotations

from dataclasses import dataclass

from cyclopts import Parameter

from asciichat.cli.exits import USAGE, CommandError

from .shared import Encrypt, Key, NoAuth, Password, RequireServerIdentity, ServerKey


@Parameter(name="*")
@dataclass(frozen=True)
class ProofOptions:
    """What we prove to the server, and it to us.

    Parameters
    ----------
    password
        The call's password. Better given as ASCII_CHAT_PASSWORD: others can see what stands on a command
        line.
    key
        The Ed25519 key to prove who you are with: an OpenSSH file (its ssh-agent is asked first), or gpg:KEYID.
    server_key
        The server's public key, or its operator's: a key, a file, github:USER, gitlab:USER, an https address, gpg:KEYID.
        Only it will do.
    require_server_identity
        Join, and give the password, only if the server's key was known before; nobody is asked.
    encrypt
        Without it, everything is sent in clear, if the server allows that.
    no_auth
        Nobody is authenticated, if the server agrees; everything is encrypted all the same.
    """

    password: Password = None
    key: Key = None
    server_key: ServerKey = None
    require_server_identity: RequireServerIdentity = False
    encrypt: Encrypt = True
    no_auth: NoAuth = False

    @property
    def wanted(self) -> bool:
        """Does anybody prove anything?"""
        return self.encrypt and not self.no_auth

    def check(self) -> None:
        """Refuse what contradicts itself.

        Raises
        ------
        CommandError
            Some of it excludes other parts.
        """
        if not self.encrypt and (self.key or self.password or self.server_key):
            raise CommandError(
                "--no-encrypt excludes --key, --password and --server-key: in clear nobody can prove anything.",
                USAGE,
            )
        if self.no_auth and (self.key or self.password or self.server_key or self.require_server_identity):
            raise CommandError(
                "--no-auth excludes --key, --password, --server-key and --require-server-identity.", USAGE
            )
        if not self.encrypt and (self.require_server_identity or self.no_auth):
            raise CommandError("--no-encrypt excludes --require-server-identity and --no-auth.", USAGE)

    def check_beside_ticket(self) -> None:
        """Refuse what contradicts a ticket that names the server's key.

        Raises
        ------
        CommandError
            Some of it does.
        """
        if self.server_key or not self.wanted:
            raise CommandError(
                "The ticket says whose server it is, so --server-key, --no-auth and --no-encrypt do not go with it.",
                USAGE,
            )
