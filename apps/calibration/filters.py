"""One FilterSet for the table of calibration runs and its records."""

import django_filters

from apps.calibration.models import CalibrationRun
from apps.core.filters import NumbersFilter, TimeRangeFilterSet

STATES = (
    ("good", "Calibrated"),
    ("no-lines", "Without lines of the source"),
    ("waiting", "Not fitted yet"),
)
ORIGINS = (("real", "Instrument"), ("simulated", "Simulated"))


class CalibrationRunFilter(TimeRangeFilterSet):
    """Runs by time, state, file, number and origin; only those of files that stand."""

    state = django_filters.ChoiceFilter(
        label="Calibration", method="in_state", choices=STATES, empty_label="Any"
    )
    origin = django_filters.ChoiceFilter(
        label="Origin", method="of_origin", choices=ORIGINS, empty_label="Any"
    )
    id = NumbersFilter("id", label="Run")
    file = NumbersFilter("product_id", label="File id")

    rare = ("id", "file")

    class Meta(TimeRangeFilterSet.Meta):
        model = CalibrationRun
        fields = ()

    def filter_queryset(self, queryset):
        """Filter; a run or a file that is named is listed whatever its version."""
        chosen = self.form.cleaned_data
        if not (chosen.get("id") or chosen.get("file")):
            queryset = queryset.latest()
        return super().filter_queryset(queryset)

    def in_state(self, queryset, name, value):
        """Rows with results, with none, or before the fit."""
        if value == "waiting":
            return queryset.filter(calibrated_at__isnull=True)
        wanted = {"good_pixels__gt": 0} if value == "good" else {"good_pixels": 0}
        return queryset.filter(**wanted)

    def of_origin(self, queryset, name, value):
        """Rows from the instrument, or from the simulator."""
        return queryset.filter(product__simulated=value == "simulated")
