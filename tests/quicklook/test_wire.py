"""The binary window: what is packed comes back, on 8-byte borders, with gaps as empty rows."""

import json
import struct

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from apps.core.wire import pack_window, unpack_window, with_gap_rows

DTYPES = st.sampled_from(["f4", "f8", "i4", "i2", "u1"])
COLUMN = DTYPES.flatmap(
    lambda dtype: arrays.arrays(dtype, arrays.array_shapes(min_dims=1, max_dims=2, min_side=0))
)


@given(st.dictionaries(st.text(max_size=8), st.dictionaries(st.text(max_size=8), COLUMN)))
def test_a_window_comes_back_as_it_was_packed(parts):
    header, found = unpack_window(pack_window({"start": 1}, parts))
    assert header == {"start": 1}
    assert found.keys() == parts.keys()
    for part, columns in parts.items():
        for name, values in columns.items():
            assert found[part][name].dtype == values.dtype
            np.testing.assert_array_equal(found[part][name], values)


def test_every_column_begins_on_eight_bytes():
    body = pack_window(
        {"x": "é"}, {"a": {"t": np.arange(3.0), "u": np.ones(3, "u1"), "v": np.ones(1)}}
    )
    (length,) = struct.unpack("<I", body[4:8])
    directory = json.loads(body[8 : 8 + length])["parts"]["a"]
    assert (8 + length) % 8 == 0
    assert [entry[1] % 8 for entry in directory.values()] == [0, 0, 0]


@given(arrays.arrays("f8", st.integers(1, 50)) | arrays.arrays(
    "i8", st.integers(1, 50), elements=st.integers(-(2**54), 2**54)
).map(lambda values: values.astype("f8")))  # fmt: skip
def test_doubles_come_back_exactly_whether_they_are_sent_as_steps_or_not(values):
    _, parts = unpack_window(pack_window({}, {"lc": {"t": values}}))
    np.testing.assert_array_equal(parts["lc"]["t"], values)
    assert parts["lc"]["t"].dtype == np.dtype("f8")


def test_times_travel_as_steps_and_fractions_as_they_are():
    times = 1.5e12 + 4000.0 * np.arange(1000)
    body = pack_window({}, {"lc": {"t": times}})
    assert len(body) < 4200
    assert len(pack_window({}, {"lc": {"t": times + 0.5}})) > 8000
    np.testing.assert_array_equal(unpack_window(body)[1]["lc"]["t"], times)


def test_labels_travel_beside_the_columns():
    _, parts = unpack_window(pack_window({}, {"lc": {"labels": ["4–10 keV"], "m0": np.ones(2)}}))
    assert parts["lc"]["labels"] == ["4–10 keV"]


def test_a_type_without_a_place_on_the_wire_is_refused_by_name():
    with pytest.raises(ValueError, match="column 'm0' of part 'lc' has type complex128"):
        pack_window({}, {"lc": {"m0": np.ones(2, complex)}})


def test_other_bytes_are_no_window():
    with pytest.raises(ValueError, match="STXW"):
        unpack_window(b"SIMPLE  =                    T")


def test_an_empty_row_begins_where_a_gap_begins_and_another_ends_the_last_bin():
    start = np.array([0.0, 4000, 12_000])
    rows = with_gap_rows(start, start + 4000, {"m0": np.array([1.0, 2, 3])})
    assert list(rows["t"]) == [0, 4000, 8000, 12_000, 16_000]
    np.testing.assert_array_equal(rows["m0"], [1, 2, np.nan, 3, np.nan])


def test_a_grid_that_is_not_exact_has_no_gap():
    start = np.array([0.0, 3900, 7950])
    rows = with_gap_rows(start, start + 4000, {"m0": np.ones(3)})
    assert len(rows["t"]) == 4


def test_a_band_has_no_thickness_in_a_gap():
    start = np.array([0.0, 12_000])
    columns = {"m0": np.array([5.0, 6]), "l0": np.array([4.0, 5]), "h0": np.array([9.0, 8])}
    rows = with_gap_rows(start, start + 4000, columns)
    assert list(rows["l0"]) == [4, 4, 5, 5]
    assert list(rows["h0"]) == [9, 4, 8, 5]


def test_no_bins_make_one_empty_row_because_bokeh_hangs_on_a_band_of_none():
    rows = with_gap_rows(np.zeros(0), np.zeros(0), {"m0": np.zeros(0), "l0": np.zeros(0)})
    assert len(rows["t"]) == 1
    assert np.isnan(rows["m0"]).all()
    assert np.isnan(rows["l0"]).all()


@given(
    arrays.arrays("f8", st.integers(1, 50), elements=st.integers(0, 10**6).map(float), unique=True)
)
def test_no_value_is_lost_and_times_ascend(start):
    start = np.sort(start)
    stop = np.minimum(start + 4000, np.append(start[1:], np.inf))
    rows = with_gap_rows(start, stop, {"m0": start + 1})
    kept = rows["m0"][~np.isnan(rows["m0"])]
    np.testing.assert_array_equal(kept, (start + 1).astype("f4"))
    assert (np.diff(rows["t"]) >= 0).all()


def test_a_gap_is_measured_by_the_bin_before_it():
    start, stop = np.array([0.0, 14_000]), np.array([4000.0, 46_000])
    assert list(with_gap_rows(start, stop, {"m0": np.ones(2)})["t"]) == [0, 4000, 14_000, 46_000]
    start, stop = np.array([0.0, 36_000]), np.array([32_000.0, 40_000])
    assert list(with_gap_rows(start, stop, {"m0": np.ones(2)})["t"]) == [0, 36_000, 40_000]


@pytest.mark.parametrize(("distance", "rows"), [(2000, 3), (2001, 4)])
def test_a_distance_of_more_than_half_a_bin_is_a_gap(distance, rows):
    start = np.array([0.0, 4000 + distance])
    assert len(with_gap_rows(start, start + 4000, {"m0": np.ones(2)})["t"]) == rows
