"""Product rows and tables without FITS files, for the tests of the time-series store."""

import hashlib
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

import numpy as np
from django.db import transaction

from apps.archive.models import DataProduct, Series, SeriesBlock
from apps.archive.series import Column, SeriesReader, Table
from apps.core.timeaxis import DAY_MS, TimeRange, from_ms

DAY = 19_079  # 2022-03-28
NOON = DAY * DAY_MS + DAY_MS // 2
KEY = "ql-lightcurve"
COLUMNS = (
    Column("counts", "i4", (3,), "ct"),
    Column("pressure", "f4", (), "hPa"),
    Column("rcr", "u1", aggregate="max"),
    Column("counts_err", "f4", (3,), "ct", aggregate="none"),
)
BANDS = [[4.0, 10.0], [10.0, 15.0], [15.0, float("inf")]]


def a_reader(cadence_ms=4_000, columns=COLUMNS):
    """A reader whose opened file is the table itself."""
    return SeriesReader(KEY, cadence_ms, columns, read=lambda table: table)


def a_table(time, seed=0, bins=BANDS, spike=None):
    """Random samples at the given bin centres; `spike` is (position, counts)."""
    random = np.random.default_rng(seed)
    n = len(time)
    counts = random.poisson(271, (n, 3)).astype("i4")
    if spike:
        counts[spike[0], 0] = spike[1]
    pressure = random.normal(900, 5, n).astype("f4")
    pressure[random.random(n) < 0.1] = np.nan
    columns = {
        "counts": counts,
        "pressure": pressure,
        "rcr": random.integers(0, 4, n).astype("u1"),
        "counts_err": np.sqrt(counts).astype("f4"),
    }
    return Table(np.asarray(time, "i8"), columns, bins)


class Archive:
    """Takes products in as ingest does: row, versions, days, in one transaction."""

    def __init__(self, reader=None):
        self.reader = reader or a_reader()
        self.tables = {}
        self.opened = 0

    @contextmanager
    def open_file(self, product):
        """What the reader of the fake reads."""
        self.opened += 1
        yield self.tables[product.sha256]

    def take_in(self, table, *, start_ms=None, stop_ms=None, **facts):
        """Store one file; a known one changes nothing. Returns the days that changed."""
        half = self.reader.cadence_ms // 2
        start = from_ms(table.time.min() - half if start_ms is None else start_ms)
        stop = from_ms(table.time.max() + half if stop_ms is None else stop_ms)
        facts = {
            **{"stem": f"stem {start}", "level": "L1", "version": 1, "complete": True},
            **{"created": datetime(2024, 1, 1, tzinfo=UTC), "access": "public"},
            **facts,
        }
        parts = [repr(sorted(facts.items())), table.time.tobytes(), repr(table.bins)]
        parts += [array.tobytes() for array in table.columns.values()]
        sha256 = hashlib.sha256(b"".join(str(part).encode() for part in parts)).hexdigest()
        if DataProduct.objects.filter(sha256=sha256).exists():
            return []
        self.tables[sha256] = table
        with transaction.atomic():
            DataProduct.objects.create(
                product_type=self.reader.key,
                name=f"{facts['stem']} V{facts['version']:02d}",
                **{"start": start, "stop": stop, "sha256": sha256, "path": sha256, "size": 1},
                ingested_at=facts["created"] + timedelta(days=1),
                **facts,
            )
            versions = DataProduct.objects.settle_versions(facts["stem"])
            days = {day for one in versions for day in TimeRange(one.start, one.stop).days}
            return self.rebuild(days)

    def rebuild(self, days):
        """Rebuild days in the open transaction."""
        return Series.objects.rebuild(self.reader, days, self.open_file)


def snapshot():
    """Everything in the store that must not depend on the order of arrival."""
    blocks = SeriesBlock.objects.select_related("series").order_by("level", "day")
    same = ("n", "t0_ms", "t1_ms", "codec", "simulated", "inputs", "access", "release_at")
    return {
        (block.level, block.day): (
            *(getattr(block, name) for name in same),
            None if block.bins is None else block.series.bins[block.bins],
            bytes(block.data),
        )
        for block in blocks
    }
