"""The housekeeping page: nine tabs, any parameter, by time or by file, in words and figures."""

from datetime import timedelta
from html.parser import HTMLParser

import numpy as np
import pytest

from apps.accounts.models import Export
from apps.archive.models import DataProduct, SeriesBlock
from apps.core.wire import unpack_window
from apps.housekeeping.parameters import parameters, tabs
from tests.housekeeping.test_dictionary import TITLES
from tests.housekeeping.written import REAL, START, taken_in, write_report
from tests.reference import needs_reference

pytestmark = [pytest.mark.db, pytest.mark.django_db, pytest.mark.usefixtures("data_dir")]

PAGE = "/housekeeping/"
DAY = {"start": "2022-03-28", "span": "1d"}


class Tabs(HTMLParser):
    """The words of the links in the navigation of the page's tabs."""

    def __init__(self, text):
        super().__init__()
        self.words, self.inside = [], False
        self.feed(text)

    def handle_starttag(self, tag, attributes):
        if tag == "nav":
            self.inside = ("class", "tabs") in attributes

    def handle_endtag(self, tag):
        self.inside = self.inside and tag != "nav"

    def handle_data(self, data):
        if self.inside and data.strip():
            self.words.append(data.strip())


def window(client, **query):
    """Header and parts of a window."""
    response = client.get(PAGE + "window.bin", DAY | query)
    assert response.status_code == 200, response.content[:300]
    return unpack_window(response.content)


def test_nothing_stored_is_said(visitor):
    response = visitor.get(PAGE)
    assert response.status_code == 200
    assert "Nothing is stored yet" in response.text


def test_the_tabs_are_the_nine_of_the_mission_in_their_order(visitor, tmp_path):
    taken_in(write_report(tmp_path))
    assert Tabs(visitor.get(PAGE).text).words == TITLES


@pytest.mark.real
@needs_reference
@pytest.mark.parametrize("tab", tabs().values(), ids=lambda tab: tab.key)
def test_the_real_day_fills_every_tab_with_units_and_states(visitor, tab):
    taken_in(REAL)
    text = visitor.get(PAGE, {"tab": tab.key}).text
    here = {"tab": tab.key, "start": "2020-05-01", "span": "1d"}
    _, parts = window(visitor, **here)
    for parameter in (parameters()[name] for name in tab.mnemonics):
        if "hk-maxi" not in parameter.reports:
            continue
        part = parts[parameter.mnemonic]
        assert parameter.label in text
        if parameter.kind == "number":
            assert np.isfinite(part["m0"]).sum() == 1350
            assert part["unit"] == parameter.shown_unit()
        else:
            assert len(part["x0"]) > 1
    assert parts["about"]["all"]["rows"] >= 1350


@pytest.mark.real
@needs_reference
def test_the_real_day_in_words_and_figures(visitor):
    taken_in(REAL)
    text = visitor.get(PAGE).text
    assert "1350 reports" in text
    assert "NOMINAL 99.63%, SAFE 0.30%, CONFIGURATION 0.07%" in text
    temperatures = visitor.get(PAGE, {"tab": "detectors"}).text
    assert "-39.5978" in temperatures  # 233.5522 K
    assert "233.552" in visitor.get(PAGE, {"tab": "detectors", "temperature": "K"}).text
    header, _ = window(visitor, start="2020-05-01", span="1d")
    words = [words for _, _, words in header["events"][0]["spans"]]
    assert words == ["NOMINAL to SAFE", "SAFE to CONFIGURATION", "CONFIGURATION to NOMINAL"]


def test_a_file_gives_the_range_its_last_report_included(visitor, tmp_path):
    product = taken_in(write_report(tmp_path, rows=10))
    taken_in(write_report(tmp_path, rows=5, start=START + timedelta(days=3)))
    response = visitor.get(PAGE, {"file": product.pk})
    assert "10 reports" in response.text
    assert product.name in response.text


