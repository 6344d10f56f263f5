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
    opened, number = gzip.open if path.suffix == ".gz" else open, 0
    try:
        with opened(path, "rt", encoding="utf-8") as stream:
            for line in stream:
                value = json.loads(line)
                number += 1
                yield value
    except (OSError, EOFError, ValueError, RecursionError, zlib.error) as error:
        raise BackupError(
            f"{path}: line {number + 1} cannot be read ({error}), expected JSON; "
            "fetch the backup again"
        ) from error


def files(folder):
    """The list of files of a backup.

    Returns
    -------
    list of dict
        ``folder``, ``path`` and ``sha256`` are texts.

    Raises
    ------
    BackupError
        If an entry is not of this form; says which line.
    """
    path = Path(folder) / FILES
    listed = list(lines(path))
    for number, entry in enumerate(listed, start=1):
        named = isinstance(entry, dict) and all(
            isinstance(entry.get(name), str) for name in ("folder", "path", "sha256")
        )
        if not named:
            raise BackupError(
                f"{path}: line {number} is {_cut(entry)}, expected an object with the texts "
                "folder, path and sha256; fetch the backup again"
            )
    return listed


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
    form = facts.get("format") if isinstance(facts, dict) else facts
    if form != FORMAT:
        raise BackupError(f"{folder}: form {_cut(form)}, this release reads {FORMAT}")
    try:
        expected = [f"{TABLES}/{label}.jsonl.gz" for label in facts["rows"]] + [FILES]
        sums = {name: facts["sums"][name] for name in expected}
    except (KeyError, TypeError) as error:
        raise BackupError(
            f"{folder / MANIFEST}: states no sum for {error}; fetch the backup again"
        ) from None
    _require_facts(folder / MANIFEST, facts)
    for name, stated in sums.items():
        path = folder / name
        if not path.is_file():
            raise BackupError(f"{path}: missing; fetch the backup again")
        if digest(path) != stated:
            raise BackupError(f"{path}: was changed since the backup; fetch the backup again")
    return facts


def _require_facts(path, facts):
    """What restoring rests on must be of its kind."""
    numbers = (
        [facts["rows"][label] for label in facts["rows"]] if _is(facts, "rows", dict) else [""]
    )
    forms = {"migrations": list, "files": int, "made_at": str, "portal": str}
    wrong = [name for name, kind in forms.items() if not _is(facts, name, kind)]
    if not all(type(number) is int and number >= 0 for number in numbers):
        wrong.append("rows")
    if "migrations" not in wrong and not all(isinstance(n, str) for n in facts["migrations"]):
        wrong.append("migrations")
    if wrong:
        raise BackupError(
            f"{path}: {wrong[0]} is {_cut(facts.get(wrong[0]))}, which no backup of ours states; "
            "fetch the backup again"
        )


def _is(facts, name, kind):
    return isinstance(facts.get(name), kind)


def _cut(value):
    """A value as a message shows it, however long it is."""
    text = repr(value)
    return text if len(text) <= 60 else f"{text[:60]}…"


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
