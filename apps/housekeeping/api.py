"""Housekeeping through REST: the numbers of the page's files, and the dictionary."""

from drf_spectacular.utils import OpenApiParameter, extend_schema, extend_schema_serializer
from rest_framework import serializers
from rest_framework.renderers import JSONRenderer
from rest_framework.response import Response

from apps.core.api import Question, UtcField
from apps.housekeeping.forms import UNITS, RestOptions
from apps.housekeeping.limits import limits_of
from apps.housekeeping.parameters import REPORTS, parameters, tabs
from apps.housekeeping.views import HousekeepingData


class LimitSerializer(serializers.Serializer):
    """One border of a parameter."""

    kind = serializers.ChoiceField(choices=["soft", "hard"], help_text="How much it matters.")
    value = serializers.FloatField(help_text="In the unit of the parameter.")


class ParameterValuesSerializer(serializers.Serializer):
    """One parameter over the range; a value that does not exist is null or an empty text."""

    mnemonic = serializers.CharField(help_text="Name in the instrument database.")
    label = serializers.CharField(help_text="Name in plain words.")
    column = serializers.CharField(help_text="Column of the FITS file.")
    kind = serializers.ChoiceField(
        choices=["number", "state", "mask"], help_text="Of which kind its values are."
    )
    unit = serializers.CharField(allow_blank=True, help_text="Of the values.")
    limits = LimitSerializer(many=True, help_text="Its borders, if it has any.")
    values = serializers.ListField(
        child=serializers.JSONField(allow_null=True),
        help_text="Numbers; texts of states (several joined by |); masks as hexadecimal texts.",
    )
    minimum = serializers.ListField(
        child=serializers.FloatField(allow_null=True),
        required=False,
        help_text="Of the native samples in a bucket.",
    )
    maximum = serializers.ListField(
        child=serializers.FloatField(allow_null=True),
        required=False,
        help_text="Of the native samples in a bucket.",
    )
    always = serializers.ListField(
        child=serializers.CharField(allow_blank=True),
        required=False,
        help_text="Bits of a mask that were on in all samples of a bucket.",
    )


class SourceFileSerializer(serializers.Serializer):
    """A file that the numbers came from."""

    name = serializers.CharField(help_text="Its name.")
    version = serializers.CharField(help_text="V02; V02U while more may still come.")
    level = serializers.CharField(help_text="Processing level.")
    simulated = serializers.BooleanField(help_text="Made by the simulator.")
    url = serializers.URLField(help_text="Its page.")
    download = serializers.URLField(help_text="The file.")


@extend_schema_serializer(many=False)
class HousekeepingSerializer(serializers.Serializer):
    """Housekeeping of a range, parameter by parameter."""

    title = serializers.CharField(help_text="What it is.")
    start_utc_solo = UtcField(help_text="Start of the range, UTC at Solar Orbiter.")
    stop_utc_solo = UtcField(help_text="End of the range, not included, UTC at Solar Orbiter.")
    clock = serializers.CharField(help_text="Which clock the times are of.")
    time = serializers.CharField(help_text="Which instants the times are.")
    report = serializers.ChoiceField(choices=list(REPORTS), help_text="Which report.")
    temperature = serializers.ChoiceField(choices=list(UNITS), help_text="Unit of temperatures.")
    aggregation = serializers.CharField(help_text="How native samples were joined.")
    level_s = serializers.FloatField(help_text="Width of the stored buckets in s; 0 is native.")
    bucket_s = serializers.FloatField(help_text="Width of the buckets of the answer in s.")
    rows = serializers.IntegerField(help_text="Rows of the answer.")
    simulated = serializers.BooleanField(help_text="Made by the simulator.")
    note = serializers.CharField(help_text="What the numbers are.")
    citation = serializers.CharField(help_text="What to cite.")
    nearest_utc_solo = UtcField(
        required=False, allow_null=True, help_text="Nearest data to an empty range."
    )
    more_source_files = serializers.BooleanField(
        help_text="Whether there are more source files than are listed."
    )
    source_files = SourceFileSerializer(many=True, help_text="The files the numbers came from.")
    time_utc_solo = serializers.ListField(
        child=serializers.CharField(), help_text="One for each row, UTC at Solar Orbiter."
    )
    samples = serializers.ListField(
        child=serializers.IntegerField(), help_text="Native samples in each row."
    )
    parameters = ParameterValuesSerializer(many=True, help_text="One for each parameter asked for.")


