"""A million products as rows without files, as thirty years of a mission would leave them.

`fill()` writes the rows past the models, as SQLite and PostgreSQL take them fastest, and
always the same ones.
"""

import csv
import io
import json
import os
from datetime import datetime, timedelta
from itertools import islice

from django.db import connection, transaction

from apps.archive.management import portal_tables
from apps.archive.models import DataProduct, TypeLength
from apps.archive.products import PRODUCTS

ROWS = int(os.environ.get("ROWS", 1_000_000))
FIRST = datetime(2020, 4, 14)
TYPES = tuple(PRODUCTS)
A_DAY = 90
"""Products of one UTC day: each type has a share, requests of science data the largest."""

HEADER = json.dumps({f"CARD{n:02d}": "a value of a header card" for n in range(30)})
_AT_ONCE = 20_000


def fill(rows=ROWS):
    """Write product rows and let the database look at them, outside any transaction.

    Parameters
    ----------
    rows : int
        How many; rows of days one after the other, `A_DAY` a day.
    """
    columns = [field.column for field in DataProduct._meta.concrete_fields if field.name != "id"]
    given = (_values(number, columns) for number in range(rows))
    write = _copy if connection.vendor == "postgresql" else _insert
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("PRAGMA cache_size = -500000")
        with transaction.atomic():
            while several := list(islice(given, _AT_ONCE)):
                write(cursor, columns, several)
        for key in TYPES:
            TypeLength.objects.note(key, timedelta(days=1))
    portal_tables.look_again()


def product(number):
    """Facts of the product of a number, as its columns hold them.

    One in thirty is an older version, one in a hundred the team's, one in a thousand embargoed, one
    in five thousand withdrawn.
    """
    day, place = divmod(number, A_DAY)
    key = TYPES[place % len(TYPES)]
    midnight = FIRST + timedelta(days=day)
    start = midnight + timedelta(minutes=15 * place) if place >= len(TYPES) else midnight
    daily = start == midnight
    stop = midnight + timedelta(days=1) if daily else start + timedelta(minutes=10)
    uid = None if daily else int(f"{midnight:%y%m%d}{place:04d}")
    stem = f"solo_L1_stix-{key}_{start:%Y%m%d}" + ("" if daily else f"T{start:%H%M%S}_{uid}")
    access = "team" if number % 100 == 99 else "embargoed" if number % 1000 == 500 else "public"
    return {
        **{"product_type": key, "level": "L1", "stem": stem, "name": f"{stem}_V02.fits"},
        **{"version": 2, "complete": True, "superseded": number % 30 == 29, "simulated": False},
        **{"created": stop, "ingested_at": stop, "start": start, "stop": stop, "uid": uid},
        **{"updated_at": stop, "withdrawn": number % 5000 == 7},
        **{"sha256": f"{number:064x}", "size": 1_000_000 + number, "dispatched": True},
        **{"path": f"L1/{start:%Y/%m/%d}/{number}/{stem}_V02.fits", "access": access},
        "release_at": datetime(2050, 1, 1) if access == "embargoed" else None,
        **{"header": HEADER, "report": "[]"},
    }


def _values(number, columns):
    facts = product(number)
    return [facts[column] for column in columns]


def _insert(cursor, columns, rows):
    places = ", ".join(["%s"] * len(columns))
    as_text = [[str(v) if isinstance(v, datetime) else v for v in row] for row in rows]
    cursor.executemany(
        f"INSERT INTO {DataProduct._meta.db_table} ({', '.join(columns)}) VALUES ({places})",
        as_text,
    )


def _copy(cursor, columns, rows):
    text = io.StringIO()
    csv.writer(text).writerows(rows)
    text.seek(0)
    cursor.copy_expert(
        f"COPY {DataProduct._meta.db_table} ({', '.join(columns)}) FROM STDIN (FORMAT csv)", text
    )
