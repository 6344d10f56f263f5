"""Say where Solar Orbiter is."""

from apps.ancillary import answers
from apps.ancillary.management.answering import AnsweringCommand, add_range, range_of, table

COLUMNS = {
    "Sun (au)": ("sun_solo_r", ".6f"),
    "Earth (au)": ("earth_solo_r", ".6f"),
    "angle (deg)": ("earth_sun_solo_angle", ".3f"),
    "elevation (deg)": ("elevation", ".3f"),
    "Earth later by (s)": ("light_time_diff", ".3f"),
    "light time to Earth (s)": ("owlt", ".3f"),
    "speed in HEE (km/s)": ("speed", ".2f"),
}
"""Head of the text table -> key of the answer and its format."""


class Command(AnsweringCommand):
    """manage.py ephemeris."""

    help = (
        "Print distances, angles and light times of Solar Orbiter. Times are UTC at Solar Orbiter; "
        "there is at least one instant for each 12 h."
    )

    def add_arguments(self, parser):
        """Take the range."""
        add_range(parser)
        super().add_arguments(parser)

    def answer(self, geometry, options):
        """The answer for JSON."""
        return answers.ephemeris(geometry, *range_of(options), options["steps"])

    def lines(self, answer):
        """A row for each instant."""
        columns = [[format(value, form) for value in answer[key]] for key, form in COLUMNS.values()]
        return table(("UTC", *COLUMNS), zip(answer["utc"], *columns, strict=True))
