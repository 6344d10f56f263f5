"""Ctrl-C from a real terminal session, and two ingests at once on a real server."""

import json
import os
import signal
import subprocess
import sys
import threading
import time
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import call_command
from django.db import DatabaseError, connection, connections

from apps.archive.ingest import ingest_file
from apps.archive.management.commands import ingest
from apps.archive.models import DataProduct, IngestRun
from tests.archive import smallfits

ROOT = Path(__file__).parents[2]


def test_ctrl_c_stops_after_the_file_at_hand_and_says_what_is_left(tmp_path):
    for number in range(60):
        data = smallfits.columns(counts=number)
        name = (
            f"solo_L1_stix-ql-lightcurve_202203{1 + number % 28:02d}_V{1 + number // 28:02d}.fits"
        )
        smallfits.write(tmp_path / "in", name, data=data)
    environment = os.environ | {
        "DATA_DIR": str(tmp_path),
        "DATABASE_URL": f"sqlite:///{tmp_path / 'portal.sqlite3'}",
    }
    manage = [sys.executable, "manage.py"]
    subprocess.run([*manage, "migrate", "-v0"], cwd=ROOT, env=environment, check=True)
    command = [*manage, "ingest", str(tmp_path / "in")]
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    with subprocess.Popen(command, cwd=ROOT, env=environment, text=True, **pipes) as process:
        while process.poll() is None and not any((tmp_path / "archive").rglob("*.fits")):
            time.sleep(0.01)
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=60)
    assert "Traceback" not in err
    assert "taken in" in out
    assert " left" in out
    check = subprocess.run(
        [*manage, "check_archive", "--json"], cwd=ROOT, env=environment, capture_output=True
    )
    found = json.loads(check.stdout)
    assert not any(found.values())


@pytest.mark.db
@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("data_dir")
def test_threads_that_take_in_the_same_files_at_once_agree(tmp_path):
    if connection.vendor == "sqlite":
        pytest.skip("SQLite: test_crash does this with processes")
    paths = [
        smallfits.write(
            tmp_path,
            smallfits.NAME.format(version=version),
            header=smallfits.cards(VERSION=version),
            data=smallfits.columns(counts=int(version)),
        )
        for version in ("01", "02", "03")
    ]
    barrier, errors = threading.Barrier(4), []

    def work(order):
        try:
            barrier.wait()
            for path in order:
                ingest_file(path)
        except Exception as error:
            errors.append(error)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=work, args=(paths[::step],)) for step in (1, -1, 1, -1)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert errors == []
    assert IngestRun.objects.filter(outcome="taken in").count() == 3
    assert IngestRun.objects.filter(outcome="known").count() == 9
    assert DataProduct.objects.latest().get().version == 3


@pytest.mark.db
@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("data_dir")
def test_a_server_that_drops_the_connection_leaves_no_row_and_the_next_try_works(tmp_path):
    if connection.vendor != "postgresql":
        pytest.skip("only a server can drop a connection")
    path = smallfits.write(tmp_path)

    def dropped(execute, sql, params, many, context):
        if 'INSERT INTO "archive_ingestrun"' in sql:
            execute("SELECT pg_terminate_backend(pg_backend_pid())", None, False, context)
        return execute(sql, params, many, context)

    with connection.execute_wrapper(dropped), pytest.raises(DatabaseError):
        ingest_file(path)
    connection.close()
    assert not DataProduct.objects.exists()
    assert ingest_file(path).status == "taken in"


@pytest.mark.db
@pytest.mark.django_db(transaction=True)
def test_watching_survives_a_server_that_drops_the_connection(data_dir, monkeypatch):
    if connection.vendor != "postgresql":
        pytest.skip("only a server can drop a connection")
    smallfits.write(data_dir / "inbox")
    looks = []

    def look(seconds):
        looks.append(seconds)
        if len(looks) == 1:
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_backend_pid()")
                (backend,) = cursor.fetchone()
            other = connection.copy()
            with other.cursor() as cursor:
                cursor.execute("SELECT pg_terminate_backend(%s)", [backend])
            other.close()
        if len(looks) == 6:
            signal.raise_signal(signal.SIGINT)

    monkeypatch.setattr(ingest.time, "sleep", look)
    err = StringIO()
    call_command(ingest.Command(), watch="", stdout=StringIO(), stderr=err)
    assert "is tried again" in err.getvalue()
    assert DataProduct.objects.count() == 1
