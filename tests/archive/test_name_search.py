"""Files by a part of their name: the day and the type it names narrow the search, or a border."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apps.archive import filters
from apps.archive.filenames import time_in
from apps.archive.filters import ProductFilter, types_in
from apps.archive.models import DataProduct
from tests.factories import a_product, utc

pytestmark = [pytest.mark.db, pytest.mark.django_db, pytest.mark.usefixtures("data_dir")]

LIST, RECORDS = "/data/products/", "/api/v1/data/products/"


def a_file(key, day, number=0, span=""):
    """A product whose name is of the grammar."""
    stem = f"solo_L1_stix-{key}_{day:%Y%m%d}{span}" + (f"_{2203280000 + number}" if number else "")
    name = f"{stem}_V02.fits"
    return a_product(key, start=day, stem=stem, name=name, uid=2203280000 + number)


@pytest.fixture
def archive():
    """Files of three types on days of three months, the oldest first."""
    days = [utc(text) for text in ("2022-03-01", "2022-03-28", "2022-04-02", "2023-03-28")]
    keys = ("ql-lightcurve", "cal-energy", "cal-energy-fit", "sci-xray-cpd")
    return [a_file(key, day, place) for day in days for place, key in enumerate(keys)]


@pytest.mark.parametrize(
    "text",
    [
        *("lightcurve_20220328", "LIGHTCURVE", "ql-lightcurve", "stix-ql-lightcurve_2022"),
        *("cal-energy", "cal-energy-fit", "cal-energy_2022", "_202203", "_2022032", "_2023"),
        *("20220328_V02", "_20220328", "solo_L1", "_V02", "V03", "energy", ".fits", "nothing"),
        *("2203280001", "220328", "_20221", "_20229", "_20220229", "solo_L1_stix-cal-energy_20230"),
    ],
)
def test_the_files_found_are_those_whose_names_hold_the_text(visitor, archive, text):
    expected = {file.name for file in archive if text.lower() in file.name.lower()}
    records = visitor.get(RECORDS, {"name": text}).json()
    assert {record["name"] for record in records["results"]} == expected
    assert records["searched_since_utc"] is None
    page = visitor.get(LIST, {"name": text}).text
    assert all((file.name in page) is (file.name in expected) for file in archive)
    assert "newest files only" not in page


@pytest.fixture
def far_more(archive, monkeypatch):
    """An archive of which only the three newest of many are searched."""
    monkeypatch.setattr(filters, "SEARCHED", 3)
    return archive


def test_of_many_only_the_newest_are_searched_and_page_records_and_files_say_so(visitor, far_more):
    answer = visitor.get(RECORDS, {"name": "cal-energy-f"})
    assert answer.json()["searched_since_utc"] == "2023-03-28T00:00:00Z"
    newest = {"solo_L1_stix-cal-energy-fit_20230328_2203280002_V02.fits"}
    found = {record["name"] for record in answer.json()["results"]}
    assert newest <= found < {file.name for file in far_more if "energy-fit" in file.name}
    page = visitor.get(LIST, {"name": "cal-energy-f"}).text
    assert "newest files only, those since <time" in page
    table = visitor.get(RECORDS, {"name": "cal-energy-f", "format": "csv"})
    assert table["X-Searched-Since"] == "2023-03-28T00:00:00Z"


@pytest.mark.parametrize(
    "query",
    [
        {"name": "curve_20220301"},
        {"name": "ql-lightcurve"},
        {"name": "curve", "type": "ql-lightcurve"},
        {"name": "curve", "start": "2022-03-01", "stop": "2022-03-02"},
        {"name": "curve", "stop": "2022-03-02"},
        {"name": "curve", "id": 0},
        {"name": "2203280000", "uid": 2203280000},
    ],
)
def test_a_day_a_type_a_range_or_an_id_lead_to_old_files_too(visitor, far_more, query):
    oldest = far_more[0]
    query = {name: oldest.pk if name == "id" else value for name, value in query.items()}
    if query["name"] == "2203280000":
        DataProduct.objects.filter(pk=oldest.pk).update(name="a_2203280000_V01.fits")
        oldest.refresh_from_db()
    found = visitor.get(RECORDS, query).json()["results"]
    assert oldest.name in [record["name"] for record in found]


def test_an_empty_answer_says_since_when_nothing_fits(visitor, far_more):
    page = visitor.get(LIST, {"name": "nowhere"}).text
    assert "No file fits these filters, among those you may see and since <time" in page


@given(st.text(max_size=30), st.text(alphabet="_-20T1", max_size=12))
def test_no_text_breaks_the_reading(text, digits):
    for one in (text, digits, text + "_20" + digits):
        span = time_in(one)
        assert span is None or span.start < span.stop
        assert isinstance(types_in(one), list)


@given(st.datetimes(utc("2020-01-01").replace(tzinfo=None), utc("2050-01-01").replace(tzinfo=None)))
def test_the_digits_of_a_day_narrow_to_a_time_that_holds_it(day):
    for length in (4, 5, 6, 7, 8):
        span = time_in(f"curve_{day:%Y%m%d}"[: 6 + length])
        assert span.start <= utc(f"{day:%Y-%m-%d}") < span.stop


def test_a_search_names_the_index_columns_it_rests_on():
    chosen = ProductFilter({"name": "curve_20220328"}, queryset=DataProduct.objects.all())
    sql = str(chosen.qs.query)
    assert '"start" <' in sql
    assert '"stop" >' in sql or '"start" >' in sql
