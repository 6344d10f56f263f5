"""Say how the spacecraft or STIX points."""

from apps.ancillary import answers
from apps.ancillary.attitude import FRAMES
from apps.ancillary.geometry import REFERENCES
from apps.ancillary.management.answering import AnsweringCommand, add_range, range_of, table
from apps.core.timeaxis import from_ms, iso


class Command(AnsweringCommand):
    """manage.py attitude."""

    help = (
        "Print roll, pitch and yaw measured by the spacecraft (attitude kernels). Times are UTC at "
        "Solar Orbiter; instants without a measurement are left out. No sign is flipped."
    )

    def add_arguments(self, parser):
        """Take the range and the frames."""
        add_range(parser)
        parser.add_argument("--frame", default="SOLO_SRF", help=f"{' or '.join(FRAMES)} (SOLO_SRF)")
        parser.add_argument(
            "--reference",
            default="SOLO_SUN_RTN",
            help=f"one of {', '.join(REFERENCES)} (SOLO_SUN_RTN)",
        )
        super().add_arguments(parser)

    def answer(self, geometry, options):
        """The answer for JSON."""
        frames = options["frame"], options["reference"]
        return answers.attitude(geometry, *range_of(options), options["steps"], *frames)

    def lines(self, answer):
        """A row for each instant."""
        yield f"{answer['frame1']} against {answer['ref_frame']}, attitude kernels"
        times = [iso(from_ms(round(second * 1e3))) for second in answer["unix_time"]]
        angles = [[f"{value:.6f}" for value in answer[key]] for key in ("roll", "pitch", "yaw")]
        heads = ("UTC", "roll (deg)", "pitch (deg)", "yaw (deg)")
        yield from table(heads, zip(times, *angles, strict=True))