def test_a_file_of_the_short_report_opens_that_report(visitor, tmp_path):
    product = taken_in(write_report(tmp_path, rows=7, report="hk-mini"))
    response = visitor.get(PAGE, {"file": product.pk, "tab": "cpu"})
    assert "7 reports" in response.text
    assert "Telecommands executed" in response.text


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ({"file": "99"}, "file 99 is no housekeeping file"),
        ({"file": "x"}, "whole number"),
        ({"tab": "kitchen"}, "tab kitchen is unknown"),
        ({"parameters": "NIXD9999"}, "is no parameter"),
        ({"parameters": ",".join(list(parameters())[:25])}, "too many"),
        ({"against": "NIXD0054"}, "needs both"),
        ({"parameters": "NIXD0023", "against": "NIXD0054"}, "NIXD0023 is no number"),
        ({"parameters": "NIXD0054", "against": "NIXD0023"}, "NIXD0023 is no number"),
        ({"temperature": "F"}, "temperature F is unknown"),
        ({"report": "hk-midi"}, "report hk-midi is unknown"),
        ({"start": "soon"}, "is not a time"),
    ],
)
def test_bad_input_is_named_and_kept(visitor, tmp_path, query, field):
    taken_in(write_report(tmp_path, rows=3))
    response = visitor.get(PAGE, query)
    assert response.status_code == 400
    assert field in response.text
    for address in ("window.bin", "data.csv"):
        if "file" not in query:
            answer = visitor.get(PAGE + address, query)
            assert answer.status_code == 400
            assert answer["Content-Type"] == "application/problem+json"


def test_a_file_of_another_product_or_a_hidden_one_is_none(visitor, team, tmp_path):
    product = taken_in(write_report(tmp_path, rows=3))
    DataProduct.objects.filter(pk=product.pk).update(access="team")
    assert visitor.get(PAGE, {"file": product.pk}).status_code == 400
    assert team.get(PAGE, {"file": product.pk}).status_code == 200


def test_any_parameter_alone_and_any_two_against_each_other(visitor, tmp_path):
    taken_in(write_report(tmp_path, rows=50, NIXD0054=np.linspace(230, 240, 50),
                          NIXD0058=np.linspace(100, 200, 50)))  # fmt: skip
    query = {"parameters": "NIXD0058", "against": "NIXD0054"}
    assert "Detector current" in visitor.get(PAGE, query).text
    _, parts = window(visitor, **query)
    np.testing.assert_allclose(parts["comparison"]["x"], np.linspace(230, 240, 50) - 273.15,
                               rtol=1e-5)  # fmt: skip
    np.testing.assert_allclose(parts["comparison"]["y"], np.linspace(100, 200, 50), rtol=1e-6)
    plot = visitor.get(PAGE + "plot.json", query)
    assert plot.status_code == 200
    assert "comparison_data" in plot.text
    assert visitor.get(PAGE + "plot.json", query, headers={"If-None-Match": plot["ETag"]}
                       ).status_code == 304  # fmt: skip


def test_an_unknown_state_is_told_on_the_page_and_in_files(visitor, tmp_path):
    taken_in(write_report(tmp_path, rows=10, NIXD0023=["DREAM"] * 2 + ["NOMINAL"] * 8))
    assert "DREAM (unknown)" in visitor.get(PAGE).text
    _, parts = window(visitor)
    assert parts["NIXD0023"]["lanes"][-1] == "DREAM (unknown)"
    assert "DREAM (unknown)" in visitor.get(PAGE + "data.csv", DAY).getvalue().decode()


def test_limits_that_were_left_are_said_and_marked(visitor, tmp_path):
    values = np.full(100, 1.55)
    values[30:33] = 1.7
    taken_in(write_report(tmp_path, NIXD0035=values))
    text = visitor.get(PAGE, {"parameters": "NIXD0035"} | DAY).text
    assert "Outside their limits: DPU 1.5 V voltage (soft limit)" in text
    header, parts = window(visitor, parameters="NIXD0035")
    start = START.timestamp() * 1000
    assert parts["NIXD0035"]["worst"] == [[start + 30 * 64e3, start + 33 * 64e3, 1]]
    assert header["events"][2]["spans"] == [
        [start + 30 * 64e3, start + 33 * 64e3, "DPU 1.5 V voltage: soft limit"]
    ]
    _, parts = window(visitor, parameters="NIXD0035", start="2020-01-01", span="5y", points=20)
    assert parts["about"]["all"]["resolution"].endswith("d min/max/mean")
    assert [level for _, _, level in parts["NIXD0035"]["worst"]] == [1]


