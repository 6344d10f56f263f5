"""Questions to a kernel set and their answers, which files and REST share.

The names are those of the portal, with units; `answers` has the ones that old clients know.
"""

from dataclasses import dataclass, field

from apps.ancillary import exports
from apps.ancillary.answers import instants
from apps.ancillary.clock import text_of, ticks_of
from apps.ancillary.exports import CLOCK, FLARE
from apps.ancillary.geometry import Uncovered
from apps.core.seriestext import utc_texts
from apps.core.timeaxis import from_ms, iso


@dataclass(frozen=True)
class Answer:
    """One answer.

    Parameters
    ----------
    facts : dict
        What has to be known with the numbers: the kernels first of all.
    body : dict
        The numbers under their names, for JSON.
    columns : dict of str to list
        The same as columns of one length, for CSV.
    """

    facts: dict
    body: dict
    columns: dict = field(default_factory=dict)

    def record(self):
        """All of it for JSON."""
        return self.facts | self.body

    def csv(self):
        """All of it as the text of a CSV file."""
        return exports.csv_text(self.facts, self.columns or self.body)


def ephemeris(geometry, span, points):
    """Where Solar Orbiter is at evenly spaced instants of a range, start and stop included.

    Parameters
    ----------
    geometry : Geometry
    span : TimeRange
    points : int

    Returns
    -------
    Answer

    Raises
    ------
    Uncovered
        If the orbit is not known throughout the range.
    """
    times = instants(span.start_ms, span.stop_ms, points)
    with_field(geometry, span)
    found = geometry.ephemeris(times)
    about = {
        "title": "Ephemeris of Solar Orbiter",
        **_range(span),
        "method": "geometric, without aberration; HEE is SOLO_HEE_NASA, ecliptic of date",
        "rows": len(found.time_ms),
    }
    return Answer(about | _kernels(geometry), exports.ephemeris_columns(found))


def attitude(found, geometry, span):
    """Roll, pitch and yaw of a range.

    Parameters
    ----------
    found : Attitude
        Of instants of the range; see `Geometry.attitude`.
    geometry : Geometry
    span : TimeRange

    Returns
    -------
    Answer

    Raises
    ------
    Uncovered
        If there is none.
    """
    if not len(found.time_ms):
        raise Uncovered(
            f"no attitude was measured from {iso(span.start)} to {iso(span.stop)} in "
            f"{geometry.provenance.label}; install attitude kernels (CK) of that time, or ask "
            "with nominal=yes for the attitude that is assumed"
        )
    about = {
        "title": "Attitude of Solar Orbiter",
        **_range(span),
        "frame": found.frame,
        "reference": found.reference,
        "angles": "matrix = R1(roll) R2(pitch) R3(yaw), as m2eul of SPICE; no sign is flipped",
        "sources": sorted(set(map(str, found.source))),
        "rows": len(found.time_ms),
    }
    return Answer(about | _kernels(geometry), exports.attitude_columns(found))


def field_of_view(view, geometry):
    """The Sun in the field of view of STIX.

    Parameters
    ----------
    view : FieldOfView
    geometry : Geometry
    """
    source = str(view.attitude.source[0])
    body = {
        "source": source,
        "sun_centre_arcsec": view.sun_centre_arcsec.tolist(),
        "solar_radius_arcsec": float(view.solar_radius_arcsec),
        "sun_distance_km": float(view.sun_distance_km),
        "sun_outside": bool(view.sun_outside),
        "roll_deg": float(view.attitude.roll_deg[0]),
        "pitch_deg": float(view.attitude.pitch_deg[0]),
        "yaw_deg": float(view.attitude.yaw_deg[0]),
        "limb_arcsec": view.limb_arcsec.tolist(),
        "nsew_arcsec": view.nsew_arcsec.tolist(),
        "fov_arcsec": view.fov_arcsec.tolist(),
    }
    points = [("sun_centre", body["sun_centre_arcsec"])]
    points += zip(("north", "south", "east", "west"), body["nsew_arcsec"], strict=True)
    points += [("limb", place) for place in body["limb_arcsec"]]
    points += [("field_of_view", place) for place in body["fov_arcsec"]]
    columns = {
        "feature": [name for name, _ in points],
        "x_arcsec": [float(place[0]) for _, place in points],
        "y_arcsec": [float(place[1]) for _, place in points],
    }
    about = {
        "title": "The Sun in the field of view of STIX",
        "time_utc_solo": iso(from_ms(view.time_ms)),
        "clock": CLOCK,
        "frame": view.attitude.frame,
        "reference": view.attitude.reference,
        "source": source,
    }
    return Answer(about | _kernels(geometry), body, columns)


def flare(found, geometry):
    """Light times and angles of a place on the Sun.

    Parameters
    ----------
    found : FlareGeometry
    geometry : Geometry
    """
    body = {
        "x_arcsec": float(found.x_arcsec),
        "y_arcsec": float(found.y_arcsec),
        **{name: float(getattr(found, name)) for name, *_ in FLARE},
        "visible_from_earth": bool(found.visible_from_earth),
        "visible_from_solo": bool(found.visible_from_solo),
        "seen_from_earth_arcsec": found.seen_from_earth_arcsec.tolist(),
        "seen_from_solo_arcsec": found.seen_from_solo_arcsec.tolist(),
    }
    about = {
        "title": "Light time and angles of a place on the Sun",
        "time_utc_solo": iso(from_ms(found.time_ms)),
        "clock": CLOCK,
        "observer": found.observer,
        "method": "geometric, both observers at the same instant, sphere of 695700 km",
    }
    columns = {
        "quantity": [name for name, *_ in FLARE],
        "value": [body[name] for name, *_ in FLARE],
        "unit": [unit for _, _, unit, _ in FLARE],
    }
    return Answer(about | _kernels(geometry), body, columns)


def clock(geometry, *, time_ms=None, scet=""):
    """One instant on both clocks.

    Parameters
    ----------
    time_ms : int, optional
        UTC at Solar Orbiter, milliseconds since 1970.
    scet : str
        Of the clock on board, where no time is given.

    Raises
    ------
    ValueError
        If the text is no time of the clock on board, or the kernels do not hold it.
    """
    if scet:
        at, text = float(geometry.utc_of_scet(scet)), text_of(ticks_of(scet))
    else:
        at, text = float(time_ms), str(geometry.scet([time_ms])[0])
    body = {"utc_solo": utc_texts([round(at)])[0], "scet": text, "unix_s": at / 1000}
    about = {"title": "On-board clock and UTC", "clock": CLOCK, "step": "1/65536 s"}
    return Answer(about | _kernels(geometry), body, {name: [one] for name, one in body.items()})


def with_field(geometry, span):
    """Say of a range that reaches beyond the orbit which of its ends does.

    Raises
    ------
    Uncovered
        Naming start or stop.
    """
    for name, at in (("start", span.start_ms), ("stop", span.stop_ms)):
        try:
            geometry.light_time_difference([at])
        except Uncovered as error:
            raise Uncovered(str(error), name) from error


def _range(span):
    return {
        "start_utc_solo": iso(span.start),
        "stop_utc_solo": iso(span.stop),
        "clock": CLOCK,
    }


def _kernels(geometry):
    return {**geometry.provenance.record(), "label": geometry.provenance.label}
