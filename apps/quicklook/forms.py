"""Options of the light-curve page, of its windows and of its data, as they stand in addresses."""

from django import forms

from apps.core.forms import NamesField, OptionsForm
from apps.core.registry import panels
from apps.core.timeaxis import DAY_MS
from apps.quicklook.ingest import DETECTORS
from apps.quicklook.lightcurve import BANDS, CADENCE_MS, UNITS
from apps.quicklook.managers import MOST_ROWS

MOST_POINTS = 4000


def panel_choices():
    """Panels of this page that can be switched on: (key, title)."""
    return [
        (entry.key, entry.title)
        for entry in panels
        if entry.options.get("page") == "quicklook" and entry.title
    ]


class BinOptions(OptionsForm):
    """How many native bins are joined: 1 to a day."""

    rebin = forms.IntegerField(min_value=1, max_value=DAY_MS // CADENCE_MS, initial=1)


class UnitOptions(BinOptions):
    """Joined bins, and the units of their values."""

    units = forms.ChoiceField(
        choices=list(UNITS.items()),
        initial="counts",
        error_messages={
            "invalid_choice": f"units %(value)s are unknown; write one of {', '.join(UNITS)}"
        },
    )


class DetectorOptions(BinOptions):
    """Joined bins, and the detector whose spectra are shown: 1 to 32, or all summed."""

    detector = forms.ChoiceField(
        choices=[("all", "all"), *((str(n), str(n)) for n in range(1, DETECTORS + 1))],
        initial="all",
        error_messages={
            "invalid_choice": f"detector %(value)s is unknown; write 1 to {DETECTORS} or all"
        },
    )


class ClockOptions(OptionsForm):
    """Whether times are given on the Earth's clock too; the range is Solar Orbiter's, always."""

    light_time = forms.TypedChoiceField(
        choices=[("0", "UTC at Solar Orbiter"), ("1", "UTC at Solar Orbiter and at Earth")],
        coerce=int,
        empty_value=0,
        initial=0,
        error_messages={
            "invalid_choice": "light_time %(value)s is unknown; write 1 for the Earth's clock too, "
            "or leave it out"
        },
    )


class LightCurveOptions(UnitOptions, DetectorOptions, ClockOptions):
    """How the curves are drawn, and which panels are shown."""

    scale = forms.ChoiceField(
        choices=[("log", "log"), ("linear", "linear")], initial="log", widget=forms.RadioSelect
    )
    style = forms.ChoiceField(
        choices=[("step", "step"), ("line", "line"), ("points", "points")],
        initial="step",
        widget=forms.RadioSelect,
    )
    panels = NamesField(lambda: [key for key, _ in panel_choices()], initial=["rcr"])
    hide = NamesField(lambda: [str(band) for band in range(1, BANDS + 1)], initial=[])

    def clean(self):
        """Keep an empty list where the parameter was given empty: all panels off."""
        cleaned = super().clean()
        for name in ("panels", "hide"):
            if name in self.data and name not in self.errors and not self.data.getlist(name)[-1]:
                cleaned[name] = [] if not any(self.data.getlist(name)) else cleaned[name]
        return cleaned


class WindowOptions(DetectorOptions, ClockOptions):
    """What `window.bin` is asked for."""

    parts = NamesField(lambda: ["lc", "overview", *(key for key, _ in panel_choices())],
                       initial=["lc"])  # fmt: skip
    points = forms.IntegerField(min_value=10, max_value=MOST_POINTS, initial=1500)


class DataOptions(UnitOptions, ClockOptions):
    """What the data files are asked for."""

    points = forms.IntegerField(
        min_value=2,
        max_value=MOST_ROWS,
        help_text="Most rows: a longer range comes as mean, minimum and maximum.",
    )


class RestOptions(DataOptions):
    """What REST is asked for: the data, and the form of the answer."""

    format = forms.ChoiceField(
        choices=[("json", "JSON"), ("csv", "CSV")],
        initial="json",
        error_messages={"invalid_choice": "format %(value)s is unknown; write json or csv"},
    )
