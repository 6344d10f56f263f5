"""Packing of the store's rows, and their reduction to buckets."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from apps.archive.blocks import Rows, decode, encode, rebucket
from apps.archive.series import Column
from apps.core.timeaxis import DAY_MS

DTYPES = ("i1", "u1", "i2", "u2", "i4", "u4", "i8", "u8", "f4", "f8")
SHAPES = ((), (1,), (5,), (32,), (3, 4))
LEVELS = (60, 900, 14_400, 86_400)
ALWAYS = (-(2**62), 2**62)
ALL = [
    Column(f"{dtype}{'x'.join(map(str, shape))}", dtype, shape)
    for dtype in DTYPES
    for shape in SHAPES
]


def read(blocks, columns, level, wanted):
    """All rows of blocks."""
    return decode(blocks, columns, level, wanted, *ALWAYS)


def native(day, centres, columns, seed):
    """Random native rows with the extremes of each type among them."""
    random = np.random.default_rng(seed)
    values = {}
    for column in columns:
        dtype, shape = np.dtype(column.dtype), (column.width, len(centres))
        if dtype.kind == "f":
            array = random.normal(0, 1e6, shape).astype(dtype)
            array[random.random(shape) < 0.2] = np.nan
        else:
            limits = np.iinfo(dtype)
            array = random.integers(limits.min, limits.max, shape, dtype, endpoint=True)
            array[..., 0] = limits.max
        values[column.name] = (array,) * 3
    time = day * DAY_MS + np.asarray(sorted(centres), "i8")
    return Rows(time, np.ones(len(time), "i4"), values)


centres = st.sets(st.integers(0, DAY_MS - 1), min_size=1, max_size=40)
days = st.integers(7_305, 47_481)


@settings(max_examples=25)
@given(day=days, centres=centres, seed=st.integers(0, 2**32 - 1))
def test_native_rows_come_back_in_every_type_and_shape(day, centres, seed):
    rows = native(day, centres, ALL, seed)
    block = encode(rows, ALL, 0)
    back = read([block], ALL, 0, {column.name for column in ALL})
    assert encode(back, ALL, 0) == block
    np.testing.assert_array_equal(back.time, rows.time)
    assert back.count.tolist() == [1] * len(centres)
    for column in ALL:
        np.testing.assert_array_equal(back.values[column.name][0], rows.values[column.name][0])
        assert back.values[column.name][0].dtype == np.dtype(column.dtype)


@settings(max_examples=15)
@given(centres=centres, seed=st.integers(0, 2**32 - 1), level=st.sampled_from(LEVELS))
def test_overviews_keep_extremes_exactly_and_means_to_thirteen_bits(centres, seed, level):
    rows = rebucket(native(19_000, centres, ALL, seed), ALL, level * 1000)
    back = read([encode(rows, ALL, level)], ALL, level, {column.name for column in ALL})
    np.testing.assert_array_equal(back.time, rows.time)
    np.testing.assert_array_equal(back.count, rows.count)
    for column in ALL:
        mean, low, high = rows.values[column.name]
        np.testing.assert_array_equal(back.values[column.name][1], low)
        np.testing.assert_array_equal(back.values[column.name][2], high)
        np.testing.assert_allclose(back.values[column.name][0], mean, rtol=2**-13.9, atol=1e-30)
        bits = np.ascontiguousarray(back.values[column.name][0], "f4").view("u4")
        assert not np.any(bits & 0x3FF)


def test_a_mean_is_rounded_to_the_nearest_and_a_half_to_the_even():
    bits = np.array([[0x3F800200, 0x3F800600, 0x3F8001FF, 0x3F800201, 0xBF800600]], "u4")
    mean = bits.view("f4")
    column = Column("x", "f4")
    rows = Rows(np.arange(5, dtype="i8") * 60_000, np.ones(5, "i4"), {"x": (mean, mean, mean)})
    back = read([encode(rows, [column], 60)], [column], 60, {"x"})
    stored = np.ascontiguousarray(back.values["x"][0], "f4").view("u4")[0].tolist()
    assert stored == [0x3F800000, 0x3F800800, 0x3F800000, 0x3F800400, 0xBF800800]


def test_up_to_256_values_are_written_as_codes_of_a_byte():
    random = np.random.default_rng(1)

    def size(distinct):
        table = random.integers(0, 2**31 - 1, distinct, "i4")
        values = table[np.arange(10_000) % distinct][random.permutation(10_000)][None]
        rows = Rows(np.arange(10_000, dtype="i8"), np.ones(10_000, "i4"), {"x": (values,) * 3})
        return len(encode(rows, [Column("x", "i4")], 0))

    assert size(256) < 13_000
    assert size(257) > 30_000


@pytest.mark.parametrize("dtype", ["i2", "f4", "i8"])
@pytest.mark.parametrize("distinct", [1, 255, 256, 257, 5000])
def test_columns_of_few_and_of_many_values_come_back(dtype, distinct):
    values = np.zeros((1, 10_000), dtype)
    values[0, -distinct:] = np.arange(distinct)[::-1]
    time = np.arange(10_000, dtype="i8")
    rows = Rows(time, np.ones(10_000, "i4"), {"x": (values,) * 3})
    block = encode(rows, [Column("x", dtype)], 0)
    back = read([block], [Column("x", dtype)], 0, {"x"})
    np.testing.assert_array_equal(back.values["x"][0], values)
    assert back.values["x"][0].dtype == dtype


def test_signed_zeros_and_missing_values_keep_their_bits():
    values = np.array([[0.0, -0.0, np.nan, -np.nan, np.inf]], "f8")
    rows = Rows(np.arange(5, dtype="i8"), np.ones(5, "i4"), {"x": (values,) * 3})
    back = read([encode(rows, [Column("x", "f8")], 0)], [Column("x", "f8")], 0, {"x"})
    assert back.values["x"][0].tobytes() == values.tobytes()


@pytest.mark.parametrize("level", [0, 60, 900])
def test_one_column_is_read_without_touching_the_others(level):
    columns = [Column("a", "i4"), Column("b", "f8", (2,)), Column("c", "u1", aggregate="max")]
    rows = native(19_000, range(0, 60_000, 4_000), columns, 1)
    rows = rebucket(rows, columns, level * 1000) if level else rows
    block = bytearray(encode(rows, columns, level))
    block[-1] ^= 0xFF  # the last part, column c, is damaged
    back = read([bytes(block)], columns, level, {"b"})
    assert list(back.values) == ["b"]
    np.testing.assert_array_equal(back.values["b"][1], rows.values["b"][1])


@settings(max_examples=40)
@given(
    level=st.sampled_from([0, *LEVELS]),
    edges=st.tuples(st.integers(-1, 3 * 1440), st.integers(-1, 3 * 1440)),
    offset=st.integers(-1, 1),
)
def test_a_window_gives_the_rows_that_lie_in_it(level, edges, offset):
    columns = [Column("a", "i4", (2,)), Column("b", "f8"), Column("c", "u1", aggregate="max")]
    days = [native(day, range(0, DAY_MS, 60_000), columns, day) for day in (19_000, 19_002)]
    if level:
        days = [rebucket(rows, columns, level * 1000) for rows in days]
    stored = [encode(rows, columns, level) for rows in days]
    start, stop = (19_000 * DAY_MS + minute * 60_000 + offset for minute in sorted(edges))
    whole = read(stored, columns, level, {"a", "b", "c"}).between(start, stop)
    part = decode(stored, columns, level, {"a", "b", "c"}, start, stop)
    np.testing.assert_array_equal(part.time, whole.time)
    np.testing.assert_array_equal(part.count, whole.count)
    for name in "abc":
        for position in range(3):
            np.testing.assert_array_equal(part.values[name][position], whole.values[name][position])


@pytest.mark.parametrize("level", [0, *LEVELS])
def test_days_are_joined_in_order(level):
    columns = [Column("a", "i4", (2,)), Column("c", "u1", aggregate="max")]
    days = [native(day, range(0, DAY_MS, 60_000), columns, day) for day in (19_000, 19_001, 19_007)]
    if level:
        days = [rebucket(rows, columns, level * 1000) for rows in days]
    back = read([encode(rows, columns, level) for rows in days], columns, level, {"a", "c"})
    np.testing.assert_array_equal(back.time, np.concatenate([rows.time for rows in days]))
    high = np.concatenate([rows.values["a"][2] for rows in days], axis=1)
    np.testing.assert_array_equal(back.values["a"][2], high)


@pytest.mark.parametrize("level", [0, *LEVELS])
def test_no_block_gives_no_rows_of_the_right_shape(level):
    columns = [Column("a", "i4", (2,)), Column("c", "u1", aggregate="max")]
    back = read([], columns, level, {"a", "c"})
    assert back.time.shape == (0,)
    assert back.values["a"][0].shape == (2, 0)
    assert rebucket(back, columns, 28_800_000).values["a"][0].shape == (2, 0)


def test_a_column_with_its_maximum_holds_it_in_all_three():
    columns = [Column("rcr", "u1", aggregate="max"), Column("error", "f4", aggregate="none")]
    rows = native(19_000, range(0, 60_000, 4_000), columns, 1)
    buckets = rebucket(rows, columns, 60_000)
    assert list(buckets.values) == ["rcr"]
    back = read([encode(buckets, columns, 60)], columns, 60, {"rcr", "error"})
    assert [part.item() for part in back.values["rcr"]] == [255] * 3


@settings(max_examples=60)
@given(
    time=st.sets(st.integers(-(10**6), 10**6), min_size=1, max_size=60),
    bucket_ms=st.sampled_from([1, 7, 1000, 28_000, 10**6]),
    data=st.data(),
)
def test_buckets_agree_with_brute_force(time, bucket_ms, data):
    time = np.array(sorted(time), "i8")
    floats = st.floats(-1e6, 1e6, width=32) | st.just(math.nan)
    values = data.draw(arrays.arrays("f4", (1, len(time)), elements=floats))
    rows = Rows(time, np.ones(len(time), "i4"), {"x": (values,) * 3})
    buckets = rebucket(rows, [Column("x", "f4")], bucket_ms)
    expected = {}
    for when, value in zip(time.tolist(), values[0].tolist(), strict=True):
        expected.setdefault(when // bucket_ms * bucket_ms, []).append(value)
    assert buckets.time.tolist() == list(expected)
    assert buckets.count.tolist() == [len(group) for group in expected.values()]
    for position, group in enumerate(expected.values()):
        there = [value for value in group if not math.isnan(value)]
        mean, low, high = (part[0, position] for part in buckets.values["x"])
        if there:
            assert (low, high) == (min(there), max(there))
            assert mean == pytest.approx(math.fsum(there) / len(there), rel=1e-9, abs=1e-6)
        else:
            assert np.isnan([mean, low, high]).all()


@settings(max_examples=30)
@given(counts=arrays.arrays("i4", (2, 500), elements=st.integers(0, 2**31 - 1)))
def test_counts_are_conserved_by_buckets_of_buckets(counts):
    time = np.arange(500, dtype="i8") * 4_000
    column = Column("counts", "i4", (2,))
    rows = Rows(time, np.ones(500, "i4"), {"counts": (counts,) * 3})
    for width in (60_000, 900_000, 86_400_000):
        rows = rebucket(rows, [column], width)
        total = (rows.values["counts"][0] * rows.count).sum(axis=1)
        np.testing.assert_allclose(total, counts.sum(axis=1, dtype="i8"), rtol=1e-12)


def test_sets_of_states_and_bits_survive_every_level():
    columns = (Column("mode", "u1", (), "", "", "set"), Column("mask", "u8", (), "", "", "bits"))
    time = np.arange(0, 86_400_000, 64_000)
    codes = np.arange(len(time)) % 7
    masks = np.full(len(time), 0b1110, "u8")
    masks[::2] = 0b0111
    native = Rows(
        time,
        np.ones(len(time), "i4"),
        {"mode": (codes[None].astype("u1"),) * 3, "mask": (masks[None],) * 3},
    )
    for level in (0, 900, 14_400, 86_400):
        rows = rebucket(native, columns, level * 1000) if level else native
        data = encode(rows, columns, level)
        back = decode([data], columns, level, {"mode", "mask"}, 0, 86_400_000)
        day = rebucket(back, columns, 86_400_000)
        assert [part.tolist() for part in day.values["mode"]] == [[[0b1111111]]] * 3
        assert [part.tolist() for part in day.values["mask"][1:]] == [[[0b0110]], [[0b1111]]]
