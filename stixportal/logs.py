"""What is logged where: lines for people on the console, one JSON object a line in files.

A file a UTC day, `portal-2026-03-01.log`: several processes add to it, and none is ever renamed
below another. A line is one write at the end of the file, which the system does not mix with
others. See docs/decisions/0010.
"""

import json
import logging
import os
from datetime import UTC, datetime, timedelta
from pathlib import Path

from apps.core import requestid

LONGEST = 16_000
"""Signs of one text in a line: a traceback keeps its beginning and its end."""


class JsonLine(logging.Formatter):
    """A record as a JSON object; `extra={"fields": {...}}` adds to it."""

    def format(self, record):
        """Time, level, logger, message, request id, the fields, and the traceback."""
        line = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "message": shortened(record.getMessage()),
            "process": record.process,
        }
        if requestid.current():
            line["request_id"] = requestid.current()
        line |= getattr(record, "fields", {})
        if record.exc_info:
            line["traceback"] = shortened(self.formatException(record.exc_info))
        return json.dumps(line, ensure_ascii=False, default=str)


def shortened(text):
    """A text, or its two ends where it is too long for a line."""
    half = LONGEST // 2
    return text if len(text) <= LONGEST else f"{text[:half]} … {text[-half:]}"


class DailyFile(logging.Handler):
    """Adds lines to the file of their UTC day, and removes files that are too old.

    Parameters
    ----------
    folder : str or Path
        Made when the first line comes.
    days : int
        How many days are kept, today included.
    """

    def __init__(self, folder, days):
        super().__init__()
        self.folder, self.days = Path(folder), days
        self.day, self.file = None, None

    def emit(self, record):
        """Write one line with one call."""
        try:
            line = (self.format(record) + "\n").encode("utf-8", "backslashreplace")
            os.write(self._opened(datetime.fromtimestamp(record.created, UTC).date()), line)
        except OSError:
            self.handleError(record)

    def close(self):
        """Close the file of the day."""
        if self.file is not None:
            os.close(self.file)
        self.day, self.file = None, None
        super().close()

    def _opened(self, day):
        if day != self.day:
            self.folder.mkdir(parents=True, exist_ok=True)
            name = self.folder / f"portal-{day}.log"
            opened = os.open(name, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o640)
            if self.file is not None:
                os.close(self.file)
            self.day, self.file = day, opened
            self._remove_before(day - timedelta(days=self.days - 1))
        return self.file

    def _remove_before(self, first):
        oldest = f"portal-{first}.log"
        for path in self.folder.glob("portal-????-??-??.log"):
            if path.name < oldest:
                path.unlink(missing_ok=True)  # another process may have been faster


def configuration(level, folder, days):
    """The dictionary for `logging.config`.

    Parameters
    ----------
    level : str
        Least severe message that is logged; requests are always written to the file.
    folder : Path
        Where the files of the log lie.
    days : int
        How many days of files are kept.
    """
    file = {"()": DailyFile, "folder": folder, "days": days, "formatter": "json"}
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {
            "line": {
                "format": "{asctime}Z {levelname} {name}: {message}",
                "style": "{",
                "datefmt": "%Y-%m-%dT%H:%M:%S",
            },
            "json": {"()": JsonLine},
        },
        "handlers": {
            "console": {"class": "logging.StreamHandler", "formatter": "line"},
            "file": file,
        },
        "root": {"handlers": ["console", "file"], "level": level},
        "loggers": {"portal.requests": {"handlers": ["file"], "level": "INFO", "propagate": False}},
    }
