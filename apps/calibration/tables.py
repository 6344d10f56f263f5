"""The table of calibration runs."""

import django_tables2 as tables

from apps.core.tables import RIGHT, NumberColumn, PartColumn, PortalTable, TimeColumn
from apps.core.templatetags.portal import duration, number


class CalibrationRunTable(PortalTable):
    """Calibration runs, newest first."""

    caption = "Calibration runs"

    id = tables.Column("Run", linkify=True, orderable=False)
    start = TimeColumn("Start", order_by=("start", "id"))
    duration = tables.Column("Duration", accessor="duration_s", orderable=False, attrs=RIGHT)
    live = NumberColumn("Live time", unit="s", accessor="live_s", digits=0, orderable=False)
    quiet = NumberColumn("Quiet time", unit="s", accessor="quiet_s", orderable=False)
    temperature = NumberColumn(
        "Temperature", unit="°C", accessor="temperature_c", digits=1, orderable=False
    )
    detectors = tables.Column("Detectors", accessor="masks", orderable=False)
    subspectra = tables.Column("Sub-spectra", orderable=False, attrs=RIGHT)
    good = tables.Column("Good pixels", accessor="good_pixels", orderable=False, attrs=RIGHT)
    gain = NumberColumn("Gain", unit="keV/ADC", digits=5, orderable=False)
    offset = NumberColumn("Offset", unit="ADC", digits=1, orderable=False)
    access = PartColumn("marks", "Access", orderable=False)

    class Meta(PortalTable.Meta):
        order_by = ("-start",)

    def render_duration(self, value):
        """Hours and minutes."""
        return duration(value)

    def render_detectors(self, value):
        """The mask in words."""
        return value[0][1] if value[0] else "–"

    def render_subspectra(self, value):
        """How many were sent."""
        return number(len(value.all()))

    def render_good(self, record):
        """How many of the pixels switched on."""
        return f"{record.good_pixels} of {record.fitted_pixels}"
