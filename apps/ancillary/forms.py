"""Options and questions of the pages as they stand in addresses; the upload of kernels."""

from django import forms
from django.core.exceptions import ValidationError

from apps.ancillary.kernelset import ENDINGS, NAME, kind_of
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
    missing = f"choose {name}: one of {known}"
    words = {"invalid_choice": wrong, "required": missing}
    return forms.ChoiceField(choices=choices, error_messages=words, **options)


class Arcsec(forms.FloatField):
    """A coordinate on the sky in arcsec: finite, and not beyond `FARTHEST_ARCSEC`."""

    def __init__(self, **options):
        widget = forms.TextInput({"inputmode": "decimal", "maxlength": 40})
        missing = {"required": "give a number of arcsec, for instance 100 or -250.5"}
        super().__init__(widget=widget, error_messages=missing, **options)

    def to_python(self, value):
        """Read the number; what is none is named in the error."""
        try:
            found = super().to_python(value)
        except ValidationError as error:
            raise ValidationError(
                f"{str(value)[:40]!r} is not a number of arcsec; write for instance 100 or -250.5"
            ) from error
        if found is not None and not abs(found) <= FARTHEST_ARCSEC:
            given = str(value).strip()[:40]
            raise ValidationError(
                f"{given!r} is not within {FARTHEST_ARCSEC:g} arcsec of the Sun's centre"
            )
        return found


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

    def clean(self):
        """Exactly one of the two says which instant is meant."""
        cleaned = super().clean()
        if not self.errors and bool(cleaned.get("utc")) == bool(cleaned.get("scet")):
            both = cleaned.get("utc")
            self.add_error("scet", "give utc or scet, not both" if both else "give utc or scet")
        return cleaned


UPLOAD_BYTES = 512 << 20
"""Bytes that one upload may have; larger sets are added with `manage.py kernels add`."""

UPLOAD_FILES = 90
"""Files of one upload: the web server refuses forms of more than a hundred."""


class KernelFilesInput(forms.FileInput):
    """A field for several files at once."""

    allow_multiple_selected = True


class KernelFilesField(forms.FileField):
    """Several files, each with the name of a kernel."""

    widget = KernelFilesInput(attrs={"multiple": True, "accept": ",".join(ENDINGS)})

    def clean(self, data, initial=None):
        """Every file on its own, then their number, names and sizes.

        Raises
        ------
        ValidationError
            Naming each file that is no kernel by its name, is there twice, or is empty.
        """
        given = (data if isinstance(data, list) else [data]) or [None]
        files = [super(KernelFilesField, self).clean(one, initial) for one in given]
        faults = [_fault(one.name) for one in files]
        names = [one.name for one in files]
        faults += [f"{name}: chosen twice" for name in set(names) if names.count(name) > 1]
        size = sum(one.size for one in files)
        if len(files) > UPLOAD_FILES or size > UPLOAD_BYTES:
            faults.append(
                f"{len(files)} files of {size / 2**20:.0f} MiB; at most {UPLOAD_FILES} files and "
                f"{UPLOAD_BYTES >> 20} MiB are taken here. Use manage.py kernels add"
            )
        if any(faults):
            raise forms.ValidationError([fault for fault in faults if fault])
        return files


def _fault(name):
    """What is wrong with the name of a file; empty if nothing."""
    if not kind_of(name):
        return f"{name}: no kernel by its name, which ends in one of {', '.join(ENDINGS)}"
    if not NAME.fullmatch(name):
        return f"{name}: not a plain name of letters, digits, . _ + and -"
    return ""


class KernelUploadForm(forms.Form):
    """Files of one set, its name where no metakernel gives it, and a note."""

    files = KernelFilesField(
        label="Kernels",
        help_text="All files of the set at once, best with the metakernel (*.tm), which gives the "
        "order and the version. What is missing of leap seconds, frames, constants and planets is "
        "added by the portal. "
        f"At most {UPLOAD_FILES} files and {UPLOAD_BYTES >> 20} MiB.",
    )
    name = forms.CharField(
        max_length=120, required=False, help_text="Used where no metakernel states the version."
    )
    note = forms.CharField(
        required=False,
        widget=forms.Textarea(attrs={"rows": 2, "cols": 60}),
        help_text="For the team: where the files came from, what for.",
    )

    @property
    def uploads(self):
        """Name to temporary file, or content, of what was sent."""
        return {one.name: one for one in self.cleaned_data["files"]}
