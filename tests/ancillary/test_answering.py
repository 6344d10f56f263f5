"""The active kernel set answers, every answer names it, and a switch reaches all."""

import pytest

from apps.ancillary.managers import NoKernels
from apps.ancillary.models import KernelSet

pytestmark = [pytest.mark.db, pytest.mark.django_db]

NOON = 1_648_468_800_000
"""2022-03-28T12:00:00 UTC in ms since 1970."""


def test_the_demonstration_set_says_where_solar_orbiter_is(kernels):
    geometry = KernelSet.objects.geometry()
    found = geometry.ephemeris([NOON])
    assert found.sun_distance_au[0] == pytest.approx(0.32555, abs=1e-4)
    assert geometry.provenance.mk == "demo-approx-1"
    assert geometry.provenance.set_id == kernels.set_id
    assert geometry.provenance.approximate
    assert "APPROXIMATE" in geometry.provenance.label


def test_the_whole_stated_coverage_answers_and_nothing_beyond(kernels):
    geometry = KernelSet.objects.geometry()
    known = geometry.provenance
    assert len(geometry.ephemeris([known.start_ms, known.stop_ms]).time_ms) == 2
    for outside in (known.start_ms - 2, known.stop_ms + 2):
        with pytest.raises(ValueError, match=r"2020-02-12T02:00:00Z to 2025-02-18T20:45:59\.999Z"):
            geometry.ephemeris([outside])


def test_without_a_set_the_error_says_what_to_do(data_dir):
    with pytest.raises(NoKernels, match=r"manage\.py setup"):
        KernelSet.objects.geometry()
