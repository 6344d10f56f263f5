"""The numbers as files and through REST: recorded answers, units, kernels, and clear errors."""

import csv
import io
import subprocess
import sys

import numpy as np
import pytest

from apps.ancillary import exports
from apps.core.wire import unpack_window

pytestmark = [pytest.mark.db, pytest.mark.django_db, pytest.mark.usefixtures("kernels")]

REST = "/api/v1/ancillary"
SPAN = {"start": "2022-03-01", "stop": "2022-04-01"}
FLARE = {"time": "2023-07-16T04:16:22.146", "x": "77.40470587987033", "y": "159.9423467206681",
         "observer": "earth"}  # fmt: skip
QUESTIONS = {
    "ephemeris": SPAN | {"points": "5"},
    "attitude": SPAN | {"points": "5", "nominal": "yes"},
    "field-of-view": {"time": "2022-03-01"},
    "flare-geometry": FLARE,
    "scet": {"scet": "642038387:13107"},
    "kernel-sets": {},
}


def table(response):
    """Comment lines and rows of a CSV answer."""
    lines = response.text.splitlines()
    notes = dict(line[2:].split(": ", 1) for line in lines if line.startswith("# "))
    return notes, list(csv.DictReader(io.StringIO("\n".join(lines[len([*_notes(lines)]) :]))))


def _notes(lines):
    return (line for line in lines if line.startswith("#"))


@pytest.mark.parametrize("name", [name for name in QUESTIONS if name != "kernel-sets"])
def test_every_answer_names_its_kernels_and_that_they_are_approximate(visitor, name):
    found = visitor.get(f"{REST}/{name}/", QUESTIONS[name]).json()
    assert found["mk"] == "demo-approx-1"
    assert found["approximate"] is True
    assert found["validity"][0].startswith("2020-02-12")
    assert all(len(kernel["sha256"]) == 64 for kernel in found["kernels"]["files"])
    notes, rows = table(visitor.get(f"{REST}/{name}/", QUESTIONS[name] | {"format": "csv"}))
    assert notes["mk"] == "demo-approx-1"
    assert notes["approximate"] == "True"
    assert rows


def test_the_recorded_flare_comes_back(visitor):
    found = visitor.get(f"{REST}/flare-geometry/", FLARE).json()
    recorded = {
        "flare_to_earth_s": 504.9472858431401,
        "flare_to_solo_s": 476.1115985307221,
        "light_time_difference_s": 28.835687312417974,
        "sun_centre_difference_s": 33.09454544033974,
        "flare_to_solo_au": 0.954122312957723,
        "normal_to_earth_deg": 10.85317083197071,
        "normal_to_solo_deg": 148.61700752190433,
    }
    # The demonstration orbit is 261 km off on that day: a millisecond, 1e-4 degrees.
    for name, value in recorded.items():
        assert found[name] == pytest.approx(value, abs=2e-3), name
    assert found["visible_from_earth"] is True
    assert found["visible_from_solo"] is False


def test_page_file_and_rest_give_the_same_numbers(visitor):
    query = QUESTIONS["ephemeris"]
    rest = visitor.get(f"{REST}/ephemeris/", query).json()
    assert visitor.get("/ancillary/data.json", query).json() == rest
    _, rows = table(visitor.get("/ancillary/data.csv", query))
    assert [row["time_utc_solo"] for row in rows] == rest["time_utc_solo"]
    for name, _ in (*exports.EPHEMERIS, *exports.HEE):
        assert [float(row[name]) for row in rows] == rest[name]
    _, parts = unpack_window(visitor.get("/ancillary/window.bin", query).content)
    assert set(parts) == {"ephemeris"}
    assert np.isfinite(parts["ephemeris"]["sun_distance_au"]).all()


def test_columns_agree_among_themselves(visitor):
    found = visitor.get(f"{REST}/ephemeris/", SPAN | {"points": "50"}).json()
    hee = np.array([found[f"hee_{axis}_km"] for axis in "xyz"])
    au, light = 149_597_870.7, 299_792.458
    assert np.linalg.norm(hee, axis=0) / au == pytest.approx(found["sun_distance_au"])
    assert np.linalg.norm(hee, axis=0) / light == pytest.approx(found["light_time_from_sun_s"])
    angle = np.degrees(np.arccos(hee[0] / np.linalg.norm(hee, axis=0)))
    assert angle == pytest.approx(found["earth_sun_spacecraft_angle_deg"], abs=1e-3)
    assert found["time_utc_solo"][0] == "2022-03-01T00:00:00.000Z"
    assert found["time_utc_solo"][-1] == "2022-04-01T00:00:00.000Z"


def test_both_clocks_agree_both_ways(visitor):
    there = visitor.get(f"{REST}/scet/", {"scet": "642038387:13107"}).json()
    back = visitor.get(f"{REST}/scet/", {"utc": there["utc_solo"]}).json()
    coarse, fine = map(int, back["scet"].removeprefix("1/").split(":"))
    assert coarse + fine / 65536 == pytest.approx(642038387 + 13107 / 65536, abs=1e-3)


