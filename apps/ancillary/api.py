"""Orbit, pointing, light time and clocks through REST: the numbers of the pages and their files."""

from drf_spectacular.utils import (
    OpenApiParameter,
    extend_schema,
    extend_schema_serializer,
    extend_schema_view,
)
from rest_framework import serializers
from rest_framework.exceptions import ValidationError

from apps.ancillary import exports, questions
from apps.ancillary.feeds import UNANSWERED, AttitudeData, EphemerisData, sent, view_of
from apps.ancillary.forms import (
    FRAMES,
    MOST_POINTS,
    OBSERVERS,
    ClockForm,
    FlareForm,
    InstantForm,
)
from apps.ancillary.managers import NoKernels
from apps.ancillary.models import KernelSet
from apps.core.api import Question, UtcField, problem_response
from apps.core.timeaxis import to_ms

FORMS = ("json", "csv")
MOST_SETS = 100


class KernelFileSerializer(serializers.Serializer):
    """A file of a kernel set."""

    name = serializers.CharField(help_text="Its name.")
    kind = serializers.CharField(help_text="SPK, CK, FK, LSK, PCK, SCLK, IK or MK.")
    sha256 = serializers.CharField(help_text="Its checksum.")
    size_bytes = serializers.IntegerField(help_text="Its size in bytes.")


class KernelsSerializer(serializers.Serializer):
    """Which kernels answered."""

    set_id = serializers.CharField(help_text="Checksum of the whole set.")
    files = KernelFileSerializer(many=True, help_text="Its files in the order of loading.")


class ProvenanceSerializer(serializers.Serializer):
    """What goes with every answer."""

    title = serializers.CharField(help_text="What it is.")
    mk = serializers.CharField(help_text="Name of the kernel set, that of its metakernel.")
    label = serializers.CharField(help_text="The kernel set in words.")
    kernels = KernelsSerializer(help_text="Which kernels answered, with their checksums.")
    approximate = serializers.BooleanField(
        help_text="Computed from a demonstration orbit, not from official kernels."
    )
    validity = serializers.ListField(
        child=serializers.CharField(), min_length=2, max_length=2,
        help_text="First and last instant that the orbit of the set covers, UTC.",
    )  # fmt: skip
    clock = serializers.CharField(help_text="Which clock the times are of.")


class RangeSerializer(ProvenanceSerializer):
    """An answer about a range."""

    start_utc_solo = UtcField(help_text="Start of the range, UTC at Solar Orbiter.")
    stop_utc_solo = UtcField(help_text="End of the range, UTC at Solar Orbiter.")
    rows = serializers.IntegerField(help_text="Instants of the answer.")
    time_utc_solo = serializers.ListField(
        child=serializers.CharField(), help_text="Instants, UTC at Solar Orbiter."
    )


def _numbers(text):
    return serializers.ListField(child=serializers.FloatField(), help_text=text)


@extend_schema_serializer(many=False)
class EphemerisSerializer(RangeSerializer):
    """Where Solar Orbiter is, column by column."""

    method = serializers.CharField(help_text="How it is computed.")
    vars().update({name: _numbers(text) for name, text in (*exports.EPHEMERIS, *exports.HEE)})


@extend_schema_serializer(many=False)
class AttitudeSerializer(RangeSerializer):
    """How the spacecraft or STIX points, column by column."""

    frame = serializers.CharField(help_text="Frame that is oriented.")
    reference = serializers.CharField(help_text="Frame that it is oriented against.")
    angles = serializers.CharField(help_text="What the angles are.")
    sources = serializers.ListField(
        child=serializers.CharField(), help_text="Kinds of source that occur."
    )
    roll_deg = _numbers("Roll in deg.")
    pitch_deg = _numbers("Pitch in deg.")
    yaw_deg = _numbers("Yaw in deg; for the spacecraft's frame less 180.")
    source = serializers.ListField(
        child=serializers.ChoiceField(choices=["CK", "aspect", "nominal"]),
        help_text="Of each instant: attitude kernel, aspect product, or assumed (nominal).",
    )


def _place(text):
    return serializers.ListField(
        child=serializers.FloatField(), min_length=2, max_length=2, help_text=text
    )


def _places(text):
    child = serializers.ListField(child=serializers.FloatField(), min_length=2, max_length=2)
    return serializers.ListField(child=child, help_text=text)


@extend_schema_serializer(many=False)
class FieldOfViewSerializer(ProvenanceSerializer):
    """The Sun in the field of view of STIX; x along +Y, y along +Z of SOLO_STIX_ILS, arcsec."""

    time_utc_solo = UtcField(help_text="The instant, UTC at Solar Orbiter.")
    frame = serializers.CharField(help_text="Frame of the field of view.")
    reference = serializers.CharField(help_text="Frame that roll, pitch and yaw are against.")
    source = serializers.ChoiceField(
        choices=["CK", "aspect", "nominal"],
        help_text="Attitude kernel, aspect product, or assumed (nominal), which is not measured.",
    )
    sun_centre_arcsec = _place("The Sun's centre: x, y in arcsec.")
    solar_radius_arcsec = serializers.FloatField(help_text="Radius of the limb in arcsec.")
    sun_distance_km = serializers.FloatField(help_text="Distance to the Sun in km.")
    sun_outside = serializers.BooleanField(help_text="No part of the Sun is in the field of view.")
    roll_deg = serializers.FloatField(help_text="Roll in deg.")
    pitch_deg = serializers.FloatField(help_text="Pitch in deg.")
    yaw_deg = serializers.FloatField(help_text="Yaw in deg.")
    limb_arcsec = _places("Points of the limb, x and y in arcsec.")
    nsew_arcsec = _places("Solar north, south, east and west on the limb, arcsec.")
    fov_arcsec = _places("Corners of the field of view, closed, arcsec.")


