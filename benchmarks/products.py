"""The list of data products with a million rows, against the query one would write first.

Each answer is the first page of one type and one day with its count. `ROWS` sets another number.
"""

import csv
import io
import json
import os
import random
import shutil
import sys
from datetime import UTC, datetime, timedelta

from benchmarks import environment, measure

ROWS = int(os.environ.get("ROWS", 1_000_000))
FIRST = datetime(2020, 5, 1, tzinfo=UTC)
DAYS = 2191
HEADER = json.dumps({"CREATOR": "stixcore", "VERS_SW": "1.2.3", "OBS_MODE": "x" * 200})
AT_ONCE = 20_000


def main():
    """Fill the database of `DATABASE_URL`, time, print JSON."""
    folder = environment.prepare()
    try:
        _fill()
        json.dump(_times(), sys.stdout)
    finally:
        shutil.rmtree(folder)


def _times():
    days = [FIRST + timedelta(days=random.Random(n).randrange(DAYS)) for n in range(400)]
    turns = {name: iter(days) for name in ("ours", "naive", "page", "all")}
    ways = {
        "ours": lambda: _ours(next(turns["ours"])),
        "naive": lambda: _naive(next(turns["naive"])),
    }
    sample = days[7]
    if _ours(sample) != _naive(sample):
        raise SystemExit("the ways disagree about the first page")
    times = measure.alternate(ways, rounds=60, budget_s=15)
    pages = {
        "page": lambda: _page(_query(next(turns["page"]))),
        "page of everything": lambda: _page({}),
        "last page of everything": lambda: _page({"page": 200}),
        "page of one name": lambda: _page({"name": f"lightcurve_{next(turns['all']):%Y%m%d}"}),
    }
    return times | measure.alternate(pages, rounds=12, budget_s=10)


def _query(day):
    return {
        "type": "ql-lightcurve",
        "start": f"{day:%Y-%m-%d}",
        "stop": f"{day + timedelta(days=1):%Y-%m-%d}",
    }


def _ours(day):
    """What the page asks: the filter's queryset, counted to the cap, and its first page."""
    from django.contrib.auth.models import AnonymousUser
    from django.http import QueryDict
    from django.utils.http import urlencode

    from apps.archive.filters import ProductFilter
    from apps.archive.models import DataProduct
    from apps.core.tables import CappedPaginator

    rows = DataProduct.objects.visible_to(AnonymousUser()).defer("header", "report")
    found = ProductFilter(QueryDict(urlencode(_query(day))), queryset=rows).qs
    number = found.order_by()[: CappedPaginator.most + 1].count()
    return number, [row.pk for row in found.order_by("-start", "-id")[:50]]


def _naive(day):
    """Overlap as it is written first, counted whole."""
    from django.contrib.auth.models import AnonymousUser

    from apps.archive.models import DataProduct

    found = DataProduct.objects.visible_to(AnonymousUser()).filter(
        product_type="ql-lightcurve",
        start__lt=day + timedelta(days=1),
        stop__gt=day,
        superseded=False,
    )
    return found.count(), [row.pk for row in found.order_by("-start", "-id")[:50]]


def _page(query):
    from django.test import Client

    response = Client(SERVER_NAME="localhost").get("/data/products/", query)
    if response.status_code != 200:
        raise SystemExit(f"{query}: {response.status_code}")


def _fill():
    """Put the rows in as fast as the database takes them; all else is as ingest would do it."""
    from django.db import connection, transaction

    from apps.archive.models import DataProduct, TypeLength
    from apps.archive.products import PRODUCTS

    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA cache_size = -500000")
    columns = [field.column for field in DataProduct._meta.concrete_fields]
    keys = list(PRODUCTS)
    for first in range(0, ROWS, AT_ONCE):
        rows = [_row(index, keys) for index in range(first, min(first + AT_ONCE, ROWS))]
        with transaction.atomic():
            _insert(connection, DataProduct._meta.db_table, columns, rows)
    for key in keys:
        TypeLength.objects.note(key, _length(key))
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


def _length(key):
    return timedelta(days=31) if key.startswith("flarelist") else timedelta(days=1, seconds=40)


def _row(index, keys):
    """Values of a row in the order of the columns; ids grow with time, as in an archive."""
    from apps.archive.models import DataProduct

    key = keys[index % len(keys)]
    start = FIRST + timedelta(days=index * DAYS / ROWS) - timedelta(seconds=20)
    stop = start + _length(key)
    stem = f"solo_L1_stix-{key}_{start:%Y%m%d}_{index}"
    values = {
        **{"id": index + 1, "product_type": key, "level": "L1", "stem": stem, "version": 1},
        **{"name": f"{stem}_V01.fits", "complete": True, "superseded": index % 10 == 0},
        **{"created": stop, "sha256": f"{index:064x}", "size": 1000 + index % 999_983},
        **{"path": f"L1/{stem}_V01.fits", "uid": None, "simulated": False, "dispatched": True},
        **{
            "header": HEADER,
            "report": "[]",
            "ingested_at": stop,
            "updated_at": stop,
            "start": start,
            "stop": stop,
        },
        **{"access": "team" if index % 20 == 3 else "public", "release_at": None},
    }
    return [values[field.column] for field in DataProduct._meta.concrete_fields]


def _insert(connection, table, columns, rows):
    names = ", ".join(f'"{column}"' for column in columns)
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            text = io.StringIO()
            csv.writer(text).writerows(rows)
            text.seek(0)
            cursor.cursor.copy_expert(f"COPY {table} ({names}) FROM STDIN WITH CSV", text)
        else:
            marks = ", ".join(["%s"] * len(columns))
            cursor.executemany(f"INSERT INTO {table} ({names}) VALUES ({marks})", rows)


if __name__ == "__main__":
    main()
