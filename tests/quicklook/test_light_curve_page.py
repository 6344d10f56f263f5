"""The light-curve page and its windows, without a browser."""

import gzip
import html
import re
from datetime import UTC, datetime, timedelta

import brotli
import numpy as np
import pytest
from django.utils import timezone

from apps.core.registry import overlays, panels
from apps.core.wire import unpack_window
from tests.quicklook.stored import a_light_curve, stored
from tests.reference import REFERENCE, needs_reference

pytestmark = [pytest.mark.db, pytest.mark.django_db]

PAGE = "/quicklook/lightcurves/"
WINDOW = PAGE + "window.bin"
PLOT = PAGE + "plot.json"
START = datetime(2022, 3, 28, 10, tzinfo=UTC)
TEN = {"start": "2022-03-28T10:00", "stop": "2022-03-28T11:00"}


def window(client, **query):
    """Header and parts of a window."""
    answer = client.get(WINDOW, TEN | query)
    assert answer.status_code == 200, answer.content
    return unpack_window(answer.content)


@pytest.fixture
def hour(data_dir, tmp_path):
    """An hour of 4711 counts in every bin, public."""
    return stored(a_light_curve(tmp_path, START, [4711] * 900))


@needs_reference
def test_the_page_opens_on_the_real_day_and_names_its_medians(data_dir, real_day, visitor):
    text = visitor.get(PAGE).content.decode()
    assert "2020-05-06 00:00 to 2020-05-07 00:00 UTC at Solar Orbiter" in text
    for label, median in zip(
        ("4–10 keV", "10–15 keV", "15–25 keV", "25–50 keV", "50–150 keV"),
        ("271", "53", "75", "927", "1\u202f855"),
        strict=True,
    ):
        assert f'<th scope="row">{label}</th><td class="number">{median}</td>' in text


def test_a_window_carries_all_parts_that_were_asked_for_and_a_quarter_more_time(hour, visitor):
    header, parts = window(visitor, parts="lc,trig,rcr,var,spec,bkgm,loc,overview", points=2000)
    assert set(parts) == {"lc", "trig", "rcr", "var", "spec", "bkgm", "loc", "overview"}
    assert header["stop"] - header["start"] == 1.5 * 3_600_000
    assert np.nanmedian(parts["lc"]["m0"]) == 4711
    assert parts["lc"]["labels"][0] == "4–10 keV"
    assert parts["lc"]["about"]["resolution"] == "4 s bins"
    assert np.nanmax(parts["trig"]["m0"]) == 100
    assert len(parts["var"]["t"]) == 1  # nothing stored: one empty row


def test_extremes_survive_any_window(data_dir, tmp_path, visitor):
    counts = np.full(900, 50)
    counts[417] = 9000
    stored(a_light_curve(tmp_path, START, counts))
    for query in (TEN, {"start": "2020-01-01", "stop": "2026-01-01"}):
        _, parts = window(visitor, **query, points=50)
        assert np.nanmax(parts["lc"]["h2"]) == 9000
        assert "min/max/mean" in parts["lc"]["about"]["resolution"]


def test_joined_bins_are_sums(hour, visitor):
    _, parts = window(visitor, rebin=15)
    assert np.nanmedian(parts["lc"]["m0"]) == 15 * 4711
    assert np.nanmedian(parts["lc"]["w"]) == 60


@needs_reference
def test_the_spectra_of_one_detector_are_a_part_of_the_sum(data_dir, visitor):
    stored(REFERENCE / "fits" / "solo_L1_stix-ql-spectra_20200506_V01.fits", "ql-spectra")
    day = {"start": "2020-05-06", "stop": "2020-05-07", "parts": "spec"}
    whole = window(visitor, **day)[1]["spec"]
    assert whole["detector"] is None
    parts = [window(visitor, **day, detector=number)[1]["spec"] for number in range(1, 33)]
    assert [part["detector"] for part in parts] == list(range(1, 33))
    np.testing.assert_array_equal(sum(part["image"] for part in parts), whole["image"])


def test_the_choice_of_a_detector_shows_with_the_spectra(hour, visitor):
    text = visitor.get(PAGE, TEN | {"panels": "spec", "detector": "12"}).text
    assert '<option value="12" selected>12</option>' in text
    assert 'id="detector" hidden' not in " ".join(text.split("title"))


