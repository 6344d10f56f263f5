"""Hold the files of the archive against its rows, and repair what a crash left."""

import json
import sys

from django.core.management.base import BaseCommand
from tqdm import tqdm

from apps.archive import storage
from apps.archive.ingest import REFUSED, ingest_file
from apps.archive.models import DataProduct


class Command(BaseCommand):
    """Files without row are taken in; rows without file are reported."""

    help = (
        "Check the archive. Files without a row are taken in, or refused into the quarantine; "
        "left-over temporary files are removed. Rows without their file, files that cannot be "
        "resolved (links), and with --checksums damaged files are reported: exit code 1, else 0."
    )
    exit_code = 0

    def add_arguments(self, parser):
        """Name what can be given."""
        parser.add_argument("--checksums", action="store_true", help="Read every file (slow).")
        parser.add_argument("--json", action="store_true", help="Print the findings as JSON.")

    def run_from_argv(self, argv):
        """Run from the command line; damage shows in the exit code."""
        super().run_from_argv(argv)
        sys.exit(self.exit_code)

    def handle(self, *args, **options):
        """Repair, then report."""
        quiet = options["json"] or options["verbosity"] == 0
        found = {"temporary_removed": storage.remove_stale()}
        found |= _files_without_row(quiet)
        found |= _rows_without_file(quiet, options["checksums"])
        broken = ("unresolved", "missing", "damaged")
        self.exit_code = 1 if any(found[kind] for kind in broken) else 0
        if options["json"]:
            self.stdout.write(json.dumps(found))
            return
        for kind in broken:
            for path in found[kind]:
                self.stderr.write(f"{kind}: {path}")
        if not quiet:
            counts = (f"{len(paths)} {kind.replace('_', ' ')}" for kind, paths in found.items())
            self.stdout.write(", ".join(counts))


def _files_without_row(quiet):
    rows = set(DataProduct.objects.values_list("path", flat=True))
    found = {"taken_in": [], "duplicate_removed": [], "refused": [], "unresolved": []}
    files = [path for path in storage.archived_files() if path not in rows]
    for relative in tqdm(files, unit="file", file=sys.stderr, disable=quiet or None):
        try:
            outcome = ingest_file(storage.archive_root() / relative)
        except storage.StorageError:
            found["unresolved"].append(relative)
            continue
        if outcome.status == REFUSED:
            found["refused" if outcome.quarantined else "unresolved"].append(relative)
            if outcome.quarantined:
                storage.discard(relative)
        elif outcome.product.path != relative:
            storage.discard(relative)
            found["duplicate_removed"].append(relative)
        else:
            found["taken_in"].append(relative)
    return found


def _rows_without_file(quiet, checksums):
    found = {"missing": [], "damaged": []}
    products = DataProduct.objects.only("path", "sha256").order_by("path")
    bar = tqdm(total=products.count(), unit="row", file=sys.stderr, disable=quiet or None)
    with bar:
        for product in products.iterator():
            bar.update()
            try:
                path = storage.absolute(product)
                if not path.is_file():
                    found["missing"].append(product.path)
                elif checksums and storage.digest(path)[0] != product.sha256:
                    found["damaged"].append(product.path)
            except (storage.StorageError, OSError):
                found["damaged"].append(product.path)
    return found
