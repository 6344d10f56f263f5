"""Options of the light-curve page, as they stand in its address."""

from django import forms
from django.core.exceptions import ValidationError

from apps.core.forms import OptionsForm
from apps.core.registry import panels
from apps.core.timeaxis import DAY_MS
from apps.quicklook.lightcurve import CADENCE_MS, UNITS

BANDS = 5
MOST_POINTS = 4000


def panel_choices():
    """Panels of this page that can be switched on: (key, title)."""
    return [
        (entry.key, entry.title)
        for entry in panels
        if entry.options.get("page") == "quicklook" and entry.title
    ]


class NamesField(forms.Field):
    """Names out of a list, repeated or joined by commas: ``panels=trig,rcr``.

    Parameters
    ----------
    names : callable
        Gives the names that are accepted.
    """

    widget = forms.SelectMultiple

    def __init__(self, names, **kwargs):
        self.names = names
        super().__init__(**kwargs)

    def to_python(self, value):
        """Return the names in the order given; None if the parameter is absent."""
        if not value:
            return None
        wanted = [name for text in value for name in str(text).split(",") if name]
        known = list(self.names())
        for name in wanted:
            if name not in known:
                raise ValidationError(
                    f"{name[:40]!r} is not among {', '.join(known)}; leave it out"
                )
        return list(dict.fromkeys(wanted))


def rebin_field():
    """How many native bins are joined: 1 to a day."""
    return forms.IntegerField(min_value=1, max_value=DAY_MS // CADENCE_MS, initial=1)


class LightCurveOptions(OptionsForm):
    """How the curves are drawn, and which panels are shown."""

    scale = forms.ChoiceField(
        choices=[("log", "log"), ("linear", "linear")], initial="log", widget=forms.RadioSelect
    )
    style = forms.ChoiceField(
        choices=[("step", "step"), ("line", "line"), ("points", "points")],
        initial="step",
        widget=forms.RadioSelect,
    )
    units = forms.ChoiceField(choices=list(UNITS.items()), initial="counts")
    rebin = rebin_field()
    panels = NamesField(lambda: [key for key, _ in panel_choices()], initial=["rcr"])
    hide = NamesField(lambda: [str(band) for band in range(1, BANDS + 1)], initial=[])

    def clean(self):
        """Keep an empty list where the parameter was given empty: all panels off."""
        cleaned = super().clean()
        for name in ("panels", "hide"):
            if name in self.data and name not in self.errors and not self.data.getlist(name)[-1]:
                cleaned[name] = [] if not any(self.data.getlist(name)) else cleaned[name]
        return cleaned


class WindowOptions(OptionsForm):
    """What `window.bin` is asked for."""

    parts = NamesField(lambda: ["lc", "overview", *(key for key, _ in panel_choices())],
                       initial=["lc"])  # fmt: skip
    points = forms.IntegerField(min_value=10, max_value=MOST_POINTS, initial=1500)
    rebin = rebin_field()
