"""The detector plane: places and names of the detectors, outlines of the pixels, masks."""

import json

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from apps.core import detectors
from apps.core.detectors import DETECTORS
from tests.reference import REFERENCE, needs_reference


@needs_reference
@pytest.mark.real
def test_places_and_names_are_those_of_the_published_table():
    table = json.loads((REFERENCE / "instrument" / "detectors.json").read_text())
    rows = table["detectors"] if isinstance(table, dict) else table
    published = {
        (row["idx"], row["label"].lower(), row["x_mm"], row["y_mm"], row["accumulator"])
        for row in rows
    }
    ours = {
        (one.index, one.label.lower(), one.x_mm, one.y_mm, one.accumulator) for one in DETECTORS
    }
    assert ours == published


def test_each_quadrant_holds_eight_detectors_and_each_accumulator_two():
    quadrants = [one.quadrant for one in DETECTORS]
    assert {name: quadrants.count(name) for name in set(quadrants)} == dict.fromkeys(
        ["Q1", "Q2", "Q3", "Q4"], 8
    )
    assert sorted(one.accumulator for one in DETECTORS) == sorted([*range(16)] * 2)


def test_detectors_are_called_as_the_team_calls_them():
    assert DETECTORS[8].name == "detector 9 (index 8), CFL"
    assert detectors.pixel_name(3) == "pixel 3 (top D)"


def test_the_twelve_pixels_fill_the_sensitive_area():
    areas = [detectors.pixel_area_mm2(pixel) for pixel in range(12)]
    assert sum(areas) == pytest.approx(8.8 * 9.2)
    assert areas[:8] == pytest.approx([9.6195] * 8)
    assert areas[8:] == pytest.approx([1.001] * 4)


def inside(point, corners):
    """Whether a point lies in a polygon: an odd number of edges is right of it."""
    x, y = point
    pairs = zip(corners, corners[1:] + corners[:1], strict=True)
    crossed = [
        (y0 > y) != (y1 > y) and x < x0 + (y - y0) * (x1 - x0) / (y1 - y0)
        for (x0, y0), (x1, y1) in pairs
    ]
    return sum(crossed) % 2 == 1


@given(st.floats(-4.399, 4.399), st.floats(-4.599, 4.599))
def test_every_point_of_a_detector_lies_in_one_pixel(x, y):
    within = [p for p in range(12) if inside((x, y), detectors.pixel_outline(p))]
    assert len(within) == 1


@given(st.integers(0, 2**32 - 1))
def test_masks_survive_the_way_through_flags_and_digits(mask):
    assert detectors.mask_of(detectors.flags_of(mask, 32)) == mask
    assert detectors.read_mask(detectors.mask_hex(mask)) == mask


@pytest.mark.parametrize(
    ("indices", "mask"),
    [
        (set(range(32)), 0xFFFFFFFF),
        (set(range(32)) - {8, 9}, 0xFFFFFCFF),
        (set(detectors.FINE_GRIDS), 0x00071C00),
        ({8}, 0x100),
        (set(range(32)) - {8, 9} - detectors.FINE_GRIDS, 0xFFF8E0FF),
    ],
)
def test_masks_hold_the_least_significant_bit_first(indices, mask):
    assert detectors.mask_of([index in indices for index in range(32)]) == mask


@pytest.mark.parametrize("text", ["", "256", "0x", "0xG", "0x1FFFFFFFF", "-0x1"])
def test_what_is_no_mask_is_refused_with_an_example(text):
    with pytest.raises(ValueError, match=r"0xFFFFFCFF|does not fit"):
        detectors.read_mask(text)


def test_a_mask_that_is_too_wide_is_refused():
    with pytest.raises(ValueError, match="does not fit 12 bits"):
        detectors.flags_of(0x1000, 12)


def test_a_mask_without_a_detector_says_none():
    assert detectors.mask_words(0) == "none"
    assert np.sum(detectors.flags_of(0, 32)) == 0
