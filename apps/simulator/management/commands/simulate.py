"""Write simulated STIX quick-look files and the truth behind them."""

import json
from datetime import UTC, datetime
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError
from tqdm import tqdm

from apps.core.timeaxis import TimeRangeError, parse_utc
from apps.simulator import archive


class Command(BaseCommand):
    """manage.py simulate."""

    help = (
        "Write simulated daily level 1 quick-look FITS files and truth.json. The same seed and "
        "days give the same bytes; run it again after a stop, files that are right are kept."
    )

    def add_arguments(self, parser):
        """Take the days, the seed and the folder."""
        parser.add_argument("--start", required=True, help="first UTC day, e.g. 2022-03-27")
        parser.add_argument("--days", type=int, default=3, help="number of days (3)")
        parser.add_argument("--seed", type=int, default=1, help="seed, 0 or more (1)")
        parser.add_argument("--out", required=True, type=Path, help="folder to write to")
        parser.add_argument(
            "--products",
            nargs="+",
            default=archive.KINDS,
            metavar="KEY",
            help=f"some of {', '.join(archive.KINDS)} (all)",
        )
        parser.add_argument("--json", action="store_true", help="print the summary as JSON")

    def handle(self, *, start, days, seed, out, products, **options):
        """Write the files, then truth.json, and say what was done."""
        try:
            day = parse_utc(start, now=datetime.now(UTC), field="--start").date()
            tasks = archive.tasks(day, days, products)
        except (TimeRangeError, ValueError) as error:
            raise CommandError(str(error)) from None
        if seed < 0:
            raise CommandError(f"--seed {seed}: expected 0 or more")
        entries, size, written = [], 0, 0
        for task in tqdm(tasks, unit="file", disable=options["json"] or None):
            entry, length, new = archive.write(task, seed, out)
            entries.append(entry)
            size, written = size + length, written + new
        content = archive.truth(day, days, seed, entries, archive.ingest_order(tasks))
        archive.write_truth(out, content)
        summary = {
            "folder": str(out),
            "files": len(entries),
            "written": written,
            "kept": len(entries) - written,
            "bytes": size,
            "flares": len(content["flares"]),
            "gaps": len(content["gaps"]),
            "truth": str(out / "truth.json"),
        }
        self.stdout.write(json.dumps(summary) if options["json"] else _sentence(summary))


def _sentence(summary):
    return (
        f"{summary['files']} simulated files in {summary['folder']} ({summary['written']} written, "
        f"{summary['kept']} kept, {summary['bytes'] / 1e6:.1f} MB), {summary['flares']} flares and "
        f"{summary['gaps']} gaps; the truth is in {summary['truth']}"
    )
