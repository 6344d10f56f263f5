"""A kernel that must not be loaded is refused with its reason, and no worker suffers for it."""

import os
import re
import shutil
import struct
import subprocess
import sys

import numpy as np
import pytest

from apps.ancillary import demonstration, kernels, validation
from apps.ancillary.kernelset import described
from tests.architecture.imports import ROOT
from tests.reference import OFFICIAL, needs_reference

FOREIGN = """
import sys, spiceypy, numpy
path, body = sys.argv[1], int(sys.argv[2])
handle = spiceypy.spkopn(path, "x", 0)
times = numpy.linspace(6.4e8, 6.6e8, 50)
states = numpy.ascontiguousarray(numpy.tile([float(sys.argv[3]), 0, 0, 0, 20, 0], (50, 1)))
spiceypy.spkw05(handle, body, 10, "J2000", times[0], times[-1], "x", 1.3e11, 50, states, times)
spiceypy.spkcls(handle)
"""


def an_orbit(path, body=-144, distance=1e8):
    """A binary kernel of a body at rest, some 1e8 km from the Sun."""
    command = [sys.executable, "-c", FOREIGN, str(path), str(body), str(distance)]
    subprocess.run(command, check=True, cwd=ROOT)


def reasons(folder):
    """Name of each refused file, with why."""
    return {one["name"]: one["reason"] for one in validation.inspect(folder)["refused"]}


@pytest.fixture
def folder(demonstration_kernels, tmp_path):
    """The demonstration kernels, to be changed."""
    place = tmp_path / "set"
    shutil.copytree(demonstration_kernels[0], place, copy_function=os.link)
    return place


def test_a_whole_set_is_described(folder):
    steps = []
    found = validation.inspect(folder, steps.append)
    assert found["refused"] == []
    assert sorted(steps) == sorted(path.name for path in folder.iterdir())
    assert found["coverage"]["orbit"] == [["2020-02-12T02:00:00Z", "2025-02-18T20:45:59.999Z"]]
    assert found["coverage"]["clock"]
    assert found["coverage"]["attitude"] == []
    assert [file["kind"] for file in found["kernels"]] == ["LSK", "FK", "PCK", "SCLK", "SPK", "SPK"]
    assert found["kernels"][1] == described(folder / "portal_frames.tf").record()


@needs_reference
@pytest.mark.real
def test_real_kernels_are_described_in_the_order_of_their_metakernel(official_kernels):
    _, found = official_kernels
    assert found["refused"] == []
    assert found["name"] == "v107_20210412_001"
    names = [file["name"] for file in found["kernels"]]
    assert names.index("solo_ANC_soc-stix-ck_20180930-21000101_V02.bc") < names.index(
        "solo_ANC_soc-sc-fk_V08.tf"
    )
    assert names[-1].endswith(".tm")
    assert "earth_070425_370426_predict.bpc" in found["missing"]
    assert [span[0][:16] for span in found["coverage"]["attitude"]] == [
        "2020-10-06T14:10",
        "2021-03-05T08:55",
    ]


def with_nan(content):
    """The same with a number that is none."""
    return content[:20_000] + struct.pack("<d", float("nan")) + content[20_008:]


def astray(content):
    """The same with a first segment that ends far behind the file."""
    first = (struct.unpack("<i", content[76:80])[0] - 1) * 1024 + 24
    end = first + 16 + 20
    return content[:end] + struct.pack("<i", 2_000_000_000) + content[end + 4 :]


