"""`manage.py simulate`: files, versions, truth; the same bytes for the same seed."""

import hashlib
import json

import numpy as np
import pytest
from astropy.io import fits
from django.core.management import CommandError, call_command

from apps.simulator.quicklook import samples, sky
from apps.simulator.telemetry import OVERLAP_MS

ARGUMENTS = ("--start", "2022-03-27", "--days", "3", "--seed", "1")


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """Three simulated days."""
    target = tmp_path_factory.mktemp("simulated")
    call_command("simulate", *ARGUMENTS, "--out", str(target), "--json")
    return target


@pytest.fixture(scope="module")
def truth(folder):
    """What truth.json says."""
    return json.loads((folder / "truth.json").read_text())


def digest(folder):
    """Names and hashes of all files."""
    return {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in folder.iterdir()}


def times(folder, name):
    """Bin centres in ms since 1970 and the counts of a file."""
    with fits.open(folder / name, checksum=True) as hdus:
        begin = np.datetime64(hdus[0].header["DATE-BEG"], "ms").astype(np.int64)
        table = hdus["DATA"].data
        return begin + table["time"].astype(np.int64) * 10, np.array(table["counts"])


def test_the_same_seed_gives_the_same_bytes(folder, tmp_path):
    samples.cache_clear()
    sky.cache_clear()
    call_command("simulate", *ARGUMENTS, "--out", str(tmp_path), "--json")
    assert digest(tmp_path) == digest(folder)


def test_one_product_or_one_day_alone_gives_the_same_file(folder, tmp_path):
    call_command(
        "simulate", "--start", "2022-03-28", "--days", "1", "--out", str(tmp_path),
        "--products", "ql-lightcurve", "--json",
    )  # fmt: skip
    alone = digest(tmp_path)
    alone.pop("truth.json")
    assert len(alone) == 2
    assert alone.items() <= digest(folder).items()


def test_a_second_run_keeps_what_is_right_and_repairs_what_is_not(folder, capsys):
    victim = folder / "solo_L1_stix-ql-variance_20220328_V01.fits"
    whole = victim.read_bytes()
    victim.write_bytes(whole[:5000])
    capsys.readouterr()
    call_command("simulate", *ARGUMENTS, "--out", str(folder), "--json")
    summary = json.loads(capsys.readouterr().out)
    assert (summary["written"], summary["kept"]) == (1, summary["files"] - 1)
    assert victim.read_bytes() == whole


def test_every_file_says_that_it_is_simulated_and_is_in_the_truth(folder, truth):
    entries = {entry["name"]: entry for entry in truth["files"]}
    assert truth["simulated"] is True
    assert sorted(truth["ingest_order"]) == sorted(entries)
    assert {path.name for path in folder.glob("*.fits")} == set(entries)
    for path in folder.glob("*.fits"):
        with fits.open(path, checksum=True) as hdus:
            header = hdus[0].header
            assert header["SIMULATD"] is True
            assert header["CREATOR"] == "stix-simulator"
            assert header["FILENAME"] == path.name
            assert len(hdus["DATA"].data) == entries[path.name]["samples"]
            assert header["DATE-BEG"] + "Z" == entries[path.name]["start"]
            assert header["DATE-END"] + "Z" == entries[path.name]["stop"]
        assert hashlib.sha256(path.read_bytes()).hexdigest() == entries[path.name]["sha256"]


def test_the_order_brings_incomplete_before_complete_and_late_files_last(truth):
    order = truth["ingest_order"]
    stem = "solo_L1_stix-ql-lightcurve_20220328_"
    assert order.index(stem + "V02U.fits") < order.index(stem + "V02.fits")
    stem = "solo_L1_stix-ql-background_20220328_"
    assert order.index(stem + "V02.fits") < order.index(stem + "V01.fits")
    assert order[-1] == "solo_L1_stix-ql-variance_20220327_V01.fits"


def test_the_new_version_has_what_the_old_one_lacked(folder):
    old, old_counts = times(folder, "solo_L1_stix-ql-lightcurve_20220327_V01.fits")
    new, new_counts = times(folder, "solo_L1_stix-ql-lightcurve_20220327_V02.fits")
    assert new.size - old.size == 1800
    np.testing.assert_array_equal(new_counts[np.isin(new, old)], old_counts)


def test_a_file_overlaps_the_day_before_with_the_same_samples(folder):
    before, counts = times(folder, "solo_L1_stix-ql-lightcurve_20220327_V02.fits")
    after, overlapping = times(folder, "solo_L1_stix-ql-lightcurve_20220328_V02.fits")
    shared = np.intersect1d(before, after)
    assert shared.size == OVERLAP_MS / 4000
    np.testing.assert_array_equal(
        counts[np.isin(before, shared)], overlapping[np.isin(after, shared)]
    )


def test_the_gaps_of_the_truth_are_absent_from_the_files(folder, truth):
    for entry in truth["files"]:
        if entry["product"] not in ("ql-lightcurve", "ql-background"):
            continue
        centre, _ = times(folder, entry["name"])
        for gap in truth["gaps"]:
            start, stop = (
                np.datetime64(gap[side].rstrip("Z"), "ms").astype(np.int64)
                for side in ("start", "stop")
            )
            assert not ((centre > start) & (centre < stop)).any()


def test_the_sizes_are_those_of_real_files(folder):
    for name, size in (("lightcurve", 1_693_440), ("variance", 368_640)):
        path = folder / f"solo_L1_stix-ql-{name}_20220328_V0{2 if name == 'lightcurve' else 1}.fits"
        assert path.stat().st_size == pytest.approx(size, rel=0.1)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"--start": "yesterday"}, "is not a time"),
        ({"--days": "0"}, "days 0: expected at least 1"),
        ({"--seed": "-1"}, "expected 0 or more"),
        ({"--products": "ql-nothing"}, "ql-nothing.*expected some of ql-lightcurve"),
    ],
)
def test_wrong_arguments_are_refused_with_the_reason(tmp_path, change, message):
    arguments = {"--start": "2022-03-27", "--out": str(tmp_path), **change}
    with pytest.raises(CommandError, match=message):
        call_command("simulate", *(text for pair in arguments.items() for text in pair))
    assert not list(tmp_path.iterdir())
