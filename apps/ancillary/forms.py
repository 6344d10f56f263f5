"""Options and questions of the ancillary pages, as they stand in addresses."""

import math

from django import forms
from django.core.exceptions import ValidationError

from apps.ancillary.plots import EPHEMERIS, SHOWN
from apps.core.forms import InstantField, NamesField, OptionsForm

OBSERVERS = (("earth", "the Earth"), ("stix", "STIX on Solar Orbiter"))
FRAMES = (("SOLO_STIX_ILS", "STIX (SOLO_STIX_ILS)"), ("SOLO_SRF", "spacecraft (SOLO_SRF)"))
MOST_POINTS = 5000
FARTHEST_ARCSEC = 20_000
"""Beyond the widest Sun that Solar Orbiter sees, about 3440 arcsec, by far."""


def _choice(name, choices, **options):
    """A choice whose error says what can be written."""
    known = ", ".join(value for value, _ in choices)
    wrong = f"{name} %(value)s is unknown; write one of {known}"
    return forms.ChoiceField(choices=choices, error_messages={"invalid_choice": wrong}, **options)


class Arcsec(forms.FloatField):
    """A coordinate on the sky in arcsec."""

    def __init__(self, **options):
        words = "is not a number of arcsec; write for instance 100 or -250.5"
        super().__init__(error_messages={"invalid": words, "required": f"{words}"}, **options)

    def clean(self, value):
        """A finite number within what a telescope at the Sun can mean."""
        found = super().clean(value)
        if found is not None and not abs(found) <= FARTHEST_ARCSEC:
            raise ValidationError(
                f"{found:g} arcsec lies beyond {FARTHEST_ARCSEC:g} arcsec from the Sun's centre"
            )
        return found

    def to_python(self, value):
        """The number; NaN and infinity are none."""
        try:
            found = super().to_python(value)
        except ValidationError as error:
            raise ValidationError(f"{str(value)[:40]!r} {error.messages[0]}") from error
        return found if found is None or math.isfinite(found) else _not_finite(value)


def _not_finite(value):
    raise ValidationError(f"{str(value)[:40]!r} is not a finite number of arcsec")


class PointsOptions(OptionsForm):
    """How many instants a range is divided into, start and stop included."""

    points = forms.IntegerField(
        label="Points",
        min_value=1,
        max_value=MOST_POINTS,
        initial=200,
        help_text="Instants of the range, evenly spaced, start and stop included.",
    )


class EphemerisOptions(PointsOptions):
    """Points, and which panels are shown."""

    panels = NamesField(lambda: [panel.key for panel in EPHEMERIS], initial=list(SHOWN))

    def clean(self):
        """Keep an empty list where the parameter was given empty: all panels off."""
        cleaned = super().clean()
        if "panels" in self.data and "panels" not in self.errors:
            given = [text for text in self.data.getlist("panels") if text]
            cleaned["panels"] = cleaned["panels"] if given else []
        return cleaned


class AttitudeOptions(PointsOptions):
    """Points, and the frame whose orientation is asked for."""

    frame = _choice("frame", FRAMES, label="Frame", initial="SOLO_STIX_ILS")


class AttitudeQuestion(AttitudeOptions):
    """What files and REST are asked for: also whether assumed attitudes are wanted."""

    nominal = _choice(
        "nominal", (("no", "measured only"), ("yes", "nominal where none was measured")),
        initial="no",
    )  # fmt: skip


class InstantForm(forms.Form):
    """An instant."""

    time = InstantField("time", label="Time", help_text="UTC at Solar Orbiter")


class FlareForm(InstantForm):
    """Where on the Sun who saw a flare, and when."""

    x = Arcsec(label="x", help_text="arcsec, west positive")
    y = Arcsec(label="y", help_text="arcsec, north positive")
    observer = _choice("observer", OBSERVERS, label="Seen from", initial="earth")

    field_order = ("time", "x", "y", "observer")


class ClockForm(forms.Form):
    """One of two ways to write an instant: UTC, or the clock on board."""

    utc = InstantField("utc", label="UTC at Solar Orbiter", required=False)
    scet = forms.CharField(
        label="SCET",
        max_length=40,
        required=False,
        help_text="coarse:fine, 1/coarse:fine or seconds with a fraction",
    )
