"""The three pages: what they show without a script, what they say when something is wrong."""

import re

import pytest
from django.core.cache import cache
from django.db import connection
from django.template import Context, Template
from django.test import RequestFactory
from django.test.utils import CaptureQueriesContext

from apps.ancillary.models import KernelSet
from apps.core.timeaxis import TimeRange
from tests.factories import utc

pytestmark = [pytest.mark.db, pytest.mark.django_db]

PAGES = ("/ancillary/", "/ancillary/pointing/", "/ancillary/light-time/")
SPAN = "start=2022-03-01&stop=2022-05-01"
FLARE = "time=2023-07-16T04:16:22.146&x=77.40470587987033&y=159.9423467206681&observer=earth"


def plain(response):
    """The words of a page."""
    return " ".join(re.sub(r"<[^>]+>", " ", response.text).split())


@pytest.mark.usefixtures("kernels")
class TestWithOrbit:
    """The demonstration kernels answer."""

    @pytest.mark.parametrize("address", PAGES)
    def test_every_tab_names_its_kernels_and_that_they_are_approximate(self, visitor, address):
        response = visitor.get(address)
        assert response.status_code == 200
        assert "demo-approx-1" in response.text
        assert "Approximate" in response.text
        assert f'<a href="{address}?' in response.text
        assert "SHA-256" in response.text

    def test_the_page_opens_inside_the_orbit_on_whole_days(self, visitor):
        values = re.findall(r'name="st(?:art|op)" value="([^"]+)"', visitor.get("/ancillary/").text)
        assert values[0].endswith("T00:00:00")
        assert "2020-02-12" < values[0] < values[1] < "2025-02-19"

    def test_the_facts_of_the_middle_stand_on_the_page_with_their_units(self, visitor):
        words = plain(visitor.get(f"/ancillary/?{SPAN}"))
        assert "2022-03-31 12:00:00 UTC, middle of the range" in words
        assert re.search(r"Distance to the Sun 0\.3\d\d\d au", words)
        assert re.search(r"Latitude \(B0\) -?\d+\.\d\d deg", words)
        assert re.search(r"Light-time difference 3\d\d\.\d\d s", words)
        assert "2022-03-26 : Perihelion, 0.323 au" in words

    @pytest.mark.parametrize("points", [10, 150, 5000])
    def test_the_table_has_the_points_that_were_asked_for_but_is_not_endless(self, visitor, points):
        response = visitor.get(f"/ancillary/?{SPAN}&points={points}")
        assert response.text.count("<tr><td>") == min(points, 200)
        if points > 200:
            assert "200 of 5\u202f000 instants" in response.text

    def test_a_range_beyond_the_orbit_says_what_is_covered_and_leads_there(self, visitor):
        for address in PAGES:
            response = visitor.get(f"{address}?start=2026-01-01&stop=2026-02-01")
            words = plain(response)
            assert response.status_code == 200
            assert "No orbit for this range" in words
            assert "2020-02-12" in words
            assert "2025-02-18" in words
            assert "manage.py kernels add" in words
            href = re.search(r'class="button primary" href="([^"]+)"', response.text)[1]
            moved = visitor.get(address + href.replace("&amp;", "&"))
            assert "Approximate" in moved.text
            assert "No orbit for this range" not in moved.text

    def test_a_range_that_reaches_beyond_is_shown_as_far_as_the_orbit_reaches(self, visitor):
        response = visitor.get("/ancillary/?start=2025-01-01&stop=2025-04-01")
        assert "shown as far as they reach" in response.text
        assert "Where Solar Orbiter is" in response.text

    def test_the_calculator_gives_the_recorded_flare(self, visitor):
        words = plain(visitor.get(f"/ancillary/light-time/?{FLARE}"))
        for value in ("504.947", "476.11", "28.8", "0.95412", "10.853", "148.617"):
            assert value in words
        assert "It is behind the limb for Solar Orbiter." in words

    @pytest.mark.parametrize(
        ("query", "field", "words"),
        [
            (FLARE.replace("x=77.40470587987033", "x=NaN"), "x", "finite|not a number|not within"),
            (FLARE.replace("x=77.40470587987033", "x=5000"), "x", "not on the solar disc"),
            (FLARE.replace("x=77.40470587987033", "x=1e9"), "x", "not within"),
            (FLARE.replace("observer=earth", "observer=mars"), "observer", "mars is unknown"),
            (FLARE.replace("time=2023", "time=2029"), "time", "2025-02-18"),
            (FLARE.replace("2023-07-16T04:16:22.146", "yesterday"), "time", "is not a time"),
            ("x=1", "time", "give time in UTC"),
        ],
    )
    def test_a_wrong_question_marks_its_field_and_keeps_what_was_typed(
        self, visitor, query, field, words
    ):
        response = visitor.get(f"/ancillary/light-time/?{query}")
        assert response.status_code == 400
        tag = re.search(rf'<(?:input|select)[^>]*id="id_{field}"[^>]*>', response.text)[0]
        assert 'aria-invalid="true"' in tag
        assert re.search(words, plain(response))
        assert "All quantities" not in response.text
        typed = re.search(rf"(?:^|&){field}=([^&]*)", query)
        if typed and field != "observer":
            assert f'value="{typed[1]}"' in tag

    def test_the_converter_works_both_ways_and_says_what_it_cannot_read(self, visitor):
        words = plain(visitor.get("/ancillary/pointing/?scet=642038387:13107"))
        assert "2020-05-05T23:59:59.5" in words
        assert "1/0642038387:13107" in words
        words = plain(visitor.get("/ancillary/pointing/?utc=2020-05-06T00:00:00"))
        assert re.search(r"1/06420383\d\d:\d{5}", words)
        for wrong in ("abc", "1/2:99999", "9/1:1", "-5"):
            response = visitor.get("/ancillary/pointing/", {"scet": wrong})
            assert response.status_code == 400
            assert f'value="{wrong}"' in response.text
            assert "Field of view of STIX" in response.text
        both = visitor.get("/ancillary/pointing/?scet=1:1&utc=2020-05-06")
        assert "not both" in both.text

    def test_nominal_attitude_is_never_called_measured(self, visitor):
        words = plain(visitor.get(f"/ancillary/pointing/?{SPAN}"))
        assert "Nominal attitude, not measured" in words
        assert "Attitude kernel (CK)" not in words

    def test_a_time_of_the_field_of_view_that_is_not_covered_marks_its_field(self, visitor):
        response = visitor.get(f"/ancillary/pointing/?{SPAN}&time=2029-01-01")
        assert response.status_code == 400
        assert re.search(r'name="time" value="2029-01-01"[^>]*aria-invalid="true"', response.text)
        assert "Field of view of STIX" in response.text

    @pytest.mark.parametrize("address", PAGES)
    @pytest.mark.parametrize(
        "query",
        ["start=2022-03-02&stop=2022-03-01", "start=NaN", f"{SPAN}&points=0",
         f"{SPAN}&points=1000000", f"{SPAN}&points=NaN"],
    )  # fmt: skip
    def test_a_range_or_points_that_cannot_be_read_are_named(self, visitor, address, query):
        response = visitor.get(f"{address}?{query}")
        assert response.status_code == 400
        assert 'class="refused"' in response.text
        assert 'aria-current="page"' in response.text

    def test_the_tabs_and_the_menu_lead_to_one_another_with_the_range(self, visitor):
        text = visitor.get(f"/ancillary/?{SPAN}").text
        for address in PAGES:
            assert f'href="{address}?start=2022-03-01T00:00:00&amp;stop=2022-05-01T' in text
        assert '<a href="/ancillary/"' in visitor.get("/").text

    def test_the_old_address_leads_here(self, visitor):
        response = visitor.get("/view/ancillary?start=2022-03-01")
        assert response.status_code == 301
        assert response.url == "/ancillary/?start=2022-03-01"

    @pytest.mark.parametrize("address", PAGES)
    def test_a_page_asks_no_more_for_years_than_for_a_day(self, visitor, address):
        numbers = []
        for query in ("start=2022-03-01&stop=2022-03-02", "start=2020-03-01&stop=2025-01-01"):
            visitor.get(f"{address}?{query}")
            with CaptureQueriesContext(connection) as captured:
                visitor.get(f"{address}?{query}&points=1000")
            numbers.append(len(captured))
        assert numbers[1] <= numbers[0] <= 20

    def test_other_pages_can_show_the_orbit(self):
        span = TimeRange(utc("2022-03-27"), utc("2022-03-28"))
        html = self.widget(span)
        assert 'class="orbit"' in html
        assert "On 2022-03-27 12:00 UTC Solar Orbiter is 0.323 au from the Sun" in html
        assert "Approximate" in html
        assert "<svg" not in self.widget(TimeRange(utc("2030-01-01"), utc("2030-01-02")))

    def widget(self, span):
        """The widget of a range as HTML."""
        template = Template("{% load ancillary %}{% orbit span %}")
        return template.render(Context({"span": span, "request": RequestFactory().get("/")}))


@pytest.mark.parametrize("address", PAGES)
def test_without_kernels_a_page_says_what_to_do(visitor, data_dir, address):
    cache.clear()
    KernelSet.objects.forget()
    response = visitor.get(address)
    assert response.status_code == 200
    assert "No kernels are installed" in response.text
    assert "manage.py" in response.text
