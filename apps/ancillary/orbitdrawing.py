"""The orbit as SVG shapes: where Solar Orbiter, the Earth and the inner planets are in HEE.

Seen from ecliptic north with the Sun in the middle; the Earth is kept on the right, so that x is
towards the Earth and y towards solar west as in the numbers. A drawing is `SIZE` units wide and
`HEIGHT` high; the text of a template comes from here, so that labels do not lie over one another.
"""

import math
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import numpy as np

from apps.ancillary.constants import AU_KM
from apps.ancillary.summary import sentence
from apps.core.timeaxis import DAY_MS, TimeRange, from_ms, to_ms

SIZE, HEIGHT = 600, 548
SCALE = 246
"""Units to an astronomical unit: 1.02 au of the Earth at aphelion and its label fit in."""

RINGS = (0.25, 0.5, 0.75, 1.0)
RING_LABEL_DEG = -62
ARC_AU = 0.13
"""Radius at which the angle between Earth and spacecraft is drawn."""

LETTER, LINE = 6.6, 15
"""Width of a letter and height of a line of the labels, in units."""

MOST_MARKS = 13
PLANETS = ("Mercury", "Venus", "Earth")
"""Those that Solar Orbiter comes near to; Mars lies outside the drawing."""


SHORT = {"perihelion": "perihelion", "flyby": "fly-by"}


@dataclass(frozen=True)
class Mark:
    """An instant on the trail: its place, and the place and words of its label."""

    x: float
    y: float
    text: str
    label_x: float
    label_y: float
    anchor: str
    shown: bool = True


def point(hee_au):
    """Place of a position in the drawing.

    Parameters
    ----------
    hee_au : array_like, shape (..., 3)
        Heliocentric Earth ecliptic coordinates in au.

    Returns
    -------
    ndarray, shape (..., 2)
        Units of the drawing from its middle; y points down, as in SVG.
    """
    places = np.asarray(hee_au, "f8")[..., :2] * SCALE
    return places * (1, -1)


def path(places):
    """SVG path data through places, shape (n, 2)."""
    if not len(places):
        return ""
    texts = [f"{x:.1f} {y:.1f}" for x, y in places]
    return "M" + "L".join(texts)


def mark_instants(start_ms, stop_ms):
    """Instants worth a mark, and their words: months, for short ranges days, for long ones years.

    Returns
    -------
    list of (int, str)
        At most `MOST_MARKS`.
    """
    start, stop = from_ms(start_ms), from_ms(stop_ms)
    days = (stop_ms - start_ms) / DAY_MS
    if days <= 62:
        step = next(n for n in (1, 2, 5, 10) if days / n <= MOST_MARKS or n == 10)
        first = start.replace(hour=0, minute=0, second=0, microsecond=0)
        found = [first + timedelta(days=n) for n in range(int(days) + 2)]
        return [
            (to_ms(day), f"{day.day} {day:%b}")
            for day in found
            if (day.day - 1) % step == 0 and day.day <= 31 - step // 2 and start <= day < stop
        ]
    months = days / 30.4
    step = next((n for n in (1, 2, 3, 6, 12, 24) if months / n < MOST_MARKS), 48)
    found = [
        datetime(year, month, 1, tzinfo=UTC)
        for year in range(start.year, stop.year + 1)
        for month in range(1, 13)
        if ((year - 2020) * 12 + month - 1) % step == 0
    ]
    return [(to_ms(day), _month(day, step)) for day in found if start <= day < stop]


def _month(day, step):
    if step >= 12:
        return f"{day:%Y}"
    return f"{day:%b %Y}" if day.month == 1 else f"{day:%b}"


class Labels:
    """Places of labels, each beside its point on the side away from the Sun, none over another."""

    def __init__(self):
        self.taken = []

    def take(self, x, y, width, height=LINE):
        """Reserve a box about a place; whether it was free."""
        box = (x - width / 2, y - height / 2, x + width / 2, y + height / 2)
        edge, top = SIZE / 2 - 2, HEIGHT / 2
        inside = -edge <= box[0] and box[2] <= edge and -top <= box[1] and box[3] <= top
        free = inside and not any(
            box[0] < other[2] and other[0] < box[2] and box[1] < other[3] and other[1] < box[3]
            for other in self.taken
        )
        if free:
            self.taken.append(box)
        return free

    def avoid(self, x, y, radius=9):
        """Reserve the place of a point, whether or not others are there too."""
        self.taken.append((x - radius, y - radius, x + radius, y + radius))

    def place(self, x, y, text, away=13):
        """A mark with its label where there is room; without one the words stay in its title."""
        width = LETTER * len(text)
        outward = math.atan2(y, x) if (x or y) else 0.0
        for turn in (0, 0.7, -0.7, 1.5, -1.5, math.pi, 2.3, -2.3):
            across, down = math.cos(outward + turn), math.sin(outward + turn)
            centre_x, centre_y = x + across * (away + width / 2), y + down * away
            if self.take(centre_x, centre_y, width):
                return Mark(*_rounded(x, y), text, *_rounded(centre_x, centre_y + 4), "middle")
        return Mark(*_rounded(x, y), text, 0, 0, "middle", shown=False)


def trail_of(span):
    """The range whose trail is drawn for a page's range: itself, or 90 days about its middle."""
    half = timedelta(days=45)
    short = span.stop - span.start < 2 * half
    return TimeRange(span.middle - half, span.middle + half) if short else span


