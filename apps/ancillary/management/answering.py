"""What the commands that answer from kernels have in common."""

import json
from datetime import UTC, datetime
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError

from apps.ancillary.models import KernelSet
from apps.core.timeaxis import parse_utc, to_ms


class AnsweringCommand(BaseCommand):
    """A command that prints one answer of a kernel set, as text or as JSON.

    Subclasses write `answer(geometry, options)`, which gives a dictionary, and `lines(answer)`.
    """

    def add_arguments(self, parser):
        """Take the kernels and the form of the answer."""
        parser.add_argument(
            "--kernels",
            type=Path,
            metavar="DIR",
            help="a folder of SPICE kernels; without it the active set of the portal answers",
        )
        parser.add_argument("--json", action="store_true", help="print the answer as JSON")

    def handle(self, *args, **options):
        """Print the answer, or say in one sentence why there is none."""
        try:
            answer = self.answer(self._geometry(options["kernels"]), options)
        except ValueError as error:
            raise CommandError(str(error)) from None
        if options["json"]:
            self.stdout.write(json.dumps(answer, allow_nan=False))
            return
        self.stdout.write(_heading(answer))
        for line in self.lines(answer):
            self.stdout.write(line)

    def _geometry(self, folder):
        return KernelSet.objects.open(folder) if folder else KernelSet.objects.geometry()


def time_of(text, field):
    """Milliseconds since 1970 of a time that was typed; a ValueError names the field."""
    return to_ms(parse_utc(text, now=datetime.now(UTC), field=field))


def range_of(options):
    """Start and stop in ms of `--start` and `--stop`; without a stop the start alone."""
    start = time_of(options["start"], "--start")
    return start, time_of(options["stop"], "--stop") if options["stop"] else start


def add_range(parser):
    """Take `--start`, `--stop` and `--steps`."""
    parser.add_argument("--start", required=True, help="UTC at Solar Orbiter")
    parser.add_argument("--stop", help="UTC at Solar Orbiter; the start alone without it")
    parser.add_argument("--steps", type=int, default=1, help="number of instants (1)")


def table(heads, rows):
    """Lines of a table of right-aligned texts."""
    rows = [heads, *rows]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for row in rows:
        yield "  ".join(text.rjust(width) for text, width in zip(row, widths, strict=True))


def _heading(answer):
    start, stop = answer["validity"]
    warning = "APPROXIMATE, " if answer["approximate"] else ""
    return f"Kernels {answer['mk']}: {warning}orbit known from {start} to {stop}"
