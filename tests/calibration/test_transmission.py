"""The transmission calculator: published values, layers, page and files."""

import csv
import io

import numpy as np
import pytest

from apps.calibration import transmission
from apps.calibration.transmission import ALWAYS, COMPONENTS

PAGE = "/calibration/transmission/"
STIXPY = {
    # keV: base, with grid cover, attenuator alone
    5: (1.7891e-3, 8.5152e-4, 7.43e-15), 6: (0.024968, 0.016289, 3.060e-9),
    8: (0.18212, 0.15227, 1.5514e-4), 10: (0.39602, 0.36107, 9.1098e-4),
    15: (0.70171, 0.68077, 0.10538), 20: (0.80707, 0.79447, 0.36837),
    30: (0.86958, 0.86234, 0.72209), 40: (0.88528, 0.87955, 0.85613),
    50: (0.89500, 0.88989, 0.91103), 100: (0.91329, 0.90916, 0.96784),
    150: (0.92236, 0.91866, 0.97594),
}  # fmt: skip
"""Values of the STIX software (stixpy 0.2.1) at nodes of the NIST tables."""


@pytest.mark.parametrize("kev", STIXPY)
def test_transmission_is_that_of_the_stix_software(kev):
    base, covered, attenuator = STIXPY[kev]
    plain = transmission.transmission([kev], 0, False).total[0]
    assert plain == pytest.approx(base, rel=2e-3)
    assert transmission.transmission([kev], 10, False).total[0] == pytest.approx(covered, rel=2e-3)
    inserted = transmission.transmission([kev], 0, True)
    assert inserted.parts["attenuator"][0] == pytest.approx(attenuator, rel=5e-3)
    assert inserted.total[0] == pytest.approx(plain * inserted.parts["attenuator"][0])


def test_between_the_nodes_it_agrees_within_what_the_page_says():
    for kev, base in ((7, 0.094101), (12, 0.54974), (25, 0.84589), (70, 0.90489)):
        assert transmission.transmission([kev], 0, False).total[0] == pytest.approx(base, rel=0.02)


def test_the_attenuator_never_covers_the_background_detector():
    out, inserted = (transmission.transmission([8.0], 9, state).total for state in (False, True))
    assert out == inserted


def test_every_layer_of_the_table_has_its_words():
    assert {*ALWAYS, "grid_cover", "attenuator"} == COMPONENTS.keys()
    found = transmission.transmission(np.geomspace(3, 150, 200), 10, True)
    assert found.parts.keys() == COMPONENTS.keys()
    assert ((found.total >= 0) & (found.total <= 1)).all()


@pytest.mark.parametrize("kev", [2.9, 151.0, np.nan])
def test_energies_outside_of_the_table_are_refused(kev):
    with pytest.raises(ValueError, match="expected 3 to 150"):
        transmission.transmission([kev], 0, False)


@pytest.mark.db
@pytest.mark.django_db
def test_page_and_files_have_the_same_numbers(visitor):
    asked = {"low": "5", "high": "10", "points": "2", "detector": "11", "attenuator": "in"}
    text = visitor.get(PAGE, asked).text
    assert "detector 11, attenuator in, 5 to 10 keV" in text
    found = visitor.get(PAGE + "data.json", asked).json()
    lines = visitor.get(PAGE + "data.csv", asked).getvalue().decode()
    rows = list(csv.DictReader(io.StringIO(lines.split("\n", 2)[2])))
    assert [float(row["energy_kev"]) for row in rows] == pytest.approx(found["energy_kev"])
    assert [float(row["total"]) for row in rows] == pytest.approx(found["total"], rel=1e-5)
    assert found["layers"].keys() == COMPONENTS.keys()
    assert f"{found['layers']['attenuator'][1]:.4g}" in text


@pytest.mark.db
@pytest.mark.django_db
@pytest.mark.parametrize(
    "wrong",
    [{"low": "2"}, {"low": "20", "high": "10"}, {"points": "501"}, {"detector": "0"},
     {"attenuator": "half"}, {"high": "nan"}],
)  # fmt: skip
def test_wrong_options_are_marked_on_the_page_and_told_to_programs(visitor, wrong):
    page = visitor.get(PAGE, wrong)
    assert page.status_code == 400
    assert 'aria-invalid="true"' in page.text
    for form in ("csv", "json"):
        assert visitor.get(f"{PAGE}data.{form}", wrong).status_code == 400
