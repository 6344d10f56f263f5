"""`make bench`: run every benchmark in its own process and write the table of `README.md`.

`BENCH_POSTGRES` names a PostgreSQL server where a scratch database may be made.
"""

import json
import os
import platform
import subprocess
import sys
from pathlib import Path

import environ
import psycopg2

from apps.core.management.commands.serve import ALLOCATOR
from benchmarks.measure import median, p95, ratio

DESIGN_MS = {
    "10 min": (3.2, 1.3, 1.3),
    "24 h": (8.0, 3.7, 3.5),
    "7 d": (23.0, 4.0, 3.5),
    "90 d": (320.0, 5.8, 4.1),
    "six years": (7500.0, 5.0, 4.4),
}
"""Medians of the store's design study: daily FITS files, the store on SQLite and on PostgreSQL."""

README = Path(__file__).with_name("README.md")
MARK = "<!-- measured -->"
SCRATCH = "stix_benchmark"
POSTGRES = os.environ.get("BENCH_POSTGRES", "postgres://postgres@127.0.0.1:5432/postgres")


def main():
    """Measure, print, and put the tables into README.md."""
    lines = [f"{_machine()}. Milliseconds, median / 95th percentile.", ""]
    lines += _ingest(_run("ingest"))
    lines += _products("SQLite", _run("products"))
    with _ScratchDatabase() as address:
        lines += _products("PostgreSQL", _run("products", DATABASE_URL=address))
    lines += _bundle(_run("bundle"))
    lines += _windows("SQLite", _run("windows"), ["FITS"])
    with _ScratchDatabase() as address:
        lines += _windows("PostgreSQL", _run("windows", DATABASE_URL=address), ["FITS", "rows"])
    lines += _housekeeping("SQLite", _run("housekeeping"))
    lines += _page(_run("page"))
    lines += _ephemeris(_run("ephemeris"))
    lines += _calibration(_run("calibration"))
    text = "\n".join(lines)
    print(text)
    README.write_text(README.read_text().split(MARK)[0] + f"{MARK}\n\n{text}\n")


def _run(name, **variables):
    print(f"benchmarks.{name} …", file=sys.stderr)
    command = [sys.executable, "-W", "ignore", "-m", f"benchmarks.{name}"]
    done = subprocess.run(
        command, env=ALLOCATOR | os.environ | variables, stdout=subprocess.PIPE, check=True
    )
    return json.loads(done.stdout)


class _ScratchDatabase:
    """A PostgreSQL database for the length of a benchmark."""

    def __enter__(self):
        self._execute(f"DROP DATABASE IF EXISTS {SCRATCH}")
        self._execute(f"CREATE DATABASE {SCRATCH}")
        return POSTGRES.rsplit("/", 1)[0] + f"/{SCRATCH}"

    def __exit__(self, *error):
        self._execute(f"DROP DATABASE IF EXISTS {SCRATCH}")

    def _execute(self, statement):
        where = environ.Env.db_url_config(POSTGRES)
        connection = psycopg2.connect(
            dbname=where["NAME"],
            host=where["HOST"],
            port=where["PORT"] or 5432,
            user=where["USER"],
            password=where["PASSWORD"],
        )
        connection.autocommit = True
        with connection.cursor() as cursor:
            cursor.execute(statement)
        connection.close()


def _machine():
    return f"{os.cpu_count()} cores, Python {platform.python_version()}, {platform.system()}"


def _times(times):
    return f"{median(times):.1f} / {p95(times):.1f}"


def _ingest(times):
    factor = 1 / ratio(times["ingest"], times["astropy"])
    return [
        "| taking in the real light-curve day file | ms | limit |",
        "|---|---|---|",
        f"| astropy opens it and reads its columns, all tables | {_times(times['astropy'])} | |",
        f"| the same of the DATA table alone | {_times(times['astropy, DATA alone'])} | |",
        f"| read, verify, store, index, all levels | {_times(times['ingest'])} | |",
        f"| ratio to all tables | {factor:.1f} | 6 |",
        "",
    ]


def _products(database, results):
    times = results["public"]
    factor = ratio(times["ours"], times["naive"])
    lines = [
        f"| a million files, {database} | ms | limit |",
        "|---|---|---|",
        f"| one type and day: count and first page | {_times(times['ours'])} | 5 |",
        f"| the same, overlap as written first | {_times(times['naive'])} | |",
        f"| times faster | {factor:.1f} | |",
    ]
    titles = {
        "page": "the HTML page of it",
        "page of everything": "the HTML page without a filter",
        "last page of everything": "its last page",
        "page of one name": "the HTML page of a part of a name",
    }
    lines += [
        f"| {title} | {_times(times[key])} | {150 if key == 'page' else ''} |"
        for key, title in titles.items()
    ]
    lines += [
        "",
        f"| curators' list of a million files, {database} | ms | limit |",
        "|---|---|---|",
    ]
    lines += [f"| {title} | {_times(found)} | 500 |" for title, found in results["admin"].items()]
    return [*lines, ""]


