"""The form of a backup on disk: lines with checksums, and a list of files.

``portal.json`` is written last: a folder without it holds a backup that was stopped. Tables are
lines of JSON, so a backup of one kind of database can be read into the other.
"""

import base64
import gzip
import hashlib
import json
import os
import zlib
from contextlib import contextmanager
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from pathlib import Path
from uuid import UUID

MANIFEST, FILES, TABLES, COPIES = "portal.json", "files.jsonl", "tables", "files"
FORMAT = 1
_CHUNK = 1 << 20


class BackupError(ValueError):
    """A folder that holds no whole backup."""


@contextmanager
def lines_written(path):
    """Write values as lines of JSON, compressed where the name ends in gz; whole or not at all.

    Yields
    ------
    callable
        Writes one value.
    """
    temporary = path.with_name(f".{path.name}.part")
    opened = gzip.open if path.suffix == ".gz" else open
    with opened(temporary, "wt", encoding="utf-8") as stream:
        yield lambda value: stream.write(json.dumps(value, default=_plain) + "\n")
    os.replace(temporary, path)


def lines(path):
    """Values of a file that `lines_written` wrote, one by one.

    Raises
    ------
    BackupError
        If it is cut off or damaged.
    """
    opened = gzip.open if path.suffix == ".gz" else open
    try:
        with opened(path, "rt", encoding="utf-8") as stream:
            for line in stream:
                yield json.loads(line)
    except (OSError, EOFError, ValueError, zlib.error) as error:
        raise BackupError(f"{path}: cannot be read ({error}); fetch the backup again") from error


def digest(path):
    """SHA-256 of a file of the backup."""
    sums = hashlib.sha256()
    with open(path, "rb") as stream:
        while chunk := stream.read(_CHUNK):
            sums.update(chunk)
    return sums.hexdigest()


def write_manifest(folder, facts):
    """Declare a backup whole; nothing may be written after it."""
    temporary = folder / f".{MANIFEST}.part"
    temporary.write_text(json.dumps({"format": FORMAT} | facts, indent=2) + "\n", encoding="utf-8")
    os.replace(temporary, folder / MANIFEST)


def read_manifest(folder):
    """What a whole backup says of itself, every table checked against its sum.

    Raises
    ------
    BackupError
        If it is not whole, was changed, or is of another form.
    """
    folder = Path(folder)
    try:
        facts = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        raise BackupError(
            f"{folder}: no {MANIFEST} that can be read; the backup was stopped before its end. "
            "Run backup with the same folder again"
        ) from None
    if facts.get("format") != FORMAT:
        raise BackupError(f"{folder}: form {facts.get('format')!r}, this release reads {FORMAT}")
    try:
        expected = [f"{TABLES}/{label}.jsonl.gz" for label in facts["rows"]] + [FILES]
        sums = {name: facts["sums"][name] for name in expected}
    except (KeyError, TypeError) as error:
        raise BackupError(
            f"{folder / MANIFEST}: states no sum for {error}; fetch the backup again"
        ) from None
    for name, stated in sums.items():
        path = folder / name
        if not path.is_file():
            raise BackupError(f"{path}: missing; fetch the backup again")
        if digest(path) != stated:
            raise BackupError(f"{path}: was changed since the backup; fetch the backup again")
    return facts


def _plain(value):
    """A value of a column as JSON; Django's fields read each of these forms back."""
    if isinstance(value, (datetime, date, time)):
        return value.isoformat()
    if isinstance(value, (bytes, memoryview)):
        return base64.b64encode(bytes(value)).decode("ascii")
    if isinstance(value, timedelta):
        return f"{value.days} {value.seconds}.{value.microseconds:06d}"
    if isinstance(value, (UUID, Decimal)):
        return str(value)
    raise TypeError(f"{type(value).__name__} has no form in a backup")
