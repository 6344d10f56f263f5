"""The dictionary of parameters: complete, and at one with the store and the real file."""

import pytest
from astropy.io import fits

from apps.housekeeping import parameters
from apps.housekeeping.parameters import MAXI, MINI, of_report
from tests.housekeeping.written import REAL
from tests.reference import needs_reference

TITLES = ["Overview", "CPU / FSW", "Archive memory", "SpaceWire", "IDPU / PSU", "Aspect",
          "Attenuator", "HV", "Detectors"]  # fmt: skip


def test_the_tabs_are_the_nine_in_their_order_and_hold_every_parameter():
    tabs = parameters.tabs()
    assert [tab.title for tab in tabs.values()] == TITLES
    held = {mnemonic for tab in tabs.values() for mnemonic in tab.mnemonics}
    assert held == parameters.parameters().keys()


def test_the_overview_shows_what_the_mission_asks_for_with_name_and_mnemonic():
    known = parameters.parameters()
    assert [known[name].title for name in parameters.tabs()["overview"].mnemonics] == [
        "Instrument mode · NIXD0023",
        "Archive memory usage · NIXD0003",
        "Median trigger accumulator · NIX00072",
        "Maximum trigger accumulator · NIX00073",
    ]


@pytest.mark.parametrize("parameter", parameters.parameters().values(), ids=lambda p: p.mnemonic)
def test_every_parameter_says_what_it_is(parameter):
    assert parameter.label
    assert parameter.description.endswith(".")
    assert parameter.kind in ("number", "state", "mask")
    assert bool(parameter.states) == (parameter.kind == "state")
    assert bool(parameter.bits) == (parameter.kind == "mask")
    assert all(code < parameters.FIRST_UNKNOWN for code in parameter.states)
    assert set(parameter.reports) <= {MAXI, MINI}


def test_columns_and_mnemonics_name_one_parameter_each():
    known = parameters.parameters().values()
    assert len({parameter.column for parameter in known}) == len(known) == 85
    assert (len(of_report(MAXI)), len(of_report(MINI))) == (77, 35)


def test_temperatures_are_stored_in_kelvin_and_shown_in_degrees():
    board = parameters.parameters()["NIXD0025"]
    assert (board.stored().unit, board.shown_unit(), board.shown_unit(celsius=False)) == (
        "K", "degC", "K"
    )  # fmt: skip
    assert board.shown(273.15) == 0
    assert board.shown(273.15, celsius=False) == 273.15
    assert parameters.parameters()["NIXD0023"].shown(5) == 5


def test_a_mask_is_told_in_words():
    detectors = parameters.parameters()["NIXD0070"]
    assert parameters.mask_words(detectors, 0) == "none on"
    assert parameters.mask_words(detectors, 0x300) == "detector 9, 10"


def test_limits_are_ordered_and_name_known_numbers():
    order = ("hard_low", "soft_low", "soft_high", "hard_high")
    for limit in parameters.published_limits():
        assert parameters.parameters()[limit["mnemonic"]].kind == "number"
        borders = [limit[name] for name in order if name in limit]
        assert borders == sorted(borders)


@pytest.mark.real
@needs_reference
def test_the_real_file_holds_what_the_dictionary_says():
    with fits.open(REAL) as hdus:
        held = {column.name: (column.unit or "").strip() for column in hdus["DATA"].columns}
    for name in ("time", "timedel", "control_index"):
        del held[name]
    known = {parameter.column: parameter.unit for parameter in of_report(MAXI)}
    assert held.keys() == known.keys()
    percent = {"cpu_load", "archive_memory_usage"}  # written as 10**-2, and not at all
    assert {name: held[name] for name in held.keys() - percent} == {
        name: known[name] for name in known.keys() - percent
    }
