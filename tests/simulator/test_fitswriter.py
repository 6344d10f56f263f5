"""The FITS writer makes files in the form of the real ones."""

import io
import warnings
from datetime import UTC, datetime, timedelta

import numpy as np
import pytest
from astropy.io import fits

from apps.archive.fitslayouts import LAYOUTS
from apps.archive.fitswriter import file_name, quicklook_bytes, write_quicklook
from apps.simulator import archive
from tests.reference import REFERENCE, needs_reference

CREATED = datetime(2022, 4, 1, 12, tzinfo=UTC)
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MIDNIGHT_MS = 1_648_425_600_000


def variance(n=10, **change):
    """Bytes of a small variance file."""
    arguments = {
        "name": "solo_L1_stix-ql-variance_20220328_V01.fits",
        "key": "ql-variance",
        "time_ms": MIDNIGHT_MS + 2000 + 4000 * np.arange(n),
        "timedel_s": 4,
        "columns": {"variance": np.arange(n), "variance_err": np.zeros(n)},
        "bands": None,
        "created": CREATED,
        **change,
    }
    return quicklook_bytes(**arguments)


def opened(content):
    """HDUs of bytes, their checksums verified."""
    return fits.open(io.BytesIO(content), checksum=True)


def form(hdu):
    """Names, formats, units, cell shapes and zero points of a table, widths of texts aside."""
    return [
        (
            "A" if "A" in column.format else column.format,
            column.name,
            column.unit or "",
            column.dim,
            column.bzero,
        )
        for column in hdu.columns
    ]


@pytest.mark.real
@needs_reference
@pytest.mark.parametrize("key", LAYOUTS)
def test_a_real_file_written_again_has_the_same_tables(key):
    name = f"solo_L1_stix-{key}_20200506_V01.fits"
    with fits.open(REFERENCE / "fits" / name) as real:
        begin = datetime.fromisoformat(real[0].header["DATE-BEG"]).replace(tzinfo=UTC)
        table, energies = real["DATA"].data, real["ENERGIES"].data
        start_ms = round((begin - EPOCH) / timedelta(milliseconds=1))
        content = quicklook_bytes(
            name,
            key,
            start_ms + table["time"].astype(np.int64) * 10,
            table["timedel"] / 100,
            {
                column: table[column]
                for column in table.names
                if column not in ("control_index", "time", "timedel")
            },
            bands=list(zip(energies["e_low"], energies["e_high"], strict=True)),
            created=CREATED,
            control={
                column: real["CONTROL"].data[column]
                for column in ("quiet_time", "live_time", "average_temperature")
                if column in real["CONTROL"].data.names
            },
        )
        with opened(content) as ours:
            assert [hdu.name for hdu in ours] == [hdu.name for hdu in real]
            for hdu in ours[1:]:
                assert form(hdu) == form(real[hdu.name])
            for column in set(table.names) - {"control_index"}:
                written = ours["DATA"].data[column]
                assert written.dtype == table[column].dtype
                np.testing.assert_array_equal(written, table[column])
            for column in ("channel", "e_low", "e_high"):
                np.testing.assert_array_equal(ours["ENERGIES"].data[column], energies[column])
            for card in ("DATE-BEG", "DATE-OBS", "STYPE", "SSTYPE", "SSID", "LEVEL", "VERSION"):
                assert ours[0].header[card] == real[0].header[card]


@pytest.mark.real
@needs_reference
@pytest.mark.parametrize("key", LAYOUTS)
def test_a_simulated_file_has_the_form_of_the_real_one(key):
    task = next(task for task in archive.tasks(archive.EPOCH_DAY.replace(2020, 5, 6), 1, [key]))
    content, _ = archive.make(task, seed=1)
    path = REFERENCE / "fits" / f"solo_L1_stix-{key}_20200506_V01.fits"
    with fits.open(path) as real, opened(content) as ours:
        assert [hdu.name for hdu in ours] == [hdu.name for hdu in real]
        for hdu in ours[1:]:
            # unsigned columns grow where a flare needs it, the rest is the same
            assert [row[1:4] for row in form(hdu)] == [row[1:4] for row in form(real[hdu.name])]
        cards = set(real[0].header) - {
            card for card in real[0].header if card[:3] in ("HCI", "HAE", "HEQ", "GSE", "CRL")
        }
        assert cards <= set(ours[0].header)


