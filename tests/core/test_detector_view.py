"""The picture of the detector plane: colours, legend, masks, words."""

import re
import xml.etree.ElementTree as ET

import numpy as np
import pytest
from django.template.loader import render_to_string
from hypothesis import given
from hypothesis import strategies as st

from apps.core.detectorview import DIVERGING, SEQUENTIAL, Scale, detector_view, scale_for

COUNTS = np.arange(384.0).reshape(32, 12)


def pixels(view):
    """All pixels of a view in the order of their flat numbers."""
    return [pixel for tile in view["tiles"] for pixel in tile.pixels]


def test_low_and_high_values_have_the_ends_of_the_scale():
    drawn = pixels(detector_view(COUNTS, title="Counts"))
    assert [pixel.flat for pixel in drawn] == list(range(384))
    assert (drawn[0].fill, drawn[-1].fill) == (SEQUENTIAL[0], SEQUENTIAL[-1])


def test_masked_and_missing_pixels_are_empty_and_say_why():
    values, masked = COUNTS.copy(), np.zeros((32, 12), bool)
    values[0, 0], masked[31] = np.nan, True
    view = detector_view(values, title="Counts", unit="ct", masked=masked)
    drawn = pixels(view)
    assert (drawn[0].fill, drawn[0].state, drawn[0].text) == ("none", "missing", "no value")
    assert (drawn[383].fill, drawn[383].state) == ("none", "masked")
    assert drawn[371].fill == SEQUENTIAL[-1]  # the highest of those that count
    assert "371 pixels" in view["sentence"]
    assert "12 pixels were switched off" in view["sentence"]


def test_a_difference_of_zero_is_grey_and_signs_have_sides():
    values = np.zeros((32, 12))
    values[0, 0], values[0, 1] = -2.0, 1.0
    drawn = pixels(detector_view(values, title="Difference", kind="difference"))
    assert drawn[0].fill == DIVERGING[0]
    assert drawn[2].fill == DIVERGING[127]
    assert DIVERGING.index(drawn[1].fill) > 127


@pytest.mark.parametrize("kind", ["linear", "log", "difference"])
@pytest.mark.parametrize("value", [0.0, 5.0, np.nan, -3.0])
def test_a_picture_of_one_value_can_be_drawn(kind, value):
    view = detector_view(np.full((32, 12), value), title="Counts", kind=kind)
    assert (view["legend"] is None) == bool(np.isnan(value))
    assert all(re.fullmatch(r"#[0-9a-f]{6}|none", pixel.fill) for pixel in pixels(view))


def test_nothing_to_show_is_said():
    view = detector_view(np.full((32, 12), np.nan), title="Gain")
    assert view["sentence"] == "Gain of the 32 detectors: no pixel has a value."


@given(
    st.lists(st.floats(-1e12, 1e12), min_size=1, max_size=20),
    st.sampled_from(["linear", "log", "difference"]),
)
def test_larger_values_never_have_an_earlier_colour(values, kind):
    scale = scale_for(np.array(values), kind)
    shares = [scale.share(value) for value in sorted(values)]
    assert shares == sorted(shares)
    assert all(0 <= share <= 1 for share in shares)


@given(st.floats(0, 1))
def test_a_place_on_a_logarithmic_scale_leads_back(share):
    scale = Scale(2.0, 3000.0, "log")
    assert scale.share(scale.value(share)) == pytest.approx(share, abs=1e-9)


def test_wrong_shapes_are_refused():
    with pytest.raises(ValueError, match=r"expected \(32, 12\)"):
        detector_view(np.zeros((12, 32)), title="Counts")


def test_the_picture_is_valid_with_one_option_for_each_pixel():
    view = detector_view(COUNTS, title="Counts", unit="ct", chosen=96)
    root = ET.fromstring(render_to_string("component/detectors.html", {"view": view}))
    options = [part for part in root.iter() if part.get("role") == "option"]
    assert len(options) == 384
    chosen = [part for part in options if part.get("aria-selected") == "true"]
    assert [part.get("aria-label") for part in chosen] == ["pixel 0 (top A): 96 ct"]
    assert root.get("aria-activedescendant") == chosen[0].get("id")


def test_a_file_of_its_own_names_its_form_and_has_no_control():
    context = {"view": detector_view(COUNTS, title="Counts"), "file": True}
    text = render_to_string("component/detectors.html", context)
    root = ET.fromstring(text)
    assert root.tag == "{http://www.w3.org/2000/svg}svg"
    assert "option" not in text
    assert "detector 9 (index 8), CFL, pixel 0 (top A): 96" in text
