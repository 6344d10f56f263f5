"""Pages are read while two ingests write the same days, all on one SQLite file."""

import json
import os
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.synthetic import write_lightcurve

ROOT = Path(__file__).parents[2]
DAYS = 12
READER = """
import json, sys, django
django.setup()
from django.test import Client
client = Client(raise_request_exception=False)
seen, answers = set(), 0
print("reading", flush=True)
while not sys.stdin.closed:
    for address in ("/data/products/", "/quicklook/lightcurves/", "/api/v1/data/products/",
                    "/quicklook/lightcurves/data.json",
                    "/quicklook/lightcurves/window.bin?start=2022-03-01&stop=2022-03-13"):
        status = client.get(address, headers={"Host": "localhost"}).status_code
        seen.add(status)
        answers += 1
    if __import__("pathlib").Path(sys.argv[1]).exists():
        break
print(json.dumps({"seen": sorted(seen), "answers": answers}))
"""
STATE = """
import json, django
django.setup()
from apps.archive.models import DataProduct, SeriesBlock
from hashlib import sha256
blocks = SeriesBlock.objects.order_by("series__key", "level", "day")
print(json.dumps([
    sorted(DataProduct.objects.values_list("name", "superseded", "sha256")),
    [(b.level, b.day, b.n, b.inputs, sha256(bytes(b.data)).hexdigest()) for b in blocks],
]))
"""


def environment(folder):
    """A portal on an SQLite file of its own."""
    folder.mkdir()
    own = os.environ | {
        "DATA_DIR": str(folder),
        "DATABASE_URL": f"sqlite:///{folder / 'portal.sqlite3'}",
        "DJANGO_SETTINGS_MODULE": "stixportal.settings",
    }
    finish(manage(own, "migrate", "-v0"))
    return own


def python(own, *arguments):
    """Start Python in a portal."""
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    return subprocess.Popen([sys.executable, *arguments], cwd=ROOT, env=own, text=True, **pipes)


def manage(own, *arguments):
    """Start a command of a portal."""
    return python(own, "manage.py", *arguments)


def finish(process):
    """What a process printed."""
    out, err = process.communicate(timeout=120)
    assert process.returncode == 0, err
    assert "locked" not in err
    assert "Traceback" not in err
    return out


@pytest.fixture
def halves(tmp_path):
    """Two folders of files that touch the same days of one series."""
    folders = [tmp_path / "first", tmp_path / "second"]
    for number, folder in enumerate(folders):
        for index in range(DAYS):
            day = datetime(2022, 3, 1, tzinfo=UTC) + timedelta(days=index)
            write_lightcurve(folder, f"{day:%Y-%m-%d}", version=f"V0{number + 1}", n=900)
    return folders


def test_pages_answer_while_two_processes_take_in_the_same_days(tmp_path, halves):
    own = environment(tmp_path / "busy")
    done = tmp_path / "done"
    reader = python(own, "-c", READER, str(done))
    assert reader.stdout.readline() == "reading\n"
    writers = [manage(own, "ingest", "--json", str(folder)) for folder in halves]
    outcomes = [json.loads(finish(writer)) for writer in writers]
    done.touch()
    assert [outcome["taken_in"] for outcome in outcomes] == [DAYS, DAYS]
    read = json.loads(finish(reader))
    assert set(read["seen"]) <= {200, 404}
    assert read["answers"] >= 10
    clean = environment(tmp_path / "clean")
    finish(manage(clean, "ingest", "--json", *map(str, halves)))
    assert finish(python(own, "-c", STATE)) == finish(python(clean, "-c", STATE))
