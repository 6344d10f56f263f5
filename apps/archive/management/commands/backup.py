"""Write the portal into a folder: its tables, and what its files are."""

import os
import shutil
import sys
import tomllib
from pathlib import Path

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import connection
from django.utils import timezone
from tqdm import tqdm

from apps.archive import backups, storage
from apps.archive.management import portal_tables as tables
from apps.archive.models import DataProduct, Quarantined


class Command(BaseCommand):
    """Tables as lines of JSON, a list of all files with their sums, and the files on demand."""

    help = (
        "Back the portal up into FOLDER, while it runs: all tables as they are at one instant, and "
        "a list of the archive's files with size and SHA-256; with --files the files too, as links "
        "where the disk is the same. When stopped, the same command goes on. The settings (.env) "
        "are not in it. Exit code 1 if a file that the database knows is missing or changed."
    )
    exit_code = 0

    def add_arguments(self, parser):
        """Name what can be given."""
        parser.add_argument("folder", metavar="FOLDER", type=Path)
        parser.add_argument("--files", action="store_true", help="Take the files along.")

    def run_from_argv(self, argv):
        """Run from the command line; missing files show in the exit code."""
        super().run_from_argv(argv)
        sys.exit(self.exit_code)

    def handle(self, *args, folder, files, verbosity, **options):
        """Write the tables, then the list, then the files; the manifest last."""
        self.folder, self.quiet = folder, verbosity == 0
        if (folder / backups.MANIFEST).exists():
            raise CommandError(f"{folder} holds a whole backup already; name a new folder")
        (folder / backups.TABLES).mkdir(parents=True, exist_ok=True)
        for old in (folder / backups.TABLES).iterdir():
            old.unlink()  # of another instant
        facts = {
            "portal": portal_version(),
            "made_at": timezone.now().isoformat(),
            "database": connection.vendor,
            "migrations": tables.migrations(),
            "copied": files,
        }
        with tables.snapshot():
            facts["rows"] = self._tables()
            known = self._known()
        number, size, faults = self._files(known, files)
        names = [f"{backups.TABLES}/{label}.jsonl.gz" for label in facts["rows"]]
        facts["sums"] = {name: backups.digest(folder / name) for name in [*names, backups.FILES]}
        backups.write_manifest(folder, facts | {"files": number, "bytes": size})
        for fault in faults:
            self.stderr.write(fault)
        self.exit_code = 1 if faults else 0
        if not self.quiet:
            total = sum(facts["rows"].values())
            self.stdout.write(f"{folder}: {total} rows, {number} files, {size} bytes")

    def _tables(self):
        """Write each table; returns its number of rows by label."""
        written = {}
        models = tables.models()
        with tqdm(models, unit="table", file=sys.stderr, disable=self.quiet or None) as bar:
            for model in bar:
                label = model._meta.label
                bar.set_postfix_str(label)
                path = self.folder / backups.TABLES / f"{label}.jsonl.gz"
                with backups.lines_written(path) as write:
                    write([field.attname for field in tables.fields(model)])
                    written[label] = 0
                    for row in tables.rows(model):
                        write(row)
                        written[label] += 1
        return written

    def _known(self):
        """Files that rows speak of: (folder, path) -> (size, sum)."""
        return {
            (folder, path): (size, sha256)
            for folder, model in (("archive", DataProduct), ("quarantine", Quarantined))
            for path, size, sha256 in model.objects.values_list("path", "size", "sha256")
        }

    def _files(self, known, copy):
        """List the files and take them along; returns their number, bytes, and what is wrong."""
        loose = {key: None for key in _loose() if key not in known}
        number, size, faults = 0, 0, []
        everything = sorted({**known, **loose}.items())
        listed = backups.lines_written(self.folder / backups.FILES)
        bar = tqdm(everything, unit="file", file=sys.stderr, disable=self.quiet or None)
        with bar, listed as write:
            for (folder, path), stated in bar:
                source = settings.DATA_DIR / folder / path
                try:
                    length, sha256 = stated or storage.digest(source)[::-1]
                    if source.stat().st_size != length:
                        faults.append(f"changed: {folder}/{path} has not its {length} bytes")
                    elif copy:
                        _copy(source, self.folder / backups.COPIES / folder / path, sha256)
                except (OSError, storage.SourceChanged) as error:
                    faults.append(f"missing: {folder}/{path} ({error})")
                    if stated is None:
                        continue
                write({"folder": folder, "path": path, "size": length, "sha256": sha256})
                number, size = number + 1, size + length
        return number, size, faults


def portal_version():
    """The release this code is of."""
    with open(settings.BASE_DIR / "pyproject.toml", "rb") as stream:
        return tomllib.load(stream)["project"]["version"]


def _loose():
    """Files of the content pages and of the kernel sets; no row of ours states their sum."""
    for folder in storage.LOOSE:
        root = settings.DATA_DIR / folder
        for path in sorted(root.rglob("*")) if root.is_dir() else ():
            relative = path.relative_to(root)
            if path.is_file() and not any(part.startswith(".") for part in relative.parts):
                yield folder, relative.as_posix()


def _copy(source, target, sha256):
    """Link a file, or copy it with its sum checked; one that is there from before is kept."""
    if target.exists() and target.stat().st_size == source.stat().st_size:
        return
    target.parent.mkdir(parents=True, exist_ok=True)
    temporary = target.with_name(f".{target.name}.part")
    temporary.unlink(missing_ok=True)
    try:
        os.link(source, temporary)
    except OSError:  # another disk
        shutil.copyfile(source, temporary)
        if storage.digest(temporary)[0] != sha256:
            temporary.unlink()
            raise storage.SourceChanged(f"{source}: does not have its checksum") from None
    os.replace(temporary, target)
