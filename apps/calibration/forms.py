"""Options of the page of a calibration run."""

from django import forms

from apps.calibration.quantities import QUANTITIES
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