def _quantity(words, unit, old):
    known = f"; `{old}` of stixdcpy" if old else ""
    return serializers.FloatField(help_text=f"{words}, in {unit}{known}.")


@extend_schema_serializer(many=False)
class FlareSerializer(ProvenanceSerializer):
    """Light times and angles of a place on the Sun."""

    time_utc_solo = UtcField(help_text="The instant, UTC at Solar Orbiter, of both observers.")
    observer = serializers.ChoiceField(
        choices=[name for name, _ in OBSERVERS], help_text="Who saw it at x, y."
    )
    method = serializers.CharField(help_text="How it is computed.")
    x_arcsec = serializers.FloatField(help_text="Helioprojective x in arcsec, west positive.")
    y_arcsec = serializers.FloatField(help_text="Helioprojective y in arcsec, north positive.")
    vars().update({name: _quantity(words, unit, old) for name, words, unit, old in exports.FLARE})
    visible_from_earth = serializers.BooleanField(help_text="On the Earth's side of the Sun.")
    visible_from_solo = serializers.BooleanField(help_text="On Solar Orbiter's side of the Sun.")
    seen_from_earth_arcsec = _place("x, y in arcsec seen from the Earth, as if nothing hid it.")
    seen_from_solo_arcsec = _place("x, y in arcsec seen by STIX, as if nothing hid it.")


@extend_schema_serializer(many=False)
class ClockSerializer(ProvenanceSerializer):
    """One instant on both clocks."""

    step = serializers.CharField(help_text="Smallest step of the clock on board.")
    utc_solo = serializers.CharField(help_text="UTC at Solar Orbiter.")
    scet = serializers.CharField(help_text="Clock on board, partition/coarse:fine.")
    unix_s = serializers.FloatField(help_text="Seconds since 1970 UTC.")


class KernelSetSerializer(serializers.Serializer):
    """A set of kernels that is installed."""

    set_id = serializers.CharField(help_text="Checksum of the whole set.")
    mk = serializers.CharField(source="name", help_text="Its name, that of its metakernel.")
    label = serializers.CharField(help_text="The set in words.")
    active = serializers.BooleanField(help_text="Whether the portal answers with it.")
    approximate = serializers.BooleanField(help_text="A demonstration, no official kernels.")
    start_utc_solo = UtcField(source="start", help_text="First instant of its orbit, UTC.")
    stop_utc_solo = UtcField(source="stop", help_text="Last instant of its orbit, UTC.")
    kernels = KernelFileSerializer(many=True, help_text="Its files in the order of loading.")


@extend_schema_serializer(many=False)
class KernelSetsSerializer(serializers.Serializer):
    """The kernel sets of the portal."""

    title = serializers.CharField(help_text="What it is.")
    rows = serializers.IntegerField(help_text="How many there are.")
    results = KernelSetSerializer(many=True, help_text="The active one first.")


def _parameter(name, text, kind=str, **more):
    return OpenApiParameter(name, kind, description=text, **more)


RANGE = [
    _parameter("start", "Start, UTC at Solar Orbiter: `2022-03-28T10:00`, `2022/087`, `-3h`."),
    _parameter("stop", "End, UTC at Solar Orbiter; an instant of the answer too."),
    _parameter("span", "Length instead of start or stop: `10min`, `3h`, `7d`."),
    _parameter("points", f"Instants, evenly spaced, 1 to {MOST_POINTS}.", int, default=200),
]
TIME = _parameter("time", "Instant, UTC at Solar Orbiter.", required=True)
EXAMPLE = {
    "query": "start=2022-03-01&stop=2022-04-01&points=32",
    "python": 'print(answer["mk"], answer["approximate"])\n'
    'for time, distance in zip(answer["time_utc_solo"], answer["sun_distance_au"]):\n'
    "    print(time, distance)",
}


def described(name, summary, responses, parameters=(), **more):
    """Describe the one operation of a view set for the schema."""
    return extend_schema_view(
        list=extend_schema(
            operation_id=name, summary=summary, tags=["Orbit and pointing"], responses=responses,
            parameters=list(parameters), **more,
        )
    )  # fmt: skip


class Formed(Question):
    """A question whose `form` is read beside its options."""

    def known_parameters(self):
        """Names that are read."""
        return {"format", *super().known_parameters()}

    def read_form(self, request):
        """Set the form; returns what is wrong with it."""
        self.form = request.query_params.get("format") or FORMS[0]
        if self.form in FORMS:
            return {}
        asked = self.form[:40]
        return {"format": f"format {asked!r} is unknown; write {' or '.join(FORMS)}"}


