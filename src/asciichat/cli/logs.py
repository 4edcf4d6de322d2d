"""Where messages about the running go."""

from __future__ import annotations

import json
import logging
import sys
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from asciichat.cli.options.shared import LogOptions

from .exits import CommandError

_LEVELS: Final = {
    "dev": logging.DEBUG - 5,
    "debug": logging.DEBUG,
    "info": logging.INFO,
    "warn": logging.WARNING,
    "error": logging.ERROR,
    "fatal": logging.CRITICAL,
}
_FORMAT: Final = "%(asctime)s %(levelname)-7s %(message)s"
_FILE_FAILURE: Final = 6


class JsonLines(logging.Formatter):
    """One JSON object a line: ``time`` (UTC, ISO 8601), ``level``, ``message``, ``thread``, and ``exception`` if there is
    one."""

    def format(self, record: logging.LogRecord) -> str:
        """The record as a line."""
        entry = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "message": record.getMessage(),
            "thread": record.threadName,
        }
        if record.exc_info:
            entry["exception"] = self.formatException(record.exc_info)
        return json.dumps(entry, ensure_ascii=False)


class _LogFile(logging.FileHandler):
    """A log file. That it takes no more (a full disk) is told once, in a sentence, and again after it did."""

    def __init__(self, path: Path) -> None:
        super().__init__(path, encoding="utf-8")
        self._told = False

    def emit(self, record: logging.LogRecord) -> None:
        """Write a record, or tell that it cannot be written."""
        self._failed = False
        super().emit(record)
        if not self._failed:
            self._told = False

    def handleError(self, record: logging.LogRecord) -> None:  # noqa: N802 - logging's name
        """Say what is wrong with the file."""
        error = sys.exc_info()[1]
        if not isinstance(error, OSError):
            super().handleError(record)
            return
        self._failed = True
        if not self._told and sys.stderr is not None:
            self._told = True
            with suppress(OSError):
                print(f"Cannot write the log file {self.baseFilename}: {error.strerror}.", file=sys.stderr)


def set_up_logging(options: LogOptions, *, console: bool = True) -> None:
    """Send messages to standard error and, if asked, to a file.

    Parameters
    ----------
    console
        False while the terminal is drawn upon: then only the file gets them.

    Raises
    ------
    CommandError
        The file cannot be written.
    """
    for name, level in (("DEV", _LEVELS["dev"]), ("WARN", logging.WARNING), ("FATAL", logging.CRITICAL)):
        logging.addLevelName(level, name)
    level = max(_LEVELS["dev"], _LEVELS[options.log_level] - 10 * options.verbose)
    handlers: list[logging.Handler] = []
    if console and not options.quiet:
        handlers.append(logging.StreamHandler(sys.stderr))
    if options.log_file is not None:
        try:
            options.log_file.parent.mkdir(parents=True, exist_ok=True)
            handlers.append(_LogFile(options.log_file))
        except OSError as error:
            message = f"Cannot write the log file {options.log_file}: {error.strerror}."
            raise CommandError(message, _FILE_FAILURE) from None
    if not handlers:
        handlers.append(logging.NullHandler())
    for handler in handlers:
        # A file outlives the day; on the terminal the time is enough.
        dates = "%Y-%m-%d %H:%M:%S" if isinstance(handler, _LogFile) else "%H:%M:%S"
        handler.setFormatter(JsonLines() if options.json else logging.Formatter(_FORMAT, datefmt=dates))
    logging.basicConfig(level=level, handlers=handlers, force=True)
