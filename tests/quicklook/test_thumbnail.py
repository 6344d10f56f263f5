"""The small picture of a day: curves, labels, gaps."""

from datetime import UTC, datetime

import numpy as np

from apps.core.timeaxis import TimeRange
from apps.quicklook.thumbnail import HEIGHT, LABEL_HEIGHT, drawing, path, spread

DAY = TimeRange(datetime(2022, 3, 28, tzinfo=UTC), datetime(2022, 3, 29, tzinfo=UTC))


def drawn(counts):
    """The drawing of equal bins over the day."""
    edges = DAY.start_ms + np.arange(len(counts) + 1) * 86_400_000 / len(counts)
    return drawing(edges[:-1], edges[1:], counts, DAY, ["low", "high"])


def test_bins_that_do_not_touch_are_not_joined():
    left, right = np.array([0.0, 5, 20]), np.array([5.0, 10, 30])
    assert path(left, right, np.array([1.0, 2, 3])) == "M0 1H5V2H10M20 3H30"


def test_more_counts_are_drawn_higher_and_everything_lies_inside():
    picture = drawn([[10, 100], [10, 1000], [0, 100]])
    low, high = picture["curves"]
    assert low["y"] > high["y"]
    assert low["path"].startswith("M0 ")
    assert high["path"].endswith("H1000")
    heights = [float(part.partition("H")[0]) for part in high["path"].split("V")[1:]]
    assert 0 < heights[0] < heights[1] < HEIGHT


def test_decades_and_hours_are_labelled():
    picture = drawn([[10, 100], [10, 2000]])
    assert [decade["text"] for decade in picture["decades"]] == ["10", "100", "1\u202f000"]
    assert picture["hours"] == ["00:00", "06:00", "12:00", "18:00", "00:00"]


def test_no_counts_at_all_can_be_drawn():
    assert len(drawn([[0, 0]])["curves"]) == 2


def test_labels_never_lie_on_one_another_nor_outside():
    for places in ([100.0] * 5, [0.0] * 5, [200.0, 199, 1, 2, 3]):
        moved = sorted(spread(places))
        assert min(np.diff(moved)) >= LABEL_HEIGHT
        assert moved[0] >= LABEL_HEIGHT / 2
        assert moved[-1] <= HEIGHT
