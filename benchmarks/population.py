"""Six synthetic years of quick-look light curves, put into each store that is compared.

Quiet Sun with Poisson noise, a few flares a day, on-board compression, one gap a day: what makes
real light curves compress well or badly.
"""

import io
from datetime import UTC, date, datetime, timedelta
from types import SimpleNamespace

import numpy as np
from django.db import connection, transaction

from apps.archive import fitswriter
from apps.archive.models import DataProduct, Series
from apps.archive.series import Table
from apps.core.policy import Access
from apps.core.timeaxis import DAY_MS, from_ms
from apps.quicklook.ingest import LIGHTCURVE_COLUMNS
from apps.simulator.compression import transmitted

FIRST_DAY = (date(2021, 1, 1) - date(1970, 1, 1)).days
DAYS = 2191
BIN_MS = 4000
BANDS = [[4.0, 10.0], [10.0, 15.0], [15.0, 25.0], [25.0, 50.0], [50.0, 84.0]]
QUIET = np.array([247, 49, 61, 799, 399])
KEY = "ql-lightcurve"


def table(day):
    """Native samples of one day, always the same for the same day.

    Returns
    -------
    Table
        21 500 bins of 4 s with a gap of 400 s.
    """
    random = np.random.default_rng(day)
    time = day * DAY_MS + BIN_MS // 2 + BIN_MS * np.arange(DAY_MS // BIN_MS)
    expected = np.repeat(QUIET[None, :].astype(float), len(time), axis=0)
    for _ in range(random.poisson(4)):
        peak, size = random.integers(len(time)), 10 ** random.uniform(1.5, 4)
        since = np.arange(len(time)) - peak
        shape = np.where(since < 0, np.exp(since / 30), np.exp(-since / 200))
        expected += size * shape[:, None] * np.array([1, 0.3, 0.1, 0.02, 0.005])
    counts, counts_err = transmitted(random.poisson(expected))
    triggers, triggers_err = transmitted(random.poisson(expected.sum(axis=1) * 1.2))
    kept = np.ones(len(time), bool)
    gap = random.integers(len(time) - 100)
    kept[gap : gap + 100] = False
    columns = {
        "counts": counts.astype("i4"),
        "counts_err": counts_err.astype("f4"),
        "triggers": triggers.astype("i4"),
        "triggers_err": triggers_err.astype("f4"),
        "rcr": (expected[:, 0] > 5000).astype("u1"),
        "timedel": np.full(len(time), BIN_MS / 1000, "f4"),
    }
    return Table(time[kept], {name: array[kept] for name, array in columns.items()}, BANDS)


class AtHand:
    """Stands for an archived file whose table is made instead of read."""

    def __init__(self, product):
        self.day = int(product.stem.rsplit("_", 1)[1])

    def __enter__(self):
        return self

    def __exit__(self, *error):
        return False


READER = SimpleNamespace(
    key=KEY, cadence_ms=BIN_MS, columns=LIGHTCURVE_COLUMNS, read=lambda held: table(held.day)
)


def fill_store(days, progress):
    """Put days into our store through the same rebuilding that ingest uses."""
    now = datetime.now(UTC)
    for first in progress(range(0, len(days), 30)):
        part = days[first : first + 30]
        with transaction.atomic():
            DataProduct.objects.bulk_create(product(day, now) for day in part)
            Series.objects.rebuild(READER, part, AtHand)


def product(day, now, key=KEY):
    """The row of a file that is made instead of read."""
    return DataProduct(
        product_type=key,
        level="L1",
        stem=f"benchmark_{day}",
        name=f"benchmark_{day}_V01.fits",
        version=1,
        created=now,
        sha256=f"{day:064d}",
        size=0,
        path=f"benchmark/{day}",
        start=from_ms(day * DAY_MS),
        stop=from_ms((day + 1) * DAY_MS),
        access=Access.PUBLIC,
        ingested_at=now,
    )


def write_files(folder, days, progress):
    """Write the same days as daily FITS files."""
    for day in progress(days):
        held = table(day)
        columns = {name: held.columns[name] for name in held.columns if name != "timedel"}
        name = fitswriter.file_name(KEY, date(1970, 1, 1) + timedelta(days=day))
        fitswriter.write_quicklook(
            folder / name,
            KEY,
            held.time,
            held.columns["timedel"],
            columns,
            bands=BANDS,
            created=datetime(2026, 1, 1, tzinfo=UTC),
        )


def fill_rows(days, progress):
    """Put the same days into a PostgreSQL table with one row a sample."""
    with connection.cursor() as cursor:
        cursor.execute(
            "CREATE TABLE sample (t bigint PRIMARY KEY, c0 int, c1 int, c2 int, c3 int, c4 int, "
            "triggers int, rcr smallint)"
        )
        for day in progress(days):
            held = table(day)
            numbers = np.column_stack(
                [held.time, held.columns["counts"], held.columns["triggers"], held.columns["rcr"]]
            )
            lines = "\n".join("\t".join(map(str, row)) for row in numbers.tolist())
            cursor.cursor.copy_expert("COPY sample FROM STDIN", io.StringIO(lines))
        cursor.execute("ANALYZE sample")
