"""The lists of a million data products: the public one, and the curators'.

The first page of one type and one day with its count is compared with the query one would write
first. `ROWS` sets another number; the rows are written once for both lists.
"""

import json
import random
import shutil
import sys
from datetime import UTC, datetime, timedelta

from benchmarks import environment, measure

FIRST = datetime(2020, 5, 1, tzinfo=UTC)
DAYS = 2191


def main():
    """Fill the database of `DATABASE_URL`, time, print JSON."""
    folder = environment.prepare()
    try:
        from benchmarks import admin, million

        million.fill()
        json.dump({"public": _times(), "admin": admin.times()}, sys.stdout)
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


if __name__ == "__main__":
    main()
