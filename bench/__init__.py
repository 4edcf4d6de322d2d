"""Benchmarks: kernels with pytest-benchmark, whole calls with ``python -m bench.call``."""
