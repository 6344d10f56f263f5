"""What others build on: addresses, commands and keys of JSON answers. Changing one is a release.

`tests/architecture/test_contracts.py` holds the portal to it.
"""

ADDRESSES = {
    "/accounts/": "accounts:account",
    "/accounts/password/": "accounts:password-change",
    "/accounts/password/new/": "accounts:password-reset",
    "/accounts/tokens/": "accounts:tokens",
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
    "/data/products/1/record.json": "archive:record",
    "/data/bundle.zip": "archive:bundle",
    "/data/manifest.csv": "archive:manifest",
    "/data/download.sh": "archive:script",
    "/view/list/fits": None,
    "/view/list/fits/1588723200/86400": None,
    "/view/plot/lightcurves": None,
    "/view/plot/calibration": None,
    "/view/plot/calibration/file/12": None,
    "/calibration/": "calibration:runs",
    "/calibration/spectrum-plot.json": "calibration:spectrum-plot",
    "/calibration/transmission/": "calibration:transmission",
    "/calibration/transmission/data.csv": "calibration:transmission-csv",
    "/calibration/transmission/data.json": "calibration:transmission-json",
    "/calibration/runs/1/": "calibration:run",
    "/calibration/runs/1/spectrum.json": "calibration:spectrum",
    "/calibration/runs/1/detectors.svg": "calibration:detectors",
    "/calibration/runs/1/results.csv": "calibration:results",
    "/calibration/runs/1/spectra.csv": "calibration:spectra",
    "/calibration/runs/1/report/": "calibration:report",
    "/api/v1/calibration/runs/": "api:calibration-run-list",
    "/api/v1/calibration/runs/1/": "api:calibration-run-detail",
    "/api/v1/": "api:api-root",
    "/api/v1/schema/": "api:schema",
    "/api/v1/docs/": "api:docs",
    "/api/v1/quicklook/lightcurves/": "api:lightcurves-list",
    "/api/v1/data/products/": "api:product-list",
    "/api/v1/data/products/1/": "api:product-detail",
    "/accounts/login/": "accounts:login",
    "/accounts/logout/": "accounts:logout",
    "/news/": "pages:news",
    "/news/feed.atom": "pages:news-feed",
    "/news/first-light/": "pages:news-item",
    "/docs/": "pages:articles",
    "/docs/how-to-cite/": "pages:article",
    "/glossary/": "pages:glossary",
    "/contact/": "pages:contact",
    "/pictures/grids/": "pages:picture",
    "/robots.txt": "pages:robots",
    "/sitemap.xml": "pages:sitemap",
    "/.well-known/security.txt": "pages:security",
    "/admin/": "admin:index",
    "/search/": "search:search",
    "/health/": "status:health",
    "/status/": "status:status",
    "/team/": "status:team",
}
"""Address -> name of its route; None where only the address is promised."""

RANGE_PARAMETERS = ("start", "stop", "span")

COMMANDS = {
    "setup": ["--demo"],
    "serve": [],
    "samples": [],
    "simulate": ["--start", "--days", "--seed", "--out", "--json"],
    "ingest": ["--watch", "--again", "--new", "--background", "--json"],
    "check_archive": ["--json", "--checksums"],
    "rebuild_series": [],
    "load_texts": ["--check"],
    "backup": ["--files"],
    "restore": ["--force"],
}
"""Command -> the options it must take."""

JSON_KEYS = {
    "ingest": {"taken_in", "known", "refused", "files"},
    "ingest files": {"name", "status", "reason", "id"},
    "ingest --background": {"job"},
    "ingest --again": {"dispatched"},
    "check_archive": {"taken_in", "refused", "missing"},
    "simulate": {"folder", "files", "bytes", "truth"},
}
"""Keys that `--json` answers hold at least."""

RECORD_KEYS = {
    "/api/v1/data/products/": {
        *("id", "url", "page", "name", "product_type", "level", "version", "superseded"),
        *("start_utc_solo", "stop_utc_solo", "created_utc", "uid", "sha256", "size_bytes"),
        *("simulated", "access", "download", "updated_utc", "provenance"),
    },
    "/api/v1/calibration/runs/": {
        *("id", "url", "page", "file", "start_utc_solo", "stop_utc_solo", "duration_s", "live_s"),
        *("quiet_s", "temperature_k", "detector_mask", "pixel_mask", "total_counts"),
        *("calibrated_utc", "good_pixels", "fitted_pixels", "gain", "offset", "fwhm_31"),
        *("fwhm_81", "simulated", "access", "results", "spectra", "updated_utc"),
    },
    "/api/v1/quicklook/lightcurves/": {
        *("title", "start_utc_solo", "stop_utc_solo", "clock", "time", "units", "definition"),
        *("aggregation", "level_s", "bucket_s", "rebin", "rows", "simulated", "note", "citation"),
        *("source_files", "time_utc_solo", "timedel_s", "exposure_s", "triggers", "rcr"),
        *("samples", "bands", "energy_tables"),
    },
}
"""Keys that a record of the interface holds at least."""

COMMAND_LINES = (
    "simulate --start 2022-03-27 --days 3 --seed 1 --out DIR",
    "ingest PATH",
    "ingest PATH PATH --json",
    "ingest --background PATH",
    "ingest --watch",
    "ingest --watch DIR",
    "ingest --again ql-lightcurve",
    "check_archive",
    "check_archive --json",
    "check_archive --checksums",
    "rebuild_series",
    "rebuild_series ql-lightcurve",
    "backup FOLDER",
    "backup FOLDER --files",
    "restore FOLDER",
    "restore FOLDER --force",
    "samples",
    "load_texts",
    "load_texts DIR",
    "load_texts --check",
    "setup --demo",
    "serve",
)
"""Command lines that documents and scripts hold."""
