"""The commands that answer from kernels: JSON, text, and errors without a traceback."""

import json
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from apps.ancillary.managers import KernelSetQuerySet
from tests.contracts import JSON_KEYS
from tests.reference import REFERENCE, needs_reference


@pytest.fixture
def answering(monkeypatch, demo_geometry):
    """Let the demonstration set answer without a database."""
    monkeypatch.setattr(KernelSetQuerySet, "geometry", lambda self: demo_geometry)


def printed(*arguments):
    """What a command prints."""
    output = StringIO()
    call_command(*arguments, stdout=output)
    return output.getvalue()


RANGE = ("--start", "2022-01-01", "--stop", "2022-01-02", "--steps", "5")
FLARE = ("flare_geometry", "--time", "2022-03-01", "--x", "100", "--y", "1000")


@pytest.mark.usefixtures("answering")
class TestAnswers:
    """With the demonstration set."""

    def test_ephemeris_as_json(self):
        answer = json.loads(printed("ephemeris", *RANGE, "--json"))
        assert len(answer["utc"]) == 5
        assert answer.keys() >= JSON_KEYS["ephemeris"]
        assert answer["light_time_diff"][0] == pytest.approx(-7.0, abs=0.012)
        assert answer["approximate"] is True

    def test_ephemeris_as_a_table_says_that_it_is_approximate(self):
        lines = printed("ephemeris", *RANGE).splitlines()
        assert "APPROXIMATE" in lines[0]
        assert len(lines) == 2 + 5
        assert len({len(line) for line in lines[1:]}) == 1

    def test_a_single_instant_needs_no_stop(self):
        answer = json.loads(printed("ephemeris", "--start", "2022-01-01", "--json"))
        assert answer["utc"] == ["2022-01-01T00:00:00Z"]

    def test_flare_geometry_as_json_and_as_text(self):
        answer = json.loads(printed(*FLARE, "--observer", "stix", "--json"))
        assert answer.keys() >= JSON_KEYS["flare_geometry"]
        assert answer["dt_flare"] == pytest.approx(206.818, abs=1e-3)
        assert "206.81" in printed(*FLARE, "--observer", "stix")

    def test_a_negative_coordinate_is_a_coordinate(self):
        answer = json.loads(
            printed(
                "flare_geometry", "--time", "2022-03-01", "--x", "-300.5", "--y", "-1", "--json"
            )
        )
        assert answer["observer"] == "earth"

    @pytest.mark.parametrize(
        ("line", "words"),
        [
            ("ephemeris --start 2019-01-01", r"2019-01-01T00:00:00Z.*kernels add"),
            ("ephemeris --start 2022-01-02 --stop 2022-01-01", "is before start"),
            ("ephemeris --start 2022-01-01 --steps 0", "steps 0 is not from 1"),
            ("ephemeris --start 2022-01-01 --steps 1000000", "steps 1000000 is not"),
            ("ephemeris --start 2022-01-01 --steps nan", "invalid int value"),
            ("ephemeris --start nan", "--start 'nan' is not a time"),
            ("ephemeris --start 2022-01-01 --stop inf", "--stop 'inf' is not a time"),
            ("ephemeris", "--start"),
            ("ephemeris --start 2022-01-01 --kernels /nowhere", "/nowhere: no such"),
            ("attitude --start 2022-01-01", "no measured attitude"),
            ("attitude --start 2022-01-01 --frame MARS", "'MARS' is unknown"),
            ("attitude --start 2022-01-01 --reference MARS", "'MARS' is unknown"),
            ("flare_geometry --time 2022-03-01 --x 9000 --y 0", "not on the solar disc"),
            ("flare_geometry --time 2022-03-01 --x nan --y 0", "not on the solar disc"),
            ("flare_geometry --time 2022-03-01 --x 0 --y inf", "not on the solar disc"),
            ("flare_geometry --time 2019-03-01 --x 0 --y 0", "2019-03-01T00:00:00Z"),
            ("flare_geometry --time 2022-03-01 --x 0 --y 0 --observer mars", "'mars' is unknown"),
        ],
    )
    @pytest.mark.parametrize("form", [(), ("--json",)])
    def test_what_cannot_be_answered_is_said_in_one_sentence(self, line, words, form):
        with pytest.raises(CommandError, match=words) as raised:
            printed(*line.split(), *form)
        assert "\n" not in str(raised.value)


@pytest.mark.real
@needs_reference
class TestKernelsOfAFolder:
    """`--kernels DIR` with the real kernels; no database, nothing stored."""

    def test_attitude_of_2020_10_07(self, data_dir):
        instant = ("--start", "2020-10-07T12:00:00", "--reference", "SOLO_HEEQ")
        folder = ("--kernels", str(REFERENCE / "kernels"))
        answer = json.loads(printed("attitude", *instant, *folder, "--json"))
        assert answer.keys() >= JSON_KEYS["attitude"]
        found = [answer[key][0] for key in ("roll", "pitch", "yaw")]
        assert found == pytest.approx([1.102337, -6.591748, -52.536340], abs=1e-6)
        assert answer["approximate"] is False
        assert answer["mk"] == "v107_20210412_001"
        assert "attitude kernels" in printed("attitude", *instant, *folder)
