"""Kill ingest on its way and look at what is left; run as a program by `test_crash`.

`python -m tests.archive.fault_child steps|kill|race NUMBER` works in DATA_DIR with SQLite files of
its own and prints one JSON object. A step is a line of the archive's code, executed in a forked
child that leaves with `os._exit` when it gets there: no handler runs, nothing is flushed.
"""

import hashlib
import json
import os
import shutil
import signal
import sys
import time
import traceback
from functools import partial
from pathlib import Path

import django

django.setup()

from django.conf import settings  # noqa: E402 (Django must be set up before its models)
from django.core.management import call_command  # noqa: E402
from django.db import connection, connections  # noqa: E402

from apps.archive import storage  # noqa: E402
from apps.archive.ingest import ingest_paths  # noqa: E402
from apps.archive.models import DataProduct, IngestRun, Quarantined, SeriesBlock  # noqa: E402
from tests.archive import smallfits  # noqa: E402

ROOT = Path(settings.DATA_DIR)
SOURCES = ROOT / "sources"
TRACED = tuple(str(settings.BASE_DIR / "apps" / app) for app in ("archive", "quicklook"))
DIED = 9


def make_sources():
    """Two versions of a day, an overlapping late file, and a bad one."""
    for version, counts in (("01", 100), ("02", 200)):
        header = smallfits.cards(VERSION=version)
        smallfits.write(SOURCES, header=header, data=smallfits.columns(counts=counts))
    late = smallfits.cards(DATE="2022-05-01T00:00:00")
    name = "solo_L1_stix-ql-lightcurve_20220328T000000-20220328T000020_V01.fits"
    smallfits.write(SOURCES, name, header=late, data=smallfits.columns(rows=5, counts=300))
    (SOURCES / "bad.fits").write_bytes(b"SIMPLE  = bad")


def use(folder):
    """Work on the archive and the database of a folder."""
    settings.DATA_DIR = folder
    connection.settings_dict["NAME"] = str(folder / "portal.sqlite3")


def fresh(base, number):
    """A copy of the empty portal."""
    folder = ROOT / f"portal-{number}"
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(base, folder)
    return folder


def start(folder, work):
    """Fork a child that works on a folder; returns its process id."""
    connections.close_all()
    if pid := os.fork():
        return pid
    status = 1
    try:
        use(folder)
        work()
        connections.close_all()
        status = 0
    except BaseException:
        traceback.print_exc()
    os._exit(status)


def finish(pid):
    """Wait for a child; its exit code, negative for a signal."""
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])


def take_in():
    """Ingest everything."""
    ingest_paths([SOURCES])


def traced(source, line):
    """Ingest everything; while it is at one of the sources, `line` sees each line executed."""

    def calls(frame, event, argument):
        return line if frame.f_code.co_filename.startswith(TRACED) else None

    for number, path in enumerate(storage.collect([SOURCES])):
        sys.settrace(calls if number == source else None)
        ingest_paths([path])
    sys.settrace(None)


def take_in_and_die(source, step):
    """Ingest, and leave at the given line of the given source."""
    count = 0

    def line(frame, event, argument):
        nonlocal count
        if event == "line":
            count += 1
            if count == step:
                os._exit(DIED)
        return line

    traced(source, line)


def record_steps(target, source):
    """Ingest, and write down at which steps of a source a line is executed for the first time."""
    seen, steps, count = set(), [], 0

    def line(frame, event, argument):
        nonlocal count
        if event == "line":
            count += 1
            where = (frame.f_code.co_filename, frame.f_lineno)
            if where not in seen:
                seen.add(where)
                steps.append((source, count))
        return line

    traced(source, line)
    target.write_text(json.dumps(steps))


def block_facts(block):
    """A block without its number in the table."""
    data, bins = hashlib.sha256(block.data).hexdigest(), block.series.bins[block.bins]
    return block.series.key, block.level, block.day, block.n, block.inputs, block.access, data, bins


