"""Backups as tests make them, and as somebody who means harm changes them."""

import json
from io import StringIO

from django.core.management import call_command

from apps.archive import backups


def run(*arguments, **options):
    """Run a command; gives what it wrote to its two outputs."""
    out, err = StringIO(), StringIO()
    call_command(*arguments, stdout=out, stderr=err, verbosity=0, **options)
    return out.getvalue() + err.getvalue()


def tampered(folder, name, change):
    """A backup one of whose files was changed by somebody who also mended its sum."""
    path = folder / name
    path.write_bytes(change(path.read_bytes()))
    manifest = json.loads((folder / backups.MANIFEST).read_text())
    manifest["sums"][name] = backups.digest(path)
    backups.write_manifest(folder, manifest)
