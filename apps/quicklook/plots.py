"""Figures of the light-curve page: empty, for the page script to fill from windows."""

import numpy as np
from bokeh.layouts import column
from bokeh.models import (
    ColorBar,
    ColumnDataSource,
    FixedTicker,
    LinearColorMapper,
    LogColorMapper,
    NumeralTickFormatter,
    Range1d,
    RangeTool,
)
from bokeh.plotting import figure

from apps.core.energy import SCIENCE_EDGES_KEV
from apps.core.plots import (
    BAND_COLOURS,
    GREY,
    HEAT,
    LEFT,
    MARK_COLOUR,
    RIGHT,
    SIGNAL_COLOUR,
    Stack,
    add_earth_axis,
    curves,
    document,
    empty_rows,
    event_strip,
    switchable,
    utc_ticks,
)
from apps.quicklook.windows import FIRST_CHANNEL, LAST_CHANNEL

REGIME_COLOURS = (
    "#c3d0de", "#f2c977", "#e8a54b", "#d77934", "#b85a2c", "#96522f", "#7a4733", "#5f3d34",
)  # fmt: skip
LABELLED_KEV = (4.0, 6.0, 10.0, 16.0, 25.0, 32.0, 50.0, 84.0, 150.0)


def light_curves(stack):
    """Five bands, log by default, with spans of events behind and the bands' names at the end."""
    made = stack.panel("lc", 340, axis=True, y_axis_type="log", y_range=_range("lc", 1, 1000))
    made.yaxis.axis_label = "counts"
    made.xaxis.name = "solo_axis"
    add_earth_axis(made)
    switchable(made)
    spans = ColumnDataSource(empty_rows("x0", "x1", "xm") | {"label": [""]}, name="spans")
    made.vstrip(
        "x0", "x1", source=spans, fill_color=GREY, fill_alpha=0.14, line_color=None,
        level="underlay",
    )  # fmt: skip
    made.text(
        "xm", 0.97, text="label", source=spans, y_range_name="unit", text_align="center",
        text_baseline="top", text_font_size="11px", text_color=GREY,
    )  # fmt: skip
    curves(made, _band_source("lc_data", 5), BAND_COLOURS)
    ends = ColumnDataSource(empty_rows("x", "y") | {"label": [""], "colour": ["black"]},
                            name="ends")  # fmt: skip
    made.text(
        "x", "y", text="label", source=ends, text_color="colour", text_align="right",
        text_baseline="bottom", text_font_size="12px", text_font_style="bold", x_offset=-4,
        y_offset=-2, background_fill_color="#ffffff", background_fill_alpha=0.7, name="lc_ends",
    )  # fmt: skip
    return [made]


def triggers(stack):
    """Triggers of all detectors."""
    made = stack.panel("trig", 130, y_range=_range("trig", 0, 1))
    made.yaxis.axis_label = "triggers"
    made.yaxis.formatter = NumeralTickFormatter(format="0.[0]a")
    curves(made, _band_source("trig_data", 1), BAND_COLOURS[:1])
    return [made]


def regimes(stack):
    """The strip of rate control regimes."""
    made = stack.panel("rcr", 44, y_range=Range1d(0, 1))
    made.yaxis.axis_label = "RCR"
    made.yaxis.ticker = FixedTicker(ticks=[])
    made.ygrid.visible = False
    source = ColumnDataSource(
        empty_rows("x0", "x1", "xm", "rcr") | {"label": [""]}, name="rcr_data"
    )
    mapper = LinearColorMapper(palette=list(REGIME_COLOURS), low=-0.5, high=7.5)
    made.quad(
        left="x0", right="x1", bottom=0, top=1, source=source, line_color=None, fill_alpha=0.6,
        fill_color={"field": "rcr", "transform": mapper},
    )  # fmt: skip
    made.text(
        "xm", 0.5, text="label", source=source, text_align="center", text_baseline="middle",
        text_font_size="12px", text_color="#17202b",
    )  # fmt: skip
    return [made]


def variance(stack):
    """Variance of the summed count rate within each bin."""
    made = stack.panel("var", 130, y_axis_type="log", y_range=_range("var", 1, 1000))
    made.yaxis.axis_label = "variance"
    curves(made, _band_source("var_data", 1), BAND_COLOURS[4:])
    return [made]


