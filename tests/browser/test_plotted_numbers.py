"""What the light-curve page really draws: the numbers in the plot, not only that there is one."""

import math
from datetime import UTC, datetime

import numpy as np
import pytest

from apps.archive.ingest import ingest_file
from tests import synthetic

pytestmark = [pytest.mark.browser, pytest.mark.db]

PAGE = "/quicklook/lightcurves/"
NOW = datetime(2026, 3, 1, tzinfo=UTC)
DAY_MS = 1_648_598_400_000  # 2022-03-30
HOUR_MS = 3_600_000
BANDS = (271, 53, 75, 927, 1855)

COLUMN = """([source, name]) => {
  const column = Bokeh.documents[0].get_model_by_name(source).data[name];
  const numbers = Array.from(column).flatMap(part => typeof part === "object" ? [...part] : part);
  return numbers.map(number => Number.isFinite(number) ? number : null);
}"""
VISIBLE = "names => names.filter(name => Bokeh.documents[0].get_model_by_name(name).visible)"
LABEL = "name => Bokeh.documents[0].get_model_by_name(name).axis_label"


def column(window, source, name):
    """A column of the plot; NaN where nothing is drawn."""
    values = window.page.evaluate(COLUMN, [source, name])
    return np.array([math.nan if value is None else value for value in values])


@pytest.fixture
def stormy(portal, tmp_path):
    """Ten hours of 2022-03-30 with a bin of 90000, a bin of 1, ten empty minutes, attenuator in."""
    counts = np.tile(BANDS, (9000, 1))
    counts[4321, 2], counts[4500, 2] = 90_000, 1
    times = DAY_MS + 2000 + 4000 * np.arange(9000)
    there = (times < DAY_MS + HOUR_MS) | (times >= DAY_MS + HOUR_MS + 600_000)
    rcr = np.where(np.arange(9000) // 900 == 4, 2, 0)  # from four to five o'clock
    path = synthetic.write_lightcurve(
        tmp_path, "2022-03-30", counts=counts[there], rcr=rcr[there], times_ms=times[there]
    )
    assert ingest_file(path, now=NOW).status == "taken in"
    return portal


def test_extremes_gaps_and_events_are_in_the_drawn_data_at_every_zoom(stormy, opened):
    window = opened()
    window.open(stormy + PAGE + "?start=2022-03-30&stop=2022-03-30T10:00")
    page = window.page
    assert "min/max/mean" in page.inner_text("#resolution")
    assert np.nanmax(column(window, "lc_data", "h2")) == 90_000
    assert np.nanmin(column(window, "lc_data", "l2")) == 1
    assert np.nanmax(column(window, "lc_data", "m2")) < 90_000
    assert page.evaluate(VISIBLE, ["lc_band2"]) == ["lc_band2"]
    gap = (column(window, "lc_data", "t") >= DAY_MS + HOUR_MS) & (
        column(window, "lc_data", "t") < DAY_MS + HOUR_MS + 600_000
    )
    assert np.isnan(column(window, "lc_data", "m0")[gap]).all()
    edges = zip(
        column(window, "events_data", "x0"), column(window, "events_data", "x1"), strict=True
    )
    marks = {(round((a - DAY_MS) / 60_000), round((b - DAY_MS) / 60_000)) for a, b in edges}
    assert {(60, 70), (240, 300)} <= marks  # no data; attenuator
    page.fill("#id_start", "2022-03-30T04:30")
    page.fill("#id_stop", "2022-03-30T05:30")
    page.press("#id_stop", "Enter")
    page.wait_for_timeout(300)
    window.settled()
    assert page.inner_text("#resolution") == "4 s bins"
    peak = int(np.nanargmax(column(window, "lc_data", "m2")))
    assert column(window, "lc_data", "m2")[peak] == 90_000
    assert column(window, "lc_data", "t")[peak] == DAY_MS + 4321 * 4000
    assert page.evaluate(VISIBLE, ["lc_band2"]) == []


def test_units_and_styles_change_what_is_drawn_and_files_follow(portal, opened):
    window = opened()
    # Where links of the old portal lead: unix seconds and a length.
    window.open(portal + "/view/ql/lightcurves?start=1648432800&span=3600")
    page = window.page
    assert "2022-03-28 02:00 to 2022-03-28 03:00" in page.inner_text("#sentence")
    units = {"counts": 1, "rate": 4, "flux": 4 * 6}
    labels = []
    for unit, divisor in units.items():
        page.select_option("[name=units]", unit)
        drawn = column(window, "lc_data", "m0")
        assert np.nanmedian(drawn) == pytest.approx(271 / divisor)
        labels.append(page.evaluate(LABEL, "lc_log_axis"))
    assert labels == ["counts / 4 s", "counts / s", "counts / s / keV"]
    styles = ("step", "line", "points")
    for style in styles:
        page.check(f"[name=style][value={style}]", force=True)
        names = [f"lc_{name}{band}" for name in styles for band in range(5)]
        assert page.evaluate(VISIBLE, names) == [f"lc_{style}{band}" for band in range(5)]
    page.evaluate("document.activeElement.blur()")
    page.keyboard.press("ArrowRight")
    window.settled()
    links = page.locator("a[data-options]")
    addresses = [links.nth(index).get_attribute("href") for index in range(links.count())]
    assert len(addresses) == 4
    for address in addresses:
        assert "start=2022-03-28T02:30:00" in address.replace("%3A", ":")
        assert "units=flux" in address
        assert page.request.get(address if "//" in address else portal + address).status == 200


def test_every_panel_draws_the_numbers_of_its_product(portal, opened):
    window = opened()
    window.open(
        portal + PAGE + "?start=2022-03-28T00:00&stop=2022-03-28T00:10&panels="
        "rcr,trig,bkgm,var,spec,loc"
    )
    drawn = {
        key: float(np.nanmedian(column(window, f"{key}_data", "m0")))
        for key in ("lc", "trig", "bkgm", "var", "loc")
    }
    assert drawn == {"lc": 271, "trig": 3967, "bkgm": 14, "var": 2943, "loc": 0}
    assert column(window, "rcr_data", "rcr").tolist() == [0]
    image = column(window, "spec_data", "image")
    # The sum over detectors d of 100 d + channel, channels 1 to 30.
    assert (np.nanmin(image), np.nanmax(image)) == (52_800 + 32, 52_800 + 32 * 30)
