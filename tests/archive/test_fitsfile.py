"""Reading and verifying files: sound ones with their quirks, and every kind of bad one."""

import json
import os
from datetime import UTC, datetime, timedelta

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from apps.archive import fitsfile, products
from apps.archive.fitsfile import FitsFileError, describe, open_stix
from tests.archive import smallfits
from tests.reference import REFERENCE, needs_reference

DAY = datetime(2022, 3, 28, tzinfo=UTC)


def test_a_sound_file_is_described_without_findings(tmp_path):
    description = describe(smallfits.write(tmp_path))
    assert (description.level, description.version, description.complete) == ("L1", 1, True)
    assert description.stem == "solo_L1_stix-ql-lightcurve_20220328"
    assert (description.start, description.stop) == (DAY, DAY.replace(minute=2))
    assert (description.ssid, description.rows, description.simulated) == (30, 30, False)
    assert description.findings == []


@pytest.mark.parametrize(("unit", "factor"), [("cs", 1), ("s", 0.01), ("ms", 10), ("", 1)])
def test_times_honour_their_unit(tmp_path, unit, factor):
    arrays = smallfits.columns()
    for name in ("time", "timedel"):
        arrays[name] = arrays[name] * factor if factor != 1 else arrays[name]
    with open_stix(smallfits.write(tmp_path, data=arrays, unit=unit)) as stix_file:
        centre_ms, width_s = stix_file.times()
    assert centre_ms[:2].tolist() == [1648425602000, 1648425606000]
    assert width_s.tolist() == [4.0] * 30


def test_underscored_cards_and_missing_numbers_are_a_pre_release_file(tmp_path):
    header = smallfits.cards(LEVEL="L1A", VERSION=1, STYPE=None, SSTYPE=None, SSID=None)
    for card in ("BEG", "END"):
        header.rename_keyword(f"DATE-{card}", f"DATE_{card}")
    name = "solo_L1A_stix-ql-lightcurve_20220328T000000-20220328T000200_000123_V01.fits"
    description = describe(smallfits.write(tmp_path, name, header=header))
    assert (description.start, description.ssid) == (DAY, None)
    assert products.identify(description).key == "ql-lightcurve"


def test_later_files_call_their_errors_comp_err(tmp_path):
    arrays = smallfits.columns(counts_err=None)
    arrays["counts_comp_err"] = np.full((30, 5), 1.5, "f4")
    with open_stix(smallfits.write(tmp_path, data=arrays)) as stix_file:
        assert stix_file.has_column("counts_err")
        assert stix_file.column("counts_err").max() == 1.5
        assert stix_file.column("counts").dtype.isnative
        with pytest.raises(FitsFileError, match="no column flux in DATA; the columns are time"):
            stix_file.column("flux")
        with pytest.raises(FitsFileError, match="no table RATE; the extensions are CONTROL, DATA"):
            stix_file.table("RATE")


def test_bands_come_from_the_file(tmp_path):
    with open_stix(smallfits.write(tmp_path)) as stix_file:
        assert stix_file.bands() == [[4, 10], [10, 15], [15, 25], [25, 50], [50, 84]]


def test_an_incomplete_file_says_so_in_its_name(tmp_path):
    header = smallfits.cards(VERSION="02")
    path = smallfits.write(tmp_path, smallfits.NAME.format(version="02U"), header=header)
    description = describe(path)
    assert (description.version, description.complete) == (2, False)
    assert description.stem == "solo_L1_stix-ql-lightcurve_20220328"


@pytest.mark.parametrize("value", [True, False, None])
def test_the_mark_of_the_simulator_is_read(tmp_path, value):
    header = smallfits.cards(SIMULATD=value)
    assert describe(smallfits.write(tmp_path, header=header)).simulated is (value is True)


def test_the_request_id_is_that_of_the_control_table(tmp_path):
    header = smallfits.cards(SSID=24)
    control = {"request_id": np.array([2207238956], "u4")}
    path = smallfits.write(tmp_path, header=header, control=control)
    assert describe(path).uid == 2207238956


def test_a_renamed_file_is_stored_under_its_filename_card(tmp_path):
    header = smallfits.cards(FILENAME=smallfits.NAME.format(version="01"))
    description = describe(smallfits.write(tmp_path, "light curve (1).fits", header=header))
    assert description.name == smallfits.NAME.format(version="01")
    assert "delivered as 'light curve (1).fits'" in description.findings[0]


def test_a_filename_card_that_climbs_out_is_not_believed(tmp_path):
    header = smallfits.cards(FILENAME="../../etc/solo_L1_stix-ql-lightcurve_20220328_V01.fits")
    description = describe(smallfits.write(tmp_path, "a b.fits", header=header))
    assert description.name == "solo_L1_stix-21-6-30_20220328T000000_V01.fits"


