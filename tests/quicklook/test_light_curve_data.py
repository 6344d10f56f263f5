"""The light curves as files and through REST: everywhere the same numbers and the same rule."""

import csv
import io
import subprocess
import sys
from datetime import UTC, datetime, timedelta

import numpy as np
import pytest
from astropy.io import fits
from django.utils import timezone

from apps.archive.models import SeriesBlock
from apps.core.wire import unpack_window
from tests.quicklook.stored import a_light_curve, stored
from tests.reference import needs_reference

pytestmark = [pytest.mark.db, pytest.mark.django_db]

API = "/api/v1/quicklook/lightcurves/"
PAGE = "/quicklook/lightcurves/"
DAY = {"start": "2020-05-06", "stop": "2020-05-07"}
START = datetime(2022, 3, 28, 10, tzinfo=UTC)
HOUR = {"start": "2022-03-28T10:00", "stop": "2022-03-28T11:00"}


def body(response):
    assert response.status_code == 200, response.content
    return b"".join(response) if response.streaming else response.content


def csv_of(client, **query):
    """Comments by key, and columns as arrays, of data.csv."""
    text = body(client.get(f"{PAGE}data.csv", query)).decode("ascii")
    comments = [line[2:].split(": ", 1) for line in text.splitlines() if line.startswith("#")]
    rows = list(csv.reader(io.StringIO(text[text.index("time_utc_solo,") :])))
    return dict(comments), {head: [row[i] for row in rows[1:]] for i, head in enumerate(rows[0])}


def json_of(client, address=API, **query):
    response = client.get(address, query)
    assert response.status_code == 200, response.content
    assert response["Content-Type"] == "application/json"
    return response.json()


@pytest.fixture
def an_hour(tmp_path):
    """900 bins from 10:00 on with counts 0 to 899 in each band."""
    return stored(a_light_curve(tmp_path, START, np.arange(900)))


@needs_reference
@pytest.mark.real
def test_the_real_day_comes_out_of_the_store_as_published(visitor, real_day):
    comments, columns = csv_of(visitor, **DAY)
    names = [f"counts_{band}_keV" for band in ("4_10", "10_15", "15_25", "25_50", "50_150")]
    medians = [float(np.median(np.array(columns[name], float))) for name in names]
    assert medians == [271, 53, 75, 927, 1855]
    assert comments["clock"] == "UTC at Solar Orbiter"
    assert comments["units"] == "counts"
    assert comments["aggregation"] == "native bins"
    assert comments["simulated"] == "False"
    assert comments["source_files"] == f"{real_day.name} (L1 V01)"
    steps = np.diff(np.array([t.rstrip("Z") for t in columns["time_utc_solo"]], "M8[ms]"))
    assert steps.max() == np.timedelta64(340_100, "ms")


@needs_reference
@pytest.mark.real
@pytest.mark.parametrize("units", ["counts", "rate", "flux"])
@pytest.mark.parametrize("more", [{}, {"rebin": 15}, {"points": 500}])
def test_csv_json_and_rest_give_the_same_numbers(visitor, real_day, units, more):
    query = DAY | {"units": units} | more
    _, columns = csv_of(visitor, **query)
    twin = json_of(visitor, f"{PAGE}data.json", **query)
    rest = json_of(visitor, **query)
    assert twin == rest
    assert rest["time_utc_solo"] == columns["time_utc_solo"]
    assert len(rest["time_utc_solo"]) <= more.get("points", 21_600)
    prefix = {"counts": "counts", "rate": "counts_per_s", "flux": "counts_per_s_per_keV"}[units]
    for band in rest["bands"]:
        name = f"{prefix}_{band['energy_low']:g}_{band['energy_high']:g}_keV"
        assert np.array(columns[name], float).tolist() == band["values"]
        if "points" in more:
            assert np.array(columns[f"{name}_max"], float).tolist() == band["maximum"]
        else:
            assert np.array(columns[f"{name}_error"], float).tolist() == band["error"]
    for name in ("timedel_s", "rcr", "samples"):
        assert np.array(columns[name], float).tolist() == rest[name]


@needs_reference
@pytest.mark.real
def test_rest_csv_is_the_csv_of_the_page(visitor, real_day):
    page = body(visitor.get(f"{PAGE}data.csv", DAY))
    assert body(visitor.get(API, DAY | {"format": "csv"})) == page


