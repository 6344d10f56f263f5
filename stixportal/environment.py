"""The first step of a set-up: a `.env` with a secret of its own. Needs the standard library only.

Settings are read when a process starts, so this happens before Django is loaded (`manage.py`).
"""

import os
import re
import secrets

PLAIN = re.compile(r"[A-Za-z0-9_-]*")
TEXT = """\
# Written by the first set-up. Variables of the environment have precedence over this file.
# README lists them all.
"""


def prepare(path, *, demo, environ=os.environ):
    """Write the settings file if there is none; an existing one is never touched.

    Parameters
    ----------
    path : Path
        The `.env` file.
    demo : bool
        Whether this becomes a demonstration: DEMO on, plain http (INSECURE), and a password for
        the demo accounts, the one of the environment if there is one.
    environ : mapping
        The environment.

    Returns
    -------
    bool
        Whether the file was written.
    """
    if path.exists():
        return False
    values = {"SECRET_KEY": secrets.token_urlsafe(48)}
    if demo:
        password = environ.get("DEMO_PASSWORD") or secrets.token_urlsafe(9)
        values |= {"INSECURE": "1", "DEMO": "1", "DEMO_PASSWORD": password}
    lines = "".join(f"{name}={quoted(name, value)}\n" for name, value in values.items())
    draft = path.with_name(f"{path.name}.{os.getpid()}")
    descriptor = os.open(draft, os.O_CREAT | os.O_WRONLY | os.O_EXCL, 0o600)
    with open(descriptor, "w", encoding="utf-8") as file:
        file.write(TEXT + lines)
    os.replace(draft, path)
    return True


def quoted(name, value):
    """Write a value so that it is read back as it is; one of several lines ends the set-up."""
    if not value.isprintable():
        raise SystemExit(f"{name} holds a line break or another control sign; choose a plain text")
    if PLAIN.fullmatch(value):
        return value
    escaped = value.replace("\\", r"\\").replace('"', r"\"")
    return f'"{escaped}"'
