"""Where Solar Orbiter was: in the time bar of every page about a range, and beside each file."""

from dataclasses import replace
from datetime import timedelta

import pytest
from django.core.cache import cache
from django.db import connection
from django.test.utils import CaptureQueriesContext

from apps.ancillary import managers, whereabouts
from apps.ancillary.models import KernelSet
from apps.archive.ingest import ingest_file
from apps.core.timeaxis import TimeRange
from tests.factories import a_product, utc
from tests.reference import REFERENCE, needs_reference

pytestmark = [pytest.mark.db, pytest.mark.django_db, pytest.mark.usefixtures("data_dir")]

RANGE = {"start": "2022-03-28T10:00", "stop": "2022-03-28T11:00"}
PAGES = ("/quicklook/lightcurves/", "/ancillary/")


@pytest.mark.parametrize("page", PAGES)
def test_every_page_about_a_range_says_where_solar_orbiter_was_at_its_middle(
    kernels, visitor, page
):
    ephemeris = KernelSet.objects.geometry().ephemeris([1648463400000])
    words = (
        f"{ephemeris.sun_distance_au[0]:.2f} au · "
        f"{ephemeris.earth_sun_spacecraft_angle_deg[0]:.0f}° from Earth · "
        f"light time +{ephemeris.light_time_difference_s[0]:.1f} s · approx."
    )
    text = visitor.get(page, RANGE).text
    assert f">{words}</a>" in text
    assert "at the middle of the range, 2022-03-28T10:30:00Z" in text
    assert "/ancillary/?start=2022-03-28T10:00:00&amp;stop=2022-03-28T11:00:00" in text


@pytest.mark.usefixtures("kernels")
def test_a_time_without_orbit_is_said_and_breaks_nothing(visitor):
    answer = visitor.get(PAGES[0], {"start": "2027-01-01", "stop": "2027-01-02"})
    assert answer.status_code == 200
    assert ">no orbit for this time</a>" in answer.text
    assert "2020-02-12" in answer.text  # on hover: what the orbit covers


def test_without_kernels_the_time_bar_says_nothing(visitor):
    answer = visitor.get(PAGES[0], RANGE)
    assert answer.status_code == 200
    assert '<p class="place" id="place" data-follow></p>' in answer.text


def test_an_orbit_that_is_not_approximate_is_not_called_so(kernels):
    geometry = KernelSet.objects.geometry()
    found, about = geometry.ephemeris([1648463400000]), geometry.provenance
    assert whereabouts.in_words(found, about).endswith("approx.")
    assert "approx" not in whereabouts.in_words(found, replace(about, approximate=False))


@pytest.mark.usefixtures("kernels")
def test_the_facts_cost_no_question_but_one_look_at_the_pointer_a_second():
    span = TimeRange(utc("2022-03-28T10:00"), utc("2022-03-28T11:00"))
    cache.clear()
    with CaptureQueriesContext(connection) as captured:
        for hours in range(20):
            step = timedelta(hours=hours)
            managers.range_facts(TimeRange(span.start + step, span.stop + step), None)
    assert len(captured) <= 2


@needs_reference
@pytest.mark.real
@pytest.mark.parametrize(
    ("name", "stated", "instant"),
    [
        ("solo_L1_stix-ql-lightcurve_20200506_V01.fits", "153.10", "middle"),
        ("solo_L2_stix-aux-ephemeris_20200607_V01.fits", "243.83", "middle"),
        (
            "solo_L1A_stix-sci-spectrogram-2207238956_20220723T122007-20220723T182511_079258_V01"
            ".fits",
            "14.41",
            "end",
        ),
    ],
)
def test_the_page_of_a_file_holds_its_header_against_the_orbit(
    kernels, visitor, name, stated, instant
):
    product = ingest_file(REFERENCE / "fits" / name).product
    facts = {label: (value, unit) for label, value, unit in managers.file_facts(product, None)}
    value, unit = facts["EAR_TDEL in the header"]
    assert value == stated
    assert unit.startswith(f"s, {instant}; ")
    apart = float(unit.split("; ")[1].split(" s ")[0].replace("−", "-"))
    assert abs(apart) < 0.012
    distance = product.header["DSUN_OBS"] / 149_597_870_700
    assert float(facts["Distance from the Sun"][0]) == pytest.approx(distance, abs=5e-4)
    text = visitor.get(product.get_absolute_url()).text
    assert f"<dt>EAR_TDEL in the header</dt><dd>{stated}" in text
    assert "Orbit, pointing and light time</a>" in text


@pytest.mark.usefixtures("kernels")
def test_a_file_that_says_nothing_or_lies_outside_has_what_there_is(visitor):
    quiet = a_product(start=utc("2022-03-28"), header={})
    labels = [label for label, *_ in managers.file_facts(quiet, None)]
    assert labels == ["Distance from the Sun", "Light-time difference"]
    odd = a_product(start=utc("2022-03-29"), header={"EAR_TDEL": "soon"}, path="L1/odd.fits")
    assert len(managers.file_facts(odd, None)) == 2
    late = a_product(start=utc("2027-03-28"), header={"EAR_TDEL": 1.0}, path="L1/late.fits")
    assert managers.file_facts(late, None) == []
    assert visitor.get(late.get_absolute_url()).status_code == 200


@pytest.mark.usefixtures("kernels")
def test_a_simulated_file_says_that_its_orbit_is_its_own():
    product = a_product(start=utc("2022-03-28"), header={"EAR_TDEL": 338.0}, simulated=True)
    assert "an orbit of its own" in managers.file_facts(product, None)[-1][2]
