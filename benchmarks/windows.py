"""Window answers of the store, against daily FITS files and one row a sample in PostgreSQL.

Every way answers the same question: time, and minimum, maximum and mean of five bands and the
triggers in at most 4000 buckets, or the raw rows where they are fewer. `FULL=1` asks the
alternatives for six years too (minutes).
"""

import gc
import json
import os
import random
import sys
from datetime import datetime
from pathlib import Path

import numpy as np
from tqdm import tqdm

from benchmarks import environment, measure

WINDOWS_S = {
    "10 min": 600,
    "24 h": 86_400,
    "7 d": 7 * 86_400,
    "90 d": 90 * 86_400,
    "six years": 0,
}
POINTS = 4000
COLUMNS = ("counts", "triggers")
EPOCH = datetime(1970, 1, 1)


def main():
    """Fill the database of `DATABASE_URL`, time all windows, print JSON."""
    folder = Path(environment.prepare())
    from benchmarks import population

    full = os.environ.get("FULL") == "1"
    days = list(range(population.FIRST_DAY, population.FIRST_DAY + population.DAYS))
    compared = days if full else days[:120]
    population.fill_store(days, _bar("store"))
    population.write_files(folder / "fits", compared, _bar("FITS files"))
    ways = {"blocks": _blocks, "FITS": _Fits(folder / "fits")}
    if os.environ["DATABASE_URL"].startswith("postgres"):
        population.fill_rows(compared, _bar("rows"))
        ways["rows"] = _rows
    gc.freeze()  # as the web server does
    json.dump({"windows": _time(ways, days, compared, full), "size": _sizes(days)}, sys.stdout)


def _time(ways, days, compared, full):
    from apps.core.timeaxis import DAY_MS, TimeRange

    results = {}
    for title, seconds in WINDOWS_S.items():
        length = seconds * 1000 or len(days) * DAY_MS
        taking_part = ways if seconds or full else {"blocks": ways["blocks"]}
        span_of_all = len(compared if seconds else days) * DAY_MS
        begin = days[0] * DAY_MS
        places = random.Random(title)
        starts = [begin + places.randrange(0, max(1, span_of_all - length)) for _ in range(40)]
        spans = [TimeRange.from_ms(start, start + length) for start in starts]
        tasks = {name: _taking_turns(way, spans) for name, way in taking_part.items()}
        _agree(taking_part, spans[0])
        results[title] = measure.alternate(tasks, rounds=30, budget_s=40)
    return results


def _taking_turns(way, spans):
    """Ask another window each time, so that no cache makes one way look good."""
    turn = iter(spans)
    return lambda: way(next(turn))


def _agree(ways, span):
    """All ways must give the same extremes, else the comparison is worth nothing."""
    extremes = {name: way(span) for name, way in ways.items()}
    if len({tuple(np.asarray(extreme).tolist()) for extreme in extremes.values()}) != 1:
        raise SystemExit(f"the ways disagree about the extremes in {span}: {extremes}")


def _blocks(span):
    """Our store; returns the extremes of band 0 in the window's whole buckets."""
    from django.contrib.auth.models import AnonymousUser

    from apps.archive.models import SeriesBlock

    series = SeriesBlock.objects.series("ql-lightcurve").visible_to(AnonymousUser())
    found = series.samples(span, max_points=POINTS, columns=COLUMNS)
    return found.low["counts"][:, 0].min(), found.high["counts"][:, 0].max()


class _Fits:
    """Daily files read with astropy, reduced with numpy."""

    def __init__(self, folder):
        self.files = sorted(folder.iterdir())

    def __call__(self, span):
        """Read the files of the window; returns the extremes of band 0."""
        from benchmarks import population

        start, stop, width = _edges(span)
        first, last = start // 86_400_000, (stop - 1) // 86_400_000
        parts = []
        for day in range(first, last + 1):
            position = day - population.FIRST_DAY
            if 0 <= position < len(self.files):
                parts.append(_read(self.files[position]))
        time = np.concatenate([part[0] for part in parts])
        values = np.concatenate([part[1] for part in parts])
        kept = (time >= start) & (time < stop)
        low, high = _reduced(time[kept], values[kept], width)
        return low[:, 0].min(), high[:, 0].max()


def _edges(span):
    from apps.archive.series import bucket_for, touching

    width = bucket_for(span.start_ms, span.stop_ms, POINTS)
    if span.seconds * 1000 / 4000 <= POINTS:
        return span.start_ms, span.stop_ms, 0
    return *touching(span.start_ms, span.stop_ms, width), width


def _read(path):
    from astropy.io import fits
    from astropy.time import Time

    with fits.open(path) as hdus:
        table = hdus["DATA"].data
        start = Time(hdus[0].header["DATE-BEG"], format="isot", scale="utc")
        begin = round((start.to_datetime() - EPOCH).total_seconds() * 1000)
        time = begin + table["time"].astype("i8") * 10
        triggers = table["triggers"].reshape(len(time), 1)
        return time, np.concatenate([table["counts"], triggers], axis=1)


def _reduced(time, values, width):
    if not width:
        return values, values
    first = np.flatnonzero(np.diff(time // width, prepend=-1))
    np.add.reduceat(values.astype("f8"), first, axis=0)
    return np.minimum.reduceat(values, first, axis=0), np.maximum.reduceat(values, first, axis=0)


def _rows(span):
    """One row a sample in PostgreSQL; returns the extremes of band 0."""
    from django.db import connection

    start, stop, width = _edges(span)
    names = ("c0", "c1", "c2", "c3", "c4", "triggers")
    with connection.cursor() as cursor:
        if width:
            wanted = ", ".join(f"min({name}), max({name}), avg({name})" for name in names)
            cursor.execute(
                f"SELECT t / {width} AS bucket, {wanted} FROM sample "
                "WHERE t >= %s AND t < %s GROUP BY 1 ORDER BY 1",
                [start, stop],
            )
            rows = cursor.fetchall()
            return min(row[1] for row in rows), max(row[2] for row in rows)
        cursor.execute(
            f"SELECT t, {', '.join(names)} FROM sample WHERE t >= %s AND t < %s ORDER BY t",
            [start, stop],
        )
        counts = [row[1] for row in cursor.fetchall()]
        return min(counts), max(counts)


def _sizes(days):
    from django.db.models import Sum
    from django.db.models.functions import Length

    from apps.archive.models import SeriesBlock

    total = SeriesBlock.objects.aggregate(total=Sum(Length("data")))["total"]
    return {"kB a day": total / 1000 / len(days)}


def _bar(title):
    return lambda things: tqdm(things, desc=title, leave=False, disable=None)


if __name__ == "__main__":
    main()