BAD_HEADERS = [
    ({"TELESCOP": "HESSI"}, "TELESCOP is 'HESSI', expected 'SOLO/STIX'"),
    ({"TELESCOP": None}, "TELESCOP is 'missing'"),
    ({"LEVEL": "L7"}, "LEVEL is 'L7', expected one of"),
    ({"DATE__BEG": None}, "no UTC start in the cards DATE-BEG"),
    ({"DATE__BEG": "0711893877:26216"}, "Files in on-board time are not taken"),
    ({"DATE__BEG": "1970-01-01T00:00:00"}, "possible are 2020-02-10"),
    ({"DATE__BEG": "2086-01-01T00:00:00", "DATE__END": "2086-01-02T00:00:00"}, "possible are"),
    ({"DATE__END": "2022-03-27T00:00:00"}, "reversed: the cards say start 2022-03-28"),
]


@pytest.mark.parametrize(("changes", "reason"), BAD_HEADERS)
def test_a_file_with_impossible_cards_is_refused_with_the_reason(tmp_path, changes, reason):
    with pytest.raises(FitsFileError, match=reason):
        describe(smallfits.write(tmp_path, header=smallfits.cards(**changes)))


def last(value, dtype="f8"):
    """A time column in centiseconds whose last value is given."""
    return np.append(np.arange(29, dtype=dtype) * 400 + 200, np.array(value, dtype))


BAD_COLUMNS = [
    ({"time": last(np.nan)}, "time is nan in row 29"),
    ({"time": last(np.inf)}, "time is inf in row 29"),
    ({"time": last(4e9)}, "a day or more outside the cards"),
    ({"time": last(1e300)}, "expected at most some days"),
    ({"timedel": np.full(30, -400, "i4")}, "timedel is negative in row 0"),
    ({"time": np.zeros((30, 2), "i4")}, "expected one number a row"),
]


@pytest.mark.parametrize(("changes", "reason"), BAD_COLUMNS)
def test_a_file_with_impossible_times_is_refused_with_the_reason(tmp_path, changes, reason):
    with pytest.raises(FitsFileError, match=reason):
        describe(smallfits.write(tmp_path, data=smallfits.columns(**changes)))


DAY_CS = 8_640_000


@pytest.mark.parametrize("shift", [-DAY_CS, DAY_CS])
def test_bins_may_lie_a_day_outside_the_cards(tmp_path, shift):
    arrays = smallfits.columns(time=np.arange(30) * 400 + 200 + shift)
    description = describe(smallfits.write(tmp_path, data=arrays))
    assert description.start == DAY + timedelta(days=shift / DAY_CS)
    assert description.stop == description.start + timedelta(minutes=2)


@pytest.mark.parametrize("shift", [-DAY_CS - 1, DAY_CS + 1])
def test_bins_further_outside_the_cards_are_refused(tmp_path, shift):
    arrays = smallfits.columns(time=np.arange(30) * 400 + 200 + shift)
    with pytest.raises(FitsFileError, match="a day or more outside the cards"):
        describe(smallfits.write(tmp_path, data=arrays))


def test_a_file_without_an_end_is_measured_by_its_own_bins(tmp_path):
    arrays = smallfits.columns(time=np.arange(30) * 400 + 200 + 30 * DAY_CS)
    description = describe(
        smallfits.write(tmp_path, data=arrays, header=smallfits.cards(DATE__END=None))
    )
    assert description.start == DAY + timedelta(days=30)
    assert description.findings == ["no UTC end in DATE-END or DATE_END"]


@pytest.mark.parametrize("edge", [fitsfile.LAUNCH, fitsfile.LATEST])
def test_a_sample_at_the_very_edge_of_what_is_possible_is_taken(tmp_path, edge):
    instant = f"{edge:%Y-%m-%dT%H:%M:%S}"
    header = smallfits.cards(DATE__BEG=instant, DATE__END=instant)
    arrays = smallfits.columns(rows=1, time=[0], timedel=[0])
    description = describe(smallfits.write(tmp_path, header=header, data=arrays))
    assert (description.start, description.stop) == (edge, edge + timedelta(milliseconds=1))


def test_times_that_step_back_are_a_finding(tmp_path):
    arrays = smallfits.columns()
    arrays["time"][3] = arrays["time"][1]
    findings = describe(smallfits.write(tmp_path, data=arrays)).findings
    assert findings == ["1 times are earlier than the row before"]


def rewritten(path, change):
    """Change the bytes of a file."""
    path.write_bytes(change(path.read_bytes()))
    return path


