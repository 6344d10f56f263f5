"""Figures of the ancillary pages: empty, for the page script to fill from windows."""

from dataclasses import dataclass

from bokeh.layouts import column
from bokeh.models import BasicTicker, ColumnDataSource, FixedTicker, Range1d

from apps.core.plots import (
    BAND_COLOURS,
    GREY,
    MARK_COLOUR,
    SIGNAL_COLOUR,
    Stack,
    add_unit_scale,
    document,
    empty_rows,
)

QUARTERS = [-180, -90, 0, 90, 180]


@dataclass(frozen=True)
class Panel:
    """One row of a page's plot: what it shows, of which columns, in which unit."""

    key: str
    title: str
    unit: str
    columns: tuple
    note: str
    height: int = 130
    ticks: tuple = ()


EPHEMERIS = (
    Panel("distance", "Distance", "au", ("sun_distance_au", "earth_distance_au"),
          "From Solar Orbiter to the Sun (blue) and to the Earth (orange)", 170),
    Panel("radius", "Solar radius", "arcsec", ("apparent_solar_radius_arcsec",),
          "Apparent radius of the Sun seen from Solar Orbiter; from the Earth it is about 960"),
    Panel("angle", "Angle to the Earth", "deg", ("earth_sun_spacecraft_angle_deg",),
          "Earth–Sun–spacecraft angle, 0 to 180"),
    Panel("light", "Light time", "s", ("light_time_difference_s",),
          "Light time from the Sun to the Earth minus that to Solar Orbiter: add it to a time "
          "at Solar Orbiter to get the time at the Earth"),
    Panel("latitude", "Latitude", "deg", ("stonyhurst_latitude_deg",),
          "Heliographic latitude, north positive (B0 of Solar Orbiter)"),
    Panel("longitude", "Longitude", "deg", ("stonyhurst_longitude_deg",),
          "Stonyhurst heliographic longitude: 0 towards the Earth, west positive", 130,
          tuple(QUARTERS)),
    Panel("carrington", "Carrington", "deg", ("carrington_longitude_deg",),
          "Carrington longitude, 0 to 360; it turns with the Sun", 130, (0, 90, 180, 270, 360)),
    Panel("velocity", "Radial velocity", "km/s", ("radial_velocity_km_s",),
          "Away from the Sun positive; zero at perihelion and aphelion"),
)  # fmt: skip
"""Panels of the ephemeris page in their order."""

SHOWN = ("distance", "radius", "angle", "light")
"""Panels that are on at first."""

ATTITUDE = (
    Panel("roll", "Roll", "deg", ("roll_deg",), "About the line to the Sun"),
    Panel("pitch", "Pitch", "arcsec", ("pitch_arcsec",), "Of the boresight from the Sun's centre"),
    Panel("yaw", "Yaw", "arcsec", ("yaw_arcsec",), "Of the boresight from the Sun's centre"),
)
SOURCES = ("CK", "aspect", "nominal")
"""Where an attitude comes from; each is drawn in its own way."""

SOURCE_WORDS = {
    "CK": "Attitude kernel (CK)",
    "aspect": "Aspect product of STIX",
    "nominal": "Nominal, not measured",
}
COLOURS = (SIGNAL_COLOUR, MARK_COLOUR)
SOURCE_COLOURS = {"CK": SIGNAL_COLOUR, "aspect": BAND_COLOURS[2], "nominal": GREY}


def ephemeris():
    """All panels of the ephemeris page as one empty document.

    Returns
    -------
    bytes
        JSON for the page script.
    """
    stack = Stack()
    names = [name for panel in EPHEMERIS for name in panel.columns]
    source = ColumnDataSource(empty_rows("t", *names), name="ephemeris_data")
    events = ColumnDataSource(empty_rows("x") | {"label": [""]}, name="events_data")
    rows = [_panel(stack, panel, events) for panel in EPHEMERIS]
    for made, panel in zip(rows, EPHEMERIS, strict=True):
        made.visible = panel.key in SHOWN
        for name, colour in zip(panel.columns, COLOURS, strict=False):
            made.line("t", name, source=source, line_color=colour, line_width=1.5)
        _ends(made, panel)
    return document(column(*rows, sizing_mode="stretch_width", spacing=4))


def attitude():
    """Roll, pitch and yaw as one empty document; every source has its own mark.

    Returns
    -------
    bytes
    """
    stack = Stack()
    unusable = ColumnDataSource(empty_rows("x0", "x1"), name="unusable")
    rows = [_panel(stack, panel, None) for panel in ATTITUDE]
    for made in rows:
        made.vstrip("x0", "x1", source=unusable, fill_color=MARK_COLOUR, fill_alpha=0.14,
                    line_color=None, level="underlay")  # fmt: skip
    for kind in SOURCES:
        columns = [panel.columns[0] for panel in ATTITUDE]
        source = ColumnDataSource(empty_rows("t", *columns), name=f"{kind}_data")
        for made, name in zip(rows, columns, strict=True):
            pen = {"source": source, "line_color": SOURCE_COLOURS[kind]}
            if kind == "nominal":
                made.line("t", name, line_dash=[6, 4], line_width=1.25, **pen)
            else:
                made.line("t", name, line_width=1.25, **pen)
                made.scatter("t", name, size=3, fill_color=SOURCE_COLOURS[kind],
                             marker="square" if kind == "aspect" else "circle", **pen)  # fmt: skip
    return document(column(*rows, sizing_mode="stretch_width", spacing=4))


def _panel(stack, panel, events):
    """A panel of the stack with its axis, its range, and the marks of events."""
    made = stack.panel(panel.key, panel.height, y_range=Range1d(0, 1, name=f"{panel.key}_y"))
    made.tags = [panel.key, *panel.columns]
    made.yaxis.axis_label = f"{panel.title}\n{panel.unit}"
    made.yaxis.ticker = BasicTicker(desired_num_ticks=4)
    if panel.ticks:
        made.yaxis.ticker = FixedTicker(ticks=list(panel.ticks))
    add_unit_scale(made)
    if events:
        made.vspan("x", source=events, line_color=GREY, line_dash=[2, 3], line_width=1)
        made.text(
            "x", 0.98, text="label", source=events, y_range_name="unit", text_baseline="top",
            text_font_size="11px", text_color=GREY, x_offset=4, visible=panel.key == "distance",
            name=f"{panel.key}_events",
        )  # fmt: skip
    return made


def _ends(made, panel):
    """Labels of the curves at the right end, where there is more than one."""
    if len(panel.columns) < 2:
        return
    ends = ColumnDataSource(
        empty_rows("x", "y") | {"label": [""], "colour": ["black"]}, name="ends"
    )
    made.text(
        "x", "y", text="label", source=ends, text_color="colour", text_align="right",
        text_baseline="bottom", text_font_size="12px", text_font_style="bold", x_offset=-4,
        y_offset=-2, background_fill_color="#ffffff", background_fill_alpha=0.7,
        name=f"{panel.key}_ends",
    )  # fmt: skip