def test_attitude_is_measured_or_says_that_it_is_not(visitor):
    refused = visitor.get(f"{REST}/attitude/", SPAN)
    assert refused.status_code == 400
    assert "nominal=yes" in refused.json()["detail"]
    found = visitor.get(f"{REST}/attitude/", QUESTIONS["attitude"]).json()
    assert found["source"] == ["nominal"] * 5
    assert found["sources"] == ["nominal"]


@pytest.mark.parametrize(
    ("name", "change", "field", "words"),
    [
        ("ephemeris", {"start": "2026-01-01", "stop": "2026-02-01"}, "start", "2025-02-18"),
        ("ephemeris", {"stop": "2026-02-01"}, "stop", "manage.py kernels add"),
        ("ephemeris", {"stop": "2022-02-01"}, "stop", "is not after start"),
        ("ephemeris", {"start": "NaN"}, "start", "is not a time"),
        ("ephemeris", {"points": "0"}, "points", "greater than or equal to 1"),
        ("ephemeris", {"points": "1000000"}, "points", "less than or equal to 5000"),
        ("ephemeris", {"points": "NaN"}, "points", "whole number"),
        ("ephemeris", {"format": "xml"}, "format", "json or csv"),
        ("ephemeris", {"steps": "7"}, "steps", "no parameter of this question"),
        ("attitude", {"frame": "SOLO_NOWHERE"}, "frame", "SOLO_SRF"),
        ("field-of-view", {"time": "2030-01-01"}, "time", "2025-02-18"),
        ("field-of-view", {"time": ""}, "time", "give time in UTC"),
        ("flare-geometry", {"observer": "mars"}, "observer", "earth, stix"),
        ("flare-geometry", {"x": "NaN"}, "x", "'NaN' is not within"),
        ("flare-geometry", {"x": "inf"}, "x", "inf"),
        ("flare-geometry", {"x": "1200"}, "x", "not on the solar disc"),
        ("flare-geometry", {"y": "north"}, "y", "not a number of arcsec"),
        ("scet", {"scet": "1/1:70000"}, "scet", "fine part"),
        ("scet", {"scet": ""}, "scet", "give utc or scet"),
        ("scet", {"utc": "2020-05-06"}, "scet", "not both"),
    ],
)
def test_a_wrong_question_is_a_problem_that_names_the_field(visitor, name, change, field, words):
    response = visitor.get(f"{REST}/{name}/", QUESTIONS[name] | change)
    assert response.status_code == 400
    assert response.headers["Content-Type"] == "application/problem+json"
    found = {error["field"]: error["message"] for error in response.json()["errors"]}
    assert field in found
    assert any(word in found[field] for word in words.split("|")), found


@pytest.mark.parametrize("name", QUESTIONS)
def test_an_answer_that_is_known_is_not_sent_again(visitor, name):
    first = visitor.get(f"{REST}/{name}/", QUESTIONS[name])
    known = {"If-None-Match": first.headers["ETag"]}
    assert visitor.get(f"{REST}/{name}/", QUESTIONS[name], headers=known).status_code == 304
    wrong = visitor.get(f"{REST}/{name}/", QUESTIONS[name], headers={"If-Match": '"other"'})
    assert wrong.status_code == 412


def test_the_kernel_sets_are_listed_with_the_one_that_answers(visitor):
    (found,) = visitor.get(f"{REST}/kernel-sets/").json()["results"]
    assert found["active"] is True
    assert found["mk"] == "demo-approx-1"
    assert "note" not in found
    assert len(found["kernels"]) >= 5


def test_a_file_reaches_as_far_as_the_orbit_and_says_so(visitor):
    response = visitor.get("/ancillary/data.csv", {"start": "2025-01-01", "stop": "2026-01-01"})
    assert response.headers["Content-Disposition"].startswith("attachment")
    notes, rows = table(response)
    assert notes["stop_utc_solo"].startswith("2025-02-18")
    assert len(rows) == 200


def test_a_window_beyond_the_orbit_is_empty_and_one_across_its_end_is_not(visitor):
    empty = visitor.get("/ancillary/window.bin", {"start": "2027-01-01", "stop": "2027-02-01"})
    assert unpack_window(empty.content)[1] == {}
    across = visitor.get("/ancillary/window.bin", {"start": "2025-01-01", "stop": "2025-04-01"})
    assert len(unpack_window(across.content)[1]["ephemeris"]["t"]) == 300


@pytest.mark.django_db(transaction=True)
def test_the_program_fetches_the_numbers_of_the_page(live_server, visitor, tmp_path):
    path = f"{live_server.url}/ancillary/data.py"
    text = visitor.get("/ancillary/data.py", SPAN, headers={"Host": path.split("/")[2]}).text
    ran = subprocess.run(
        [sys.executable, "-c", text], cwd=tmp_path, capture_output=True, text=True, timeout=60,
        env={"NO_PROXY": "*"}, check=False,
    )  # fmt: skip
    assert ran.returncode == 0, ran.stderr
    assert "200 instants from 2022-03-01T00:00:00.000Z" in ran.stdout
    assert "APPROXIMATE" in ran.stdout
    assert "sun_distance_au" in ran.stdout
