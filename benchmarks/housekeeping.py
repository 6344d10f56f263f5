"""Six years of housekeeping: one parameter, and ten, of the 77 that a report holds.

Each answer is at most 3000 points over the whole six years: stored blocks are read, decoded and
reduced. Days are noise around the values of a quiet instrument, in steps of its converters.
"""

import gc
import json
import sys
from types import SimpleNamespace

import numpy as np
from tqdm import tqdm

from benchmarks import environment, measure

POINTS = 3000
STEP_MS = 64_000


def main():
    """Fill the database of `DATABASE_URL`, time the answers, print JSON."""
    environment.prepare()
    from apps.archive.models import SeriesBlock
    from apps.core.timeaxis import DAY_MS, TimeRange
    from apps.housekeeping.parameters import of_report

    days = _fill()
    span = TimeRange.from_ms(days[0] * DAY_MS, (days[-1] + 1) * DAY_MS)
    names = [parameter.mnemonic for parameter in of_report("hk-maxi")]

    def ask(columns):
        blocks = SeriesBlock.objects.series("hk-maxi")
        return blocks.samples(span, max_points=POINTS, columns=columns)

    gc.freeze()  # as the web server does
    ways = {
        "one parameter": lambda: ask(["NIXD0054"]),
        "one state": lambda: ask(["NIXD0023"]),
        "ten parameters": lambda: ask(names[:10]),
    }
    json.dump(measure.alternate(ways, rounds=40, budget_s=30), sys.stdout)


def _fill():
    """Put the days into the store through the same rebuilding that ingest uses."""
    from datetime import UTC, datetime

    from django.db import transaction

    from apps.archive.models import DataProduct, Series
    from apps.housekeeping.ingest import READERS
    from benchmarks import population

    columns = READERS["Housekeeping"].columns
    reader = SimpleNamespace(
        key="hk-maxi", cadence_ms=STEP_MS, columns=columns,
        read=lambda held: _table(held.day, columns),
    )  # fmt: skip
    days = list(range(population.FIRST_DAY, population.FIRST_DAY + population.DAYS))
    for first in tqdm(range(0, len(days), 30), desc="housekeeping", file=sys.stderr):
        part = days[first : first + 30]
        with transaction.atomic():
            products = [population.product(day, datetime.now(UTC), "hk-maxi") for day in part]
            DataProduct.objects.bulk_create(products)
            Series.objects.rebuild(reader, part, population.AtHand)
    return days


def _table(day, columns):
    from apps.archive.series import Table
    from apps.core.timeaxis import DAY_MS

    random = np.random.default_rng(day)
    time = day * DAY_MS + STEP_MS * np.arange(DAY_MS // STEP_MS)
    values = {}
    for column in columns:
        if column.aggregate == "mean":
            steps = random.normal(0, 8, len(time)).round() + 2000
            values[column.name] = (steps * 0.07).astype("f4")
        else:
            values[column.name] = np.full(len(time), 5, column.dtype)
    return Table(time, values)


if __name__ == "__main__":
    main()