def state():
    """Everything that must not depend on what happened on the way."""
    facts = "sha256 path name stem version superseded dispatched access start stop"
    rows = DataProduct.objects.order_by("sha256").values_list(*facts.split())
    stored = SeriesBlock.objects.select_related("series").order_by("level", "day")
    blocks = [[*map(str, block_facts(block))] for block in stored]
    roots = (storage.archive_root(), storage.quarantine_root())
    files = sorted(
        [path.relative_to(settings.DATA_DIR).as_posix(), storage.digest(path)[0]]
        for root in roots
        for path in root.rglob("*")
        if path.is_file()
    )
    refused = [list(row) for row in Quarantined.objects.values_list("name", "path", "sha256")]
    facts = {"products": [list(map(str, row)) for row in rows], "blocks": blocks}
    return facts | {"files": files, "refused": refused}


def repair(target):
    """Check the archive, look for half things, offer the files again, and tell the state."""
    call_command("check_archive", checksums=True, verbosity=0)
    rows = set(DataProduct.objects.values_list("path", flat=True))
    files = {
        path.relative_to(storage.archive_root()).as_posix()
        for path in storage.archive_root().rglob("*")
        if path.is_file()
    }
    halves = sorted(rows ^ files)
    take_in()
    target.write_text(json.dumps({"halves": halves, "state": state()}))


def inspect(folder):
    """Run `repair` in a child and return what it found."""
    target = folder / "found.json"
    code = finish(start(folder, lambda: repair(target)))
    return {"code": code} | json.loads(target.read_text())


def outcome(clean, found):
    """Empty if a portal recovered fully, else what is wrong with it."""
    if found["code"] or found["halves"]:
        return {key: found[key] for key in ("code", "halves")}
    return {key: found["state"][key] for key in clean if found["state"][key] != clean[key]}


def at_steps(base, clean, number):
    """Die at steps spread over the run."""
    target, steps = ROOT / "steps.json", []
    for source in range(len(storage.collect([SOURCES]))):
        work = partial(record_steps, target, source)
        finish(start(fresh(base, "steps"), work))
        steps += json.loads(target.read_text())
    chosen = [steps[index * len(steps) // number] for index in range(number)]
    wrong, begun = {}, time.monotonic()
    for source, step in chosen:
        folder = fresh(base, "step")
        code = finish(start(folder, partial(take_in_and_die, source, step)))
        fault = outcome(clean, inspect(folder)) if code == DIED else {"code": code}
        if fault:
            wrong[f"{source}:{step}"] = fault
    seconds = time.monotonic() - begun
    return {"steps": len(steps), "tried": len(chosen), "wrong": wrong, "seconds": seconds}


def by_kill(base, clean, number):
    """Real kill -9, at times spread over the duration of a run."""
    begun = time.monotonic()
    finish(start(fresh(base, "timed"), take_in))
    duration = time.monotonic() - begun
    wrong, killed = {}, 0
    for index in range(number):
        folder = fresh(base, "kill")
        pid = start(folder, take_in)
        time.sleep(duration * index / number)
        os.kill(pid, signal.SIGKILL)
        killed += finish(pid) == -signal.SIGKILL
        if fault := outcome(clean, inspect(folder)):
            wrong[index] = fault
    return {"tried": number, "killed": killed, "wrong": wrong}


def at_once(base, clean, number):
    """Two processes take in the same files at the same time."""
    wrong = {}
    for index in range(number):
        folder = fresh(base, "race")
        codes = [finish(pid) for pid in [start(folder, take_in), start(folder, take_in)]]
        target = folder / "runs.json"
        finish(start(folder, lambda target=target: target.write_text(json.dumps(runs()))))
        fault = outcome(clean, inspect(folder))
        if any(codes) or fault or json.loads(target.read_text()) != [3, 3, 2]:
            wrong[index] = {"codes": codes, "runs": target.read_text(), **fault}
    return {"tried": number, "wrong": wrong}


def runs():
    """How many files were taken in, known, refused."""
    names = ("taken in", "known", "refused")
    return [IngestRun.objects.filter(outcome=name).count() for name in names]


def main(mode, number):
    """Prepare an empty portal and a clean one, then do the experiment."""
    make_sources()
    base = ROOT / "base"
    base.mkdir()
    use(base)
    call_command("migrate", verbosity=0)
    connections.close_all()
    clean = fresh(base, "clean")
    finish(start(clean, take_in))
    found = inspect(clean)["state"]
    assert len(found["products"]) == 3, found
    experiment = {"steps": at_steps, "kill": by_kill, "race": at_once}[mode]
    print(json.dumps(experiment(base, found, int(number))))


if __name__ == "__main__":
    main(*sys.argv[1:])
