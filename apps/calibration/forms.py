"""Options of the pages of calibration."""

import numpy as np
from django import forms

from apps.calibration.quantities import QUANTITIES
from apps.calibration.transmission import HIGHEST_KEV, LOWEST_KEV
from apps.core.detectors import DETECTORS, PIXELS, pixel_name
from apps.core.forms import OptionsForm


class RunOptions(OptionsForm):
    """What the detector view shows, the pixel, and a run to compare with."""

    show = forms.ChoiceField(
        label="Show",
        initial="counts",
        choices=[(key, one.title) for key, one in QUANTITIES.items()],
    )
    detector = forms.TypedChoiceField(
        label="Detector",
        coerce=int,
        initial=1,
        choices=[(one.number, f"{one.number} · {one.label}") for one in DETECTORS],
    )
    pixel = forms.TypedChoiceField(
        label="Pixel",
        coerce=int,
        initial=0,
        choices=[(pixel, pixel_name(pixel).removeprefix("pixel ")) for pixel in range(PIXELS)],
    )
    minus = forms.IntegerField(
        label="Minus run", min_value=1, max_value=2**62, help_text="number of another run"
    )

    def clean(self):
        """Tell which of the 384 pixels is chosen."""
        cleaned = super().clean()
        if not self.errors:
            cleaned["flat"] = (cleaned["detector"] - 1) * PIXELS + cleaned["pixel"]
        return cleaned


class TransmissionOptions(OptionsForm):
    """Which energies, which detector, and whether the attenuator is in."""

    low = forms.FloatField(
        label="From (keV)", initial=4.0, min_value=LOWEST_KEV, max_value=HIGHEST_KEV
    )
    high = forms.FloatField(
        label="To (keV)", initial=150.0, min_value=LOWEST_KEV, max_value=HIGHEST_KEV
    )
    points = forms.IntegerField(label="Energies", initial=60, min_value=2, max_value=500)
    detector = forms.TypedChoiceField(
        label="Detector",
        coerce=int,
        initial=1,
        choices=[(one.number, f"{one.number} · {one.label}") for one in DETECTORS],
    )
    attenuator = forms.ChoiceField(
        label="Attenuator", initial="out", choices=[("out", "out"), ("in", "in")]
    )

    def clean(self):
        """Refuse a range that ends before it begins; make the energies, evenly in logarithm."""
        cleaned = super().clean()
        low, high = cleaned.get("low"), cleaned.get("high")
        if low is not None and high is not None and high <= low:
            self.add_error("high", f"{high:g} keV is not above {low:g} keV; give a higher energy")
        if not self.errors:
            cleaned["energies"] = np.geomspace(low, high, cleaned["points"]).clip(low, high)
        return cleaned
