"""A readers-writer lock that prefers writers."""

from contextlib import AbstractContextManager

class RWLock:
    """Many readers or one writer. Not recursive: a thread that holds it must not ask for it again.

    The GIL is given up while waiting, and only then.
    """

    def __init__(self) -> None: ...
    def acquire_read(self) -> None: ...
    def acquire_write(self) -> None: ...
    def release(self) -> None: ...
    def reading(self) -> AbstractContextManager[None]:
        """Hold it together with other readers, for the length of a block.

        What is returned may be used again, by any thread; entering and leaving the block need no memory.
        """

    def writing(self) -> AbstractContextManager[None]:
        """Hold it alone; see `reading`."""
