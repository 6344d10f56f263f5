"""Geometries of kernel sets, made once for all tests of a process."""

import pytest

from tests.ancillary import geometries


@pytest.fixture
def demo_geometry():
    """The demonstration orbit, 2020-02-12 to 2025-02-18."""
    return geometries.demonstration_geometry()


@pytest.fixture
def planned_geometry():
    """The real kernels of the reference collection, completed by a planetary ephemeris."""
    return geometries.planned_geometry()