@needs_reference
@pytest.mark.real
def test_the_cut_out_holds_the_numbers_of_the_window(visitor, real_day, tmp_path):
    query = {"start": "2020-05-06T10:00", "stop": "2020-05-06T10:10"}
    response = visitor.get(f"{PAGE}data.fits", query)
    name = "stix_ql-lightcurve_20200506T100000_20200506T101000.fits"
    assert name in response["Content-Disposition"]
    rest = json_of(visitor, **query)
    with fits.open(io.BytesIO(body(response)), checksum=True) as hdus:
        rows = hdus["DATA"].data
        assert rows["counts"].T.tolist() == [band["values"] for band in rest["bands"]]
        assert hdus["ENERGIES"].data["e_high"].tolist() == [10, 15, 25, 50, 150]
        start = np.datetime64(hdus[0].header["DATE-BEG"])
        times = start + (rows["time"].astype("i8") * 10).astype("m8[ms]")
        assert times[0] == np.datetime64(rest["time_utc_solo"][0].rstrip("Z"))
        # On-board time as in the daily file: 12.33 s behind UTC since 2000.
        assert abs(hdus[0].header["OBT_BEG"] - 642_038_387.2 - 10 * 3600) < 5
        assert "SIMULATD" not in hdus[0].header
    assert body(visitor.get(f"{PAGE}data.fits", query)) == body(response)


def test_a_cut_out_of_simulated_data_says_so(visitor, tmp_path):
    path = a_light_curve(tmp_path, START, [1, 2], cards={"SIMULATD": True})
    stored(path)
    with fits.open(io.BytesIO(body(visitor.get(f"{PAGE}data.fits", HOUR)))) as hdus:
        assert hdus[0].header["SIMULATD"] is True
    assert json_of(visitor, **HOUR)["simulated"] is True
    assert json_of(visitor, **HOUR)["source_files"][0]["simulated"] is True
    assert csv_of(visitor, **HOUR)[0]["simulated"] == "True"


@pytest.mark.django_db(transaction=True)
def test_the_program_fetches_the_plotted_numbers(visitor, live_server, an_hour):
    query = HOUR | {"units": "rate", "rebin": "5", "points": "1000"}
    response = visitor.get(f"{PAGE}data.py", query)
    program = body(response).decode().replace("http://testserver", live_server.url)
    assert response["Content-Disposition"].endswith('.py"')
    program += "\nimport sys\nsys.stderr.write(repr((values.tolist(), [str(t) for t in time])))\n"
    done = subprocess.run(
        [sys.executable, "-I", "-c", program], capture_output=True, text=True, timeout=120
    )
    assert done.returncode == 0, done.stderr
    values, time = eval(done.stderr)  # our own repr of lists
    rest = json_of(visitor, **query)
    assert values == [band["values"] for band in rest["bands"]]
    assert [f"{text}Z" for text in time] == rest["time_utc_solo"]
    assert "180 rows, sums of 5 native bins, in counts/s" in done.stdout
    assert "4-10 keV median" in done.stdout


def test_joined_bins_are_whole_wherever_the_window_lies(visitor, an_hour):
    whole = json_of(visitor, **HOUR, rebin=10)
    part = json_of(visitor, start="2022-03-28T10:10:15", stop="2022-03-28T10:20:15", rebin=10)
    found = whole["time_utc_solo"].index(part["time_utc_solo"][0])
    values = whole["bands"][0]["values"][found : found + len(part["time_utc_solo"])]
    assert part["bands"][0]["values"] == values
    assert sum(whole["bands"][0]["values"]) == sum(range(900))
    assert whole["timedel_s"] == [40.0] * 90


def test_a_range_too_long_for_native_bins_says_what_it_gives(visitor, an_hour):
    weeks = json_of(visitor, start="2022-03-20", stop="2022-04-10")
    assert weeks["level_s"] == 60
    assert weeks["aggregation"].startswith("60 s buckets with mean, minimum and maximum")
    assert weeks["bands"][0]["maximum"][-1] == 899
    assert "error" not in weeks["bands"][0]
    century = json_of(visitor, start="1995-01-01", stop="2095-01-01")
    assert max(century["bands"][0]["maximum"]) == 899
    few = json_of(visitor, start="1995-01-01", stop="2095-01-01", points=2)
    assert len(few["time_utc_solo"]) <= 2
    response = visitor.get(f"{PAGE}data.fits", {"start": "2022-03-20", "stop": "2022-04-10"})
    assert response.status_code == 400
    assert response.json()["errors"][0]["field"] == "stop"


def test_a_long_list_of_files_is_cut_and_says_so(visitor, tmp_path):
    for day in range(51):
        stored(a_light_curve(tmp_path, START + timedelta(days=day), [1]))
    answer = json_of(visitor, start="2022-03-01", stop="2022-06-01")
    assert (len(answer["source_files"]), answer["more_source_files"]) == (50, True)
    assert json_of(visitor, **HOUR)["more_source_files"] is False


