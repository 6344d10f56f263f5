"""Work that is killed goes on where it was; a backup of a portal that works is consistent."""

import json
import os
import signal
import sqlite3
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.architecture.imports import ROOT
from tests.synthetic import write_lightcurve

PATIENCE_S = 120
RECORDS = 800
PREPARE = f"""
import django; django.setup()
from django.utils import timezone
from apps.archive.models import DataProduct
from apps.core import tasks
from apps.core.models import Curation
from tests.factories import a_product, utc
sample = a_product("sci-xray-cpd", stem="first", content=b"x")
facts = {{f.attname: getattr(sample, f.attname) for f in sample._meta.concrete_fields}}
del facts["id"]
DataProduct.objects.bulk_create(
    DataProduct(**facts | {{"stem": f"s{{n}}", "name": f"s{{n}}.fits", "path": f"p{{n}}",
                            "sha256": f"{{n:064x}}"}})
    for n in range({RECORDS} - 1)
)
ids = list(DataProduct.objects.order_by("pk").values_list("pk", flat=True))
curation = Curation.objects.create(kind="access", title="t", reason="r", made_at=timezone.now())
about = {{"curation": curation.pk, "model": "archive.dataproduct", "values": {{"access": "team"}}}}
tasks.submit("access", "apps.core.tasks.curate", ids, **about)
"""
WORK = "import django; django.setup()\nfrom apps.core.tasks import curate\ncurate(1)"


def environment(folder):
    """A portal of its own."""
    folder.mkdir()
    return os.environ | {
        "DATA_DIR": str(folder),
        "DATABASE_URL": f"sqlite:///{folder / 'portal.sqlite3'}",
        "DJANGO_SETTINGS_MODULE": "stixportal.settings",
    }


def run(own, *arguments, code=0):
    """What Python prints."""
    command = [sys.executable, *arguments]
    done = subprocess.run(command, cwd=ROOT, env=own, capture_output=True, text=True)
    assert done.returncode == code, done.stderr[-2000:]
    return done.stdout


def asked(own, statement):
    """The first row of an answer of the database."""
    connection = sqlite3.connect(Path(own["DATA_DIR"], "portal.sqlite3"), timeout=20)
    with connection:
        row = connection.execute(statement).fetchone()
    connection.close()
    return row


@pytest.fixture
def decided(tmp_path):
    """A portal with a decision about many records, which waits for a worker."""
    own = environment(tmp_path / "portal")
    run(own, "manage.py", "migrate", "-v0")
    run(own, "-c", PREPARE)
    return own


def standing(own):
    """Records changed, changes written down, the number the decision states, and what is done."""
    records = asked(own, "SELECT count(*) FROM archive_dataproduct WHERE access = 'team'")[0]
    changes = asked(own, "SELECT count(*) FROM core_change")[0]
    number = asked(own, "SELECT number FROM core_curation")[0]
    parameters, state = asked(own, "SELECT parameters, state FROM core_job")
    return records, changes, number, json.loads(parameters)["done"], state


def test_a_decision_whose_worker_is_killed_is_never_half_done_and_goes_on(decided):
    worker = subprocess.Popen([sys.executable, "-c", WORK], cwd=ROOT, env=decided)
    deadline = time.monotonic() + PATIENCE_S
    while standing(decided)[0] < 300 and time.monotonic() < deadline:
        time.sleep(0.01)
    worker.send_signal(signal.SIGKILL)
    worker.wait()
    records, changes, number, done, state = standing(decided)
    assert 300 <= records < RECORDS, "the worker was to be killed on its way"
    assert records == changes == number == done
    assert records % 100 == 0
    assert state == "running"
    run(decided, "-c", WORK)
    assert standing(decided)[0] == records, "its claim holds until the lease is over"
    asked(decided, "UPDATE core_job SET lease_until = '2000-01-01 00:00:00' RETURNING id")
    run(decided, "-c", WORK)
    assert standing(decided) == (RECORDS, RECORDS, RECORDS, RECORDS, "done")
    run(decided, "-c", WORK)
    assert standing(decided) == (RECORDS, RECORDS, RECORDS, RECORDS, "done")


def test_a_backup_during_an_ingest_restores_to_a_consistent_portal(tmp_path):
    own, other = environment(tmp_path / "portal"), environment(tmp_path / "restored")
    for portal in (own, other):
        run(portal, "manage.py", "migrate", "-v0")
    source = tmp_path / "in"
    source.mkdir()
    for day in range(1, 13):
        write_lightcurve(source, f"2022-03-{day:02d}", n=900)
    command = [sys.executable, "manage.py", "ingest", "-v0", str(source)]
    ingest = subprocess.Popen(command, cwd=ROOT, env=own, stdout=subprocess.DEVNULL)
    deadline = time.monotonic() + PATIENCE_S
    while asked(own, "SELECT count(*) FROM archive_dataproduct")[0] < 3:
        assert time.monotonic() < deadline
        time.sleep(0.01)
    run(own, "manage.py", "backup", "-v0", str(tmp_path / "b"), "--files")
    busy = ingest.poll() is None
    assert ingest.wait(PATIENCE_S) == 0
    assert busy or asked(own, "SELECT count(*) FROM archive_dataproduct")[0] == 12
    run(other, "manage.py", "restore", "-v0", str(tmp_path / "b"))
    kept = asked(other, "SELECT count(*) FROM archive_dataproduct")[0]
    assert 3 <= kept <= 12
    checked = json.loads(run(other, "manage.py", "check_archive", "--checksums", "--json"))
    assert not any(checked.values())
    days = "SELECT count(DISTINCT day) FROM archive_seriesblock WHERE level = 0"
    assert asked(other, days) == (kept,)
    run(other, "manage.py", "ingest", "-v0", str(source))
    assert asked(other, "SELECT count(*) FROM archive_dataproduct") == (12,)