def test_an_empty_range_names_the_nearest_report(visitor, tmp_path):
    taken_in(write_report(tmp_path, rows=10))
    header, parts = window(visitor, start="2022-03-25", span="1h")
    assert parts["about"]["all"]["rows"] == 0
    assert header["nearest"] == START.timestamp() * 1000
    assert "No housekeeping from" in visitor.get(PAGE, {"start": "2022-03-25"}).text


def test_a_report_that_was_never_stored_shows_nothing_and_breaks_nothing(visitor, tmp_path):
    taken_in(write_report(tmp_path, rows=3))
    query = DAY | {"report": "hk-mini", "tab": "cpu"}
    assert "No housekeeping from" in visitor.get(PAGE, query).text
    assert visitor.get(PAGE + "window.bin", query).status_code == 200
    assert visitor.get(PAGE + "data.csv", query).status_code == 200
    nothing = visitor.get(PAGE, query | {"tab": "hv"})
    assert "Not in this report" in nothing.text
    assert visitor.get(PAGE + "window.bin", query | {"tab": "hv"}).status_code == 200


def test_simulated_reports_say_so(visitor, tmp_path):
    taken_in(write_report(tmp_path, rows=3, simulated=True))
    assert "Simulated housekeeping" in visitor.get(PAGE).text
    _, parts = window(visitor)
    assert parts["about"]["all"]["simulated"] is True
    assert "# simulated: True" in visitor.get(PAGE + "data.csv", DAY).getvalue().decode()


def test_hidden_reports_are_the_teams_and_their_export_is_noted(visitor, team, tmp_path):
    product = taken_in(write_report(tmp_path, rows=3, NIXD0003=77))
    DataProduct.objects.filter(pk=product.pk).update(access="team")
    SeriesBlock.objects.update(access="team")
    assert "77" not in visitor.get(PAGE + "data.csv", DAY).getvalue().decode()
    assert ",77," in team.get(PAGE + "data.csv", DAY).getvalue().decode()
    assert Export.objects.count() == 1


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("/view/plot/housekeeping", "/housekeeping/"),
        ("/view/plot/housekeeping/file/12", "/housekeeping/?file=12"),
        ("/view/plot/housekeeping?run=12", "/housekeeping/?file=12"),
        (
            "/view/plot/housekeeping?start=1588291200&span=3600",
            "/housekeeping/?start=2020-05-01T00:00:00Z&stop=2020-05-01T01:00:00Z",
        ),
        (
            "/view/plot/housekeeping?start=2020-05-01&span=30",
            "/housekeeping/?start=2020-05-01T00:00:00Z&stop=2020-05-01T00:30:00Z",
        ),
    ],
)
def test_old_addresses_lead_here(visitor, old, new):
    response = visitor.get(old)
    assert (response.status_code, response["Location"]) == (301, new)


def test_the_dictionary_lists_every_parameter(visitor):
    text = visitor.get(PAGE + "parameters/").text
    for parameter in parameters().values():
        assert f'id="{parameter.mnemonic}"' in text
    assert "soft 1.429 to 1.607" in text


def test_the_search_box_leads_to_a_parameter(visitor):
    answer = visitor.get("/search/", {"q": "nixd0023"})
    assert answer["Location"] == "/housekeeping/?parameters=NIXD0023&report=hk-maxi"
    assert visitor.get("/search/", {"q": "det_q1_t"})["Location"].endswith(
        "NIXD0054&report=hk-maxi"
    )
    words = visitor.get("/search/", {"q": "detector temperature"}).text
    assert all(f"Q{quadrant} · NIXD00{53 + quadrant}" in words for quadrant in range(1, 5))
