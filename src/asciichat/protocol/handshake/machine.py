"""What both sides of the handshake have in common."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable
from dataclasses import dataclass, field
from enum import IntFlag
from typing import NoReturn

from asciichat.protocol.errors import HandshakeError, ProtocolError
from asciichat.protocol.framing import Packet, PacketReader, SizeRules
from asciichat.protocol.handshake.channel import Channel, ChannelKeys
from asciichat.protocol.handshake.proof import EphemeralKey, wipe
from asciichat.protocol.payloads import Payload
from asciichat.protocol.types import ErrorCode, Feature

Random = Callable[[int], bytes]
"""Returns that many random bytes, fit for keys."""


class Proof(IntFlag):
    """What the other side has proved."""

    NONE = 0
    PASSWORD = 1
    """It knows the password."""
    IDENTITY = 2
    """It has the private key of its identity."""


@dataclass(frozen=True, slots=True, eq=False)
class HandshakeResult:
    """What a handshake came to. Whoever takes it owns the keys, and wipes them.

    Parameters
    ----------
    shared_key : bytearray or None
        The 32 bytes both directions are sealed with in the native envelope; None for a connection in clear, and after
        a Noise handshake.
    channel : ChannelKeys or None
        What a Noise handshake came to: a key for each direction.
    marked : bool
        This side would have spoken Noise, but the other did not: its envelopes have to say so.
    proved : Proof
        How the other side authenticated itself.
    peer_identity : bytes or None
        The other side's Ed25519 public key, whose possession it proved.
    features : Feature
        What both sides agreed on beyond the native protocol.
    first_packet : Packet or None
        On a server, in clear: the packet the client began with, the first of its session.
    leftover : bytes
        What came after the handshake, the beginning of the session's bytes.
    """

    shared_key: bytearray | None = field(default=None, repr=False)
    channel: ChannelKeys | None = None
    marked: bool = False
    proved: Proof = Proof.NONE
    peer_identity: bytes | None = None
    features: Feature = Feature.NONE
    first_packet: Packet | None = None
    leftover: bytes = field(default=b"", repr=False)

    @property
    def encrypted(self) -> bool:
        """Whether the session is sealed."""
        return self.keys is not None

    @property
    def keys(self) -> tuple[bytearray, bytearray] | None:
        """The keys for sending and for receiving; None for a connection in clear."""
        if self.channel is not None:
            return self.channel.sending, self.channel.receiving
        return None if self.shared_key is None else (self.shared_key, self.shared_key)

    @property
    def records(self) -> tuple[int, int] | None:
        """How many records each of the keys has seen; None for native envelopes."""
        return None if self.channel is None else (self.channel.sent, self.channel.received)

    def wipe(self) -> None:
        """Overwrite the keys."""
        wipe(self.shared_key)
        if self.channel is not None:
            self.channel.wipe()


class Handshake:
    """One side of a handshake, without I/O; not thread-safe.

    Send what `start` returns, then feed what arrives and send what `feed` returns, until `done` or `failure`.
    After a failure send what the last call returned, and close.

    A machine that does not sign itself (`ServerPolicy.sign_elsewhere`) may stop at `to_sign`: what is fed to it is kept
    until `signed`, so how much that may be is for the caller to bound.

    Attributes
    ----------
    result : HandshakeResult or None
        Set when the handshake has succeeded.
    failure : HandshakeError or None
        Set when it has failed.
    to_sign : bytes or None
        What this side's identity has to sign before it goes on.
    """

    _PEER: str
    _MAX_PASSED_OVER = 8

    def __init__(self, rules: SizeRules, random: Random) -> None:
        self.result: HandshakeResult | None = None
        self.failure: HandshakeError | None = None
        self.to_sign: bytes | None = None
        self._when_signed: Callable[[bytes], None] | None = None
        self._reader = PacketReader(rules)
        self._out = bytearray()
        self._passed_over = 0
        self._random = random
        self._ephemeral: EphemeralKey | None = None
        self._shared_key: bytearray | None = None
        self._peer_identity: bytes | None = None
        self._channel: Channel | None = None
        self._marked = False
        self._features = Feature.NONE
        self._started = False

    @property
    def done(self) -> bool:
        """Whether the handshake has succeeded."""
        return self.result is not None

    def start(self) -> bytes:
        """Return what to send before anything was received; to be called once."""
        if self._started:
            raise RuntimeError("this handshake has been started before")
        self._started = True
        self._begin()
        return self._take_out()

    def feed(self, data: bytes) -> bytes:
        """Take what the other side sent, and return what to send to it.

        Faults of the other side never raise: they end up in `failure`. What a caller's callback raises, other
        than HandshakeError, passes through, and ends the handshake.

        Raises
        ------
        RuntimeError
            If the handshake was not started, or is over.
        """
        return self._go_on(lambda: self._receive(data))

    def signed(self, signature: bytes) -> bytes:
        """Take the signature over `to_sign`, 64 bytes, and return what to send, as `feed` does.

        Raises
        ------
        RuntimeError
            If there is nothing to sign.
        """
        then = self._when_signed
        if then is None:
            raise RuntimeError("this handshake has nothing to sign")

        def resume() -> None:
            self.to_sign = self._when_signed = None
            then(signature)
            self._receive(b"")

        return self._go_on(resume)

    def _go_on(self, step: Callable[[], None]) -> bytes:
        self._check_running()
        try:
            step()
        except HandshakeError as error:
            self._end(failure=error)
        except ProtocolError as error:
            self._end(failure=HandshakeError(f"The {self._PEER} broke the protocol: {error}.", error.code))
        except BaseException:
            self._end(failure=HandshakeError("The handshake was given up."))
            raise
        return self._take_out()

    def eof(self) -> None:
        """Say that the other side has closed the connection; sets `failure`."""
        self._check_running()
        self._end(failure=self._hung_up())

    @abstractmethod
    def _begin(self) -> None:
        """Set the first step, and send what comes before it."""

    @abstractmethod
    def _step(self, packet: Packet) -> None:
        """Take one packet. Raises HandshakeError or ProtocolError for what must not be."""

    def _hung_up(self) -> HandshakeError:
        return HandshakeError(
            f"The {self._PEER} closed the connection during the handshake.", ErrorCode.NETWORK
        )

    def _receive(self, data: bytes) -> None:
        packets = self._reader.feed(data)
        while not self.done and self.to_sign is None and (packet := next(packets, None)) is not None:
            self._step(packet)

    def _pass_over(self) -> None:
        """Take a packet that may come between the steps, but not for ever."""
        self._passed_over += 1
        if self._passed_over > self._MAX_PASSED_OVER:
            raise HandshakeError(f"The {self._PEER} sends, but does not get on with the handshake.")

    def _send(self, payload: Payload) -> None:
        self._out += payload.packet()

    def _unexpected(self, packet: Packet, expected: str) -> NoReturn:
        raise HandshakeError(f"The {self._PEER} sent {packet.name} where {expected} belongs.")

    def _begin_noise(self, offer: bytes, answer: bytes) -> Channel:
        self._channel = Channel(
            server=self._PEER == "client",
            offer=offer,
            answer=answer,
            static=self._random(32),
            ephemeral=self._random(32),
        )
        return self._channel

    def _succeed(
        self,
        proved: Proof = Proof.NONE,
        first_packet: Packet | None = None,
        channel: ChannelKeys | None = None,
    ) -> None:
        self.result = HandshakeResult(
            shared_key=self._shared_key,
            channel=channel,
            marked=self._marked,
            proved=proved,
            peer_identity=self._peer_identity,
            features=self._features,
            first_packet=first_packet,
            leftover=self._reader.take_rest(),
        )
        self._shared_key = None
        self._forget()

    def _end(self, failure: HandshakeError) -> None:
        # A traceback keeps its frames alive, and what was secret in them.
        failure.__traceback__ = failure.__context__ = failure.__cause__ = None
        self.failure = failure
        self._reader.take_rest()
        self._forget()

    def _forget(self) -> None:
        """Leave nothing secret behind."""
        self.to_sign = self._when_signed = None
        wipe(self._shared_key)
        self._shared_key = None
        self._ephemeral = None
        if self._channel is not None:
            self._channel.wipe()
            self._channel = None

    def _check_running(self) -> None:
        if not self._started:
            raise RuntimeError("this handshake has not been started")
        if self.result is not None or self.failure is not None:
            raise RuntimeError("this handshake is over")

    def _take_out(self) -> bytes:
        out = bytes(self._out)
        self._out.clear()
        return out