def test_an_empty_window_tells_the_nearest_data(visitor, an_hour):
    before = json_of(visitor, start="2022-03-01", stop="2022-03-02")
    assert (before["rows"], before["bands"]) == (0, [])
    assert before["nearest_utc_solo"] == "2022-03-28T10:00:02Z"
    after = json_of(visitor, start="2022-03-28T12:00", stop="2022-03-28T13:00")
    assert after["nearest_utc_solo"] == "2022-03-28T10:59:58Z"
    assert csv_of(visitor, start="2022-03-01", stop="2022-03-02")[1]["time_utc_solo"] == []
    response = visitor.get(f"{PAGE}data.fits", {"start": "2022-03-01", "stop": "2022-03-02"})
    assert response.status_code == 404
    assert "2022-03-28T10:00:02Z" in response.json()["detail"]


def test_a_window_inside_a_gap_tells_the_nearest_edge(visitor, tmp_path):
    time = [1648461602000, 1648465202000]
    stored(a_light_curve(tmp_path, START, [1, 2], time_ms=np.array(time)))
    answer = json_of(visitor, start="2022-03-28T10:40", stop="2022-03-28T10:50")
    assert answer["nearest_utc_solo"] == "2022-03-28T11:00:02Z"


@pytest.mark.parametrize("name", ["data.csv", "data.json", "data.fits", "data.py", ""])
def test_nothing_stored_is_an_answer(visitor, name):
    address = PAGE + name if name else API
    response = visitor.get(address)
    assert response.status_code == 404
    assert response["Content-Type"] == "application/problem+json"


def test_without_a_range_the_newest_day_is_given(visitor, an_hour):
    answer = json_of(visitor)
    assert answer["start_utc_solo"] == "2022-03-28T00:00:00Z"
    assert answer["stop_utc_solo"] == "2022-03-29T00:00:00Z"


def test_embargoed_light_curve_is_absent_for_a_visitor_and_present_for_the_team(
    visitor, team, tmp_path
):
    release = timezone.now() + timedelta(days=30)
    path = a_light_curve(tmp_path, START, [4711] * 9)
    stored(path, access="embargoed", release_at=release)
    for name in ("data.csv", "data.json"):
        assert b"4711" not in body(visitor.get(PAGE + name, HOUR))
        assert b"4711" in body(team.get(PAGE + name, HOUR))
    assert json_of(visitor, **HOUR)["rows"] == 0
    assert json_of(visitor, **HOUR)["source_files"] == []
    assert json_of(visitor, **HOUR)["nearest_utc_solo"] is None
    assert json_of(team, **HOUR)["bands"][0]["values"] == [4711.0] * 9
    assert visitor.get(f"{PAGE}data.fits", HOUR).status_code == 404
    assert team.get(f"{PAGE}data.fits", HOUR).status_code == 200
    assert visitor.get(API).status_code == 404
    assert visitor.get(API, HOUR)["ETag"] != team.get(API, HOUR)["ETag"]


def test_released_light_curve_has_another_etag_than_the_embargoed_one(visitor, tmp_path):
    path = a_light_curve(tmp_path, START, [4711] * 9)
    stored(path, access="embargoed", release_at=timezone.now() + timedelta(days=30))
    first = visitor.get(API, HOUR)["ETag"]
    earlier = timezone.now() - timedelta(days=1)
    SeriesBlock.objects.filter(access="embargoed").update(release_at=earlier)
    second = visitor.get(API, HOUR, headers={"If-None-Match": first})
    assert second.status_code == 200


