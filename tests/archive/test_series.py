"""The pure rules of the store: bucket widths, levels, overlaps, energy tables."""

from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from apps.archive.series import (
    BUCKETS_S,
    LEVELS_S,
    Column,
    Piece,
    Table,
    bucket_for,
    check_table,
    energy_bands,
    energy_table,
    fingerprint,
    level_for,
    levels_for,
    merge,
    standing,
    touching,
    version_rank,
)
from apps.core.timeaxis import DAY_MS, from_ms

COUNTS = (Column("counts", "i4"),)
instants = st.integers(631_152_000_000, 4_102_444_800_000)


def a_piece(times, counts, start_ms=None, stop_ms=None, bins=None):
    table = Table(np.array(times, "i8"), {"counts": np.array(counts, "i4")}, bins)
    start_ms = min(times, default=0) if start_ms is None else start_ms
    stop_ms = max(times, default=0) + 1 if stop_ms is None else stop_ms
    return Piece(table, start_ms, stop_ms)


@settings(max_examples=200)
@given(start=instants, length=st.integers(1, 3_200_000_000_000), points=st.integers(2, 10_000))
def test_the_bucket_is_the_smallest_of_the_ladder_that_fits(start, length, points):
    width = bucket_for(start, start + length, points)

    def touched(bucket_ms):
        first, last = touching(start, start + length, bucket_ms)
        assert first <= start
        assert last >= start + length
        return (last - first) // bucket_ms

    assert touched(width) <= points
    ladder = [second * 1000 for second in BUCKETS_S]
    ladder += [DAY_MS * 2**power for power in range(1, 20)]
    assert width in ladder
    assert width == ladder[0] or touched(ladder[ladder.index(width) - 1]) > points


def test_widths_of_the_ladder_nest_in_the_stored_levels_and_in_days():
    for width in BUCKETS_S:
        for level in LEVELS_S[1:]:
            assert width < level or width % level == 0
        assert 86_400 % width == 0


