"""`manage.py scet`: times of the on-board clock in UTC, and back."""

import json

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from apps.ancillary.models import KernelSet
from apps.core.timeaxis import from_ms, iso, parse_utc, to_ms


class Command(BaseCommand):
    """Convert one time."""

    help = "Converts a time of the on-board clock (SCET) to UTC at Solar Orbiter, or back."

    def add_arguments(self, parser):
        """Name what can be given."""
        parser.add_argument(
            "scet", nargs="?", help="1/0642038387:13107, 642038387:13107, or seconds"
        )
        parser.add_argument("--utc", help="a time in UTC, to get the on-board clock")
        parser.add_argument(
            "--kernels", metavar="DIR", help="kernels of a folder, not the portal's"
        )
        parser.add_argument("--json", action="store_true", help="print JSON")

    def handle(self, *, scet, utc, kernels, **options):
        """Convert, and name the kernels."""
        if bool(scet) == bool(utc):
            raise CommandError("give a time of the on-board clock, or --utc TIME, and not both")
        sets = KernelSet.objects
        try:
            geometry = sets.open(kernels) if kernels else sets.geometry()
            if utc:
                milliseconds = to_ms(parse_utc(utc, now=timezone.now()))
                scet = geometry.scet([milliseconds])[0]
            else:
                milliseconds = geometry.utc_of_scet(scet)
                scet = geometry.pool.scet(geometry.pool.et_of_scet([scet]))[0]
        except ValueError as error:
            raise CommandError(str(error)) from error
        instant = iso(from_ms(round(milliseconds)), 3)
        if options["json"]:
            answer = {"scet": scet, "utc_solo": instant} | geometry.provenance.record()
            self.stdout.write(json.dumps(answer))
        else:
            self.stdout.write(f"{scet} = {instant} at Solar Orbiter ({geometry.provenance.label})")
