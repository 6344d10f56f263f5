"""The page of a product: what is in the file, where it comes from, what changed, how to cite."""

import json
from datetime import date
from types import SimpleNamespace

import pytest

from apps.archive import anatomy, citation, storage
from apps.archive.comparison import changes
from apps.archive.fitsborder import FitsFileError
from apps.archive.ingest import ingest_file
from apps.archive.models import DataProduct
from apps.archive.provenance import checksum_state, corrections, provenance
from tests import synthetic
from tests.factories import a_product, utc
from tests.reference import REFERENCE, needs_reference

CARDS = {
    "RAW_FILE": "one.xml;two.xml",
    "PARENT": "solo_L0_stix-ql-lightcurve_0642038400_V01.fits",
    "CREATOR": "stixcore",
    "VERS_SW": "1.2.3",
    "SPICE_MK": "solo_ANC_soc-flown-mk.tm",
}


@pytest.fixture
def ingested(db, data_dir, tmp_path, now):
    """Take in a light-curve file written with the options given."""

    def take_in(**options):
        path = synthetic.write_lightcurve(tmp_path, simulated=True, **options)
        return ingest_file(path, now=now).product

    return take_in


def file_of(kind="ql-lightcurve", level="L1", version=1, start="2022-03-28"):
    """What of a product the corrections depend on."""
    return SimpleNamespace(product_type=kind, level=level, version=version, start=utc(start))


def test_cards_and_columns_of_every_table_are_read(tmp_path):
    inside = anatomy.read(synthetic.write_lightcurve(tmp_path, n=7, cards=CARDS))
    assert [hdu["name"] for hdu in inside][:3] == ["PRIMARY", "CONTROL", "DATA"]
    assert anatomy.card(inside, "CREATOR") == "stixcore"
    assert anatomy.card(inside, "NOTHING") is None
    assert next(hdu["rows"] for hdu in inside if hdu["name"] == "DATA") == 7
    form, unit, shape = anatomy.columns(inside)["counts"]
    assert (form[0], unit, shape) == ("5", "count", [5])
    assert json.loads(json.dumps(inside)) == inside


def test_a_file_that_is_none_says_so(tmp_path):
    path = tmp_path / "none.fits"
    for content in (b"", b"no FITS at all", b"SIMPLE  ="):
        path.write_bytes(content)
        with pytest.raises(FitsFileError, match=r"none\.fits"):
            anatomy.read(path)
    with pytest.raises(FitsFileError):
        anatomy.read(tmp_path / "absent.fits")


def test_the_origin_is_read_from_the_headers(tmp_path):
    inside = anatomy.read(synthetic.write_lightcurve(tmp_path, cards=CARDS))
    origin = provenance(inside, file_of())
    assert origin["raw_files"] == ["one.xml", "two.xml"]
    assert origin["parents"] == ["solo_L0_stix-ql-lightcurve_0642038400_V01.fits"]
    assert (origin["software"], origin["kernels"]) == ("stixcore 1.2.3", CARDS["SPICE_MK"])
    assert origin["elut"] == ""


@pytest.mark.parametrize(
    ("product", "state"),
    [
        (file_of("sci-xray-cpd", start="2021-12-01"), "not applied"),
        (file_of("sci-xray-cpd", start="2021-12-01", version=2), "applied"),
        (file_of("sci-xray-cpd", start="2021-12-01", version=2, level="L1A"), "not applied"),
        (file_of("sci-xray-cpd", start="2021-12-10"), "not needed"),
        (file_of("ql-lightcurve", start="2021-12-01"), "not needed"),
    ],
)
def test_the_shift_of_durations_is_known_by_date_type_and_version(product, state):
    assert corrections([], product)["duration_shift"] == state


def test_what_is_not_corrected_says_so_and_units_are_as_the_columns_state(tmp_path):
    inside = anatomy.read(synthetic.write_lightcurve(tmp_path))
    applied = corrections(inside, file_of())
    assert (applied["time_unit"], applied["counts_unit"]) == ("cs", "count")
    assert {applied[key] for key in ("live_time", "background", "light_time")} == {"not applied"}
    assert applied["clock"] == "UTC at Solar Orbiter"
    assert corrections(inside, file_of(level="L2"))["live_time"] == "unknown"


def test_versions_are_compared_by_rows_columns_and_cards(tmp_path):
    old = anatomy.read(synthetic.write_lightcurve(tmp_path, n=7, cards=CARDS))
    new_cards = CARDS | {"VERS_SW": "1.3.0", "SOOPNAME": "none"}
    new = anatomy.read(synthetic.write_lightcurve(tmp_path, n=9, cards=new_cards, version=2))
    found = {what: (before, after) for what, before, after in changes(old, new)}
    assert found["rows of DATA"] == ("7", "9")
    assert found["card PRIMARY.VERS_SW"] == ("1.2.3", "1.3.0")
    assert found["card PRIMARY.SOOPNAME"][1] == "none"
    assert "card PRIMARY.VERSION" not in found
    assert changes(old, old) == []


def test_other_values_in_as_many_rows_are_a_change(tmp_path):
    old = anatomy.read(synthetic.write_lightcurve(tmp_path, n=7, rcr=0))
    new = anatomy.read(synthetic.write_lightcurve(tmp_path, n=7, rcr=1, version=2))
    assert ("content of DATA", "", "other values in the same 7 rows") in changes(old, new)