TRICK = "KPL/{}\n\\begindata\nKERNELS_TO_LOAD = ( '/etc/passwd' )\n\\begintext\n"
SPOILT = {
    **{f"cut-{part}.bsp": "is cut off" for part in (200, 500, 900, 999)},
    **{"begun-0.bsp": "has 0 bytes", "begun-1.bsp": "cut off|cannot be read|no SPK"},
    **{"begun-9.bsp": "cut off|cannot be read|no SPK", "begun-700.bsp": "cut off|cannot be read"},
    "nan.bsp": "numbers that are not finite",
    "astray.bsp": "is damaged: a segment lies at",
    "bepi.bsp": r"is about body -121; expected Solar Orbiter \(-144\)",
    "frames.bsp": "its content is KPL/FK, its name says SPK",
    "orbit.tf": "its content is DAF/SPK, its name says FK",
    "web.tf": "no FK kernel",
    "unclosed.tf": "cannot be parsed",
    **{f"trick.{ending}": "only a metakernel" for ending in ("tf", "tpc", "tsc")},
    "large.tf": "a text kernel of 33554433 bytes",
    "bepi.tsc": "does not set SCLK_DATA_TYPE_144",
    "passwd.tf": "no FK kernel",
    "empty.tm": "no metakernel, it has no KERNELS_TO_LOAD",
    **{name: "no kernel by its name" for name in ("..tf", "a b.tf", "évent.tf", ".tf", "a.exe")},
}
"""Name of a file, and why it is refused."""


