"""The spectrum of a pixel: empty, for the page script to fill; and one pixel over all runs."""

from bokeh.models import (
    ColumnDataSource,
    CrosshairTool,
    LinearAxis,
    PanTool,
    Range1d,
    Span,
    WheelZoomTool,
)
from bokeh.plotting import figure

from apps.calibration.lines import CHANNELS
from apps.core.plots import (
    GREY,
    MARK_COLOUR,
    SIGNAL_COLOUR,
    document,
    empty_rows,
    switchable,
)

LINES_VIEW = (220.0, 480.0)
"""Channels that hold the lines of the source, shown first."""


def spectrum():
    """A step line over the channels, an axis in keV above, and marks of the lines.

    Returns
    -------
    bytes
        The document as JSON.
    """
    made = figure(
        name="spectrum",
        height=340,
        sizing_mode="stretch_width",
        x_range=Range1d(*LINES_VIEW, name="x"),
        y_range=Range1d(0.5, 1000, name="spectrum_y"),
        y_axis_type="log",
        tools=[],
        toolbar_location=None,
        min_border_left=74,
        min_border_right=24,
        outline_line_color=None,
        lod_threshold=None,
    )
    made.xaxis.axis_label = f"ADC channel (of {CHANNELS})"
    made.yaxis.axis_label = "counts"
    switchable(made)
    made.extra_x_ranges = {"energy": Range1d(0, 1, name="energy")}
    above = LinearAxis(
        x_range_name="energy", axis_label="energy by this pixel's calibration (keV)", name="kev"
    )
    made.add_layout(above, "above")
    for axis in (*made.xaxis, *made.yaxis):
        axis.axis_label_text_font_style = "normal"
    made.add_tools(
        PanTool(dimensions="width"),
        WheelZoomTool(dimensions="width", modifiers={"ctrl": True}),
        CrosshairTool(
            dimensions="height",
            overlay=Span(dimension="height", line_width=1, line_dash="dashed", line_color=GREY),
        ),
    )
    _marks(made, "nominal", GREY, "dashed")
    _marks(made, "found", MARK_COLOUR, "solid")
    source = ColumnDataSource(empty_rows("x", "y"), name="spectrum_data")
    made.step(
        "x", "y", source=source, mode="after", line_color=SIGNAL_COLOUR, line_width=1.25,
        name="counts",
    )  # fmt: skip
    return document(made)


def _marks(made, name, colour, dash):
    """Upright lines with a word at the top, over the whole height."""
    rows = empty_rows("x", "low", "high") | {"label": [""]}
    source = ColumnDataSource(rows, name=f"{name}_data")
    made.segment(
        "x", "low", "x", "high", source=source, y_range_name="unit", line_color=colour,
        line_dash=dash, line_width=1.25,
    )  # fmt: skip
    made.text(
        "x", "high", text="label", source=source, y_range_name="unit", text_color=colour,
        text_font_size="11px", text_baseline="top", x_offset=3, name=f"{name}_words",
    )  # fmt: skip
