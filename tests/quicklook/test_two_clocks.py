"""Light curves on two clocks: the range is Solar Orbiter's, each form of the data has both."""

import csv
import io
import subprocess
import sys
from datetime import UTC, datetime

import numpy as np
import pytest
from astropy.io import fits
from django.core.cache import cache
from django.db import connection
from django.test.utils import CaptureQueriesContext

from apps.ancillary.models import KernelSet
from apps.core.wire import unpack_window
from tests.quicklook.stored import a_light_curve, stored

pytestmark = [pytest.mark.db, pytest.mark.django_db]

API = "/api/v1/quicklook/lightcurves/"
PAGE = "/quicklook/lightcurves/"
START = datetime(2022, 3, 28, 0, tzinfo=UTC)
HOUR = {"start": "2022-03-28T10:00", "stop": "2022-03-28T11:00", "light_time": "1"}
HALF_DAY = {"start": "2022-03-28T00:00", "stop": "2022-03-28T12:00", "light_time": "1"}
UNKNOWN = {"start": "2027-03-28T10:00", "stop": "2027-03-28T11:00", "light_time": "1"}


@pytest.fixture
def half_day(kernels, tmp_path):
    """Half a day of bins of 4 s, counts rising to the middle."""
    n = 10_800
    return stored(a_light_curve(tmp_path, START, 1000 - np.abs(np.arange(n) - n // 2) // 10))


def content(response):
    assert response.status_code == 200, response.content
    return b"".join(response) if response.streaming else response.content


def instants(texts):
    return np.array([text.rstrip("Z") for text in texts], "M8[ms]").astype("i8")


def differences(time_ms):
    return KernelSet.objects.geometry().light_time_difference(time_ms)


def test_without_the_option_nothing_is_corrected_and_this_is_said(visitor, half_day):
    answer = visitor.get(API, HOUR | {"light_time": "0"}).json()
    assert answer["light_time_corrected"] is False
    assert answer["clock"] == "UTC at Solar Orbiter"
    assert "time_utc_earth" not in answer
    _, parts = unpack_window(visitor.get(f"{PAGE}window.bin", HOUR | {"light_time": "0"}).content)
    assert "light" not in parts


@pytest.mark.parametrize(("query", "each"), [(HOUR, False), (HALF_DAY, True)])
def test_every_form_of_the_data_has_the_same_times_on_both_clocks(visitor, half_day, query, each):
    answer = visitor.get(API, query).json()
    solo, earth = (instants(answer[f"time_utc_{clock}"]) for clock in ("solo", "earth"))
    shift = earth - solo
    start, stop = instants([answer["start_utc_solo"], answer["stop_utc_solo"]])
    assert ((solo >= start) & (solo < stop)).all()
    middle = differences([(start + stop) // 2])[0]
    assert answer["light_time_difference_s"] == pytest.approx(middle, abs=1e-3)
    truth = differences(solo) if each else np.full(len(solo), middle)
    np.testing.assert_allclose(shift / 1000, truth, atol=6e-4)
    assert len(set(shift.tolist())) == (1 if not each else len(set(np.rint(truth * 1000))))
    assert (np.diff(earth) > 0).all()
    assert ("each sample" in answer["light_time_rule"]) == each
    assert answer["light_time_approximate"] is True
    assert answer["light_time_kernels"]["mk"] == answer["light_time_mk"] == "demo-approx-1"
    assert answer["light_time_kernels"]["kernels"]["files"]

    assert visitor.get(f"{PAGE}data.json", query).json() == answer
    text = content(visitor.get(f"{PAGE}data.csv", query)).decode()
    rows = list(csv.DictReader(line for line in text.splitlines() if line[0] != "#"))
    for clock in ("solo", "earth"):
        assert [row[f"time_utc_{clock}"] for row in rows] == answer[f"time_utc_{clock}"]
    assert f"# light_time_difference_s: {answer['light_time_difference_s']}" in text
    assert "# light_time_corrected: True" in text

    with fits.open(io.BytesIO(content(visitor.get(f"{PAGE}data.fits", query))), checksum=True) as f:
        table = f["EARTH_TIME"].data
        assert [f"{text}Z" for text in table["time_utc_earth"]] == answer["time_utc_earth"]
        np.testing.assert_allclose(table["light_time_difference"], truth, atol=1e-9)
        assert f[0].header["EAR_TDEL"] == pytest.approx(middle)
        assert f[0].header["SPICE_MK"] == "demo-approx-1"
        assert abs(instants([f[0].header["DATE-BEG"]])[0] - solo[0]) <= 2000  # Solar Orbiter's
        late = instants([f[0].header["DATE_EAR"]]) - instants([f[0].header["DATE-BEG"]])
        assert late[0] / 1000 == pytest.approx(truth[0], abs=0.01)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("query", [HOUR, HALF_DAY])
def test_the_program_has_the_numbers_on_both_clocks(visitor, live_server, half_day, query):
    query = query | {"rebin": "15"}
    program = content(visitor.get(f"{PAGE}data.py", query)).decode()
    program = program.replace("http://testserver", live_server.url)
    program += "\nimport sys\nsys.stderr.write(repr([[str(t) for t in c] for c in (time, earth)]))"
    done = subprocess.run(
        [sys.executable, "-I", "-c", program], capture_output=True, text=True, timeout=120
    )
    assert done.returncode == 0, done.stderr
    rest = visitor.get(API, query).json()
    solo, earth = eval(done.stderr)  # our own repr of lists
    assert [f"{text}Z" for text in solo] == rest["time_utc_solo"]
    assert [f"{text}Z" for text in earth] == rest["time_utc_earth"]
    assert f"light time difference {rest['light_time_difference_s']} s" in done.stdout
    assert "approximate orbit" in done.stdout


def test_the_page_says_both_clocks_without_a_script(visitor, half_day):
    text = visitor.get(PAGE, HOUR).text
    value = f"+{differences([1648463400000])[0]:.1f} s"
    assert f"UTC at Earth; light time {value}" in text
    assert '<th scope="col">From (UTC at Earth)</th>' in text
    assert "one value, " + value in text
    assert 'name="light_time" value="1" checked' in text
    assert "data.csv?start=2022-03-28T10:00:00&amp;stop=2022-03-28T11:00:00" in text
    assert "light_time=1" in text
    off = visitor.get(PAGE, HOUR | {"light_time": "0"}).text
    assert "UTC at Earth; light time" not in off
    assert "From (UTC at Earth)" not in off


def test_a_window_carries_the_shift_the_words_and_values_to_interpolate(visitor, half_day):
    header, _ = unpack_window(visitor.get(f"{PAGE}window.bin", HOUR).content)
    light = header["light"]
    middle = differences([1648463400000])[0]
    assert light["shift"] == round(middle * 1000)
    assert light["label"][0] == f"UTC at Earth: +{middle:.1f} s at the middle"
    assert "approximate orbit" in light["label"][1]
    assert light["seconds"] == [pytest.approx(middle, abs=1e-3)] * 2
    header, parts = unpack_window(visitor.get(f"{PAGE}window.bin", HALF_DAY).content)
    places = np.linspace(header["start"], header["stop"], len(header["light"]["seconds"]))
    np.testing.assert_allclose(
        header["light"]["seconds"], differences(places.astype("i8")), atol=2e-3
    )
    assert "at Earth" in parts["lc"]["sentence"]


@pytest.mark.usefixtures("half_day")
def test_where_the_orbit_is_not_known_pages_stay_and_files_say_what_to_install(visitor):
    page = visitor.get(PAGE, UNKNOWN)
    assert page.status_code == 200
    assert "manage.py kernels add" in page.text
    assert "no orbit for this time" in page.text
    header, _ = unpack_window(visitor.get(f"{PAGE}window.bin", UNKNOWN).content)
    assert list(header["light"]) == ["note"]
    for address in (API, f"{PAGE}data.csv", f"{PAGE}data.json", f"{PAGE}data.fits"):
        answer = visitor.get(address, UNKNOWN)
        assert answer.status_code == 400
        error = answer.json()["errors"][0]
        assert error["field"] == "light_time"
        assert "2020-02-12" in error["message"]


def test_without_kernels_curves_are_shown_and_the_reason_is_said(data_dir, visitor, tmp_path):
    stored(a_light_curve(tmp_path, START, [4711] * 900))
    query = HOUR | {"start": "2022-03-28T00:00"}
    page = visitor.get(PAGE, query)
    assert page.status_code == 200
    assert "no kernel set is active" in page.text
    assert visitor.get(API, query).status_code == 400
    assert visitor.get(f"{PAGE}window.bin", query | {"parts": "lc,loc"}).status_code == 200


@pytest.mark.usefixtures("half_day")
@pytest.mark.parametrize("value", ["2", "yes", "-1", "1e9", "é", "1,1"])
def test_another_word_than_one_or_nought_is_an_error(visitor, value):
    for address in (PAGE, f"{PAGE}data.csv", f"{PAGE}window.bin", API):
        answer = visitor.get(address, HOUR | {"light_time": value})
        assert answer.status_code == 400, address
        assert "write 1 for the Earth" in answer.text.replace("&#x27;", "'")


def test_an_answer_changes_its_tag_with_the_kernels(visitor, half_day, kernels):
    addresses = (f"{PAGE}data.csv", f"{PAGE}window.bin", API)
    before = [visitor.get(address, HOUR)["ETag"] for address in addresses]
    assert [visitor.get(address, HOUR)["ETag"] for address in addresses] == before
    KernelSet.objects.filter(pk=kernels.pk).update(active=False)
    KernelSet.objects.forget()
    assert visitor.get(f"{PAGE}window.bin", HOUR)["ETag"] != before[1]
    assert visitor.get(API, HOUR).status_code == 400


def test_the_second_clock_costs_no_question_to_the_database(visitor, half_day):
    def asked(query):
        cache.clear()
        visitor.get(PAGE, query)  # looks at the pointer of the kernels, which holds a second
        with CaptureQueriesContext(connection) as captured:
            assert visitor.get(PAGE, query).status_code == 200
        return [q for q in captured.captured_queries if "ancillary_kernelset" not in q["sql"]]

    assert len(asked(HOUR)) == len(asked(HOUR | {"light_time": "0"}))


def test_the_limb_goes_with_the_locations_as_far_as_the_orbit_is_known(visitor, half_day):
    query = HOUR | {"parts": "loc"}
    sources = unpack_window(visitor.get(f"{PAGE}window.bin", query).content)[1]["loc"]["sources"]
    radius = KernelSet.objects.geometry().ephemeris([1648463400000]).apparent_solar_radius_arcsec
    assert sources["loc_limb"]["limb"][32] == pytest.approx(radius[0] / 60, abs=2e-3)
    assert sources["loc_limb"]["under"][32] == -sources["loc_limb"]["limb"][32]
    assert sources["loc_words"]["label"] == ["limb of the Sun, approx. orbit"]
    part = unpack_window(visitor.get(f"{PAGE}window.bin", UNKNOWN | {"parts": "loc"}).content)[1]
    assert part["loc"]["sources"]["loc_limb"]["limb"] == [None]
    edge = {"start": "2025-02-18", "stop": "2025-02-20", "parts": "loc"}
    part = unpack_window(visitor.get(f"{PAGE}window.bin", edge).content)[1]
    assert len(part["loc"]["sources"]["loc_limb"]["limb"]) == 65
