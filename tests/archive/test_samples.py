"""Reading the store: every zoom agrees with the native samples, and hides what is hidden."""

from datetime import UTC, datetime

import numpy as np
import pytest
from django.contrib.auth.models import AnonymousUser, Group, User

from apps.archive.models import Series, SeriesBlock
from apps.core.timeaxis import DAY_MS, TimeRange
from tests.archive.stored import BANDS, DAY, KEY, NOON, Archive, a_reader, a_table

pytestmark = [pytest.mark.db, pytest.mark.django_db]
HOUR = 3_600_000
START = DAY * DAY_MS
VISITOR = AnonymousUser()


def samples(start_ms, stop_ms, user=VISITOR, **options):
    span = TimeRange.from_ms(start_ms, stop_ms)
    return SeriesBlock.objects.series(KEY).visible_to(user).samples(span, **options)


def regular(days, cadence_ms=4_000, first=DAY):
    return np.arange(first * DAY_MS, (first + days) * DAY_MS, cadence_ms) + cadence_ms // 2


@pytest.fixture
def truth():
    """Twelve stored days with a gap of two hours and a night, and a spike of one sample."""
    time = regular(12)
    gap = (time > NOON) & (time < NOON + 2 * HOUR)
    gap |= (time > NOON + 3 * DAY_MS) & (time < NOON + 4 * DAY_MS)
    table = a_table(time[~gap], seed=7, spike=(100_000, 2_000_000_001))
    Archive().take_in(table)
    return table


def brute_force(table, edges, bucket_ms):
    """Bucket start -> (count, sums, minima, maxima) of counts, and of pressure where measured."""
    first, last = edges
    found = {}
    chosen = (table.time >= first) & (table.time < last)
    bucket = table.time // bucket_ms * bucket_ms
    for start in np.unique(bucket[chosen]):
        inside = bucket == start
        counts, pressure = table.columns["counts"][inside], table.columns["pressure"][inside]
        pressure = pressure[~np.isnan(pressure)]
        rcr = table.columns["rcr"][inside].max()
        found[int(start)] = (
            (inside.sum(), counts.sum(axis=0, dtype="i8"), counts.min(axis=0), counts.max(axis=0)),
            (pressure.min(initial=np.inf), pressure.max(initial=-np.inf), rcr),
        )
    return found


@pytest.mark.parametrize(
    ("start_ms", "stop_ms", "points", "bucket_ms", "level"),
    [
        (START + HOUR, START + 9 * HOUR, 4000, 8_000, 0),
        (START + 5, START + DAY_MS - 5, 4000, 24_000, 0),
        (START, START + 4 * DAY_MS, 60, 7_200_000, 0),
        (START + HOUR, START + 10 * DAY_MS, 2000, 600_000, 60),
        (START - DAY_MS, START + 14 * DAY_MS, 500, 2_700_000, 900),
        (START - 2000 * DAY_MS, START + 192 * DAY_MS, 4000, 86_400_000, 86_400),
        (START - 2000 * DAY_MS, START + 192 * DAY_MS, 100, 32 * 86_400_000, 86_400),
    ],
)
def test_counts_minima_and_maxima_are_exact_at_every_zoom(
    truth, start_ms, stop_ms, points, bucket_ms, level
):
    answer = samples(start_ms, stop_ms, max_points=points)
    assert (answer.bucket_ms, answer.level) == (bucket_ms, level)
    assert len(answer.time) <= points
    assert not np.any(answer.time % bucket_ms)
    edges = start_ms // bucket_ms * bucket_ms, -(-stop_ms // bucket_ms) * bucket_ms
    expected = brute_force(truth, edges, bucket_ms)
    assert answer.time.tolist() == list(expected)
    for row, (counts, others) in enumerate(expected.values()):
        number, total, low, high = counts
        assert answer.count[row] == number
        assert answer.low["counts"][row].tolist() == low.tolist()
        assert answer.high["counts"][row].tolist() == high.tolist()
        found = answer.mean["counts"][row] * float(number)
        np.testing.assert_allclose(found, total, rtol=1e-12 if level == 0 else 2**-13.9)
        if np.isfinite(others[0]):
            assert (answer.low["pressure"][row], answer.high["pressure"][row]) == others[:2]
        else:
            assert np.isnan(answer.mean["pressure"][row])
        assert answer.high["rcr"][row] == others[2]


