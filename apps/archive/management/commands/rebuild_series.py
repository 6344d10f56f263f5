"""Build series of the store anew from the archived files."""

from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from tqdm import tqdm

from apps.archive import fitsfile, storage
from apps.archive.models import DataProduct, Series
from apps.core.registry import readers
from apps.core.timeaxis import TimeRange

DAYS_AT_ONCE = 31  # one transaction: other writers wait for a month, not for the mission


class Command(BaseCommand):
    """Rebuild; days whose files are the same as before are left alone."""

    help = "Build time series anew from the archived files; all series if no key is given."

    def add_arguments(self, parser):
        """Take the keys of series."""
        parser.add_argument("keys", nargs="*", metavar="KEY", help="Series, such as ql-lightcurve.")

    def handle(self, *args, keys, **options):
        """Rebuild one series after the other."""
        known = {entry.key: entry.provide for entry in readers}
        if unknown := sorted(set(keys) - set(known)):
            raise CommandError(
                f"no reader for series {', '.join(unknown)}; known are {', '.join(sorted(known))}"
            )
        for key in keys or sorted(known):
            days, changed = rebuild(known[key], quiet=options["verbosity"] == 0)
            if changed or options["verbosity"]:
                self.stdout.write(f"{key}: {changed} of {days} days changed")


def rebuild(reader, quiet=False):
    """Rebuild every day that a file touches or a block exists for; returns (days, changed)."""
    days = set()
    for start, stop in DataProduct.objects.filter(product_type=reader.key).values_list(
        "start", "stop"
    ):
        days.update(TimeRange(start, stop).days if stop > start else ())
    stored = Series.objects.filter(key=reader.key, blocks__level=0)
    days = sorted(days.union(stored.values_list("blocks__day", flat=True)))
    changed = 0
    with tqdm(total=len(days), desc=reader.key, unit="day", disable=quiet) as bar:
        for first in range(0, len(days), DAYS_AT_ONCE):
            with transaction.atomic():
                chosen = days[first : first + DAYS_AT_ONCE]
                changed += len(Series.objects.rebuild(reader, chosen, open_product))
            bar.update(len(chosen))
    return len(days), changed


def open_product(product):
    """The archived file of a product, opened."""
    return fitsfile.open_stix(storage.absolute(product))
