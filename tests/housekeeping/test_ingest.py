"""From a housekeeping file to the store: every sample, every state, every bit."""

import logging
from datetime import timedelta

import numpy as np
import pytest
from astropy.io import fits

from apps.archive.ingest import ingest_file
from apps.archive.models import SeriesBlock
from apps.core.timeaxis import DAY_MS, TimeRange, from_ms, to_ms
from apps.housekeeping.models import UnknownState
from apps.housekeeping.parameters import NOT_REPORTED, of_report, parameters
from tests.housekeeping.written import NOW, REAL, REAL_DAY, START, samples, taken_in, write_report
from tests.reference import needs_reference

pytestmark = [pytest.mark.db, pytest.mark.django_db, pytest.mark.usefixtures("data_dir")]

MODES = ["NOMINAL"] * 40 + ["SAFE"] * 20 + ["NOMINAL"] * 40


@pytest.mark.real
@needs_reference
def test_every_value_of_the_real_file_is_stored():
    product = taken_in(REAL)
    stored = samples(REAL_DAY)
    assert len(stored.time) == 1350
    assert product.stop == from_ms(int(stored.time[-1]) + 1)
    with fits.open(REAL) as hdus:
        data = hdus["DATA"].data
        for parameter in of_report("hk-maxi"):
            real, ours = data[parameter.column], stored.mean[parameter.mnemonic]
            if parameter.kind == "number":
                np.testing.assert_allclose(ours, real, rtol=6e-8)
            elif parameter.kind == "mask":
                assert (ours == real).all()
            else:
                assert [parameter.states[code] for code in ours] == [str(text) for text in real]
    assert not UnknownState.objects.exists()


def test_the_last_sample_is_in_the_span_of_its_file_and_in_the_store(tmp_path):
    product = taken_in(write_report(tmp_path, rows=10))
    last = START + timedelta(seconds=9 * 64)
    assert (product.start, product.stop) == (START, last + timedelta(milliseconds=1))
    stored = samples(TimeRange(product.start, product.stop))
    assert stored.time[-1] == to_ms(last)
    assert len(stored.time) == 10


def test_a_sample_just_at_midnight_belongs_to_the_new_day(tmp_path):
    start = START - timedelta(seconds=9 * 64)
    taken_in(write_report(tmp_path, rows=10, start=start))
    assert samples().time.tolist() == [to_ms(START)]
    before = TimeRange(START - timedelta(days=1), START)
    assert len(samples(before).time) == 9


def test_a_file_of_one_report_is_stored(tmp_path):
    product = taken_in(write_report(tmp_path, rows=1))
    assert product.stop - product.start == timedelta(milliseconds=1)
    assert len(samples().time) == 1


def test_a_newer_version_replaces_the_last_sample_too(tmp_path):
    taken_in(write_report(tmp_path, rows=10, NIXD0003=1))
    taken_in(write_report(tmp_path, rows=10, NIXD0003=2, version="02"))
    assert set(samples().mean["NIXD0003"].tolist()) == {2}


def test_an_unknown_state_is_kept_and_told(tmp_path, caplog):
    modes = np.array(MODES, "U16")
    modes[50:52] = "HIBERNATE"
    with caplog.at_level(logging.WARNING):
        taken_in(write_report(tmp_path, NIXD0023=modes))
    assert "HIBERNATE" in caplog.text
    unknown = UnknownState.objects.get()
    assert (unknown.mnemonic, unknown.code, unknown.text) == ("NIXD0023", 40, "HIBERNATE")
    stored = samples(columns=["NIXD0023"]).mean["NIXD0023"]
    mode = parameters()["NIXD0023"]
    texts = UnknownState.objects.texts()["NIXD0023"]
    assert mode.state(int(stored[50]), texts) == "HIBERNATE (unknown)"
    assert [mode.state(int(code), texts) for code in stored[[0, 45]]] == ["NOMINAL", "SAFE"]


def test_the_same_unknown_state_has_one_code_in_all_files(tmp_path):
    later = START + timedelta(days=1)
    taken_in(write_report(tmp_path, NIXD0023="DREAM", rows=5))
    taken_in(write_report(tmp_path, NIXD0023="SLEEP", rows=5, start=later))
    taken_in(write_report(tmp_path, NIXD0023="DREAM", rows=5, start=later + timedelta(days=1)))
    assert UnknownState.objects.texts() == {"NIXD0023": {40: "DREAM", 41: "SLEEP"}}