def test_checksums_hold_and_the_same_input_gives_the_same_bytes():
    assert variance() == variance()
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        with opened(variance()) as hdus:
            assert hdus["DATA"].data["variance"].shape == (10, 1)
            assert all("CHECKSUM" in hdu.header for hdu in hdus)


def test_dates_and_times_are_edges_and_centres():
    with opened(variance(n=900)) as hdus:
        header, table = hdus[0].header, hdus["DATA"].data
        assert header["DATE-BEG"] == "2022-03-28T00:00:00.000"
        assert header["DATE-END"] == "2022-03-28T01:00:00.000"
        assert header["DATE-AVG"] == "2022-03-28T00:30:00.000"
        assert header["DATE"] == "2022-04-01T12:00:00.000"
        assert table["time"][:2].tolist() == [200, 600]
        assert hdus["DATA"].columns["time"].unit == "cs"
        assert set(table["timedel"]) == {400}
        assert (header["DATAMIN"], header["DATAMAX"]) == (0, 899)


def test_an_incomplete_cut_out_says_so_in_its_cards():
    content = variance(
        version=2, complete=False, history=["Cut-out of a.fits"], cards={"SIMULATD": (True, "why")}
    )
    with opened(content) as hdus:
        assert hdus[0].header["VERSION"] == "02U"
        assert list(hdus[0].header["HISTORY"]) == ["Cut-out of a.fits"]
        assert hdus[0].header["SIMULATD"] is True


def test_unsigned_columns_are_wider_only_where_needed():
    for largest, letter in ((65_535, "I"), (65_536, "J")):
        columns = {"variance": np.full(3, largest), "variance_err": np.zeros(3)}
        with opened(variance(n=3, columns=columns)) as hdus:
            assert hdus["DATA"].columns["variance"].format == letter
            assert hdus["DATA"].data["variance"].ravel().tolist() == [largest] * 3


def test_control_has_a_row_a_packet_and_never_more_than_a_byte_counts():
    for n, rows in ((4073, 1), (4074, 2), (4073 * 300, 256)):
        with opened(variance(n=n)) as hdus:
            control, index = hdus["CONTROL"].data, hdus["DATA"].data["control_index"]
            assert len(control) == rows == int(index.max()) + 1
            assert control["num_samples"].sum() == n
            assert (np.bincount(index) == control["num_samples"]).all()


def test_the_energies_are_those_given_or_the_science_channels():
    with opened(variance()) as hdus:
        assert len(hdus["ENERGIES"].data) == 32
        assert hdus["ENERGIES"].data["e_high"][-1] == np.inf
    with opened(variance(bands=[(4, 10), (10, 15)])) as hdus:
        assert hdus["ENERGIES"].data["e_low"].tolist() == [4, 10]


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"key": "ql-nothing"}, "no layout for product 'ql-nothing'"),
        ({"time_ms": []}, "expected at least one sample"),
        ({"columns": {"variance": [1.0]}}, r"\['variance_err'\] are missing or unknown"),
        ({"columns": {"variance": [1], "variance_err": [1]}}, r"expected \(10, 1\)"),
        ({"columns": {"variance": [-1] * 10, "variance_err": [0] * 10}}, "expected 0 to"),
    ],
)
def test_input_that_cannot_be_written_is_refused_with_the_reason(change, message):
    with pytest.raises(ValueError, match=message):
        variance(**change)


def test_a_file_appears_whole_and_is_not_written_again(tmp_path):
    arguments = ("ql-variance", [MIDNIGHT_MS], 4, {"variance": [7], "variance_err": [0.5]})
    path = tmp_path / "new" / file_name("ql-variance", CREATED)
    assert write_quicklook(path, *arguments, bands=None, created=CREATED) == path
    before = path.stat().st_mtime_ns
    write_quicklook(path, *arguments, bands=None, created=CREATED)
    assert path.stat().st_mtime_ns == before
    assert [entry.name for entry in path.parent.iterdir()] == [path.name]