def spectra(stack):
    """Quick-look spectra: time along x, science channels up, colour by counts."""
    made = stack.panel("spec", 190, y_range=Range1d(FIRST_CHANNEL, LAST_CHANNEL + 1))
    made.yaxis.name = "spec_axis"
    made.yaxis.axis_label = "keV"
    places = [SCIENCE_EDGES_KEV.index(energy) for energy in LABELLED_KEV]
    made.yaxis.ticker = FixedTicker(ticks=places)
    made.yaxis.major_label_overrides = {
        place: f"{energy:g}" for place, energy in zip(places, LABELLED_KEV, strict=True)
    }
    made.grid.visible = False
    mapper = LogColorMapper(
        palette=HEAT,
        low=1,
        high=1000,
        low_color=HEAT[0],
        nan_color="#00000000",
        name="spec_colours",
    )
    source = ColumnDataSource(
        {"image": [np.full((1, 1), np.nan, "f4")], "x": [0], "y": [0], "dw": [1], "dh": [1]},
        name="spec_data",
    )
    made.image("image", x="x", y="y", dw="dw", dh="dh", source=source, color_mapper=mapper)
    made.add_layout(
        ColorBar(
            color_mapper=mapper, width=10, padding=2, margin=0, location=(4, 0), name="spec_bar",
            title=None, background_fill_color=None, major_label_text_font_size="11px",
        ),
        "right",
    )  # fmt: skip
    made.min_border_right = 0
    return [made]


def background(stack):
    """Counts of the background detector in five bands."""
    made = stack.panel("bkgm", 150, y_axis_type="log", y_range=_range("bkgm", 1, 1000))
    made.yaxis.axis_label = "background"
    curves(made, _band_source("bkgm_data", 5), BAND_COLOURS)
    return [made]


def locations(stack):
    """Flare locations found on board with the Sun's limb, and below them the flare flag."""
    names = ("t", "c", "m0", "m1", "z", "y")
    source = ColumnDataSource(empty_rows(*names), name="loc_data")
    made = stack.panel("loc", 130, y_range=_range("loc", -32, 32))
    made.yaxis.axis_label = "arcmin"
    limb = ColumnDataSource(empty_rows("t", "limb", "under"), name="loc_limb")
    for name in ("limb", "under"):
        made.line("t", name, source=limb, line_color=GREY, line_dash=[4, 3], line_width=1.5)
    words = ColumnDataSource(empty_rows("x", "y") | {"label": [""]}, name="loc_words")
    made.text(
        "x", "y", text="label", source=words, text_color=GREY, text_font_size="11px", x_offset=4,
        y_offset=2, text_baseline="top",
    )  # fmt: skip
    for name, marker, colour in (("z", "circle", BAND_COLOURS[0]), ("y", "square", MARK_COLOUR)):
        made.scatter(
            "c", name, source=source, marker=marker, size=7, fill_color=None, line_color=colour,
            line_width=1.5,
        )  # fmt: skip
    flag = stack.panel("flag", 90, y_range=Range1d(-0.3, 4.3))
    flag.yaxis.axis_label = "flare flag"
    flag.yaxis.ticker = FixedTicker(ticks=[0, 1, 2, 3, 4])
    for number, colour in ((0, BAND_COLOURS[0]), (1, MARK_COLOUR)):
        flag.step("t", f"m{number}", source=source, mode="after", line_color=colour, line_width=1.5)
    return [made, flag]


def overview(x_range):
    """The whole stored mission, with the window on it that can be moved."""
    made = figure(
        name="overview", height=92, sizing_mode="stretch_width", x_axis_type="datetime",
        y_axis_type="log", x_range=Range1d(0, 1, name="overview_x"),
        y_range=_range("overview", 1, 1000), tools=[], toolbar_location=None,
        min_border_left=LEFT, min_border_right=RIGHT, outline_line_color=None,
    )  # fmt: skip
    made.xaxis.formatter = utc_ticks()
    made.yaxis.visible = made.ygrid.visible = False
    source = ColumnDataSource(empty_rows("t", "m0", "l0", "h0"), name="overview_data")
    made.varea_step(
        x="t", y1="l0", y2="h0", source=source, step_mode="after", fill_color=SIGNAL_COLOUR,
        fill_alpha=0.35, visible=False, name="overview_band0",
    )  # fmt: skip
    made.step(
        "t", "m0", source=source, mode="after", line_color=SIGNAL_COLOUR, name="overview_step0"
    )
    tool = RangeTool(x_range=x_range, start_gesture="pan", name="overview_tool")
    tool.overlay.fill_color = tool.overlay.line_color = MARK_COLOUR
    tool.overlay.fill_alpha = 0.12
    tool.overlay.line_width = 1.5
    tool.overlay.line_dash = []
    made.add_tools(tool)
    return made


def template(entries):
    """All panels as one empty document.

    Parameters
    ----------
    entries : list of registry entries
        Panels in their order; each has ``options["figure"]``, a function ``stack -> [figure]``.

    Returns
    -------
    bytes
        JSON for the page script.
    """
    stack = Stack()
    rows = []
    for entry in entries:
        for made in entry.options["figure"](stack):
            made.tags = [entry.key]
            made.visible = entry.key == "lc"
            rows.append(made)
    strip = [event_strip(stack)]
    return document(
        column(*rows, *strip, overview(stack.x), sizing_mode="stretch_width", spacing=4)
    )


def _range(name, start, stop):
    return Range1d(start, stop, name=f"{name}_y")


def _band_source(name, number):
    letters = [f"{letter}{band}" for band in range(number) for letter in "mlh"]
    return ColumnDataSource(empty_rows("t", "c", *letters), name=name)
