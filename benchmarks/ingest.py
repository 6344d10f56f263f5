"""Taking in the real light-curve day file, against astropy opening it and reading its columns."""

import json
import shutil
import sys
from pathlib import Path

import numpy as np

from benchmarks import environment, measure

REFERENCE = Path(__file__).parents[2] / "shared" / "data" / "fits"
NAME = "solo_L1_stix-ql-lightcurve_20200506_V01.fits"


def main():
    """Time both in turn and print JSON."""
    path = REFERENCE / NAME
    if not path.exists():
        raise SystemExit(f"{NAME} is not in {REFERENCE.parent}; the reference files are absent")
    environment.prepare()
    from apps.archive.ingest import ingest_file

    ways = {
        "ingest": lambda: _checked(ingest_file(path)),
        "astropy": lambda: _read(path, slice(1, None)),
        "astropy, DATA alone": lambda: _read(path, slice(2, 3)),
    }
    times = measure.alternate(ways, rounds=25, budget_s=30, prepare={"ingest": _forget})
    json.dump(times, sys.stdout)


def _checked(outcome):
    if outcome.status != "taken in":
        raise SystemExit(f"the file was not taken in but {outcome.status}: {outcome.reason}")


def _read(path, tables):
    from astropy.io import fits

    with fits.open(path, memmap=False) as hdus:
        return [np.array(hdu.data[name]) for hdu in hdus[tables] for name in hdu.columns.names]


def _forget():
    """Empty the archive, so that the file is new each time."""
    from django.conf import settings

    from apps.archive.models import DataProduct, IngestRun, Series

    for model in (Series, IngestRun, DataProduct):
        model.objects.all().delete()
    shutil.rmtree(settings.DATA_DIR / "archive", ignore_errors=True)


if __name__ == "__main__":
    main()
