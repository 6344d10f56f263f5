"""Bundles of archived files: a ZIP made while it is sent, its manifest, and a script for more.

Nothing is compressed again, so the length of a ZIP is known before its first byte, and nothing
but one piece of one file is held in memory.
"""

import csv
import io
import shlex
import threading
from dataclasses import dataclass, replace

from zipstream import ZipStream

MOST_FILES = 1000
MOST_BYTES = 2_000_000_000
SLOTS = threading.BoundedSemaphore(2)
"""ZIPs that one worker process sends at a time; the other threads answer everybody else."""

MANIFEST = "manifest.csv"
COLUMNS = ("sha256", "size_bytes", "name", "level", "version", "address", "note")
HIDDEN = "not public, fetch it signed in or with a token"
MISSING = "missing from the archive, not in this ZIP"

TOO_MANY_ROWS = (
    f"A ZIP holds at most {MOST_FILES} files, and more ids than that were sent. Choose the "
    "rows by filters instead: for any number of files there is a manifest and a script."
)
NO_ROWS = "Tick the rows you want, or take all that the filters leave."
NO_FILE = "No file fits this selection among those you may see. Take a filter out."
BUSY = "This server sends two ZIPs at a time, so that others can still work. Try in half a minute."
TOO_MUCH = (
    f"A ZIP holds at most {MOST_FILES} files or {MOST_BYTES / 1e9:g} GB; this "
    "selection is larger. The script fetches any number of files one by one, checks each, and "
    "goes on where it stopped; the manifest lists them with size, SHA-256 and address."
)


@dataclass(frozen=True)
class Item:
    """One file of a bundle.

    Parameters
    ----------
    name, sha256, level, version : str
    size : int
        Bytes.
    address : str
        Where this very file can be had alone.
    product : object
        What the reader of the archive takes.
    note : str
        Why it is not among the files; empty if it is.
    """

    name: str
    sha256: str
    size: int
    level: str
    version: str
    address: str
    product: object = None
    note: str = ""


def plain(name):
    """A name that stays in one folder and in one line, wherever it is unpacked or run.

    Ingest lets no other name in; a backup that somebody forged might.

    >>> plain("solo_L1.fits"), plain("../a.fits")
    ('solo_L1.fits', '.._a.fits')
    """
    return "".join("_" if sign in "/\\" or not sign.isprintable() else sign for sign in name)


def exceeds(items):
    """Whether files are too many or too large for one ZIP."""
    return len(items) > MOST_FILES or sum(item.size for item in items) > MOST_BYTES


def settled(items, is_whole):
    """Give each file a name of its own, and mark those that cannot be read.

    Parameters
    ----------
    items : iterable of Item
    is_whole : callable
        ``is_whole(product)``: whether its file is there in full length.
    """
    taken, result = {MANIFEST}, []
    for item in items:
        name = item.name if item.name not in taken else f"{item.sha256[:12]}/{item.name}"
        taken.add(name)
        note = "" if is_whole(item.product) else MISSING
        result.append(replace(item, name=name, note=note))
    return result


def packed(items, read):
    """A ZIP of files with their manifest.

    Parameters
    ----------
    items : list of Item
        As `settled` gives them; those with a note stand in the manifest alone.
    read : callable
        ``read(product)`` yields the content; raises if it is not what the archive promised, which
        ends the ZIP before its directory, so that no program takes it for whole.

    Returns
    -------
    ZipStream
        Its ``len`` is the exact number of bytes; iterating gives them.
    """
    archive = ZipStream(sized=True)
    archive.add("".join(manifest(items)), MANIFEST)
    for item in items:
        if not item.note:
            archive.add(_Content(read, item.product), item.name, size=item.size)
    return archive


def manifest(items):
    """Lines of the manifest as CSV, its head first."""
    yield _line(COLUMNS)
    for item in items:
        facts = (item.sha256, item.size, item.name, item.level, item.version, item.address)
        yield _line((*facts, item.note))


def script(items, made):
    """Lines of a shell script that fetches files and checks each; run again, it goes on.

    Parameters
    ----------
    items : iterable of Item
        A note stands as a comment above its file.
    made : str
        When, and from which portal.
    """
    yield f"#!/bin/sh\n# {made}\n# Needs wget and sha256sum. Started again, it fetches the rest.\n"
    yield "# Files that are not public need STIX_TOKEN: a token of yours from /accounts/tokens/.\n"
    yield "failed=0\nget() {\n"
    yield '  wget ${STIX_TOKEN:+"--header=Authorization: Token $STIX_TOKEN"} '
    yield '--continue --no-verbose -O "$3" "$1" && echo "$2  $3" | sha256sum --check --quiet'
    yield ' || { echo "failed: $3" >&2; failed=1; }\n}\n'
    taken = set()  # of hashes, for lists of a million names
    for item in items:
        if item.note:
            yield f"# {item.note}: {item.name}\n"
        again = hash(item.name) in taken
        taken.add(hash(item.name))
        name = f"{item.sha256[:12]}_{item.name}" if again else item.name
        words = (item.address, item.sha256, name)
        yield f"get {' '.join(map(shlex.quote, words))}\n"
    yield "exit $failed\n"


class Stream:
    """Bytes on their way, holding a slot until the last is sent or the reader has gone."""

    def __init__(self, chunks, slots=SLOTS):
        self._chunks, self._slots, self._open = iter(chunks), slots, True

    def __iter__(self):
        return self

    def __next__(self):
        try:
            return next(self._chunks)
        except BaseException:
            self.close()
            raise

    def close(self):
        """Give the slot back, once."""
        if self._open:
            self._open = False
            self._slots.release()


class _Content:
    """The content of a file, opened only when its turn comes."""

    def __init__(self, read, product):
        self.read, self.product = read, product

    def __iter__(self):
        return self.read(self.product)


def _line(values):
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerow(values)
    return text.getvalue()
