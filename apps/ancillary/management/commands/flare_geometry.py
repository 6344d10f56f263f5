"""Say when Earth and Solar Orbiter see a flare, and at which angles."""

from apps.ancillary import answers
from apps.ancillary.flaregeometry import OBSERVERS
from apps.ancillary.management.answering import AnsweringCommand, time_of

ROWS = {
    "flare to Earth": ("flare_earth_lt", "s"),
    "flare to Solar Orbiter": ("flare_solo_lt", "s"),
    "Earth sees the flare later by": ("dt_flare", "s"),
    "Earth sees the Sun's centre later by": ("dt_sun_center", "s"),
    "Sun to Earth": ("earth_sun_lt", "s"),
    "Sun to Solar Orbiter": ("sun_solo_lt", "s"),
    "distance flare to Solar Orbiter": ("flare_solo_r", "au"),
    "angle Earth, flare, Solar Orbiter": ("earth_flare_solo_deg", "deg"),
    "angle of the vertical to Earth": ("flare_norm_earth_deg", "deg"),
    "angle of the vertical to Solar Orbiter": ("flare_norm_solo_deg", "deg"),
}
"""What the text says -> key of the answer and its unit."""


class Command(AnsweringCommand):
    """manage.py flare_geometry."""

    help = (
        "Print light times and angles of a point on the Sun, given as an observer sees it, in "
        "arcsec from the centre of the disc: x west, y north."
    )

    def add_arguments(self, parser):
        """Take the time and the point."""
        parser.add_argument("--time", required=True, help="UTC")
        parser.add_argument("--x", required=True, type=float, help="arcsec, west")
        parser.add_argument("--y", required=True, type=float, help="arcsec, north")
        parser.add_argument("--observer", default="earth", help=f"{' or '.join(OBSERVERS)} (earth)")
        super().add_arguments(parser)

    def answer(self, geometry, options):
        """The answer for JSON."""
        time_ms = time_of(options["time"], "--time")
        point = options["x"], options["y"], options["observer"]
        return answers.flare(geometry, time_ms, *point, options["time"])

    def lines(self, answer):
        """A row for each number."""
        yield f"{answer['flare_utc']}, seen from {answer['observer']}"
        for title, (key, unit) in ROWS.items():
            yield f"{title:<39} {answer[key]:>12.6f} {unit}"
