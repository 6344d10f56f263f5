"""The real files of the reference collection, where they are at hand."""

import os
from pathlib import Path

import pytest

REFERENCE = Path(__file__).parents[2] / "shared" / "data"
"""Folder of the reference collection beside the checkout."""

OFFICIAL = REFERENCE / "kernels"
"""Real kernels of ESA: a planned orbit, some attitude, the clock, the frames."""

needs_reference = pytest.mark.skipif(
    not REFERENCE.is_dir() and not os.environ.get("CI"), reason="../shared/data is absent"
)
"""Skips a test where the collection is absent; in continuous integration it fails instead."""