def _bundle(results):
    return [
        "| ZIP while it is sent, files of 1 MB | memory above the start, MB |",
        "|---|---|",
        *(f"| {title} | {found['MB']:.0f} |" for title, found in results.items()),
        "",
    ]


def _windows(database, results, others):
    titles = {"FITS": "daily FITS files, astropy", "rows": "one row a sample, PostgreSQL"}
    windows = results["windows"]
    heads = [f"{titles[other]} | times faster" for other in others]
    lines = [
        f"| window | our store, {database} | {' | '.join(heads)} | of the design's figure |",
        "|---" * (3 + 2 * len(others)) + "|",
    ]
    for window, times in windows.items():
        cells = [window, _times(times["blocks"])]
        for other in others:
            theirs = times.get(other)
            cells += (
                [_times(theirs), f"{ratio(times['blocks'], theirs):.1f}"] if theirs else ["", ""]
            )
        cells.append(f"{_of_the_design(window, windows, database):.2f}")
        lines.append(f"| {' | '.join(cells)} |")
    growth = median(windows["six years"]["blocks"]) / median(windows["24 h"]["blocks"])
    size = results["size"]["kB a day"]
    lines += ["", f"Six years cost {growth:.1f} x a day (limit 3); {size:.0f} kB a day.", ""]
    return lines


def _housekeeping(database, times):
    limits = {"one parameter": 15, "one state": 15, "ten parameters": 30}
    return [
        f"| housekeeping over six years, {database} | ms | limit |",
        "|---|---|---|",
        *(f"| {title} | {_times(found)} | {limits[title]} |" for title, found in times.items()),
        "",
    ]


def _of_the_design(window, windows, database):
    """Our time as a multiple of the design study's, both in units of astropy reading files.

    The study was made on another machine; reading the same FITS files tells how fast this one is.
    Where the files are not asked for six years, those of 90 days stand for them.
    """
    yardstick = window if "FITS" in windows[window] else "90 d"
    store = DESIGN_MS[window][1 if database == "SQLite" else 2]
    slowness = median(windows[yardstick]["FITS"]) / DESIGN_MS[yardstick][0]
    return median(windows[window]["blocks"]) / (store * slowness)


def _page(results):
    weights = results["weights"]
    return [
        "| light-curve page of the real day 2020-05-06 | measured | limit |",
        "|---|---|---|",
        f"| HTML, server time | {_times(results['html'])} ms | 100 ms |",
        f"| window.bin, server time | {_times(results['window'])} ms | 25 ms |",
        f"| first visit, on the wire | {sum(weights.values()) / 1000:.0f} kB | 350 kB |",
        f"| of which BokehJS | {_weight_of(weights, 'bokeh') / 1000:.0f} kB | |",
        "",
    ]


def _ephemeris(times):
    lines = [
        "| full ephemeris of 10,000 instants | ms | times faster | at least |",
        "|---|---|---|---|",
        f"| ours, from the table of states | {_times(times['ours'])} | | |",
    ]
    titles = {"CSPICE": "CSPICE, instant by instant", "sunpy": "sunpy, arrays"}
    for name, title in titles.items():
        faster = ratio(times["ours"], times[name])
        lines.append(f"| {title} | {_times(times[name])} | {faster:.0f} | 40 |")
    made = f"Making the table of states: {_times(times['table'])} ms (limit 500)."
    return [*lines, "", made, ""]


def _calibration(results):
    ours, loop = (results["times"][name] for name in ("all at once", "curve_fit"))
    return [
        "| energy calibration of the 384 pixels of a simulated run | ms | limit |",
        "|---|---|---|",
        f"| all at once, with tail, fine structure, errors and quality | {_times(ours)} | 20 000 |",
        f"| a loop of scipy's curve_fit of the plain model | {_times(loop)} | |",
        f"| times faster | {ratio(ours, loop):.1f} | at least 5 |",
        f"| largest error of the gain, {results['pixels']} pixels of 5000 counts or more "
        f"| {100 * results['off']:.2f} % | 0.5 % |",
        "",
    ]


def _weight_of(weights, part):
    """Bytes of the resources whose name contains a part."""
    return sum(size for name, size in weights.items() if part in name)


if __name__ == "__main__":
    main()
