"""The numbers as files and through REST: those of the file, with all that must be known."""

import csv
from itertools import dropwhile

import numpy as np
import pytest
from astropy.io import fits

from apps.core.seriestext import csv_text
from apps.housekeeping.parameters import parameters
from tests.housekeeping.written import REAL, taken_in, write_report
from tests.reference import needs_reference

pytestmark = [pytest.mark.db, pytest.mark.django_db, pytest.mark.usefixtures("data_dir")]

CSV, JSON, REST = (
    "/housekeeping/data.csv", "/housekeeping/data.json", "/api/v1/housekeeping/",
)  # fmt: skip
REAL_DAY = {"start": "2020-05-01", "span": "1d"}
DAY = {"start": "2022-03-28", "span": "1d"}


def rows(response):
    """The rows of a CSV file as dictionaries."""
    lines = response.getvalue().decode().splitlines()
    return list(csv.DictReader(dropwhile(lambda line: line.startswith("#"), lines)))


@pytest.mark.real
@needs_reference
def test_csv_holds_the_numbers_and_states_of_the_real_file(visitor):
    taken_in(REAL)
    query = REAL_DAY | {"parameters": "NIXD0054,NIXD0023,NIXD0070,NIXD0079", "temperature": "K"}
    found = rows(visitor.get(CSV, query))
    with fits.open(REAL) as hdus:
        data = hdus["DATA"].data
        np.testing.assert_allclose(
            [float(row["NIXD0054_K"]) for row in found], data["det_q1_t"], atol=5e-5
        )
        assert [row["NIXD0023"] for row in found] == [str(m) for m in data["instrument_mode"]]
        assert [int(row["NIXD0079"]) for row in found] == data["received_spw_packets"].tolist()
    assert {row["NIXD0070"] for row in found} == {"0xffffffff"}
    assert found[0]["time_utc_solo"] == "2020-05-01T00:00:30.226Z"
    assert found[-1]["time_utc_solo"] == "2020-05-01T23:59:25.286Z"


@pytest.mark.real
@needs_reference
def test_json_csv_and_rest_tell_the_same(visitor):
    taken_in(REAL)
    query = REAL_DAY | {"parameters": "NIXD0054,NIXD0023"}
    record, rest = visitor.get(JSON, query).json(), visitor.get(REST, query).json()
    assert record == rest
    temperature, mode = record["parameters"]
    found = rows(visitor.get(REST, query | {"format": "csv"}))
    assert [float(row["NIXD0054_degC"]) for row in found] == temperature["values"]
    assert [row["NIXD0023"] for row in found] == mode["values"]
    assert (temperature["unit"], record["clock"]) == ("degC", "UTC at Solar Orbiter")
    assert [file["name"] for file in record["source_files"]] == [REAL.name]


def test_buckets_come_with_their_extremes_and_all_states(visitor, tmp_path):
    modes = ["NOMINAL"] * 50 + ["SAFE"] * 50
    taken_in(write_report(tmp_path, NIXD0023=modes, NIXD0003=np.arange(100)))
    query = DAY | {"points": 2, "parameters": "NIXD0003,NIXD0023,NIXD0070"}
    record = visitor.get(JSON, query).json()
    usage, mode, mask = record["parameters"]
    assert (usage["minimum"], usage["values"], usage["maximum"]) == ([0], [49.5], [99])
    assert mode["values"] == ["SAFE|NOMINAL"]
    assert mask["always"] == ["0xffffffff"]
    assert record["samples"] == [100]
    assert "buckets" in record["aggregation"]


def test_what_was_not_reported_is_null_or_empty(visitor, tmp_path):
    taken_in(write_report(tmp_path, rows=2, without=("NIXD0054", "NIXD0023", "NIXD0070")))
    query = DAY | {"parameters": "NIXD0054,NIXD0023,NIXD0070"}
    values = [told["values"] for told in visitor.get(JSON, query).json()["parameters"]]
    assert values == [[None, None], ["", ""], ["", ""]]
    assert [row["NIXD0054_degC"] for row in rows(visitor.get(CSV, query))] == ["", ""]


def test_an_answer_that_the_client_has_is_not_sent_again(visitor, tmp_path):
    taken_in(write_report(tmp_path, rows=3))
    for address in (CSV, JSON, REST, "/housekeeping/window.bin"):
        response = visitor.get(address, DAY)
        again = visitor.get(address, DAY, headers={"If-None-Match": response["ETag"]})
        assert again.status_code == 304
    taken_in(write_report(tmp_path, rows=4, version="02"))
    assert visitor.get(CSV, DAY, headers={"If-None-Match": response["ETag"]}).status_code == 200


def test_files_are_named_after_report_and_range(visitor, tmp_path):
    taken_in(write_report(tmp_path, rows=3))
    name = 'filename="stix_hk-maxi_20220328T000000_20220329T000000.csv"'
    assert name in visitor.get(CSV, DAY)["Content-Disposition"]


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("parameters=NIXD9999", "parameters"), ("points=1", "points"), ("points=x", "points"),
        ("format=xml", "format"), ("nothing=1", "nothing"), ("start=soon", "start"),
        ("start=2022-03-29&stop=2022-03-28", "stop"), ("report=x", "report"), ("tab=x", "tab"),
    ],
)  # fmt: skip
def test_rest_names_the_field_that_is_wrong(visitor, query, field):
    response = visitor.get(f"{REST}?{query}")
    assert response.status_code == 400
    assert response["Content-Type"] == "application/problem+json"
    assert [error["field"] for error in response.json()["errors"]] == [field]


def test_nothing_stored_is_404_for_data(visitor):
    assert visitor.get(REST).status_code == 404
    assert visitor.get("/housekeeping/window.bin").status_code == 400


def test_rest_lists_the_dictionary(visitor):
    listed = visitor.get(REST + "parameters/").json()
    assert [record["mnemonic"] for record in listed] == list(parameters())
    mode = next(record for record in listed if record["mnemonic"] == "NIXD0023")
    assert mode["states"][5] == {"code": 5, "text": "NOMINAL"}
    assert mode["column"] == "instrument_mode"


def test_the_dictionary_comes_as_json_and_as_a_whole(visitor):
    for query, field in (({"format": "xml"}, "format"), ({"unit": "K"}, "unit")):
        response = visitor.get(REST + "parameters/", query)
        assert response.status_code == 400
        assert [error["field"] for error in response.json()["errors"]] == [field]


def test_csv_quotes_what_has_signs_of_its_own():
    text = "".join(
        csv_text({"a": "x"}, {"time_utc_solo": np.array([0])}, {"b": np.array(['x,"y"'])})
    )
    assert text == '# a: x\ntime_utc_solo,b\n1970-01-01T00:00:00.000Z,"x,""y"""\n'
