"""The figure factory of all plots: palettes, UTC axis, linked panels, the document as JSON.

Colours of axes, grids and text are left out on purpose: the page's style sheet gives them as
custom properties, so one document serves the light and the dark theme.
"""

import json

import numpy as np
from bokeh.embed import json_item
from bokeh.models import (
    BoxSelectTool,
    CrosshairTool,
    DatetimeAxis,
    DatetimeTickFormatter,
    Grid,
    LinearAxis,
    LinearScale,
    PanTool,
    Range1d,
    Span,
    WheelZoomTool,
)
from bokeh.palettes import Cividis256
from bokeh.plotting import figure

BAND_COLOURS = ("#3070c4", "#18a2af", "#547116", "#d77934", "#b45a7d")
"""Low to high energy; by position, at least 3 : 1 on both themes' panels."""

SIGNAL_COLOUR = BAND_COLOURS[0]
MARK_COLOUR = BAND_COLOURS[3]
GREY = "#8793a0"
HEAT = Cividis256
LEFT, RIGHT = 74, 58
"""Borders shared by all panels (screen pixels), so that their frames stand under one another."""


def utc_ticks():
    """Tick labels in UTC with an ISO date in the line below."""
    clock = {
        "hours": "%H:%M",
        "hourmin": "%H:%M",
        "minutes": "%H:%M",
        "minsec": "%H:%M:%S",
        "seconds": "%H:%M:%S",
        "milliseconds": "%H:%M:%S.%3N",
    }
    plain = {"strip_leading_zeros": False, "boundary_scaling": False}
    date = dict.fromkeys([*clock, "microseconds"], "%Y-%m-%d")
    context = DatetimeTickFormatter(
        **plain, **date, days="%Y", months="", years="", hide_repeats=True
    )
    return DatetimeTickFormatter(
        **plain,
        **clock,
        days="%m-%d",
        months="%Y-%m",
        years="%Y",
        context=context,
        context_which="start",
        context_location="below",
    )


class Stack:
    """Panels on one time axis: one range object, one cross hair."""

    def __init__(self):
        self.x = Range1d(0, 1, name="x")
        self._span = Span(dimension="height", line_width=1, line_dash=[4, 4], line_color=GREY)

    def panel(self, name, height, *, axis=False, **options):
        """Make a panel of the stack.

        Parameters
        ----------
        name : str
            Unique in the document; the page script finds the figure under it.
        height : int
            Screen pixels.
        axis : bool
            Whether the time axis is written below.
        """
        made = figure(
            name=name,
            height=height,
            sizing_mode="stretch_width",
            x_range=self.x,
            x_axis_type="datetime",
            tools=[],
            toolbar_location=None,
            min_border_left=LEFT,
            min_border_right=RIGHT,
            min_border_top=4,
            min_border_bottom=4,
            lod_threshold=None,
            outline_line_color=None,
            **options,
        )
        made.xaxis.formatter = utc_ticks()
        made.xaxis.visible = axis
        made.xaxis.axis_label_text_font_style = "normal"
        made.yaxis.axis_label_text_font_style = "normal"
        made.add_tools(
            PanTool(dimensions="width"),
            WheelZoomTool(dimensions="width", modifiers={"ctrl": True}),
            # No renderers: the tool reports where it was drawn, and dims no glyphs.
            BoxSelectTool(dimensions="width", renderers=[], persistent=True, name=f"{name}_select"),
            CrosshairTool(dimensions="height", overlay=self._span),
        )
        return made


def switchable(made):
    """Let the page switch a figure with a log axis to a linear one.

    Both axes and grids are there, named ``<figure>_log…`` and ``<figure>_linear…``; the spare
    scale lies under ``"unit"`` together with a range from 0 to 1.
    """
    made.yaxis[0].name = f"{made.name}_log_axis"
    made.ygrid[0].name = f"{made.name}_log_grid"
    linear = LinearAxis(
        name=f"{made.name}_linear_axis",
        visible=False,
        axis_label=made.yaxis[0].axis_label,
        axis_label_text_font_style="normal",
    )
    made.add_layout(linear, "left")
    made.add_layout(Grid(name=f"{made.name}_linear_grid", dimension=1, axis=linear, visible=False))
    add_unit_scale(made)
    return made


def add_unit_scale(made):
    """Give a figure a second vertical scale from 0 (bottom) to 1 (top), for labels and spans."""
    made.extra_y_ranges = {"unit": Range1d(0, 1)}
    made.extra_y_scales = {"unit": LinearScale()}


def add_earth_axis(made):
    """Give a figure a second time axis above, hidden, whose range the page shifts: UTC at Earth."""
    made.extra_x_ranges = {"earth": Range1d(0, 1, name="earth")}
    axis = DatetimeAxis(
        x_range_name="earth",
        name="earth_axis",
        visible=False,
        formatter=utc_ticks(),
        axis_label_text_font_style="normal",
    )
    made.add_layout(axis, "above")


def curves(made, source, colours, *, bands=True, width=1.25):
    """Draw binned curves: a step line from bin start to bin end, a line, points, and a band.

    The page shows one of the three styles. The source has ``t`` (bin start), ``c`` (bin centre)
    and ``m0 …`` (mean), ``l0 … h0 …`` (minimum, maximum). Names: ``<figure>_step0`` and so on.
    """
    for number, colour in enumerate(colours):
        mean = f"m{number}"
        if bands:
            made.varea_step(
                x="t",
                y1=f"l{number}",
                y2=f"h{number}",
                source=source,
                step_mode="after",
                fill_color=colour,
                fill_alpha=0.22,
                visible=False,  # until there are rows: Bokeh hangs on an empty band
                name=f"{made.name}_band{number}",
            )
        pen = {"source": source, "line_color": colour, "line_width": width}
        made.step("t", mean, mode="after", name=f"{made.name}_step{number}", **pen)
        made.line("c", mean, visible=False, name=f"{made.name}_line{number}", **pen)
        made.scatter(
            "c",
            mean,
            source=source,
            size=3,
            line_color=None,
            fill_color=colour,
            visible=False,
            name=f"{made.name}_points{number}",
        )


def empty_rows(*names):
    """Columns of one empty row, the beginning of every source."""
    return {name: np.full(1, np.nan) for name in names}


def document(root):
    """A layout with everything in it as the JSON that the page script embeds.

    Returns
    -------
    bytes
    """
    return json.dumps(json_item(root), separators=(",", ":")).encode()
