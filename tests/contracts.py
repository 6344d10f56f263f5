"""What others build on: addresses, commands and keys of JSON answers. Changing one is a release.

`tests/architecture/test_contracts.py` holds the portal to it.
"""

ADDRESSES = {
    "/": "home",
    "/quicklook/lightcurves/": "quicklook:lightcurves",
    "/quicklook/lightcurves/plot.json": "quicklook:lightcurves-plot",
    "/quicklook/lightcurves/window.bin": "quicklook:lightcurves-window",
    "/quicklook/lightcurves/data.csv": None,
    "/quicklook/lightcurves/data.json": None,
    "/quicklook/lightcurves/data.fits": None,
    "/quicklook/lightcurves/data.py": None,
    "/view/ql/lightcurves": None,
    "/data/products/": "archive:products",
    "/data/products/1/": "archive:product",
    "/data/files/1/solo_L1_stix-ql-lightcurve_20200506_V01.fits": "archive:file",
    "/data/latest/solo_L1_stix-ql-lightcurve_20200506.fits": "archive:latest",
    "/api/v1/quicklook/lightcurves/": None,
    "/api/v1/data/products/": None,
    "/accounts/login/": "login",
    "/accounts/logout/": "logout",
    "/admin/": "admin:index",
}
"""Address -> name of its route; None where only the address is promised."""

RANGE_PARAMETERS = ("start", "stop", "span")

COMMANDS = {
    "setup": ["--demo"],
    "serve": [],
    "samples": [],
    "simulate": ["--start", "--days", "--seed", "--out", "--json"],
    "ingest": ["--watch", "--again", "--background", "--json"],
    "check_archive": ["--json"],
    "rebuild_series": [],
}
"""Command -> the options it must take."""

JSON_KEYS = {
    "ingest": {"taken_in", "known", "refused", "files"},
    "ingest files": {"name", "status", "reason", "id"},
    "ingest --background": {"job"},
    "check_archive": {"taken_in", "refused", "missing"},
    "simulate": {"folder", "files", "bytes", "truth"},
}
"""Keys that `--json` answers hold at least."""