def test_tables_that_come_and_go_are_changes():
    table = {"name": "ENERGIES", "rows": 5, "cards": [], "columns": [], "history": []}
    assert changes([table], []) == [("table ENERGIES", "present", "")]
    assert changes([], [table]) == [("table ENERGIES", "", "present")]
    wider = table | {"columns": [["e_low", "E", "keV", []]]}
    assert changes([table], [wider]) == [("column ENERGIES.e_low", "", "E keV")]


def test_a_citation_names_paper_file_version_date_and_address():
    product = SimpleNamespace(
        name="solo_L1_stix-ql-lightcurve_20220328_V02.fits",
        stem="solo_L1_stix-ql-lightcurve_20220328",
        level="L1",
        version_label="V02",
        created=utc("2022-05-01"),
    )
    what = (product, "quick-look light curves", "https://x.org/data/1/", date(2026, 3, 1))
    text, bibtex = citation.text(*what), citation.bibtex(*what)
    for words in (product.name, "V02", "2022-05-01", "https://x.org/data/1/", "2026-03-01"):
        assert words in text
    assert "doi:10.1051/0004-6361/201937362" in text
    assert "@article{Krucker2020," in bibtex
    assert "@misc{solo_L1_stixqllightcurve_20220328V02," in bibtex
    assert r"solo\_L1\_stix-ql-lightcurve\_20220328\_V02.fits" in bibtex
    assert r"Astronomy \& Astrophysics" in bibtex
    assert "url = {https://x.org/data/1/}" in bibtex
    assert bibtex.count("{") == bibtex.count("}")


@pytest.mark.db
def test_the_page_shows_contents_origin_changes_and_citation(visitor, ingested):
    first = ingested(cards=CARDS, n=100)
    second = ingested(cards=CARDS | {"VERS_SW": "1.3.0"}, n=120, version=2)
    page = visitor.get(second.get_absolute_url()).text
    for words in (
        "one.xml",
        "stixcore 1.3.0",
        "Duration shift",
        "120 rows",
        "@article{Krucker2020",
    ):
        assert words in page
    assert "V02 after V01" in page
    assert "card PRIMARY.VERS_SW" in page
    assert "DATASUM of PRIMARY" in page
    assert f'href="{first.get_absolute_url()}"' in page
    assert "What changed" in visitor.get(first.get_absolute_url()).text


@pytest.mark.db
def test_a_version_that_is_hidden_is_not_compared(visitor, ingested):
    ingested(cards=CARDS | {"VERS_SW": "9.9.9"})
    second = ingested(cards=CARDS, version=2)
    DataProduct.objects.filter(version=1).update(access="team")
    page = visitor.get(second.get_absolute_url()).text
    assert "9.9.9" not in page
    assert "What changed" not in page


@pytest.mark.db
def test_the_record_for_programs_holds_flags_and_headers(visitor, ingested):
    product = ingested(cards=CARDS)
    record = visitor.get(f"{product.get_absolute_url()}record.json").json()
    assert record["sha256"] == product.sha256
    assert record["provenance"]["applied"]["light_time"] == "not applied"
    assert record["hdus"][0]["name"] == "PRIMARY"
    DataProduct.objects.update(access="team")
    assert visitor.get(f"{product.get_absolute_url()}record.json").status_code == 404


@pytest.mark.db
def test_a_page_whose_file_is_gone_or_no_fits_still_tells_what_is_known(visitor, ingested):
    product = ingested()
    storage.absolute(product).unlink()
    DataProduct.objects.filter(pk=product.pk).update(sha256="f" * 64)
    for one in (product, a_product("ql-background")):
        page = visitor.get(one.get_absolute_url())
        assert page.status_code == 200
        assert "cannot be read now" in page.text
        assert "How to cite" in page.text
    record = visitor.get(f"{product.get_absolute_url()}record.json").json()
    assert (record["provenance"], record["hdus"]) == (None, None)


@pytest.mark.db
def test_the_headers_are_read_once(visitor, ingested):
    product = ingested(cards=CARDS)
    assert "stixcore 1.2.3" in visitor.get(product.get_absolute_url()).text
    storage.absolute(product).unlink()
    assert "stixcore 1.2.3" in visitor.get(product.get_absolute_url()).text


def test_a_file_without_sums_says_so(tmp_path):
    product = SimpleNamespace(ingested_at=utc("2026-03-01"))
    assert "taken at ingest, on 2026-03-01" in checksum_state(None, product)[0]
    assert "no sums" in checksum_state([{"name": "PRIMARY", "cards": []}], product)[1]


@needs_reference
@pytest.mark.real
def test_a_real_file_tells_its_raw_telemetry_and_kernels():
    path = REFERENCE / "fits" / "solo_L1_stix-ql-lightcurve_20200506_V01.fits"
    origin = provenance(anatomy.read(path), file_of(start="2020-05-06"))
    assert origin["raw_files"][-1].endswith(".1.xml")
    assert origin["kernels"] == "solo_ANC_soc-flown-mk_v107_20220202_001.tm"
    assert origin["software"].startswith("stixcore 0.1.dev157")
    assert origin["applied"]["time_unit"] == "cs"