def test_a_parameter_with_more_unknown_states_than_codes_keeps_the_file(tmp_path):
    taken_in(write_report(tmp_path, rows=60, NIXD0023=[f"STATE_{n}" for n in range(60)]))
    codes = samples(columns=["NIXD0023"]).mean["NIXD0023"]
    assert sorted(set(codes.tolist())) == list(range(40, 63))


def test_missing_columns_are_not_reported_and_nothing_else_is_lost(tmp_path):
    left_out = ("NIXD0023", "NIXD0054", "NIXD0070")
    taken_in(write_report(tmp_path, rows=5, without=left_out))
    stored = samples()
    assert set(stored.mean["NIXD0023"].tolist()) == {NOT_REPORTED}
    assert np.isnan(stored.mean["NIXD0054"]).all()
    assert set((stored.mean["NIXD0070"] >> np.uint64(63)).tolist()) == {1}
    assert set(stored.mean["NIXD0055"].tolist()) == {290.0}


def test_a_column_that_the_dictionary_lacks_is_told(tmp_path, caplog):
    with caplog.at_level(logging.WARNING):
        taken_in(write_report(tmp_path, rows=3, hk_new_t=7.0))
    assert "not in the dictionary: hk_new_t" in caplog.text


def test_numbers_that_are_none_stay_missing(tmp_path):
    values = np.linspace(280, 290, 100)
    values[3], values[7] = np.nan, np.inf
    taken_in(write_report(tmp_path, NIXD0054=values))
    stored = samples(columns=["NIXD0054"]).mean["NIXD0054"]
    assert np.flatnonzero(np.isnan(stored)).tolist() == [3, 7]
    day = samples(columns=["NIXD0054"], bucket_ms=DAY_MS)
    assert day.low["NIXD0054"].tolist() == [280.0]
    assert day.high["NIXD0054"].tolist() == [290.0]


def test_temperatures_in_degrees_are_stored_in_kelvin(tmp_path):
    taken_in(write_report(tmp_path, rows=2, NIXD0054=-38.0, units={"det_q1_t": "degC"}))
    np.testing.assert_allclose(samples().mean["NIXD0054"], 235.15, rtol=1e-6)


def test_the_short_report_has_a_series_of_its_own(tmp_path):
    taken_in(write_report(tmp_path, rows=4, report="hk-mini", NIX00166=17))
    assert samples(report="hk-mini").mean["NIX00166"].tolist() == [17.0] * 4
    assert len(samples().time) == 0


@pytest.mark.parametrize(
    ("changes", "word"),
    [
        ({"NIXD0054": "warm"}, "det_q1_t holds"),
        ({"NIXD0070": -1}, "masks of 32 bits"),
        ({"NIXD0070": 2**33}, "masks of 32 bits"),
        ({"NIXD0070": 0.5}, "masks of 32 bits"),
        ({"NIXD0023": 1.5}, "as texts"),
    ],
)
def test_a_column_of_another_kind_is_refused_with_its_name(tmp_path, changes, word):
    outcome = ingest_file(write_report(tmp_path, rows=3, **changes), now=NOW)
    assert outcome.status == "refused"
    assert word in outcome.reason
    assert not SeriesBlock.objects.exists()


def test_overviews_keep_every_state_and_every_bit_that_was_seen(tmp_path):
    detectors = np.full(100, 0xFFFFFFFF)
    detectors[50] = 0xFFFFFFFE
    taken_in(write_report(tmp_path, NIXD0023=MODES, NIXD0070=detectors))
    day = samples(columns=["NIXD0023", "NIXD0070"], bucket_ms=DAY_MS)
    assert day.mean["NIXD0023"].tolist() == [1 << 5 | 1 << 2]
    assert (day.low["NIXD0070"].tolist(), day.high["NIXD0070"].tolist()) == (
        [0xFFFFFFFE], [0xFFFFFFFF]
    )  # fmt: skip
    from_stored_level = samples(columns=["NIXD0023"], span=TimeRange(START, START + timedelta(30)),
                                max_points=50)  # fmt: skip
    assert from_stored_level.mean["NIXD0023"].tolist() == [1 << 5 | 1 << 2]