def test_a_spike_of_one_sample_is_seen_at_the_scale_of_the_mission(truth):
    answer = samples(START - 2000 * DAY_MS, START + 192 * DAY_MS)
    assert answer.high["counts"].max() == 2_000_000_001


def test_gaps_stay_gaps(truth):
    native = samples(NOON - HOUR, NOON + 3 * HOUR)
    assert native.level == native.bucket_ms == 0
    assert np.diff(native.time).max() >= 2 * HOUR
    for points in (3000, 1000, 200):
        answer = samples(START, START + 10 * DAY_MS, max_points=points)
        inside = (answer.time > NOON) & (answer.time + answer.bucket_ms <= NOON + 2 * HOUR)
        assert not inside.any()


def test_few_samples_are_given_as_they_are(truth):
    answer = samples(START + HOUR, START + 5 * HOUR)
    inside = (truth.time >= START + HOUR) & (truth.time < START + 5 * HOUR)
    assert (answer.level, answer.bucket_ms) == (0, 0)
    assert answer.time.tolist() == truth.time[inside].tolist()
    assert set(answer.count.tolist()) == {1}
    for name, column in answer.columns.items():
        values = answer.mean[name]
        assert values.dtype == np.dtype(column.dtype)
        np.testing.assert_array_equal(values, truth.columns[name][inside])
        assert answer.low[name] is values or np.array_equal(answer.low[name], values, True)


def test_few_samples_in_a_long_window_are_given_as_they_are():
    time = NOON + np.arange(50) * 4_000
    Archive().take_in(a_table(time))
    answer = samples(START - 900 * DAY_MS, START + 900 * DAY_MS)
    assert (answer.level, answer.bucket_ms) == (0, 0)
    assert answer.time.tolist() == time.tolist()


def test_the_same_bucket_is_the_same_in_windows_that_are_panned(truth):
    one = samples(START + 123_456, START + 123_456 + DAY_MS)
    two = samples(START + 5_123_456, START + 5_123_456 + DAY_MS)
    assert one.bucket_ms == two.bucket_ms == 24_000
    common, left, right = np.intersect1d(one.time, two.time, return_indices=True)
    assert common[0] <= START + 5_123_456
    assert common[-1] + 24_000 >= START + 123_456 + DAY_MS
    for part in ("mean", "low", "high"):
        for name, values in getattr(one, part).items():
            np.testing.assert_array_equal(values[left], getattr(two, part)[name][right])


def test_only_wanted_columns_are_given(truth):
    answer = samples(START, START + HOUR, columns=["counts", "counts_err"])
    assert list(answer.mean) == list(answer.columns) == ["counts", "counts_err"]
    answer = samples(START, START + DAY_MS, columns=["counts", "counts_err"])
    assert list(answer.mean) == list(answer.columns) == ["counts"]
    with pytest.raises(ValueError, match="ql-lightcurve has no column humidity; it has counts"):
        samples(START, START + HOUR, columns=["humidity"])


def test_the_width_of_buckets_can_be_forced(truth):
    answer = samples(START, START + 10 * DAY_MS, bucket_ms=100_000)
    assert (answer.bucket_ms, answer.level) == (100_000, 0)
    assert answer.count[0] == 25
    answer = samples(START, START + 10 * DAY_MS, bucket_ms=1_800_000)
    assert (answer.bucket_ms, answer.level) == (1_800_000, 900)
    with pytest.raises(ValueError, match="bucket_ms must be at least 1, got 0"):
        samples(START, START + HOUR, bucket_ms=0)


def test_energy_bands_are_given_with_the_time_from_which_they_hold():
    archive = Archive()
    archive.take_in(a_table(regular(2)))
    other = [[4.0, 9.0], *BANDS[1:]]
    archive.take_in(a_table(regular(2, first=DAY + 2), bins=other))
    answer = samples(START, START + 10 * DAY_MS)
    assert answer.bands == [(START, BANDS), (START + 2 * DAY_MS, other)]
    assert samples(START + 2 * DAY_MS, START + 3 * DAY_MS).bands == [(START + 2 * DAY_MS, other)]


def test_an_answer_says_whether_simulated_rows_are_in_it():
    archive = Archive()
    archive.take_in(a_table(regular(1)))
    archive.take_in(a_table(regular(1, first=DAY + 1)), simulated=True)
    assert not samples(START, START + DAY_MS - 1).simulated
    assert samples(START, START + 2 * DAY_MS).simulated
    assert samples(START + DAY_MS, START + DAY_MS + HOUR).simulated
    assert not samples(START - 900 * DAY_MS, START + DAY_MS, max_points=2000).simulated