class RangeQuestion(Formed):
    """A question about a range, written before the data that answer it."""

    def read(self, request):
        """Read the form, the range and the options."""
        return self.read_form(request) | super().read(request)

    def list(self, request):
        """Answer for the range in the form asked for."""
        return self.answer(request, self.form)


class InstantQuestion(Formed):
    """A question about one instant; `ask()` gives the answer, `options_form` reads the question."""

    def known_parameters(self):
        """Names that are read."""
        return {"format", *self.options_form.base_fields}

    def read(self, request):
        """Read the question; returns what is wrong, by field."""
        asked = self.options_form(request.query_params)
        self.asked = asked.cleaned_data if asked.is_valid() else None
        wrong = {name: " ".join(texts) for name, texts in asked.errors.items()}
        return self.read_form(request) | wrong

    def list(self, request):
        """Answer for the instant in the form asked for, or say what stands in the way."""
        try:
            self.geometry = KernelSet.objects.geometry()
            return sent(request, self.ask(), self.form)
        except NoKernels as error:
            return problem_response(404, "No kernels are installed", str(error))
        except UNANSWERED as error:
            raise ValidationError({self.field_of(error): str(error)}) from error

    def field_of(self, error):
        """The parameter that an error is about."""
        named = getattr(error, "field", "")
        return named if named in self.options_form.base_fields else "time"


@described(
    "ephemeris", "Distances, angles and light times of Solar Orbiter over time",
    EphemerisSerializer, RANGE, extensions={"x-example": EXAMPLE},
)  # fmt: skip
class EphemerisViewSet(RangeQuestion, EphemerisData):
    """Where Solar Orbiter is."""


@described(
    "attitude", "Roll, pitch and yaw over time, each with its source", AttitudeSerializer,
    [
        *RANGE,
        _parameter("frame", "What is oriented: STIX or the spacecraft.",
                   enum=[name for name, _ in FRAMES], default=FRAMES[0][0]),
        _parameter("nominal", "Whether the assumed attitude is given where none was measured.",
                   enum=["no", "yes"], default="no"),
    ],
)  # fmt: skip
class AttitudeViewSet(RangeQuestion, AttitudeData):
    """How the spacecraft and STIX point."""


@described(
    "field_of_view", "Sun's centre, limb and directions in the field of view of STIX",
    FieldOfViewSerializer, [TIME],
)  # fmt: skip
class FieldOfViewViewSet(InstantQuestion):
    """The Sun in the field of view of STIX."""

    options_form = InstantForm

    def ask(self):
        """Put the question."""
        view = view_of(self.geometry, to_ms(self.asked["time"]), self.request.user)
        return questions.field_of_view(view, self.geometry)


@described(
    "flare_geometry", "When and at which angle a place on the Sun is seen by both observers",
    FlareSerializer,
    [
        TIME,
        _parameter("x", "Helioprojective x in arcsec, west positive.", float, required=True),
        _parameter("y", "Helioprojective y in arcsec, north positive.", float, required=True),
        _parameter("observer", "Who saw it there.", required=True,
                   enum=[name for name, _ in OBSERVERS]),
    ],
)  # fmt: skip
class FlareGeometryViewSet(InstantQuestion):
    """Light times and angles of a place on the Sun."""

    options_form = FlareForm

    def ask(self):
        """Put the question."""
        asked = self.asked
        found = self.geometry.flare(to_ms(asked["time"]), asked["x"], asked["y"], asked["observer"])
        return questions.flare(found, self.geometry)


@described(
    "scet", "One instant on the clock on board and in UTC", ClockSerializer,
    [
        _parameter("utc", "UTC at Solar Orbiter; this or `scet`."),
        _parameter("scet", "Clock on board: `0642038387:13107`, `1/642038387:13107`."),
    ],
)  # fmt: skip
class ClockViewSet(InstantQuestion):
    """The clock on board and UTC."""

    options_form = ClockForm

    def ask(self):
        """Put the question."""
        utc, scet = self.asked["utc"], self.asked["scet"]
        return questions.clock(self.geometry, time_ms=utc and to_ms(utc), scet=scet)

    def field_of(self, error):
        """The one that was given."""
        return "utc" if self.asked["utc"] else "scet"


@described(
    "kernel_sets", "The kernel sets of the portal and which one answers", KernelSetsSerializer
)
class KernelSetViewSet(Formed):
    """Which kernels are installed."""

    def known_parameters(self):
        """The form alone."""
        return {"format"}

    def read(self, request):
        """Nothing is asked besides."""
        return self.read_form(request)

    def list(self, request):
        """All sets, the active one first."""
        found = KernelSet.objects.order_by("-active", "-added_at")[:MOST_SETS]
        records = KernelSetSerializer(found, many=True).data
        names = [name for name in KernelSetSerializer().fields if name != "kernels"]
        columns = {name: [record[name] for record in records] for name in names}
        facts = {"title": "Kernel sets", "rows": len(records)}
        return sent(request, questions.Answer(facts, {"results": records}, columns), self.form)