def test_the_ladder_has_the_widths_that_addresses_and_caches_know():
    day = [3600, 5400, 7200, 10_800, 14_400, 28_800, 43_200, 86_400]
    minutes = [60, 120, 180, 240, 300, 600, 900, 1800, 2700]
    assert list(BUCKETS_S) == [4, 8, 12, 20, 24, 40, *minutes, *day]
    asked = [(3600, 300), (86_400, 4000), (7 * 86_400, 4000), (90 * 86_400, 4000)]
    widths = [bucket_for(0, seconds * 1000, points) // 1000 for seconds, points in asked]
    assert widths == [12, 24, 180, 2700]


def test_fewer_than_two_points_are_refused():
    with pytest.raises(ValueError, match="max_points must be at least 2, got 1"):
        bucket_for(0, 1, 1)


def test_slow_series_skip_levels_that_save_nothing():
    assert levels_for(7_500) == [0, 60, 900, 14_400, 86_400]
    assert levels_for(8_000) == [0, 900, 14_400, 86_400]
    assert levels_for(3_600_000) == [0, 86_400]
    assert levels_for(14_400_000) == [0]


def test_windows_up_to_four_days_come_from_native_samples():
    assert level_for([0, 60, 900, 14_400], DAY_MS, 4 * DAY_MS) == 0
    assert level_for([0, 60, 900, 14_400], DAY_MS, 4 * DAY_MS + 1) == 14_400
    assert level_for([0, 60, 900, 14_400], 2_700_000, 90 * DAY_MS) == 900
    assert level_for([0, 900, 14_400], 120_000, 5 * DAY_MS) == 0
    assert level_for([0, 60], 100_000, 5 * DAY_MS) == 0


def test_standing_ranks_levels_then_creation_then_version():
    def file(level, created, version=1, sha256="a"):
        return SimpleNamespace(
            level=level, created=from_ms(created), version=version, complete=True, sha256=sha256
        )

    order = [
        file("LL01", 8),
        file("L1A", 7),
        file("L1", 1, 2),
        file("L1", 2, 1),
        file("L1", 2, 2, "a"),
        file("L1", 2, 2, "b"),
        file("CAL", 0),
    ]
    assert sorted(reversed(order), key=standing) == order


def test_complete_v02_ranks_above_v02u_above_v01():
    def file(version, complete, created=0):
        return SimpleNamespace(
            version=version, complete=complete, created=from_ms(created), sha256="a"
        )

    order = [file(1, True, 9), file(2, False, 8), file(2, True, 1), file(2, True, 2)]
    assert sorted(reversed(order), key=version_rank) == order


@st.composite
def pieces(draw):
    times = draw(st.lists(st.integers(0, 200), max_size=25))
    start = draw(st.integers(0, 200))
    stop = draw(st.integers(start, 201))
    return a_piece(times, [draw(st.integers(0, 99)) for _ in times], start, stop)


@settings(max_examples=200)
@given(files=st.lists(pieces(), max_size=6))
def test_a_later_file_replaces_all_samples_inside_its_span(files):
    expected = {}
    for number, piece in enumerate(files):
        expected = {
            time: value
            for time, value in expected.items()
            if not piece.start_ms <= time < piece.stop_ms
        }
        own = {}
        counts = piece.table.columns["counts"].tolist()
        for time, count in zip(piece.table.time.tolist(), counts, strict=True):
            own.setdefault(time, (count, number))
        expected |= own
    rows, sources = merge(files, COUNTS, 0)
    assert rows.time.tolist() == sorted(expected)
    assert sources == sorted({number for _, number in expected.values()})
    if sources:
        found = rows.values["counts"][0][0].tolist()
        assert found == [expected[time][0] for time in sorted(expected)]


def test_only_samples_with_their_centre_in_the_day_belong_to_it():
    piece = a_piece([DAY_MS - 1, DAY_MS, 2 * DAY_MS - 1, 2 * DAY_MS], [1, 2, 3, 4])
    rows, _ = merge([piece], COUNTS, 1)
    assert rows.values["counts"][0].tolist() == [[2, 3]]


@pytest.mark.parametrize(
    ("columns", "reason"),
    [
        ({"other": np.array([1])}, "column 'counts' is missing, the reader gave other"),
        ({"counts": np.array([[1, 2]])}, r"shape \(1, 2\), expected \(1,\)"),
        ({"counts": np.array([2**31])}, "2147483648, expected -2147483648 to 2147483647"),
        ({"counts": np.array([np.nan])}, "values from nan to nan, expected -2147483648"),
    ],
)
def test_a_table_that_does_not_fit_its_series_is_refused_with_the_column(columns, reason):
    with pytest.raises(ValueError, match=reason):
        check_table(Table(np.array([5], "i8"), columns), COUNTS)


def test_a_fitting_table_passes_in_a_wider_type():
    assert check_table(Table(np.array([5], "i8"), {"counts": np.array([7.0])}), COUNTS) is None
    assert check_table(Table(np.array([], "i8"), {"counts": np.array([])}), COUNTS) is None


def test_an_infinite_border_survives_json():
    bands = [[4.0, 10.0], [84.0, float("inf")]]
    assert energy_table(bands) == [[4.0, 10.0], [84.0, None]]
    assert energy_bands(energy_table(bands)) == bands
    assert energy_table(None) is None


def test_the_fingerprint_changes_with_files_form_and_access():
    facts = {"sha256": "a", "simulated": False, "access": "public", "release_at": None}
    file = SimpleNamespace(**facts, start=from_ms(0), stop=from_ms(9))
    hidden = SimpleNamespace(**{**facts, "access": "team"}, start=file.start, stop=file.stop)
    marks = {
        fingerprint([1], [file]),
        fingerprint([2], [file]),
        fingerprint([1], [hidden]),
        fingerprint([1], [file, hidden]),
        fingerprint([1], []),
    }
    assert len(marks) == 5
    assert fingerprint([1], [file]) in marks
