"""What stands on a terminal, as frames and changes have set it. One thread at a time."""

class Page:
    """The cells of a terminal; none before the first frame.

    It takes what the server of this program writes (glyphs, row ends, SGR colours, REP, CUP, CUF) and refuses everything
    else, so that nothing harmful can come through it.
    """

    @property
    def columns(self) -> int: ...
    @property
    def rows(self) -> int: ...
    def set(self, text: bytes, columns: int, rows: int) -> None:
        """Write a whole frame, at most 4096 cells wide and high.

        Raises ValueError when it is not such a frame; the page is blank then.
        """

    def change(self, text: bytes) -> None:
        """Write changes of the frame that stands there.

        Raises ValueError when they are none, or when there is no frame; part of them may be done then.
        """

    def text(self) -> bytes:
        """All of it: rows joined by newlines with the fewest SGR sequences, none in force at the end."""
