"""Which instruction sets the kernels use: sse42, avx2, avx512, neon."""

from collections.abc import Iterable

def detected() -> frozenset[str]:
    """The sets this processor has."""

def active() -> frozenset[str]:
    """The sets in use."""

def restrict(names: Iterable[str] | str | None = None) -> None:
    """Use only these sets (of those the processor has); None: all again.

    For tests and benchmarks: no other thread may be inside a kernel meanwhile. Raises ValueError for an
    unknown name.
    """
