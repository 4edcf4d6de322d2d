"""Who is in the call, as the media threads see it."""

from typing import Final

SLOTS: Final[int]
"""32."""
NAME_BYTES: Final[int]
"""Bytes that a name may have in UTF-8: 40."""

class Room:
    """32 slots, each empty or holding one source; one audio bus.

    `join` and `leave` must exclude each other for one slot (the client manager sees to it); everything else may be called
    from any thread. Render threads never wait for any of it.
    """

    joined: set[int]
    mixes: bool
    """False: who is in the room is seen and not heard."""

    def __init__(self, *, automatic_level: bool = False, mix: bool = True) -> None:
        """With `automatic_level`, quiet and loud talkers are brought to one loudness."""

    def join(self, slot: int, id: int) -> None:
        """Fill an empty slot. Raises ValueError for a bad or taken slot, MemoryError."""

    def leave(self, slot: int, timeout: float = -1.0) -> bool:
        """Empty a slot and free its media, once no render thread looks at it (less than one frame's work).

        The source's receive thread must have ended. False when somebody still looked after `timeout` seconds (below 0: it
        waits as long as it takes): the slot is then still taken, though nobody will see or hear the source any more;
        call again later. Raises ValueError for an empty slot.
        """

    def show(self, slot: int, video: bool) -> None:
        """Show the source's pictures to everybody, or stop."""

    def seat(self, slot: int, present: bool) -> None:
        """Give the source a place on the screens before its first picture or sound; at first it has none."""

    def name(self, slot: int, name: str) -> None:
        """Say what the source is called: at most NAME_BYTES in UTF-8, no control characters.

        One thread at a time for a slot. Raises ValueError for a longer name.
        """

    def level(self, slot: int) -> float:
        """Loudness of the source, dBFS; -120 is silence."""

    def speaking(self, slot: int) -> bool:
        """Does its voice activity say somebody speaks?"""

    def mute(self, slot: int, muted: bool = True) -> None:
        """Nobody hears the source, or everybody again. Raises ValueError for an empty slot."""

    def voice_counts(self, slot: int) -> dict[str, int]:
        """What happened to the source's sound; see :class:`asciichat.audio.VoiceCounts`."""

    def work(self) -> dict[str, int]:
        """Pictures and tiles made so far, and how many more were had by sharing them; buffers allocated for pictures."""

    def release_unwanted(self) -> None:
        """Give back to the system what buffers for pictures nobody has wanted since the last call.

        One thread at a time, every few seconds.
        """

    def picture_size(self, slot: int) -> tuple[int, int]:
        """The largest width and height, in pixels, at which anybody draws the source in a slot; 0, 0: nobody does.

        Raises ValueError for a number that is no slot.
        """

    def sizes_ticket(self) -> int:
        """What :meth:`wait_for_sizes` is to be given: take it before you look at the sizes."""

    def wait_for_sizes(self, ticket: int, timeout: float | None = None) -> bool:
        """Wait until a size has changed since the ticket was taken, or :meth:`wake_sizes`; False after `timeout` seconds."""

    def wake_sizes(self) -> None:
        """Wake who waits for sizes."""

    def frames_published(self, slot: int) -> int:
        """Pictures the source has sent since it joined."""

    def latest_frame(self, slot: int) -> tuple[int, int, bytes] | None:
        """Width, height and RGB24 bytes of the newest picture, copied; None when there is none."""

    def frame_after(self, slot: int, id: int, number: int) -> tuple[int, int, int, bytearray] | None:
        """The newest picture of the source with this id in a slot, if its number is above `number`; never waits.

        Returns
        -------
        tuple or None
            Its number (1 is the source's first), width, height and RGB24 bytes, copied without the interpreter's lock. None:
            there is no newer one, or that source is gone.

        Raises
        ------
        ValueError
            For a number that is no slot.
        MemoryError
            There is no memory for the copy.
        """

    def sound_after(self, slot: int, id: int, cursor: int) -> tuple[int, int, bytearray] | None:
        """What the source with this id in a slot has said since `cursor`, muted or not; never waits.

        Parameters
        ----------
        cursor
            How many of its samples were said before these; what was returned last, or 0.

        Returns
        -------
        tuple or None
            The new cursor; how many samples were overwritten before these could be read; the samples as the bytes of float32
            at 48 kHz, at most the 0.68 s that are kept. None: that source is gone.

        Raises
        ------
        ValueError
            For a number that is no slot.
        MemoryError
            There is no memory for the copy.
        """
