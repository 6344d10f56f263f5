"""What the page draws: extents, lanes, bits, limits and events, from arrays of known content."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from apps.archive import blocks
from apps.archive.blocks import Rows
from apps.archive.series import as_samples
from apps.housekeeping import figures, traces
from apps.housekeeping.limits import Limit, limits_of, severity
from apps.housekeeping.parameters import MASK_NOT_REPORTED, NOT_REPORTED, parameters

MODE, TEMPERATURE, DETECTORS, MOTIONS = (
    parameters()[name] for name in ("NIXD0023", "NIXD0054", "NIXD0070", "NIX00076")
)
STEP = 64_000


def made(values, parameter, *, time=None, bucket_ms=0):
    """Samples of one parameter, native or in buckets."""
    values = np.asarray(values).astype(parameter.stored().dtype)
    time = np.arange(len(values)) * STEP if time is None else np.asarray(time)
    rows = Rows(time, np.ones(len(time), "i4"), {parameter.mnemonic: (values[None],) * 3})
    if bucket_ms:
        rows = blocks.rebucket(rows, [parameter.stored()], bucket_ms)
    return as_samples(rows, [parameter.stored()], level=0, bucket_ms=bucket_ms)


def test_a_sample_holds_until_the_next_one_but_not_across_a_gap():
    samples = made([1, 1, 1, 1], TEMPERATURE, time=[0, STEP, 2 * STEP, 10 * STEP])
    held = traces.extents(samples, STEP)
    assert held.stop.tolist() == [STEP, 2 * STEP, 3 * STEP, 11 * STEP]
    assert held.apart.tolist() == [False, False, True]


def test_reports_that_come_more_rarely_than_nominal_are_no_gaps():
    samples = made(np.ones(5), TEMPERATURE, time=np.arange(5) * 3 * STEP)
    assert not traces.extents(samples, STEP).apart.any()


def test_a_gap_breaks_the_line():
    samples = made([300, 301], TEMPERATURE, time=[0, 10 * STEP])
    columns = traces.number_columns(samples, TEMPERATURE, traces.extents(samples, STEP))
    np.testing.assert_allclose(columns["m0"], [26.85, np.nan, 27.85, np.nan], rtol=1e-5)
    assert columns["t"].tolist() == [0, STEP, 10 * STEP, 11 * STEP]


def test_no_samples_are_one_empty_row():
    samples = made([], TEMPERATURE, time=np.zeros(0, "i8"))
    held = traces.extents(samples, STEP)
    assert np.isnan(traces.number_columns(samples, TEMPERATURE, held)["m0"]).tolist() == [True]
    assert traces.changes(samples, MODE, held) == []


def test_states_are_lanes_in_the_order_of_their_codes():
    samples = made([5, 5, 2, 5], MODE)
    lanes = traces.state_columns(samples, MODE, traces.extents(samples, STEP))
    assert lanes["lanes"] == [
        "LIKELY_BOOT", "BOOT", "SAFE", "MAINTENANCE", "CONFIGURATION", "NOMINAL"
    ]  # fmt: skip
    assert lanes["y"][:-1].tolist() == [2, 5, 5]
    assert lanes["x0"][:-1].tolist() == [2 * STEP, 0, 3 * STEP]
    assert lanes["x1"][:-1].tolist() == [3 * STEP, 2 * STEP, 4 * STEP]


def test_an_unknown_state_has_a_lane_above_and_says_so():
    samples = made([5, 40], MODE)
    lanes = traces.state_columns(samples, MODE, traces.extents(samples, STEP), {40: "DREAM"})
    assert lanes["lanes"][-1] == "DREAM (unknown)"
    assert lanes["y"][:-1].tolist() == [5, 6]


def test_a_state_that_was_not_reported_is_no_lane():
    samples = made([NOT_REPORTED] * 3, MODE)
    lanes = traces.state_columns(samples, MODE, traces.extents(samples, STEP))
    assert len(lanes["x0"]) == 1
    assert figures.figures(samples, MODE).count == 0


@given(st.lists(st.sampled_from([*MODE.states, 40]), min_size=1, max_size=80),
       st.sampled_from([STEP * 2, STEP * 7, STEP * 100]))  # fmt: skip
def test_a_bucket_shows_every_state_that_was_seen(codes, bucket_ms):
    samples = made(codes, MODE, bucket_ms=bucket_ms)
    assert traces.codes_in(traces.state_sets(samples, MODE)) == sorted(set(codes))


def test_a_mask_is_a_lane_a_bit_and_paler_where_it_was_on_in_part():
    samples = made([0b11, 0b01], DETECTORS, bucket_ms=10 * STEP)
    columns = traces.mask_columns(samples, DETECTORS, traces.extents(samples, STEP))
    assert columns["y"][:-1].tolist() == [0, 1]
    assert columns["a"].tolist() == [1.0, 0.4, 0.0]


def test_a_mask_with_no_detector_and_one_not_reported_are_different():
    none, missing = (made([value] * 2, DETECTORS) for value in (0, MASK_NOT_REPORTED))
    held = traces.extents(none, STEP)
    assert traces.mask_columns(none, DETECTORS, held)["reported"]
    assert not traces.mask_columns(missing, DETECTORS, held)["reported"]
    assert figures.bit_words(none, DETECTORS) == "0x00000000, none on"
    assert figures.bit_words(missing, DETECTORS) == ""


def test_mode_changes_are_events_with_both_states():
    samples = made([5, 2, 2, 5], MODE)
    found = traces.changes(samples, MODE, traces.extents(samples, STEP))
    assert found == [(STEP, STEP, "NOMINAL to SAFE"), (3 * STEP, 3 * STEP, "SAFE to NOMINAL")]


def test_the_attenuator_moved_where_its_counter_rose():
    samples = made([7, 7, 8, 8], MOTIONS)
    found = traces.moves(samples, MOTIONS, [], traces.extents(samples, STEP))
    assert found == [(2 * STEP, 3 * STEP, "attenuator moved")]


limits = st.builds(
    lambda low, width, margin: Limit(
        "NIXD0054", low - margin, low, low + width, low + width + margin
    ),
    st.floats(-50, 50), st.floats(0, 50), st.floats(0, 50),
)  # fmt: skip


@given(st.lists(st.floats(-200, 200), min_size=1, max_size=60), limits, st.integers(1, 20))
def test_the_worst_limit_state_is_kept_in_every_bucket(values, limit, group):
    values = np.asarray(values)
    time = np.arange(len(values))
    worst = severity([limit], time, time + 1, values, values)
    first = np.arange(0, len(values), group)
    low, high = np.minimum.reduceat(values, first), np.maximum.reduceat(values, first)
    joined = severity([limit], first, first + group, low, high)
    assert joined.tolist() == np.maximum.reduceat(worst, first).tolist()


def test_a_limit_holds_from_its_start_until_its_end():
    limit = Limit("NIXD0054", soft_high=0, from_ms=10, until_ms=20)
    time, ones = np.array([0, 9, 10, 19, 20]), np.ones(5)
    assert severity([limit], time, time + 1, ones, ones).tolist() == [0, 0, 1, 1, 0]


def test_limits_of_the_dictionary_come_with_their_validity():
    facts = [
        {"mnemonic": "NIXD0054", "soft_high": 240, "valid_from": None,
         "valid_until": "2021-01-01"},
        {"mnemonic": "NIXD0054", "soft_high": 250, "valid_from": "2021-01-01",
         "valid_until": None},
    ]  # fmt: skip
    before, after = limits_of(["NIXD0054"], facts)["NIXD0054"]
    assert before.until_ms == after.from_ms == 1_609_459_200_000
    assert (before.from_ms, after.until_ms, after.soft_high) == (None, None, 250)
    assert limits_of(["NIXD0055"], facts) == {}


def test_a_value_on_its_border_or_none_at_all_is_within():
    limit = Limit("NIXD0054", soft_low=1, hard_high=2)
    values = np.array([1.0, 2.0, np.nan, 0.9, 2.1])
    time = np.arange(5)
    assert severity([limit], time, time + 1, values, values).tolist() == [0, 0, 0, 1, 2]


def test_figures_are_those_of_the_samples():
    values = np.array([280.0, 290, np.nan, 285])
    found = figures.figures(made(values, TEMPERATURE), TEMPERATURE, celsius=False)
    assert (found.low, found.high, found.mean, found.count) == (280, 290, 285, 3)
    assert (found.first, found.last, found.unit) == (280, 285, "K")
    assert found.high_at.timestamp() == 64
