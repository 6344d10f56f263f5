"""The table of runs, the page of a run, its files and its records."""

import csv
import io

import numpy as np
import pytest
from django.core.management import call_command

from apps.calibration import pixelpanel
from apps.calibration.models import CalibrationRun
from tests.calibration.stored import a_run
from tests.factories import a_product, a_user, utc

pytestmark = [pytest.mark.db, pytest.mark.django_db, pytest.mark.usefixtures("data_dir")]
RUNS, RECORDS = "/calibration/", "/api/v1/calibration/runs/"


def page(run, name=""):
    """Address of a run, or of something of it."""
    return run.get_absolute_url() + name


def rows(response):
    """Rows of a CSV without its comments."""
    text = response.getvalue().decode()
    return list(csv.DictReader(line for line in io.StringIO(text) if not line.startswith("#")))


def test_the_table_lists_runs_of_the_files_that_stand(visitor):
    run = a_run()
    old = a_run(a_product("cal-energy", start=utc("2022-03-29"), superseded=True))
    text = visitor.get(RUNS).text
    assert f'href="{page(run)}"' in text
    assert page(old) not in text
    assert page(old) in visitor.get(RUNS, {"id": old.pk}).text
    assert "383 of 384" in text


@pytest.mark.parametrize(
    ("state", "found"), [("good", {0}), ("no-lines", {1}), ("waiting", {2}), ("", {0, 1, 2})]
)
def test_runs_are_filtered_by_what_came_of_them(visitor, state, found):
    made = [
        a_run(start=utc("2022-03-27")),
        a_run(start=utc("2022-03-28"), good_pixels=0),
        a_run(start=utc("2022-03-29"), fitted=False),
    ]
    CalibrationRun.objects.filter(pk=made[1].pk).update(good_pixels=0)
    listed = {one["id"] for one in visitor.get(RECORDS, {"state": state}).json()["results"]}
    assert listed == {made[number].pk for number in found}


def test_the_nearest_run_is_named_where_a_range_holds_none(visitor):
    a_run()
    text = visitor.get(RUNS, {"start": "2023-01-01", "stop": "2023-01-02"}).text
    assert "2022-03-28 04:00:00" in text


def test_a_run_shows_all_pixels_and_the_chosen_one_in_numbers(visitor):
    text = visitor.get(page(a_run()), {"show": "gain", "detector": "9", "pixel": "2"}).text
    assert text.count('role="option"') == 384
    assert "Detector 9 (index 8), CFL, pixel 2 (top C)" in text
    assert "0.10770 ± 0.10770" not in text
    assert "888.00 ± 1.00" in text
    assert "Gain of 383 pixels" in text


def test_a_pixel_without_lines_has_no_gain_and_says_why(visitor):
    text = visitor.get(page(a_run())).text
    assert "no lines of the source found" in text


def test_a_run_without_lines_says_so_instead_of_numbers(visitor):
    run = a_run()
    CalibrationRun.objects.filter(pk=run.pk).update(good_pixels=0)
    for name in ("", "report/"):
        assert "shows the lines of the source" in visitor.get(page(run, name)).text


def test_a_run_that_waits_shows_its_counts(visitor):
    run = a_run(fitted=False)
    response = visitor.get(page(run), {"show": "gain"})
    assert response.status_code == 200
    assert "not fitted yet" in response.text
    assert "Counts of 384 pixels" in response.text
    assert visitor.get(page(run, "results.csv")).status_code == 404


def test_the_difference_to_another_run_is_shown(visitor):
    first, second = a_run(), a_run(start=utc("2022-03-29"), gain=0.1087)
    text = visitor.get(page(second), {"show": "gain", "minus": first.pk}).text
    assert f"Gain, run {second.pk} minus run {first.pk}" in text
    assert "+0.00100" in text