def of_range(geometry, start_ms, stop_ms, points=300, at=None):
    """The orbit of a range, with the spacecraft at its middle; see `drawing`.

    Parameters
    ----------
    geometry : Geometry
    start_ms, stop_ms : int
        A covered range, ms since 1970.
    points : int
        Of the trail.
    at : datetime, optional
        Where the spacecraft is drawn, inside the range; its middle if not given.
    """
    middle_ms = to_ms(at) if at else (start_ms + stop_ms) // 2
    times = np.unique(np.linspace(start_ms, stop_ms, points).astype(np.int64))
    middle = geometry.ephemeris([middle_ms])
    events = geometry.events(start_ms, stop_ms)
    made = drawing(
        geometry.ephemeris(times),
        middle,
        geometry.planets(middle_ms),
        geometry.planet_orbits(middle_ms),
        events,
    )
    return made | {"sentence": sentence(middle, events)}


def drawing(ephemeris, middle, planets, orbits, events):
    """Everything that the template draws.

    Parameters
    ----------
    ephemeris : Ephemeris
        Of the trail, at least one instant.
    middle : Ephemeris
        Of one instant: where the spacecraft is drawn.
    planets : dict of str to array_like, shape (3,)
        HEE in au at that instant.
    orbits : dict of str to array_like, shape (n, 3)
        Their ellipses as they lie in HEE at that instant, au.
    events : list of (int, str, str, float)
        Perihelia and fly-bys in the range: instant, kind, words, value.

    Returns
    -------
    dict
    """
    here = point(middle.hee_km[0] / AU_KM)
    track = point(ephemeris.hee_km / AU_KM)
    at = int(np.searchsorted(ephemeris.time_ms, middle.time_ms[0]))
    labels = Labels()
    labels.take(0, 0, 40, 30)
    instants = mark_instants(int(ephemeris.time_ms[0]), int(ephemeris.time_ms[-1]) + 1)
    marks = _at(ephemeris, [instant for instant, _ in instants])
    peaks = _at(ephemeris, [event[0] for event in events])
    for place in (here, track[-1], *marks, *peaks, *(point(planets[name]) for name in PLANETS)):
        labels.avoid(*place)
    spacecraft = labels.place(*here, "Solar Orbiter", away=16)
    bodies = _bodies(planets, labels)
    return {
        "box": f"{-SIZE / 2:g} {-HEIGHT / 2:g} {SIZE} {HEIGHT}",
        "scale": SCALE,
        "rings": [_ring(radius, labels) for radius in RINGS],
        "orbits": [path(point(orbits[name])) + "Z" for name in PLANETS],
        "past": path([*track[:at], here]),
        "future": path([here, *track[at:]]),
        "arrow": _arrow(track),
        "spacecraft": spacecraft,
        "earth": bodies["Earth"],
        "bodies": [body for name, body in bodies.items() if name != "Earth"],
        "arc": _arc(here, labels),
        "angle": f"{middle.earth_sun_spacecraft_angle_deg[0]:.1f}°",
        "events": _events(peaks, events, labels),
        "marks": [
            labels.place(*place, text) for place, (_, text) in zip(marks, instants, strict=True)
        ],
    }


def _bodies(planets, labels):
    return {name: labels.place(*point(planets[name]), name, away=14) for name in PLANETS}


def _ring(radius, labels):
    angle = math.radians(RING_LABEL_DEG)
    x, y = _rounded(radius * SCALE * math.cos(angle), -radius * SCALE * math.sin(angle))
    text = f"{radius:g} au"
    labels.take(x, y, LETTER * len(text))
    return {"r": round(radius * SCALE, 1), "x": x, "y": y + 4, "text": text}


def _arc(here, labels):
    """The angle at the Sun, from the Earth's direction to the spacecraft's."""
    angle = math.atan2(-here[1], here[0])
    radius = ARC_AU * SCALE
    x, y = radius * math.cos(angle), -radius * math.sin(angle)
    half = angle / 2 if abs(angle) > 0.35 else math.copysign(abs(angle) + 0.35, angle or 1)
    text_x, text_y = 1.7 * radius * math.cos(half), -1.7 * radius * math.sin(half)
    labels.take(text_x, text_y, 48)
    sweep = 0 if angle > 0 else 1
    return {
        "path": f"M{radius:.1f} 0A{radius:.1f} {radius:.1f} 0 0 {sweep} {x:.1f} {y:.1f}",
        "x": round(text_x, 1),
        "y": round(text_y + 4, 1),
    }


def _arrow(track):
    """A head at the end of the trail: which way time goes."""
    if len(track) < 2 or np.allclose(track[-1], track[-2], atol=1e-3):
        return ""
    (x, y), before = track[-1], track[-2]
    angle = math.atan2(y - before[1], x - before[0])
    wings = [
        (x - 11 * math.cos(angle + turn), y - 11 * math.sin(angle + turn)) for turn in (0.42, -0.42)
    ]
    return path([wings[0], (x, y), wings[1]]) + "Z"


def _at(ephemeris, instants):
    """Places of the trail at instants, linear between its points."""
    places = point(ephemeris.hee_km / AU_KM)
    return np.stack([np.interp(instants, ephemeris.time_ms, places[:, k]) for k in (0, 1)], axis=-1)


def _events(places, events, labels):
    """Perihelia and fly-bys with their words."""
    return [
        {
            "kind": kind,
            "mark": labels.place(*place, SHORT[kind], away=15),
            "title": f"{words}, {from_ms(instant):%Y-%m-%d %H:%M} UTC",
        }
        for place, (instant, kind, words, _) in zip(places, events, strict=True)
    ]


def _rounded(x, y):
    return round(float(x), 1), round(float(y), 1)
