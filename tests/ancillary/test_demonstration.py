"""The demonstration set: the same bytes each time, the facts of the mission, and its limits."""

import numpy as np
import pytest
import spiceypy

from apps.ancillary import demonstration, kernelset
from apps.ancillary.kernels import EARTH, SUN, Pool
from apps.ancillary.times import et_of_ms
from tests.reference import OFFICIAL, needs_reference

FRAMES = (
    *("SOLO_SUN_RTN", "SOLO_HCI", "SOLO_ECLIPDATE", "EARTH_MECL_MEQX_J2000", "SOLO_HEE_NASA"),
    *("SUN_EARTH_ECL", "SOLO_HEE", "SOLO_HEEQ", "SUN_EARTH_CEQU", "IAU_SUN"),
)
NOON = 701_740_869.183
"""2022-03-28T12:00 UTC as ET."""


@pytest.fixture(scope="module")
def pool(demonstration_kernels):
    """The demonstration kernels, loaded by hand."""
    folder, report = demonstration_kernels
    return Pool("by hand", [folder / file["name"] for file in report["kernels"]])


def test_it_is_written_with_the_same_bytes_each_time(demonstration_kernels, tmp_path):
    folder, report = demonstration_kernels
    demonstration.make(tmp_path)
    again = {path.name: kernelset.described(path).record() for path in tmp_path.iterdir()}
    assert again == {file["name"]: file for file in report["kernels"]}
    assert (folder / demonstration.ORBIT).stat().st_size < 40_000


def test_every_place_that_can_hold_a_word_says_approximate(demonstration_kernels):
    folder, _ = demonstration_kernels
    assert "approx" in demonstration.ORBIT
    assert "approx" in demonstration.CLOCK
    orbit = (folder / demonstration.ORBIT).read_bytes()
    assert orbit.count(b"APPROXIMATE DEMO LEG") == 7
    assert b"DEMONSTRATION ORBIT OF SOLAR ORBITER, APPROXIMATE" in orbit
    assert orbit[:1024].count(b"APPROXIMATE") == 1  # the internal name of the file
    assert "APPROXIMATE" in (folder / demonstration.CLOCK).read_text()


def test_its_states_are_those_of_the_fit(pool):
    rows = np.array([row[1:] for row in demonstration._rows("demo_nodes.csv")], dtype=float)
    inner = np.flatnonzero(np.diff(rows[:, 0]) > 0)[1:]
    assert len(inner) > 400
    found = pool.states(-144, rows[inner, 0])
    assert np.abs(found - rows[inner, 1:]).max() < 1e-3


def test_the_clock_gives_the_recorded_instant(pool):
    et = pool.et_of_scet(["714888282.4"])
    with pool.loaded():
        assert spiceypy.et2utc(et[0], "ISOC", 3) == "2022-08-27T04:06:57.473"
    ticks = [row[0] for row in demonstration._rows("demo_clock.csv")][5:]
    assert np.diff(pool.et_of_scet([float(one) / 65536 for one in ticks])).min() > 0


def test_it_knows_no_attitude(pool):
    matrices, covered = pool.rotations("SOLO_SRF", "J2000", [NOON, NOON + 1])
    assert not covered.any()
    assert np.isnan(matrices).all()
    assert pool.attitude_coverage() == []


def test_its_leap_seconds_are_those_of_the_formula(pool):
    instants = np.array([1_580_000_000_000, 1_740_000_000_000])
    with pool.loaded():
        found = [spiceypy.utc2et(text) for text in ("2020-01-26T00:53:20", "2025-02-19T21:20:00")]
    assert np.abs(et_of_ms(instants) - found).max() < 1e-6
    assert len(pool.leap_seconds()) == 28


@needs_reference
@pytest.mark.real
class TestAgainstOfficialKernels:
    """The portal's own texts hold the same facts as the files of the mission."""

    def read(self, paths, ask):
        pool = Pool(str(paths), [*paths, demonstration.planets(), *(OFFICIAL / "spk").iterdir()])
        with pool.loaded():
            return [np.array(one) for one in ask(pool)]

    def both(self, ask):
        own = demonstration.text_kernels().values()
        official = [next((OFFICIAL / "lsk").iterdir()), next((OFFICIAL / "pck").iterdir())]
        official += sorted((OFFICIAL / "fk").iterdir())
        return self.read(list(own), ask), self.read(official, ask)

    def test_frames_turn_the_same_way(self):
        def ask(pool):
            return [spiceypy.sxform("J2000", frame, NOON) for frame in FRAMES]

        own, official = self.both(ask)
        for frame, one, other in zip(FRAMES, own, official, strict=True):
            assert np.abs(one - other).max() < 1e-14, frame

    def test_names_and_leap_seconds_are_the_same(self):
        def ask(pool):
            names = ("SOLO", "SOLAR ORBITER", "SOL")
            leap_seconds = pool.leap_seconds()
            return [[spiceypy.bodn2c(name) for name in names], leap_seconds, pool.coverage()]

        own, official = self.both(ask)
        assert all((one == other).all() for one, other in zip(own, official, strict=True))

    def test_the_clock_is_as_near_as_it_says(self, pool):
        paths = [next((OFFICIAL / "lsk").iterdir()), OFFICIAL / "sclk" / sorted(
            path.name for path in (OFFICIAL / "sclk").iterdir())[-1]]  # fmt: skip
        official = Pool("official clock", paths)
        seconds = np.arange(635_000_000, 671_000_000, 40_000)
        apart = pool.et_of_scet(seconds) - official.et_of_scet(seconds)
        assert np.abs(apart).max() < 0.13
        assert np.median(np.abs(apart)) < 0.03

    def test_the_orbit_is_near_the_plan_of_its_time(self, pool):
        plan = Pool("plan", [*(OFFICIAL / "spk").iterdir(), demonstration.planets()])
        times = np.linspace(636_000_000, 660_000_000, 100)
        apart = np.linalg.norm((pool.states(-144, times) - plan.states(-144, times))[:, :3], axis=1)
        assert 0 < apart.max() < 2e5  # km: the plan of April 2020, flown since
        earth = pool.states(EARTH, times, SUN) - plan.states(EARTH, times, SUN)
        assert not earth.any()