def _parameter(name, text, kind=str, **more):
    return OpenApiParameter(name, kind, description=text, **more)


PARAMETERS = [
    _parameter("start", "Start, UTC at Solar Orbiter: `2020-05-01T10:00`, `2020/122`, `-3h`."),
    _parameter("stop", "End, not included, UTC at Solar Orbiter."),
    _parameter("span", "Length instead of start or stop: `10min`, `3h`, `7d`."),
    _parameter("parameters", "Mnemonics joined by commas, at most 24; else those of `tab`."),
    _parameter("tab", "All parameters of a tab.", enum=list(tabs()), default="overview"),
    _parameter("report", "Which report.", enum=list(REPORTS), default="hk-maxi"),
    _parameter("temperature", "Unit of temperatures.", enum=list(UNITS), default="degC"),
    _parameter("points", "Most rows; a longer range comes as mean, minimum and maximum.", int),
]


class HousekeepingViewSet(Question, HousekeepingData):
    """Housekeeping of a time range."""

    subject = "the housekeeping"
    options_form = RestOptions

    @extend_schema(
        operation_id="housekeeping",
        summary="Parameters of the instrument over time",
        tags=["Housekeeping"],
        extensions={
            "x-example": {
                "query": "start=2020-05-01T10:00&span=1h&parameters=NIXD0023,NIXD0054",
                "python": (
                    'for parameter in answer["parameters"]:\n'
                    '    print(parameter["label"], parameter["values"][:3], parameter["unit"])'
                ),
            }
        },
        parameters=PARAMETERS,
        responses=HousekeepingSerializer,
    )
    def list(self, request):
        """Parameters of the range in the form asked for."""
        return self.answer(request, self.options["format"])


class StateSerializer(serializers.Serializer):
    """A state of a parameter."""

    code = serializers.IntegerField(help_text="As in the packet.")
    text = serializers.CharField(help_text="As in the file.")


class ParameterSerializer(serializers.Serializer):
    """A parameter of the dictionary."""

    mnemonic = serializers.CharField(help_text="Name in the instrument database.")
    label = serializers.CharField(help_text="Name in plain words.")
    description = serializers.CharField(help_text="What it tells.")
    column = serializers.CharField(help_text="Column of the FITS file.")
    kind = serializers.ChoiceField(
        choices=["number", "state", "mask"], help_text="Of which kind its values are."
    )
    unit = serializers.CharField(allow_blank=True, help_text="As stored; K is shown as degC too.")
    reports = serializers.ListField(child=serializers.CharField(), help_text="Reports with it.")
    states = StateSerializer(many=True, help_text="Its states in their order.")
    limits = LimitSerializer(many=True, help_text="Its borders in the stored unit.")


class ParameterViewSet(Question):
    """The dictionary of housekeeping parameters."""

    subject = "the dictionary"
    renderer_classes = [JSONRenderer]

    def known_parameters(self):
        """The form alone; the dictionary always comes as a whole."""
        return {"format"}

    def read(self, request):
        """Refuse a form that the dictionary does not come in."""
        form = request.query_params.get("format") or "json"
        return {} if form == "json" else {"format": f"format {form[:40]!r} is unknown; write json"}

    @extend_schema(
        operation_id="housekeeping_parameters",
        summary="What each housekeeping parameter means",
        tags=["Housekeeping"],
        responses=ParameterSerializer(many=True),
    )
    def list(self, request):
        """All parameters."""
        limits = limits_of(parameters())
        records = [
            {
                **{
                    name: getattr(found, name)
                    for name in ("mnemonic", "label", "description", "column", "kind", "unit")
                },
                "reports": found.reports,
                "states": [{"code": code, "text": text} for code, text in found.states.items()],
                "limits": [
                    {"kind": kind, "value": value}
                    for limit in limits.get(found.mnemonic, ())
                    for kind, value in limit.borders()
                ],
            }
            for found in parameters().values()
        ]
        return Response(ParameterSerializer(records, many=True).data)