def test_hidden_days_are_not_there_for_a_visitor_and_are_for_the_team():
    member = User.objects.create_user("member")
    member.groups.add(Group.objects.get_or_create(name="team")[0])
    archive = Archive()
    archive.take_in(a_table(regular(1)))
    archive.take_in(a_table(regular(1, first=DAY + 1)), access="team")
    archive.take_in(
        a_table(regular(1, first=DAY + 2)),
        access="embargoed",
        release_at=datetime(2999, 1, 1, tzinfo=UTC),
    )
    span = TimeRange.from_ms(START, START + 5 * DAY_MS)
    blocks = SeriesBlock.objects.series(KEY)
    for user, days in ((VISITOR, 1), (member, 3)):
        seen = blocks.visible_to(user)
        assert seen.samples(span, max_points=100).count.sum() == days * 21_600
        assert [day["day"] for day in seen.coverage(span)] == [DAY, DAY + 1, DAY + 2][:days]
        assert Series.objects.extent(KEY, user) == TimeRange.from_ms(START, START + days * DAY_MS)
        newest = DAY + days - 1
        expected = TimeRange.from_ms(newest * DAY_MS, (newest + 1) * DAY_MS)
        assert Series.objects.newest_day(KEY, user) == expected


def test_the_newest_real_day_comes_before_simulated_ones_and_slivers():
    archive = Archive()
    archive.take_in(a_table(regular(1, first=DAY + 5)), simulated=True)
    assert Series.objects.extent(KEY, VISITOR) is None
    assert Series.objects.extent(KEY, VISITOR, real_only=False).days[0] == DAY + 5
    assert list(Series.objects.newest_day(KEY, VISITOR).days) == [DAY + 5]
    archive.take_in(a_table(np.append(regular(1), START + DAY_MS + 1_000)))
    assert list(Series.objects.newest_day(KEY, VISITOR).days) == [DAY]
    coverage = SeriesBlock.objects.series(KEY).coverage(
        TimeRange.from_ms(START, START + DAY_MS * 9)
    )
    assert coverage == [
        {"day": DAY, "n": 21_600, "simulated": False},
        {"day": DAY + 1, "n": 1, "simulated": False},
        {"day": DAY + 5, "n": 21_600, "simulated": True},
    ]


def test_an_unknown_series_is_empty():
    span = TimeRange.from_ms(START, START + 9 * DAY_MS)
    answer = SeriesBlock.objects.series("nothing").visible_to(VISITOR).samples(span, columns=["x"])
    assert answer.time.shape == answer.count.shape == (0,)
    assert answer.mean == answer.columns == {}
    assert (answer.bands, answer.simulated) == ([], False)
    assert Series.objects.extent("nothing", VISITOR) is None
    assert Series.objects.newest_day("nothing", VISITOR) is None
    assert SeriesBlock.objects.series("nothing").coverage(span) == []


def test_a_known_series_without_rows_in_the_range_keeps_its_columns(truth):
    answer = samples(START + 800 * DAY_MS, START + 900 * DAY_MS)
    assert answer.time.shape == (0,)
    assert answer.mean["counts"].shape == (0, 3)
    assert answer.level == 0


def test_samples_without_a_series_are_refused():
    with pytest.raises(TypeError, match="call series"):
        SeriesBlock.objects.filter().samples(TimeRange.from_ms(0, 1))


@pytest.mark.parametrize("days", [1, 2000])
def test_a_window_is_one_query_for_the_series_and_one_for_its_blocks(
    truth, days, django_assert_num_queries
):
    with django_assert_num_queries(2):
        assert len(samples(START - (days - 1) * DAY_MS, START + DAY_MS, max_points=900).time)


def test_a_slow_series_is_read_from_its_native_samples():
    archive = Archive(a_reader(64_000))
    time = regular(6, 64_000)
    archive.take_in(a_table(time))
    answer = samples(START, START + 6 * DAY_MS)
    assert (answer.level, answer.bucket_ms) == (0, 180_000)
    assert answer.count.sum() == len(time)
    assert samples(START, START + 2 * DAY_MS).bucket_ms == 0
