"""The admin's list of a million products, page by page as a curator meets them."""

from django.test import Client

from benchmarks import measure

PAGES = {
    "first page": "",
    "a week of one type": "?product_type=sci-xray-cpd&start=2024-05-01&stop=2024-05-08",
    "embargoed": "?access__exact=embargoed",
    "of the team": "?access__exact=team",
    "superseded": "?superseded__exact=1",
    "withdrawn": "?withdrawn__exact=1",
    "a level that nothing has": "?level=L2",
    "embargoes that end soon": "?review=embargo",
    "search by the name's beginning": "?q=solo_L1_stix-ql-lightcurve_2024",
    "search by id": "?q=2405010030",
    "last page": "?p=200",
}


def times():
    """Time the pages in the million rows that are there."""
    from django.contrib.auth import get_user_model

    client = Client(SERVER_NAME="localhost")
    client.force_login(get_user_model().objects.create_superuser("root"))
    ways = {title: lambda query=query: _asked(client, query) for title, query in PAGES.items()}
    return measure.alternate(ways, rounds=7, budget_s=20)


def _asked(client, query):
    response = client.get(f"/admin/archive/dataproduct/{query}")
    assert response.status_code == 200, (query, response.status_code)
