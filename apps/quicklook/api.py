"""The light curves through REST: the question and the numbers of the page's files."""

from drf_spectacular.utils import OpenApiParameter, extend_schema, extend_schema_serializer
from rest_framework import serializers

from apps.core.api import Question, UtcField
from apps.quicklook.forms import RestOptions
from apps.quicklook.lightcurve import UNITS
from apps.quicklook.views import LightCurveData


class BandSerializer(serializers.Serializer):
    """One energy band; a value that does not exist is null."""

    label = serializers.CharField(help_text="The band in words.")
    energy_low = serializers.FloatField(help_text="Lower edge in keV.")
    energy_high = serializers.FloatField(allow_null=True, help_text="Upper edge in keV.")
    energy_unit = serializers.CharField(help_text="keV")
    values = serializers.ListField(
        child=serializers.FloatField(allow_null=True), help_text="In `units`; one for each bin."
    )
    error = serializers.ListField(
        child=serializers.FloatField(allow_null=True),
        required=False,
        help_text="Of native bins, in `units`.",
    )
    minimum = serializers.ListField(
        child=serializers.FloatField(allow_null=True),
        required=False,
        help_text="Of the native bins in a bucket, in `units`.",
    )
    maximum = serializers.ListField(
        child=serializers.FloatField(allow_null=True),
        required=False,
        help_text="Of the native bins in a bucket, in `units`.",
    )


class SourceSerializer(serializers.Serializer):
    """A file that the numbers came from."""

    name = serializers.CharField(help_text="Its name.")
    version = serializers.CharField(help_text="V02; V02U while more may still come.")
    level = serializers.CharField(help_text="Processing level.")
    simulated = serializers.BooleanField(help_text="Made by the simulator.")
    url = serializers.URLField(help_text="Its page.")
    download = serializers.URLField(help_text="The file.")


class EnergyTableSerializer(serializers.Serializer):
    """The energy bands in force from an instant on."""

    from_utc_solo = serializers.CharField(help_text="From when on, UTC at Solar Orbiter.")
    keV = serializers.ListField(
        child=serializers.ListField(child=serializers.FloatField(allow_null=True)),
        help_text="Lower and upper edge of each band.",
    )


@extend_schema_serializer(many=False)
class LightCurvesSerializer(serializers.Serializer):
    """Quick-look light curves of a range, column by column."""

    title = serializers.CharField(help_text="What it is.")
    start_utc_solo = UtcField(help_text="Start of the range, UTC at Solar Orbiter.")
    stop_utc_solo = UtcField(help_text="End of the range, not included, UTC at Solar Orbiter.")
    clock = serializers.CharField(help_text="Which clock the times are of.")
    time = serializers.CharField(help_text="Which instant of a bin the times are.")
    units = serializers.ChoiceField(choices=list(UNITS.values()), help_text="Of the values.")
    definition = serializers.CharField(help_text="What the values are.")
    aggregation = serializers.CharField(help_text="How native bins were joined.")
    level_s = serializers.FloatField(help_text="Width of the stored buckets in s; 0 is native.")
    bucket_s = serializers.FloatField(help_text="Width of the buckets of the answer in s.")
    rebin = serializers.IntegerField(help_text="Native bins joined into one.")
    rows = serializers.IntegerField(help_text="Bins of the answer.")
    simulated = serializers.BooleanField(help_text="Made by the simulator.")
    note = serializers.CharField(help_text="What the numbers are not corrected for.")
    light_time_corrected = serializers.BooleanField(
        help_text="Whether UTC at Earth is given too; the range is Solar Orbiter's in any case."
    )
    light_time_difference_s = serializers.FloatField(
        required=False, help_text="UTC at Earth minus UTC at Solar Orbiter at the middle, in s."
    )
    light_time_rule = serializers.CharField(
        required=False, help_text="Whether one value holds for all or each sample has its own."
    )
    light_time_spread_s = serializers.FloatField(
        required=False, help_text="How far the difference gets from that of the middle, in s."
    )
    light_time_mk = serializers.CharField(required=False, help_text="Metakernel of the orbit.")
    light_time_approximate = serializers.BooleanField(
        required=False, help_text="Whether the orbit is an approximate one."
    )
    light_time_kernels = serializers.DictField(
        required=False, help_text="The set of kernels: files with SHA-256, and what they cover."
    )
    citation = serializers.CharField(help_text="What to cite.")
    statement = serializers.CharField(help_text="The answer in one sentence.")
    nearest_utc_solo = UtcField(
        required=False, allow_null=True, help_text="Nearest data to an empty range."
    )
    more_source_files = serializers.BooleanField(
        help_text="Whether there are more source files than are listed."
    )
    source_files = SourceSerializer(many=True, help_text="The files the numbers came from.")
    time_utc_solo = serializers.ListField(
        child=serializers.CharField(), help_text="Bin centres, UTC at Solar Orbiter."
    )
    time_utc_earth = serializers.ListField(
        child=serializers.CharField(),
        required=False,
        help_text="The same instants as seen at Earth, with `light_time=1`.",
    )
    timedel_s = serializers.ListField(
        child=serializers.FloatField(), help_text="Width of each bin in s."
    )
    exposure_s = serializers.ListField(
        child=serializers.FloatField(), help_text="Measured time of each bin in s."
    )
    triggers = serializers.ListField(
        child=serializers.FloatField(allow_null=True), help_text="Triggers of a bin, in counts."
    )
    rcr = serializers.ListField(
        child=serializers.FloatField(allow_null=True), help_text="Rate control regime, 0 to 7."
    )
    samples = serializers.ListField(
        child=serializers.FloatField(), help_text="Native samples in each bin."
    )
    bands = BandSerializer(many=True, help_text="One for each energy band.")
    energy_tables = EnergyTableSerializer(many=True, help_text="Energy bands and since when.")


def _parameter(name, text, kind=str, **more):
    return OpenApiParameter(name, kind, description=text, **more)


PARAMETERS = [
    _parameter("start", "Start, UTC at Solar Orbiter: `2022-03-28T10:00`, `2022/087`, `-3h`."),
    _parameter("stop", "End, not included, UTC at Solar Orbiter."),
    _parameter("span", "Length instead of start or stop: `10min`, `3h`, `7d`."),
    _parameter("units", "Units of the values.", enum=list(UNITS), default="counts"),
    _parameter("rebin", "Native bins of 4 s to join, 1 to 21600.", int, default=1),
    _parameter(
        "light_time",
        "1: UTC at Earth too, as `time_utc_earth`. `start` and `stop` stay UTC at Solar Orbiter. "
        "One difference, of the middle, up to 6 h; beyond, one for each sample.",
        int,
        enum=[0, 1],
        default=0,
    ),
    _parameter("points", "Most rows; a longer range comes as mean, minimum and maximum.", int),
]


class LightCurveViewSet(Question, LightCurveData):
    """Light curves of a time range."""

    subject = "the light curves"
    options_form = RestOptions

    @extend_schema(
        operation_id="lightcurves",
        summary="Counts in five energy bands over time",
        tags=["Light curves"],
        extensions={
            "x-example": {
                "query": "start=2020-05-06T10:00&span=1h&units=rate",
                "python": (
                    'for band in answer["bands"]:\n'
                    '    print(band["label"], max(filter(None, band["values"]), default=None))'
                ),
            }
        },
        parameters=PARAMETERS,
        responses=LightCurvesSerializer,
    )
    def list(self, request):
        """Light curves of the range in the form asked for."""
        return self.answer(request, self.options["format"])
