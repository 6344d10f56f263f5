"""Figures of the housekeeping page: a panel for each parameter, empty, for the script to fill."""

from bokeh.layouts import column
from bokeh.models import ColumnDataSource, FixedTicker, NumeralTickFormatter, Range1d
from bokeh.plotting import figure

from apps.core.plots import (
    LEFT,
    MARK_COLOUR,
    RIGHT,
    SIGNAL_COLOUR,
    Stack,
    curves,
    document,
    empty_rows,
    event_strip,
)
from apps.housekeeping.traces import FULL_LANES

NUMBER_HEIGHT, LANE_HEIGHT, HEAD_HEIGHT = 124, 20, 28
MASK_HEIGHT, MANY_LANES = 180, 150
AXIS_HEIGHT, AXIS_EVERY = 40, 4
"""The time is written below every fourth panel, so that it is never far away."""

SEVERITY_COLOURS = ("#d9a400", "#c8453b")
"""Soft and hard: at least 3 : 1 on both themes' panels for the hard one; both also have words."""

COMPARISON = "comparison"
WRITTEN = {"degC": "°C"}
"""Units as axes write them, where not as files do."""


def number(stack, parameter, unit):
    """A line with its band, the limits as dashed lines, and where they were left."""
    key = parameter.mnemonic
    made = _panel(stack, parameter, NUMBER_HEIGHT, Range1d(0, 1, name=f"{key}_y"))
    made.yaxis.axis_label = WRITTEN.get(unit, unit)
    made.yaxis.formatter = NumeralTickFormatter(format="0.[000]")
    outside = ColumnDataSource(empty_rows("x0", "x1") | {"colour": ["black"]}, name=f"{key}_out")
    made.vstrip(
        "x0", "x1", source=outside, fill_color="colour", fill_alpha=0.3, line_color="colour",
        level="underlay",
    )  # fmt: skip
    borders = ColumnDataSource(
        empty_rows("x0", "x1", "v") | {"colour": ["black"]}, name=f"{key}_limits"
    )
    made.segment(
        "x0", "v", "x1", "v", source=borders, line_color="colour", line_dash=[6, 4], line_width=1.5
    )
    source = ColumnDataSource(empty_rows("t", "c", "m0", "l0", "h0"), name=f"{key}_data")
    curves(made, source, (SIGNAL_COLOUR,))
    return made


def state(stack, parameter):
    """Lanes of states from the lowest code on, each with its name inside the frame."""
    lanes = len(parameter.states)
    height = MANY_LANES if lanes > FULL_LANES else HEAD_HEIGHT + LANE_HEIGHT * max(lanes, 2)
    made = _panel(stack, parameter, height, Range1d(-0.5, max(lanes, 1) - 0.5,
                                                    name=f"{parameter.mnemonic}_y"))  # fmt: skip
    _lanes(made, parameter.mnemonic, 0.32)
    names = ColumnDataSource(
        empty_rows("x", "y") | {"label": [""]}, name=f"{parameter.mnemonic}_names"
    )
    made.extra_x_ranges = {"unit": Range1d(0, 1)}
    made.text(
        "x", "y", text="label", source=names, x_range_name="unit", text_align="left",
        text_baseline="middle", text_font_size="11px", text_color="#17202b", x_offset=6,
        background_fill_color="#ffffff", background_fill_alpha=0.8,
        name=f"{parameter.mnemonic}_words",
    )  # fmt: skip
    return made


def mask(stack, parameter):
    """A lane for each bit, on where it is filled."""
    key, first = parameter.mnemonic, 1 if parameter.bit_name == "detector" else 0
    made = _panel(stack, parameter, MASK_HEIGHT, Range1d(-0.5, parameter.bits - 0.5,
                                                         name=f"{key}_y"))  # fmt: skip
    made.yaxis.axis_label = parameter.bit_name
    ticks = sorted({0, *range(7, parameter.bits, 8), parameter.bits - 1})
    made.yaxis.ticker = FixedTicker(ticks=ticks)
    made.yaxis.major_label_overrides = {tick: str(tick + first) for tick in ticks}
    _lanes(made, key, 0.36)
    return made


def _panel(stack, parameter, height, y_range):
    made = stack.panel(parameter.mnemonic, height, y_range=y_range)
    made.title.text = parameter.title
    made.title.text_font_size = "12px"
    made.title.name = f"{parameter.mnemonic}_title"
    made.tags = [parameter.mnemonic]
    return made


def _lanes(made, key, half):
    made.ygrid.visible = False
    if not made.yaxis.axis_label:
        made.yaxis.ticker = FixedTicker(ticks=[])
    source = ColumnDataSource(empty_rows("x0", "x1", "y", "a"), name=f"{key}_data")
    made.hbar(
        y="y", left="x0", right="x1", height=2 * half, source=source, fill_color=SIGNAL_COLOUR,
        fill_alpha="a", line_color=SIGNAL_COLOUR, line_alpha="a",
    )  # fmt: skip


def comparison(horizontal, vertical, celsius):
    """One parameter against another: points, and no time."""
    made = figure(
        name=COMPARISON, height=420, sizing_mode="stretch_width", tools=[], toolbar_location=None,
        x_range=Range1d(0, 1, name=f"{COMPARISON}_x"),
        y_range=Range1d(0, 1, name=f"{COMPARISON}_y"),
        min_border_left=LEFT, min_border_right=RIGHT, outline_line_color=None,
    )  # fmt: skip
    for axis, parameter in ((made.xaxis, horizontal), (made.yaxis, vertical)):
        unit = parameter.shown_unit(celsius)
        unit = WRITTEN.get(unit, unit)
        axis.axis_label = f"{parameter.title} [{unit}]" if unit else parameter.title
        axis.axis_label_text_font_style = "normal"
    source = ColumnDataSource(empty_rows("x", "y"), name=f"{COMPARISON}_data")
    made.scatter("x", "y", source=source, size=4, line_color=None, fill_color=MARK_COLOUR,
                 fill_alpha=0.5)  # fmt: skip
    return made


def template(shown, against=None, celsius=True):
    """All panels as one empty document.

    Parameters
    ----------
    shown : sequence of Parameter
    against : Parameter, optional
        What the first of them is drawn against, below its own line over time.
    celsius : bool
        Unit of temperatures.

    Returns
    -------
    bytes
        JSON for the page script.
    """
    stack, rows = Stack(), []
    for parameter in shown:
        if parameter.kind == "number":
            rows.append(number(stack, parameter, parameter.shown_unit(celsius)))
        else:
            rows.append((state if parameter.kind == "state" else mask)(stack, parameter))
    for made in rows[AXIS_EVERY - 1 :: AXIS_EVERY]:
        made.height += AXIS_HEIGHT
        made.xaxis.visible = True
    strip = event_strip(stack)
    below = [comparison(against, shown[0], celsius)] if against else []
    return document(column(*rows, strip, *below, sizing_mode="stretch_width", spacing=4))
