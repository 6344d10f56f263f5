"""Texts as files: a head of `key: value` lines between `---` lines, then Markdown."""

import difflib
import hashlib
import json
from dataclasses import dataclass

FENCE = "---"


class TextError(ValueError):
    """A file that cannot be read as a text; says which, what is wrong, and what was expected."""


@dataclass(frozen=True)
class Text:
    """One file: its name without `.md`, its head, and the Markdown below it."""

    name: str
    head: dict
    body: str


def parse(name, source):
    r"""Read one file.

    Parameters
    ----------
    name : str
        Name of the file without its ending; becomes the record's slug.
    source : str
        What the file holds.

    Returns
    -------
    Text

    Raises
    ------
    TextError
        If the head is missing, not closed, or holds a line without a colon or a key twice.

    Examples
    --------
    >>> parse("rcr", "---\nterm: RCR\n---\nLong.\n")
    Text(name='rcr', head={'term': 'RCR'}, body='Long.')
    """
    lines = source.replace("\r\n", "\n").removeprefix("\ufeff").split("\n")
    if lines[0].rstrip() != FENCE:
        raise TextError(f"{name}: line 1 is {lines[0][:40]!r}; expected {FENCE!r}, then the head")
    head = {}
    for number, line in enumerate(lines[1:], start=2):
        if line.rstrip() == FENCE:
            return Text(name, head, "\n".join(lines[number:]).strip())
        if not line.strip():
            continue
        key, colon, value = line.partition(":")
        key = key.strip()
        if not colon or not key:
            raise TextError(f"{name}: line {number} is {line[:40]!r}; expected 'key: value'")
        if key in head:
            raise TextError(f"{name}: line {number} gives {key!r} a second time; keep one of them")
        head[key] = value.strip()
    raise TextError(f"{name}: the head is not closed; put {FENCE!r} on a line of its own below it")


def digest(values):
    """A checksum of what a record says, to tell whether somebody changed it.

    >>> digest({"a": 1, "b": ""}) == digest({"b": "", "a": "1"})
    True
    """
    plain = json.dumps({name: str(value) for name, value in values.items()}, sort_keys=True)
    return hashlib.sha256(plain.encode()).hexdigest()


def differing(old, new):
    r"""The lines of two texts that are not in both.

    >>> differing("a\nb\nc", "a\nB\nc\nd")
    ('b', 'B … d')
    """
    before, after = old.splitlines(), new.splitlines()
    steps = difflib.SequenceMatcher(None, before, after, autojunk=False).get_opcodes()
    gone = [" ".join(before[a:b]) for kind, a, b, _, _ in steps if kind != "equal" and a < b]
    come = [" ".join(after[c:d]) for kind, _, _, c, d in steps if kind != "equal" and c < d]
    return " … ".join(gone), " … ".join(come)