def test_a_window_that_is_known_is_not_sent_again(hour, visitor):
    first = visitor.get(WINDOW, TEN)
    again = visitor.get(WINDOW, TEN, headers={"if-none-match": first["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
    other = visitor.get(WINDOW, TEN | {"rebin": 2}, headers={"if-none-match": first["ETag"]})
    assert other.status_code == 200


def test_a_window_changes_its_tag_when_the_series_changes(hour, visitor, tmp_path):
    first = visitor.get(WINDOW, TEN)
    stored(a_light_curve(tmp_path, START + timedelta(days=1), [1] * 9))
    assert visitor.get(WINDOW, TEN)["ETag"] != first["ETag"]


def test_embargoed_counts_are_absent_for_a_visitor_and_present_for_the_team(
    data_dir, tmp_path, visitor, team
):
    release = timezone.now() + timedelta(days=30)
    path = a_light_curve(tmp_path, START, [4711] * 900)
    stored(path, access="embargoed", release_at=release)
    query = {"parts": "lc,trig,rcr,overview"}
    header, parts = window(visitor, **query)
    assert not parts["lc"]["shown"]
    assert np.isnan(parts["lc"]["m0"]).all()
    assert (header["nearest"], parts["overview"]["extent"]) == (None, None)
    assert b"4711" not in visitor.get(PAGE, TEN).content
    header, parts = window(team, **query)
    assert np.nanmedian(parts["lc"]["m0"]) == 4711


def test_an_empty_window_names_the_nearest_data(hour, visitor):
    header, parts = window(visitor, start="2022-04-01", stop="2022-04-02")
    assert not parts["lc"]["shown"]
    assert datetime.fromtimestamp(header["nearest"] / 1000, UTC) == START + timedelta(seconds=3598)


def test_events_of_other_capabilities_travel_with_the_window(hour, visitor, monkeypatch):
    monkeypatch.setattr(overlays, "_entries", {})
    overlays.register(
        "flares", lambda span, user: [[span.start_ms, span.stop_ms, "C1"]], title="Flares"
    )
    header, _ = window(visitor)
    assert header["events"][0]["title"] == "Flares"
    assert header["events"][0]["spans"][0][2] == "C1"


def test_another_capability_adds_a_panel(hour, visitor, team, monkeypatch):
    monkeypatch.setattr(panels, "_entries", dict(panels._entries))
    panels.register(
        "goes", lambda span, user, points, options: {"t": np.ones(1)}, title="GOES",
        page="quicklook", audience="team", series="goes", quantity="", note="",
        figure=lambda stack: [stack.panel("goes", 100)],
    )  # fmt: skip
    assert b'value="goes"' not in visitor.get(PAGE, TEN).content
    assert b'value="goes"' in team.get(PAGE, TEN).content
    assert "goes" not in window(visitor, parts="lc,goes")[1]
    assert window(team, parts="lc,goes")[1]["goes"]["t"] == 1
    assert b'"goes"' in team.get(PLOT).content


def test_the_empty_plot_is_cached_and_not_sent_twice(hour, visitor):
    first = visitor.get(PLOT)
    assert first.headers["Content-Type"] == "application/json"
    again = visitor.get(PLOT, headers={"if-none-match": first["ETag"]})
    assert again.status_code == 304
    assert len(gzip.compress(first.content)) < 16_000


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ({"parts": "lc,'; DROP TABLE archive_series; --"}, "parts"),
        ({"rebin": "0"}, "rebin"),
        ({"rebin": "1e9"}, "rebin"),
        ({"points": "100000"}, "points"),
        ({"points": "many"}, "points"),
        ({"detector": "0"}, "detector"),
        ({"detector": "33"}, "detector"),
        ({"start": "2022-03-28T12:00"}, "stop"),
        ({"start": "tomorrow"}, "start"),
    ],
)
def test_a_wrong_question_is_answered_with_the_field(hour, visitor, query, field):
    answer = visitor.get(WINDOW, TEN | query)
    assert answer.status_code == 400
    assert field in {error["field"] for error in answer.json()["errors"]}


@pytest.mark.parametrize(
    "query",
    [
        {"panels": "rcr,<script>alert(1)</script>"},
        {"scale": "cubic"},
        {"hide": "6"},
        {"detector": "cfl"},
        {"units": "<b>"},
        {"rebin": "-1"},
    ],
)
def test_a_wrong_option_is_a_page_that_says_so(hour, visitor, query):
    answer = visitor.get(PAGE, TEN | query)
    assert answer.status_code == 400
    assert b"<script>alert" not in answer.content


def test_units_panels_rebin_and_files_are_defined_where_the_pointer_rests(hour, visitor):
    text = visitor.get(PAGE, TEN).content.decode()
    titles = " ".join(re.findall(r'title="([^"]+)"', text))
    for words in (
        "counts: in each bin, as in the file",
        "counts/s: divided by the bin&#x27;s width",
        "counts/s/keV: divided by the width of the band as well",
        "Counts and widths of so many native bins",
        "Each point is a bin of this width",
        "Rate control regime: which pixels count",
        "Trigger counts of all detectors",
        "Background monitor: counts of detector 10",
        "Variance of 40 samples",
        "Quick-look spectra of one detector",
        "Flare locations found on board",
        "A program that fetches the same numbers",
    ):
        assert words.replace("&#x27;", "'") in titles.replace("&#x27;", "'")
    shown = text[text.index("<summary>Definitions") :]
    for name in ("counts", "counts/s", "counts/s/keV", "Rebin", "RCR", "Variance", "Location"):
        assert f"<dt>{name}</dt>" in shown


def test_all_panels_can_be_off(hour, visitor):
    text = visitor.get(PAGE, TEN | {"panels": ""}).content.decode()
    assert 'value="rcr" data-quantity="">' in text
    text = visitor.get(PAGE, TEN).content.decode()
    assert 'value="rcr" data-quantity="" checked>' in text


def test_nothing_stored_is_said_and_no_window_is_guessed(data_dir, visitor):
    assert b"Nothing is stored yet" in visitor.get(PAGE).content
    assert visitor.get(WINDOW).status_code == 400
    assert window(visitor)[0]["nearest"] is None


def test_a_century_is_answered(hour, visitor):
    _, parts = window(visitor, start="1990-01-01", stop="2090-01-01", parts="lc,trig,rcr,overview")
    assert np.nanmax(parts["lc"]["m0"]) == 4711


def test_downloads_keep_range_and_options(hour, visitor):
    text = visitor.get(PAGE, TEN | {"units": "rate", "rebin": "5"}).content.decode()
    query = "?start=2022-03-28T10:00:00&amp;stop=2022-03-28T11:00:00&amp;units=rate&amp;rebin=5"
    for form in ("csv", "json", "fits", "py"):
        assert f"/quicklook/lightcurves/data.{form}{query}" in text


@pytest.mark.parametrize(
    ("accepted", "encoding", "unpacked"),
    [("gzip", "gzip", gzip.decompress), ("gzip, deflate, br, zstd", "br", brotli.decompress)],
)
def test_a_window_is_compressed_for_those_who_take_it(hour, visitor, accepted, encoding, unpacked):
    plain = visitor.get(WINDOW, TEN)
    small = visitor.get(WINDOW, TEN, headers={"accept-encoding": accepted})
    assert "Content-Encoding" not in plain.headers
    assert small["Content-Encoding"] == encoding
    assert unpacked(small.content) == plain.content
    assert small["Content-Length"] == str(len(small.content))
    again = {"accept-encoding": accepted, "if-none-match": small["ETag"]}
    assert visitor.get(WINDOW, TEN, headers=again).status_code == 304


@pytest.mark.parametrize(
    ("query", "reason"),
    [
        (TEN, ""),
        ({"start": "2022-03-26", "stop": "2022-03-30"}, ""),
        ({"start": "2022-03-26", "stop": "2022-03-30T00:00:01"}, "at most 4 days"),
        ({"start": "2024-03-28", "stop": "2024-03-29"}, "no light curves in this range"),
    ],
)
def test_a_fits_file_is_offered_where_there_is_one_and_else_the_reason(
    hour, visitor, query, reason
):
    page = visitor.get(PAGE, query).text
    offered = re.search(r'href="([^"]*data\.fits[^"]*)"', page)
    assert bool(offered) is not bool(reason)
    if offered:
        assert visitor.get(html.unescape(offered[1])).status_code == 200
    else:
        assert re.search(rf'aria-disabled="true" title="[^"]*{reason}', page)
        refused = visitor.get(f"{PAGE}data.fits", query)
        assert refused.status_code in (400, 404)
        assert refused["Content-Type"].startswith("application/problem+json")
