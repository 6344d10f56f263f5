"""Light-curve addresses of the old portal still lead to the page, with their range."""

import pytest

PAGE = "/quicklook/lightcurves/"


@pytest.mark.parametrize("address", ["/view/ql/lightcurves", "/view/plot/lightcurves"])
@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("", ""),
        ("?start=1648461600&span=3600", "?start=2022-03-28T10%3A00%3A00Z&span=3600s"),
        ("?start=2022-03-28T10:00:00&span=60", "?start=2022-03-28T10%3A00%3A00&span=60min"),
        ("?start=2022-03-28&stop=2022-03-29", "?start=2022-03-28&stop=2022-03-29"),
        ("?start=2022-03-28&span=3h", "?start=2022-03-28&span=3h"),
        ("?start=<script>", "?start=%3Cscript%3E"),
        ("?start=%0d%0aSet-Cookie:a=b", "?start=%0D%0ASet-Cookie%3Aa%3Db"),
    ],
)
def test_old_addresses_lead_on(client, address, query, expected):
    response = client.get(address + query)
    assert response.status_code == 301
    assert response["Location"] == PAGE + expected