@pytest.fixture(scope="module")
def refused(demonstration_kernels, tmp_path_factory):
    """What is said of a folder of spoilt files, in one look."""
    folder, good = tmp_path_factory.mktemp("spoilt"), demonstration_kernels[0]
    orbit = (good / demonstration.ORBIT).read_bytes()
    frames, clock = (good / name for name in ("portal_frames.tf", demonstration.CLOCK))
    for part in (200, 500, 900, 999):
        (folder / f"cut-{part}.bsp").write_bytes(orbit[: len(orbit) * part // 1000])
    for length in (0, 1, 9, 700):
        (folder / f"begun-{length}.bsp").write_bytes(orbit[:length])
    (folder / "nan.bsp").write_bytes(with_nan(orbit))
    (folder / "astray.bsp").write_bytes(astray(orbit))
    an_orbit(folder / "bepi.bsp", body=-121)
    shutil.copyfile(frames, folder / "frames.bsp")
    (folder / "orbit.tf").write_bytes(orbit)
    (folder / "web.tf").write_text("<!doctype html><title>404</title>")
    (folder / "unclosed.tf").write_text("KPL/FK\n\\begindata\nFRAME_X = ( 1 'two\n\\begintext\n")
    for ending, kind in (("tf", "FK"), ("tpc", "PCK"), ("tsc", "SCLK")):
        (folder / f"trick.{ending}").write_text(TRICK.format(kind))
    (folder / "large.tf").write_text("KPL/FK\n")
    os.truncate(folder / "large.tf", validation.MOST_TEXT_BYTES + 1)
    (folder / "bepi.tsc").write_text(clock.read_text().replace("_144", "_121"))
    (folder / "passwd.tf").symlink_to("/etc/passwd")
    (folder / "empty.tm").write_text("KPL/MK\n")
    for name in ("..tf", "a b.tf", "évent.tf", ".tf", "a.exe"):
        shutil.copyfile(frames, folder / name)
    (folder / "good.tf").symlink_to(frames)
    return reasons(folder)


@pytest.mark.parametrize("name", SPOILT)
def test_a_file_that_must_not_be_loaded_is_refused_with_its_reason(refused, name):
    assert re.search(SPOILT[name], refused[name])


def test_what_is_well_among_them_is_not_blamed(refused):
    assert refused.keys() == SPOILT.keys()


@needs_reference
@pytest.mark.real
def test_real_kernels_that_were_cut_off_are_refused(tmp_path):
    names = []
    for kind in ("ck", "spk"):
        for path in sorted((OFFICIAL / kind).iterdir()):
            content = path.read_bytes()
            for part in (0.1, 0.3, 0.7, 0.99):
                names.append(f"{int(part * 100)}-{path.name}")
                (tmp_path / names[-1]).write_bytes(content[: int(len(content) * part) & ~1023])
    found = reasons(tmp_path)
    assert found.keys() == set(names)
    assert all("is cut off" in reason for reason in found.values())


@pytest.mark.parametrize("seed", range(4))
def test_an_orbit_with_a_torn_page_is_refused_or_harmless(folder, seed):
    random = np.random.default_rng(seed)
    content = bytearray((folder / demonstration.ORBIT).read_bytes())
    at = int(random.integers(0, len(content) - 1024))
    content[at : at + 1024] = random.bytes(1024)
    (folder / demonstration.ORBIT).unlink()
    (folder / demonstration.ORBIT).write_bytes(content)
    found = validation.inspect(folder)
    assert all(one["reason"] for one in found["refused"])
    assert found["refused"] or found["coverage"]["orbit"]


class TestSets:
    """Files that are well, and make no set."""

    @pytest.mark.parametrize(
        ("name", "words"),
        [
            (demonstration.ORBIT, "no kernel holds an orbit of Solar Orbiter"),
            ("portal_leapseconds.tls", "no kernel sets DELTET/DELTA_AT"),
            ("portal_constants.tpc", "no kernel sets BODY10_POLE_RA"),
            (demonstration.PLANETS, "no place of body 399"),
        ],
    )
    def test_what_is_missing_is_named(self, folder, name, words):
        (folder / name).unlink()
        assert words in reasons(folder)[""]

    @needs_reference
    @pytest.mark.real
    def test_attitude_without_clock(self, folder):
        (folder / demonstration.CLOCK).unlink()
        source = sorted((OFFICIAL / "ck").iterdir())[0]
        shutil.copyfile(source, folder / source.name)
        assert "add a clock kernel" in reasons(folder)[""]

    def test_two_metakernels(self, folder):
        for name in ("a.tm", "b.tm"):
            (folder / name).write_text("KPL/MK\n\\begindata\nKERNELS_TO_LOAD = ( 'x.bc' )\n")
        assert "there are 2 metakernels" in reasons(folder)[""]

    def test_an_orbit_where_solar_orbiter_cannot_be(self, folder):
        (folder / demonstration.ORBIT).unlink()
        an_orbit(folder / "far.bsp", distance=9e9)
        assert "from the Sun; expected 3e+07 to 2.5e+08 km" in reasons(folder)[""]

    def test_paths_of_a_metakernel_lead_nowhere(self, folder):
        text = "KPL/MK\n\\begindata\nPATH_VALUES = ( '/etc' )\nPATH_SYMBOLS = ( 'K' )\n"
        text += "KERNELS_TO_LOAD = ( '$K/passwd' '../../portal_frames.tf' )\n\\begintext\n"
        (folder / "m.tm").write_text(text)
        found = validation.inspect(folder)
        assert found["refused"] == []
        assert found["missing"] == ["passwd"]


class TestProcess:
    """The process that looks is the only one that suffers."""

    def test_one_that_dies_names_the_file_it_looked_at(self, folder, monkeypatch):
        told = f"import sys; print('{validation._ARRIVED}x.bsp', file=sys.stderr, flush=True); "
        command = [sys.executable, "-c", told + "import os; os.abort()"]
        monkeypatch.setattr(validation, "_command", lambda folder: command)
        (refused,) = validation.inspect(folder)["refused"]
        assert refused["name"] == "x.bsp"
        assert "broke the process that looked at it" in refused["reason"]

    def test_one_that_takes_for_ever_is_stopped(self, folder, monkeypatch):
        monkeypatch.setattr(validation, "SECONDS", 0.5)
        command = [sys.executable, "-c", "import time; time.sleep(60)"]
        monkeypatch.setattr(validation, "_command", lambda folder: command)
        (refused,) = validation.inspect(folder)["refused"]
        assert "took longer than" in refused["reason"]

    def test_this_process_loads_nothing(self, folder):
        before = kernels.Pool._held
        validation.inspect(folder)
        assert kernels.Pool._held is before