@pytest.mark.parametrize("name", ["data.csv", "data.json", "data.fits", "data.py", ""])
def test_an_unchanged_answer_is_not_sent_again(visitor, an_hour, tmp_path, name):
    address = PAGE + name if name else API
    first = visitor.get(address, HOUR)
    again = visitor.get(address, HOUR, headers={"If-None-Match": first["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
    other = visitor.get(address, HOUR | {"rebin": 2}, headers={"If-None-Match": first["ETag"]})
    assert other.status_code == 200
    stored(a_light_curve(tmp_path, START + timedelta(days=1), [1]))
    changed = visitor.get(address, HOUR, headers={"If-None-Match": first["ETag"]})
    assert changed.status_code == 200


BAD = [
    ({"start": "2022-03-28T11:00", "stop": "2022-03-28T10:00"}, "stop"),
    ({"start": "2022-03-28", "stop": "2022-03-28"}, "stop"),
    ({"start": "2022-03-28", "span": "200y"}, "span"),
    ({"start": "1022-03-28"}, "start"),
    ({"start": "yesterday"}, "start"),
    ({"start": "2022-02-30"}, "start"),
    ({"start": "2022-03-28T10:00:00+02:00", "stop": "2022-03-29"}, "start"),
    ({"start": "2022-03-28", "stop": "1; DROP TABLE archive_series"}, "stop"),
    ({"start": "' OR 1=1 --"}, "start"),
    ({"start": "2022-03-28\x00"}, "start"),
    ({"start": "2022-03-28", "span": "0s"}, "span"),
    ({"span": "-3h"}, "span"),
    ({"rebin": "0"}, "rebin"),
    ({"rebin": "-1"}, "rebin"),
    ({"rebin": "1e9"}, "rebin"),
    ({"rebin": "1000000000"}, "rebin"),
    ({"rebin": "1 OR 1=1"}, "rebin"),
    ({"units": "<script>alert(1)</script>"}, "units"),
    ({"units": "counts'--"}, "units"),
    ({"points": "0"}, "points"),
    ({"points": "-5"}, "points"),
    ({"points": "1e99"}, "points"),
    ({"points": "NaN"}, "points"),
    ({"points": "9" * 400}, "points"),
]


@pytest.mark.parametrize("name", ["data.csv", "data.json", "data.fits", "data.py", ""])
@pytest.mark.parametrize(("query", "field"), BAD)
def test_bad_input_is_named_and_never_breaks_anything(visitor, an_hour, name, query, field):
    response = visitor.get(PAGE + name if name else API, query)
    assert response.status_code == 400
    assert response["Content-Type"] == "application/problem+json"
    assert field in [error["field"] for error in response.json()["errors"]]


def test_rest_refuses_unknown_forms_and_never_answers_html(visitor, an_hour):
    response = visitor.get(API, {"format": "xlsx"})
    assert response.status_code == 400
    assert response.json()["errors"][0]["field"] == "format"
    for query in (HOUR, {"start": "x"}):
        response = visitor.get(API, query, headers={"Accept": "text/html"})
        assert "json" in response["Content-Type"]
    response = visitor.post(API, HOUR, headers={"Accept": "text/html"})
    assert response.status_code == 405
    assert "json" in response["Content-Type"]


def test_a_change_of_energy_bands_is_told_and_keeps_the_cut_out_apart(visitor, tmp_path):
    old = [(4, 10), (10, 15), (15, 25), (25, 50), (50, 150)]
    stored(a_light_curve(tmp_path, START, [136] * 9, bands=old))
    stored(a_light_curve(tmp_path, START + timedelta(days=1), [136] * 9))
    query = {"start": "2022-03-28", "stop": "2022-03-30"}
    answer = json_of(visitor, **query, units="flux")
    assert answer["bands"][4]["values"] == [0.34] * 9 + [1.0] * 9
    assert [table["keV"][4] for table in answer["energy_tables"]] == [[50, 150], [50, 84]]
    response = visitor.get(f"{PAGE}data.fits", query)
    assert response.status_code == 400
    assert "2022-03-29T00:00:00Z" in response.json()["detail"]


@needs_reference
@pytest.mark.real
@pytest.mark.parametrize("rebin", [1, 2, 15, 75])
def test_the_files_hold_the_numbers_that_the_plot_draws(visitor, real_day, rebin):
    # An hour with the gap of the day in it.
    query = {"start": "2020-05-06T17:00", "stop": "2020-05-06T18:00", "rebin": rebin}
    _, parts = unpack_window(body(visitor.get(f"{PAGE}window.bin", query | {"points": 4000})))
    drawn = parts["lc"]
    rest = json_of(visitor, **query)
    shown = ~np.isnan(drawn["m0"])
    centre = drawn["t"][shown] + 500 * drawn["w"][shown].astype("f8")
    times = np.array([text.rstrip("Z") for text in rest["time_utc_solo"]], "M8[ms]").astype("i8")
    inside = np.isin(np.rint(centre), times)
    assert np.rint(centre)[inside].tolist() == times.tolist()
    for number, band in enumerate(rest["bands"]):
        plotted = drawn[f"m{number}"][shown][inside]
        assert plotted.tolist() == np.array(band["values"], "f4").tolist()
    assert drawn["w"][shown][inside].tolist() == np.array(rest["timedel_s"], "f4").tolist()


@needs_reference
@pytest.mark.real
@pytest.mark.parametrize("days", [3, 4])
def test_joined_bins_are_drawn_in_every_window_whose_files_hold_them(visitor, real_day, days):
    query = {"start": "2020-05-04", "span": f"{days}d", "rebin": 900}
    _, parts = unpack_window(body(visitor.get(f"{PAGE}window.bin", query | {"points": 1000})))
    assert json_of(visitor, **query)["aggregation"] == "sums of 900 native bins"
    assert parts["lc"]["about"]["resolution"] == "1 h bins"
    beyond = query | {"span": "5d"}
    _, parts = unpack_window(body(visitor.get(f"{PAGE}window.bin", beyond)))
    assert "min/max/mean" in parts["lc"]["about"]["resolution"]
    assert "buckets" in json_of(visitor, **beyond)["aggregation"]
