"""REST records of calibration runs: the same filters as the table."""

from django.urls import reverse
from drf_spectacular.utils import (
    OpenApiExample,
    OpenApiParameter,
    extend_schema,
    extend_schema_serializer,
    extend_schema_view,
)
from rest_framework import serializers

from apps.accounts.models import Export
from apps.calibration.filters import CalibrationRunFilter
from apps.calibration.models import CalibrationRun
from apps.core.api import UtcField, VisibleViewSet

EXAMPLE = {
    "id": 3,
    "url": "https://stix.example.org/api/v1/calibration/runs/3/",
    "page": "https://stix.example.org/calibration/runs/3/",
    "file": 12,
    "start_utc_solo": "2022-03-28T04:00:00Z",
    "stop_utc_solo": "2022-03-28T15:00:00Z",
    "duration_s": 39600.0,
    "live_s": 36432.0,
    "quiet_s": 0.004,
    "temperature_k": 238.2,
    "detector_mask": "0xFFFFFFFF",
    "pixel_mask": "0xFFF",
    "total_counts": 12345678.0,
    "calibrated_utc": "2026-03-01T00:00:00Z",
    "good_pixels": 383,
    "fitted_pixels": 384,
    "gain": 0.1077,
    "offset": 888.2,
    "fwhm_31": 1.05,
    "fwhm_81": 1.31,
    "simulated": False,
    "access": "public",
    "results_csv": "https://stix.example.org/calibration/runs/3/results.csv",
    "spectra_csv": "https://stix.example.org/calibration/runs/3/spectra.csv",
    "updated_utc": "2026-03-01T00:00:00Z",
}


@extend_schema_serializer(examples=[OpenApiExample("A run", EXAMPLE)])
class CalibrationRunSerializer(serializers.ModelSerializer):
    """One run of the on-board barium source, with the medians of its calibration."""

    url = serializers.SerializerMethodField(help_text="Address of this record.")
    page = serializers.SerializerMethodField(help_text="Page of the run for people.")
    results_csv = serializers.SerializerMethodField(
        help_text="Gain, offset, resolution and quality of each pixel as CSV."
    )
    spectra_csv = serializers.SerializerMethodField(help_text="Spectra of all pixels as CSV.")
    file = serializers.IntegerField(source="product_id", help_text="Number of the data product.")
    start_utc_solo = UtcField(source="start", help_text="Start of the run, UTC at Solar Orbiter.")
    stop_utc_solo = UtcField(source="stop", help_text="End of the run, UTC at Solar Orbiter.")
    duration_s = serializers.FloatField(help_text="Length of the run in seconds.")
    detector_mask = serializers.SerializerMethodField(
        help_text="Hexadecimal, least significant bit for detector 1; null if the file has none."
    )
    pixel_mask = serializers.SerializerMethodField(
        help_text="Hexadecimal, least significant bit for pixel 0; null if the file has none."
    )
    calibrated_utc = UtcField(
        source="calibrated_at", help_text="When it was last fitted; null before."
    )
    simulated = serializers.BooleanField(help_text="Made by the simulator, not measured.")
    access = serializers.CharField(help_text="Who may see it: that of its file.")
    updated_utc = UtcField(source="updated_at", help_text="Last change of this record, UTC.")

    class Meta:
        model = CalibrationRun
        fields = (
            *("id", "url", "page", "file", "start_utc_solo", "stop_utc_solo", "duration_s"),
            *("live_s", "quiet_s", "temperature_k", "detector_mask", "pixel_mask"),
            *("total_counts", "calibrated_utc", "good_pixels", "fitted_pixels", "gain", "offset"),
            *(
                "fwhm_31",
                "fwhm_81",
                "simulated",
                "access",
                "results_csv",
                "spectra_csv",
                "updated_utc",
            ),
        )
        extra_kwargs = {"id": {"help_text": "Number of the run."}}

    def _at(self, name, run):
        return self.context["request"].build_absolute_uri(reverse(name, args=[run.pk]))

    def get_url(self, run) -> str:
        """The address of the record, whatever form the list had."""
        return self._at("api:calibration-run-detail", run)

    def get_page(self, run) -> str:
        """The page of the run."""
        return self._at("calibration:run", run)

    def get_results_csv(self, run) -> str:
        """The numbers of its pixels."""
        return self._at("calibration:results", run)

    def get_spectra_csv(self, run) -> str:
        """Its spectra."""
        return self._at("calibration:spectra", run)

    def get_detector_mask(self, run) -> str | None:
        """Which detectors were switched on."""
        return run.masks[0] and run.masks[0][0]

    def get_pixel_mask(self, run) -> str | None:
        """Which pixels were switched on."""
        return run.masks[1] and run.masks[1][0]


INSTANT = "`2022-03-28`, `2022-03-28T10:00`, `2022/087` or `-3h`, UTC at Solar Orbiter"


@extend_schema(tags=["Calibration"])
@extend_schema_view(
    list=extend_schema(
        summary="Calibration runs, newest first",
        parameters=[
            OpenApiParameter("start", description=f"Runs that end after it: {INSTANT}."),
            OpenApiParameter("stop", description=f"Runs that begin before it: {INSTANT}."),
        ],
        extensions={
            "x-example": {
                "query": "start=2020-05-06&stop=2020-05-07",
                "python": (
                    'for run in answer["results"]:\n'
                    '    print(run["start_utc_solo"], run["gain"], run["offset"])'
                ),
            }
        },
    ),
    retrieve=extend_schema(summary="One calibration run"),
)
class CalibrationRunViewSet(VisibleViewSet):
    """Calibration runs."""

    model = CalibrationRun
    serializer_class = CalibrationRunSerializer
    filterset_class = CalibrationRunFilter
    units = {
        "duration_s": "s", "live_s": "s", "quiet_s": "s", "temperature_k": "K",
        "total_counts": "count", "fwhm_31": "keV", "fwhm_81": "keV",
    }  # fmt: skip

    def get_queryset(self):
        """Rows with their files, which say who may see them."""
        return super().get_queryset().select_related("product")

    def exported(self, form, number, size):
        """Note that a member of the team took a list of runs that are not public."""
        what = f"list of calibration runs as {form}"
        Export.objects.record(self.request.user, what, number, size, self.request_id)
