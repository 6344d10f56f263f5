"""The admin's list of a million products, page by page as a curator meets them."""

import json
import sys

from django.test import Client

from benchmarks import environment, measure

PAGES = {
    "first page": "",
    "a week of one type": "?product_type=sci-xray-cpd&start=2024-05-01&stop=2024-05-08",
    "embargoed": "?access__exact=embargoed",
    "search by the name's beginning": "?q=solo_L1_stix-ql-lightcurve_2024",
    "search by id": "?q=2405010030",
    "last page": "?p=200",
}


def main():
    """Fill the database of `DATABASE_URL`, time the pages, print JSON."""
    environment.prepare()
    from django.contrib.auth import get_user_model

    from benchmarks import million

    million.fill()
    client = Client(SERVER_NAME="localhost")
    client.force_login(get_user_model().objects.create_superuser("root"))
    ways = {title: lambda query=query: _asked(client, query) for title, query in PAGES.items()}
    json.dump(measure.alternate(ways, rounds=7, budget_s=20), sys.stdout)


def _asked(client, query):
    response = client.get(f"/admin/archive/dataproduct/{query}")
    assert response.status_code == 200, (query, response.status_code)


if __name__ == "__main__":
    main()
