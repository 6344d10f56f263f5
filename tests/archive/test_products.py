"""Which product a file is: from cards, else from its columns, never from its name alone."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from apps.archive.fitsfile import Description
from apps.archive.products import PRODUCTS, UnknownProduct, identify, named

WRITTEN = [
    # name in file, service, subservice, SSID, level, folder, names in the earlier data centre
    ("hk-mini", 3, 25, 1, "L1", "HK", "hk_mini hk-mini"),
    ("hk-maxi", 3, 25, 2, "L1", "HK", "hk_maxi hk-maxi"),
    ("sci-xray-rpd", 21, 6, 20, "L1", "SCI", "xray_l0_user sci-xray-l0"),
    ("sci-xray-cpd", 21, 6, 21, "L1", "SCI", "xray_l1_user sci-xray-l1"),
    ("sci-xray-scpd", 21, 6, 22, "L1", "SCI", "xray_l2_user sci-xray-l2"),
    ("sci-xray-vis", 21, 6, 23, "L1", "SCI", "xray_l3_user sci-xray-l3"),
    ("sci-xray-spec", 21, 6, 24, "L1", "SCI", "spectrogram_user sci-spectrogram"),
    ("sci-aspect-burst", 21, 6, 42, "L1", "SCI", "aspect sci-burst-aspect"),
    ("ql-lightcurve", 21, 6, 30, "L1", "QL", "ql_light_curves"),
    ("ql-background", 21, 6, 31, "L1", "QL", "ql_background"),
    ("ql-spectra", 21, 6, 32, "L1", "QL", "ql_spectrogram"),
    ("ql-variance", 21, 6, 33, "L1", "QL", "ql_variance"),
    ("ql-flareflag", 21, 6, 34, "L1", "QL", "flareflag_location"),
    ("cal-energy", 21, 6, 41, "L1", "CAL", "calibration_spectrum ql-calibration-spectrum"),
    ("ql-tmstatusflarelist", 21, 6, 43, "L1", "QL", "tm_status_and_flare_list"),
    ("asp-ephemeris", 0, 0, 1, "ANC", "ASP", "auxiliary"),
    ("cal-energy-fit", 21, 6, 41, "CAL", "CAL", ""),
    ("flarelist-sdc", 0, 0, 2, "L3", "FLARELIST", ""),
    ("flarelist-sdcloc", 0, 0, 3, "L3", "FLARELIST", ""),
    ("flarelist-sdclocimg", 0, 0, 4, "L3", "FLARELIST", ""),
    ("img-preview", 0, 0, 5, "L3", "IMG", "peek-preview"),
    ("flarelist-sc", 0, 0, 6, "L3", "FLARELIST", ""),
    ("flarelist-scloc", 0, 0, 7, "L3", "FLARELIST", ""),
    ("flarelist-sclocimg", 0, 0, 8, "L3", "FLARELIST", ""),
]
"""Every product that the pipelines of STIX write, as the description of the format lists them."""

NOON = datetime(2022, 3, 28, 12, tzinfo=UTC)
TIMED = {"time": (), "timedel": ()}


def a_description(columns=None, hdus=("CONTROL", "DATA", "ENERGIES"), **facts):
    """A description whose columns and cards are given."""
    ordinary = {
        "name": "x.fits",
        "sha256": "0" * 64,
        "size": 1,
        "level": "L1",
        "version": 1,
        "complete": True,
        "stem": "x",
        "created": NOON,
        "start": NOON,
        "stop": NOON,
    }
    return Description(**ordinary | facts, columns=columns or {}, hdus=hdus)


def of_type(kind, level):
    """A description that has exactly what a product type asks for."""
    columns = {name: shape or () for name, shape in kind.columns.items()}
    numbers = {"stype": kind.stype, "sstype": kind.sstype, "ssid": kind.ssid}
    return a_description(columns, kind.hdus, level=level, **numbers)


@pytest.mark.parametrize("kind", PRODUCTS.values(), ids=PRODUCTS)
def test_every_product_is_recognised_by_its_cards_at_each_of_its_levels(kind):
    assert [identify(of_type(kind, level)) for level in kind.levels] == [kind] * len(kind.levels)


def test_the_registry_holds_exactly_what_is_written():
    assert set(PRODUCTS) == {key for key, *_ in WRITTEN}
    listed = {kind.key: (*kind.identity, kind.group) for kind in PRODUCTS.values()}
    assert listed == {key: (*numbers, group) for key, *numbers, _, group, _ in WRITTEN}


@pytest.mark.parametrize(("key", "stype", "sstype", "ssid", "level", "group", "names"), WRITTEN)
def test_a_written_product_is_found_by_its_numbers_and_by_its_old_names(
    key, stype, sstype, ssid, level, group, names
):
    kind = PRODUCTS[key]
    assert identify(of_type(kind, level)) is kind
    assert kind.folder(of_type(kind, level)) == f"{level}/2022/03/28/{group}"
    assert [named(name) for name in names.split()] == [kind] * len(names.split())
    for name in names.split():  # an old name is no reason to refuse the file
        told = of_type(kind, level)
        assert identify(replace(told, file_product=name)) is kind


def test_every_product_has_words_for_people():
    for kind in PRODUCTS.values():
        assert kind.description.endswith(".")
        assert all((kind.title, kind.category, kind.group))


@pytest.mark.parametrize(
    ("key", "columns"),
    [
        ("ql-lightcurve", {"counts": (5,), "triggers": (1,), "rcr": ()}),
        ("ql-background", {"counts": (5,), "triggers": ()}),
        ("ql-spectra", {"spectra": (32, 32), "detector_index": (32,), "triggers": (32,)}),
        ("ql-variance", {"variance": ()}),
        ("cal-energy", {"counts": (32, 12, 1024)}),
        ("sci-xray-spec", {"counts": (32,), "triggers": ()}),
        ("sci-aspect-burst", {"cha_diode0": (), "chb_diode0": ()}),
        ("hk-maxi", {"hk_att_c": ()}),
        ("hk-mini", {"hk_dpu_pcb_t": ()}),
        ("asp-ephemeris", {"y_srf": (), "z_srf": ()}),
    ],
)
def test_a_pre_release_file_without_cards_is_recognised_by_its_columns(key, columns):
    assert identify(a_description(TIMED | columns, level="L1A")).key == key


@pytest.mark.parametrize(
    ("key", "masks", "more"),
    [
        ("sci-xray-rpd", (12,), {}),
        ("sci-xray-cpd", (12, 12), {"triggers_err": (16,)}),
        ("sci-xray-scpd", (5, 12), {"triggers_comp_err": (16,)}),
    ],
)
def test_pixel_data_without_cards_are_told_apart_by_masks_and_errors(key, masks, more):
    columns = TIMED | {"counts": (32, 12, 30), "triggers": (16,), "pixel_masks": masks} | more
    assert identify(a_description(columns, level="L1A")).key == key


@pytest.mark.parametrize(
    ("facts", "reason"),
    [
        ({"stype": 21, "sstype": 6, "ssid": 77}, "SSID 77 at level L1 is not in the registry"),
        ({"stype": 21, "sstype": 6, "ssid": 30, "level": "L3"}, "ql-lightcurve has these numbers"),
        ({"stype": 21, "sstype": 6, "ssid": 30}, "column counts of DATA is missing"),
        ({"columns": {"flux": ()}}, "belong to no STIX product"),
    ],
)
def test_an_unknown_product_is_refused_with_the_reason(facts, reason):
    with pytest.raises(UnknownProduct, match=reason):
        identify(a_description(**{"columns": TIMED} | facts))


def test_a_missing_extension_is_named():
    numbers = {"stype": 21, "sstype": 6, "ssid": 30}
    description = a_description({"counts": (5,)}, ("CONTROL", "DATA"), **numbers)
    with pytest.raises(UnknownProduct, match="extension ENERGIES is missing"):
        identify(description)


def test_a_file_with_the_name_of_another_product_is_refused():
    columns = TIMED | {"counts": (5,), "triggers": ()}
    with pytest.raises(
        UnknownProduct, match="name says ql-lightcurve, the headers say ql-background"
    ):
        identify(a_description(columns, level="L1A", file_product="ql-lightcurve"))


def test_raw_and_preliminary_levels_are_the_teams_and_the_rest_is_public():
    kind = PRODUCTS["ql-lightcurve"]
    assert {level: kind.default_access(level) for level in kind.levels} == {
        **dict.fromkeys(("L0", "LB", "LL01", "LL02", "LL03"), "team"),
        **dict.fromkeys(("L1", "L1A", "L2"), "public"),
    }
    assert PRODUCTS["img-preview"].default_access("L3") == "team"


def test_names_of_the_earlier_data_centre_are_understood():
    assert named("ql_light_curves").key == "ql-lightcurve"
    assert named("sci-spectrogram").key == "sci-xray-spec"
    assert named("") is None


def test_a_daily_file_is_filed_under_the_day_of_its_centre_and_a_request_under_its_start():
    start, stop = datetime(2020, 5, 5, 23, 59, tzinfo=UTC), datetime(2020, 5, 6, 23, 59, tzinfo=UTC)
    description = a_description(start=start, stop=stop)
    assert PRODUCTS["ql-lightcurve"].folder(description) == "L1/2020/05/06/QL"
    assert PRODUCTS["sci-xray-cpd"].folder(description) == "L1/2020/05/05/SCI"