BAD_BYTES = [
    (lambda content: b"", "empty \\(zero bytes\\)"),
    (lambda content: b"counts,rate\n1,2\n", "not FITS; it begins with"),
    (lambda content: b"\x1f\x8b" + content, "compressed with gzip: unpack it first"),
    (lambda content: content[: len(content) // 2], "truncated|cannot be read as FITS"),
    (lambda content: content[:2880], "there is no table DATA|reversed|no UTC|stem|extension"),
    (lambda content: content.replace(b"\x10\xff", b"\x10\xfe", 3), "DATASUM card says"),
]


@pytest.mark.parametrize(("change", "reason"), BAD_BYTES)
def test_damaged_bytes_are_refused_with_the_reason(tmp_path, change, reason):
    path = rewritten(smallfits.write(tmp_path), change)
    with pytest.raises((FitsFileError, products.UnknownProduct), match=reason):
        products.identify(describe(path))


def test_an_edited_header_is_a_finding(tmp_path):
    path = rewritten(smallfits.write(tmp_path), lambda b: b.replace(b"'tests   '", b"'thieves '"))
    assert describe(path).findings == [
        "CHECKSUM of HDU PRIMARY does not fit: its header was edited"
    ]


def test_what_is_no_regular_file_is_refused(tmp_path):
    os.mkfifo(tmp_path / "pipe.fits")
    (tmp_path / "link.fits").symlink_to(smallfits.write(tmp_path))
    for path in (tmp_path, tmp_path / "pipe.fits", tmp_path / "link.fits", tmp_path / "gone.fits"):
        with pytest.raises(FitsFileError, match=r"not a regular file|cannot be read"):
            describe(path)


EXPECTED = {
    "solo_L1_stix-ql-lightcurve_20200506_V01.fits": "ql-lightcurve",
    "solo_L1_stix-ql-ql-tmstatusflarelist_20200506_V01.fits": "ql-tmstatusflarelist",
    "solo_L1_stix-ql-spectra_20200506_V01.fits": "ql-spectra",
    "solo_L1_stix-cal-energy_20200506_V01.fits": "cal-energy",
    "solo_L1_stix-hk-maxi_20200501_V01.fits": "hk-maxi",
    "solo_L2_stix-aux-ephemeris_20200607_V01.fits": "asp-ephemeris",
}


@pytest.mark.real
@needs_reference
def test_every_real_stix_file_is_sound_and_recognised():
    found, findings = {}, []
    for path in sorted((REFERENCE / "fits").glob("solo_*.fits")):
        description = describe(path)
        findings += description.findings
        found[path.name] = products.identify(description).key
        json.dumps(description.header, allow_nan=False)
    assert len(found) == 17
    assert findings == []
    assert found.items() >= EXPECTED.items()
    assert [name for name in found if "L1A" in name and found[name].startswith("sci-xray-")]


@pytest.mark.real
@needs_reference
@pytest.mark.parametrize("name", ["stx_spectrum_20220723_122031.fits", "stx_srm_full.fits"])
def test_files_made_for_analysis_are_refused_in_words(name):
    with pytest.raises(FitsFileError, match="made for OSPEX, not a data product of STIX"):
        describe(REFERENCE / "fits" / name)


@pytest.mark.real
@needs_reference
def test_the_real_light_curve_has_its_published_medians():
    with open_stix(
        REFERENCE / "fits" / "solo_L1_stix-ql-lightcurve_20200506_V01.fits"
    ) as stix_file:
        assert np.median(stix_file.column("counts"), axis=0).tolist() == [271, 53, 75, 927, 1855]
        assert stix_file.bands()[-1] == [50.0, 150.0]
        assert stix_file.start == datetime(2020, 5, 5, 23, 59, 59, 531000, tzinfo=UTC)


@pytest.fixture(scope="module")
def sound(tmp_path_factory):
    """A sound file and its bytes, one without checksums to let faults through to the parser."""
    path = smallfits.write(tmp_path_factory.mktemp("fuzz"))
    content = path.read_bytes()
    return (
        path,
        content,
        content.replace(b"DATASUM ", b"DATAXUM ").replace(b"CHECKSUM", b"CHECKXUM"),
    )


CHANGES = st.lists(st.tuples(st.integers(0, 2**31), st.integers(0, 255)), max_size=30)
TYPED = st.sampled_from(list(b"0123456789 -+.EIDJKPQAX()'TF="))
CARD_CHANGES = st.lists(st.tuples(st.integers(0, 2**31), TYPED), max_size=8)


@given(CHANGES, CARD_CHANGES, st.one_of(st.none(), st.integers(0, 2**31)), st.booleans())
@settings(max_examples=300, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_random_damage_gives_a_reason_and_never_a_crash(sound, changes, typed, cut, sums):
    path, summed, bare = sound
    content = bytearray(summed if sums else bare)
    for position, value in changes + typed:
        content[position % len(content)] = value
    path.write_bytes(content[: cut % len(content)] if cut is not None else content)
    try:
        description = fitsfile.describe(path)
        products.identify(description)
        with open_stix(path) as stix_file:
            assert stix_file.start <= stix_file.stop
    except (FitsFileError, products.UnknownProduct) as error:
        assert path.name in str(error)  # noqa: PT017 (either outcome is right)
        return
    json.dumps([description.header, description.findings], allow_nan=False)


@given(st.binary(max_size=6000))
@settings(max_examples=100)
def test_random_bytes_behind_the_magic_word_are_refused(sound, noise):
    path = sound[0]
    path.write_bytes(b"SIMPLE  =                    T" + noise)
    with pytest.raises(FitsFileError):
        fitsfile.describe(path)
