"""Read a backup back: into an empty portal, whichever its database."""

import sys
from pathlib import Path

from django.contrib.auth import get_user_model
from django.core.cache import cache
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from tqdm import tqdm

from apps.archive import backups, storage
from apps.archive.management import portal_tables as tables
from apps.archive.models import DataProduct, Quarantined

UNCHANGED = "nothing was changed; fetch the backup again"


class Command(BaseCommand):
    """All tables in one transaction, then the files, each held against its sum."""

    help = (
        "Restore what backup wrote into FOLDER. The portal must be empty, or --force replaces all "
        "its rows. Every sum is checked first, and the rows come back all or not at all. Files are "
        "taken from the backup, or must lie below DATA_DIR already; what is missing or damaged is "
        "named: exit code 1. When stopped, the same command with --force goes on."
    )
    exit_code = 0

    def add_arguments(self, parser):
        """Name what can be given."""
        parser.add_argument("folder", metavar="FOLDER", type=Path)
        parser.add_argument("--force", action="store_true", help="Replace what the portal holds.")

    def run_from_argv(self, argv):
        """Run from the command line; missing files show in the exit code."""
        super().run_from_argv(argv)
        sys.exit(self.exit_code)

    def handle(self, *args, folder, force, verbosity, **options):
        """Check, then fill the tables, then put the files back."""
        self.folder, self.quiet = folder, verbosity == 0
        try:
            facts = backups.read_manifest(folder)
            call_command("migrate", verbosity=0)
            self._check(facts, force)
            listed = backups.files(folder)
            self._fill(facts["rows"])
            tables.look_again()
            faults = self._files(listed)
        except backups.BackupError as error:
            raise CommandError(str(error)) from error
        for fault in faults:
            self.stderr.write(fault)
        self.exit_code = 1 if faults else 0
        if not self.quiet:
            rows = sum(facts["rows"].values())
            self.stdout.write(
                f"restored {rows} rows and {facts['files'] - len(faults)} of {facts['files']} "
                f"files, as they were {facts['made_at']} in release {facts['portal']}"
            )

    def _check(self, facts, force):
        """Refuse a backup of another state of the code, and a portal that is in use."""
        here, there = set(tables.migrations()), set(facts["migrations"])
        if here != there:
            differ = ", ".join(sorted(here ^ there)[:5])
            raise CommandError(
                f"the backup is of release {facts['portal']}, whose tables are others ({differ}); "
                "install that release, restore, and upgrade then"
            )
        in_use = [
            str(model._meta.verbose_name_plural)
            for model in (get_user_model(), DataProduct, Quarantined)
            if model._base_manager.exists()
        ]
        if in_use and not force:
            raise CommandError(
                f"this portal holds {', '.join(in_use)}; with --force they are replaced"
            )

    def _fill(self, rows):
        known = {model._meta.label: model for model in tables.models()}
        if strange := sorted(rows.keys() - known.keys()):
            raise backups.BackupError(f"{self.folder}: no table of ours is {strange[0]!r}")
        bar = tqdm(total=sum(rows.values()), unit="row", file=sys.stderr,
                   disable=self.quiet or None)  # fmt: skip
        with bar, transaction.atomic():
            tables.empty()
            for label in rows:
                bar.set_postfix_str(label)
                self._fill_table(known[label], rows[label], bar)
            try:
                tables.settle()
            except tables.RowRefused as error:
                raise backups.BackupError(f"{self.folder}: {error}; {UNCHANGED}") from error
        cache.clear()

    def _fill_table(self, model, stated, bar):
        path, filled = self.folder / backups.TABLES / f"{model._meta.label}.jsonl.gz", 0
        try:
            for number in tables.fill(model, backups.lines(path)):
                bar.update(number)
                filled += number
        except tables.RowRefused as error:
            raise backups.BackupError(f"{path}: {error}; {UNCHANGED}") from error
        if filled != stated:
            raise backups.BackupError(
                f"{path}: holds {filled} rows, {backups.MANIFEST} states {stated}; {UNCHANGED}"
            )

    def _files(self, listed):
        """Put every file in its place; returns what is wrong."""
        faults = []
        with tqdm(listed, unit="file", file=sys.stderr, disable=self.quiet or None) as bar:
            for file in bar:
                name = f"{file['folder']}/{file['path']}"
                copy = self.folder / backups.COPIES / file["folder"] / file["path"]
                try:
                    whole = storage.put_back(file["folder"], file["path"], copy, file["sha256"])
                    if not whole:
                        faults.append(f"differs: {name} holds other bytes than the backup says")
                except (storage.StorageError, storage.SourceChanged) as error:
                    faults.append(f"missing: {name} ({error})")
        return faults
