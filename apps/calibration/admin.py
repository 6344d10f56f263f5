"""Calibration in the admin: runs, what the fit made of them, and how to fit again."""

from django.contrib import admin
from django.utils.html import format_html

from apps.calibration.ingest import queue
from apps.calibration.models import CalibrationRun
from apps.core.admin import RecordAdmin, TimeRangeFilter


@admin.register(CalibrationRun)
class CalibrationRunAdmin(RecordAdmin):
    """Calibration runs; who sees one is decided at its file."""

    list_display = ("id", "start", "stop", "state", "fit", "gain", "offset", "origin", "site")
    list_filter = (("start", TimeRangeFilter),)
    list_select_related = ("product", "job")
    sortable_by = ("start",)
    actions = ("fit_again",)

    def has_fit_permission(self, request):
        """Who may have runs fitted again."""
        return request.user.has_perm("calibration.change_calibrationrun")

    @admin.display(description="good pixels")
    def state(self, run):
        """How many of the pixels that were switched on."""
        return "–" if run.good_pixels is None else f"{run.good_pixels} of {run.fitted_pixels}"

    @admin.display(description="last fit")
    def fit(self, run):
        """State of the job."""
        return run.job.state if run.job else "–"

    @admin.display(description="origin")
    def origin(self, run):
        """A word: ticks and crosses would tell good from bad."""
        return "simulated" if run.simulated else "measured"

    @admin.display(description="on site")
    def site(self, run):
        """The public page."""
        words = '<a href="{}" aria-label="View run {} on site">View</a>'
        return format_html(words, run.get_absolute_url(), run.pk)

    @admin.action(description="Fit the chosen runs again", permissions=["fit"])
    def fit_again(self, request, chosen):
        """Queue the fit; the results stay until the new ones are there."""
        runs = list(chosen)
        job = queue(runs)
        self.message_user(request, f"Job {job.pk} fits {len(runs)} runs again.")
