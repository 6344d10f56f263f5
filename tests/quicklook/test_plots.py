"""The empty figures: one document of linked panels, small, without a script in it."""

import gzip
import json
import re
from types import SimpleNamespace

import pytest

from apps.core import plots as factory
from apps.quicklook import plots
from tests.architecture.imports import ROOT

PANELS = {
    "lc": plots.light_curves,
    "rcr": plots.regimes,
    "trig": plots.triggers,
    "bkgm": plots.background,
    "var": plots.variance,
    "spec": plots.spectra,
    "loc": plots.locations,
}


@pytest.fixture(scope="module")
def body():
    entries = [SimpleNamespace(key=key, options={"figure": draw}) for key, draw in PANELS.items()]
    return plots.template(entries)


def models(body, name):
    """All models of a kind in a document, as their JSON."""
    found = []

    def walk(value):
        if isinstance(value, dict):
            if value.get("type") == "object" and value.get("name") == name:
                found.append(value)
            for inner in value.values():
                walk(inner)
        elif isinstance(value, list):
            for inner in value:
                walk(inner)

    walk(json.loads(body))
    return found


def test_the_document_is_small_enough_for_a_first_view(body):
    assert len(gzip.compress(body, 6)) < 16_000


def test_the_document_holds_no_script(body):
    assert b"CustomJS" not in body
    assert all(
        not figure["attributes"].get("js_event_callbacks") for figure in models(body, "Figure")
    )


def test_only_the_curves_the_events_and_the_overview_are_on_at_first(body):
    seen = {
        figure["attributes"]["name"]
        for figure in models(body, "Figure")
        if figure["attributes"].get("visible", True)
    }
    assert seen == {"lc", "events", "overview"}


def test_every_panel_shares_the_one_time_axis(body):
    figures = {
        figure["attributes"]["name"]: figure["attributes"] for figure in models(body, "Figure")
    }
    ranges = {
        name: figure["x_range"].get("id") for name, figure in figures.items() if name != "overview"
    }
    assert set(ranges) == {"lc", "rcr", "trig", "bkgm", "var", "spec", "loc", "flag", "events"}
    assert len(set(ranges.values())) == 1


def test_bands_are_off_until_they_have_rows_because_bokeh_hangs_on_an_empty_one(body):
    bands = [
        renderer["attributes"]
        for renderer in models(body, "GlyphRenderer")
        if "_band" in renderer["attributes"].get("name", "")
    ]
    assert len(bands) == 13
    assert not any(band.get("visible", True) for band in bands)


def test_sources_begin_with_one_empty_row(body):
    for source in models(body, "ColumnDataSource"):
        for name, column in source["attributes"]["data"]["entries"]:
            length = len(column) if isinstance(column, list) else column["shape"][0]
            assert length == 1, name


def test_names_are_unique_because_the_page_finds_models_by_them(body):
    names = []
    text = json.loads(body)

    def walk(value):
        if isinstance(value, dict):
            if value.get("type") == "object":
                names.append(value.get("attributes", {}).get("name"))
            for inner in value.values():
                walk(inner)
        elif isinstance(value, list):
            for inner in value:
                walk(inner)

    walk(text)
    named = [name for name in names if name]
    assert len(named) == len(set(named))


def test_the_time_axis_writes_iso_dates():
    ticks = factory.utc_ticks()
    assert (ticks.hours, ticks.days, ticks.months) == ("%H:%M", "%m-%d", "%Y-%m")
    assert ticks.context.hours == "%Y-%m-%d"


def test_data_colours_have_contrast_on_both_themes():
    def light(colour):
        parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
        linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    for colour in factory.BAND_COLOURS:
        for panel in ("#ffffff", "#151d26"):
            high, low = sorted([light(colour), light(panel)], reverse=True)
            assert (high + 0.05) / (low + 0.05) >= 3


def test_the_style_sheet_names_the_same_data_colours():
    tokens = (ROOT / "stixportal" / "static" / "portal" / "css" / "tokens.css").read_text()
    written = dict(re.findall(r"--(band-\d|gap): (#\w+);", tokens))
    bands = {f"band-{number}": colour for number, colour in enumerate(factory.BAND_COLOURS, 1)}
    assert written == bands | {"gap": factory.GREY}
