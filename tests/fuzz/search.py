"""Look for inputs that break a Python target: guided by coverage where atheris is installed, at random where it is not.

    python tests/fuzz/search.py files --seconds 600

Further arguments go to libFuzzer, whose flags begin with one dash and may be followed by directories of inputs; without
directories what adds coverage is kept in a temporary one, whose name is printed.
"""

from __future__ import annotations

import argparse
import gc
import importlib
import shlex
import sys
import tempfile
import time
from types import FunctionType

import mutate

TARGETS = ("config", "files", "payloads")
# What libFuzzer is to see the branches of; the kernels have targets of their own.
_INSTRUMENTED = ("asciichat", "tomllib")


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter, allow_abbrev=False
    )
    parser.add_argument("target", choices=TARGETS)
    parser.add_argument("--seconds", type=int, default=600)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--random", action="store_true", help="without atheris, even where it is installed")
    options, further = parser.parse_known_args()
    if not options.random:
        try:
            import atheris
        except ImportError:
            print("atheris is not installed: inputs are changed at random", file=sys.stderr)
        else:
            _guided(atheris, options, further)
            return
    _at_random(options)


def _guided(atheris, options: argparse.Namespace, further: list[str]) -> None:
    target = importlib.import_module(f"fuzz_{options.target}").target
    # Not while they are imported: an editable package's own loader is not understood there.
    for function in [each for each in gc.get_objects() if isinstance(each, FunctionType)]:
        if (function.__module__ or "").partition(".")[0] in _INSTRUMENTED:
            atheris.instrument_func(function)
    flags = [word for word in further if word.startswith("-")]
    directories = [word for word in further if not word.startswith("-")]
    if not directories:
        directories = [tempfile.mkdtemp(prefix=f"{options.target}-"), str(mutate.CORPUS / options.target)]
        print(f"what adds coverage is kept in {directories[0]}", file=sys.stderr)
    limits = [
        f"-max_total_time={options.seconds}",
        f"-seed={options.seed}",
        "-max_len=4096",
        "-rss_limit_mb=2048",
        "-timeout=10",
        "-print_final_stats=1",
    ]
    # What a merge starts again, by way of a shell.
    program = shlex.join([sys.executable, sys.argv[0], options.target])
    atheris.Setup([program, *limits, *flags, *directories], target)
    atheris.Fuzz()  # does not come back


def _at_random(options: argparse.Namespace) -> None:
    target = importlib.import_module(f"fuzz_{options.target}").target
    until, count = time.monotonic() + options.seconds, 0
    for data in mutate.changed(mutate.kept(options.target), options.seed):
        try:
            target(data)
        except BaseException:
            print(f"after {count} inputs: {data!r}", file=sys.stderr)
            raise
        count += 1
        if time.monotonic() >= until:
            break
    print(f"{options.target}: {count} inputs in {options.seconds} s")


if __name__ == "__main__":
    main()