@pytest.mark.parametrize(
    "wrong",
    [{"show": "beauty"}, {"detector": "33"}, {"pixel": "-1"}, {"minus": "x"}, {"minus": "4711"}],
)
def test_options_that_cannot_be_read_are_marked_and_kept(visitor, wrong):
    response = visitor.get(page(a_run()), wrong)
    assert response.status_code == 400
    assert 'aria-invalid="true"' in response.text


@pytest.mark.parametrize("name", ["spectrum.json", "detectors.svg", "results.csv", "report/"])
def test_programs_are_told_what_is_wrong(visitor, name):
    response = visitor.get(page(a_run(), name), {"detector": "0"})
    assert response.status_code == 400
    assert response.json()["errors"][0]["field"] == "detector"


def test_runs_before_and_after_are_one_step_away(visitor):
    made = [a_run(start=utc(f"2022-03-{day}")) for day in (27, 28, 29)]
    text = visitor.get(page(made[1])).text
    for neighbour in (made[0], made[2]):
        assert f'href="{page(neighbour)}?' in text


def test_the_spectrum_of_a_pixel_has_its_energies_and_lines(visitor):
    counts = np.zeros((32, 12, 1024), int)
    counts[8, 2, 300] = 4711
    run = a_run(counts=counts)
    found = visitor.get(page(run, "spectrum.json"), {"detector": "9", "pixel": "2"}).json()
    assert found["counts"][300] == 4711
    assert found["name"] == "detector 9 (index 8), CFL, pixel 2 (top C)"
    assert found["energy"] == pytest.approx({"gain": 4 * 0.1077, "offset": 222.0, "own": True})
    assert [round(place) for place, _ in found["nominal"]] == [294, 304, 410]
    assert len(found["found"]) == 3
    assert visitor.get(page(run, "spectrum.json")).json()["energy"]["own"] is False


def test_values_that_are_no_numbers_are_none():
    counts = np.ones(1024)
    counts[3] = np.nan
    assert pixelpanel.record(0, counts, None)["counts"][2:5] == [1.0, None, 1.0]


def test_results_and_spectra_come_as_tables_with_their_origin(visitor):
    run = a_run()
    results = visitor.get(page(run, "results.csv"))
    found = rows(results)
    assert len(found) == 384
    assert (found[0]["quality"], found[0]["gain_keV_per_ADC"]) == ("4", "")
    assert (found[98]["detector"], found[98]["gain_keV_per_ADC"]) == ("9", "0.1077")
    spectra = rows(visitor.get(page(run, "spectra.csv")))
    assert (len(spectra), spectra[7]["d9p2"], spectra[7]["adc"]) == (1024, "1", "28")


def test_the_picture_is_a_file_of_its_own(visitor):
    response = visitor.get(page(a_run(), "detectors.svg"), {"show": "offset"})
    assert response.headers["Content-Type"] == "image/svg+xml"
    assert "Offset, ADC" in response.text


def test_a_run_of_a_hidden_file_is_hidden(visitor, team):
    run = a_run(a_product("cal-energy", access="team"))
    for name in ("", "spectrum.json", "results.csv", "spectra.csv", "detectors.svg", "report/"):
        assert visitor.get(page(run, name)).status_code == 404
        assert team.get(page(run, name)).status_code == 200
    assert visitor.get(RECORDS).json()["count"] == 0


def test_old_addresses_lead_to_the_table(visitor):
    for old in ("/view/plot/calibration", "/view/plot/calibration/file/12"):
        response = visitor.get(old)
        assert (response.status_code, response.headers["Location"]) == (301, RUNS)


def test_a_curator_has_a_run_fitted_again_and_the_team_cannot(client):
    call_command("loaddata", "groups", verbosity=0)
    run, address = a_run(), "/admin/calibration/calibrationrun/"
    data = {"action": "fit_again", "_selected_action": run.pk}
    for role, queued in (("team", False), ("curator", True)):
        client.force_login(a_user(role, is_staff=True))
        client.post(address, data)
        run.refresh_from_db()
        assert (run.job is not None) == queued
