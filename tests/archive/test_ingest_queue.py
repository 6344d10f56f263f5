"""Ingest by the queue's worker: a real cluster takes the job, and outlives a worker's death."""

import json
import os
import signal
import sqlite3
import subprocess
import sys
import time
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.archive import smallfits

ROOT = Path(__file__).parents[2]
PATIENCE_S = 60
SCHEDULES_AT_ONCE = "Q_CLUSTER |= {'guard_cycle': 30}\n"
"""The guard asks the schedules when it has waited 30 s in all; so it does in its first round."""
IMPATIENT = (
    "from stixportal.settings import *\nQ_CLUSTER |= {'timeout': 20, 'retry': 21, 'poll': 0.2}\n"
)


@pytest.fixture
def environment(tmp_path):
    """A portal of its own, whose queue waits seconds where ours waits minutes."""
    (tmp_path / "impatient.py").write_text(IMPATIENT)
    environment = os.environ | {
        "DATA_DIR": str(tmp_path),
        "DATABASE_URL": f"sqlite:///{tmp_path / 'portal.sqlite3'}",
        "DJANGO_SETTINGS_MODULE": "impatient",
        "PYTHONPATH": str(tmp_path),
    }
    manage(environment, "migrate", "-v0")
    return environment


@pytest.fixture
def cluster(environment):
    """The worker that `serve` starts beside the web server."""
    with running(environment) as process:
        yield process


@contextmanager
def running(environment):
    """A worker, ended with all its processes."""
    command = [sys.executable, "manage.py", "qcluster"]
    with open(Path(environment["DATA_DIR"], "cluster.log"), "w") as log:
        process = subprocess.Popen(
            command, cwd=ROOT, env=environment, stdout=log, stderr=log, start_new_session=True
        )
    try:
        yield process
        process.terminate()
        process.wait(PATIENCE_S)
    finally:
        for pid in descendants(process.pid):
            os.kill(pid, signal.SIGKILL)


def manage(environment, *arguments):
    """What a command prints."""
    command = [sys.executable, "manage.py", *arguments]
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return done.stdout


def sources(folder, number):
    """Many versions of small files."""
    for index in range(number):
        day, version = 1 + index % 28, 1 + index // 28
        name = f"solo_L1_stix-ql-lightcurve_202203{day:02d}_V{version:02d}.fits"
        smallfits.write(folder, name, data=smallfits.columns(counts=index))
    return folder


def job(environment, statement="SELECT state, attempt, result, progress FROM core_job"):
    """The row of the only job."""
    connection = sqlite3.connect(Path(environment["DATA_DIR"], "portal.sqlite3"), timeout=20)
    with connection:
        row = connection.execute(statement).fetchone()
    connection.close()
    return row


def wait_for(condition):
    """The first true answer of a condition."""
    deadline = time.monotonic() + PATIENCE_S
    while not (found := condition()):
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(0.02)
    return found


def descendants(pid):
    """Processes below a process, all generations; last those that have none below."""
    listing = subprocess.run(
        ["ps", "-eo", "pid=,ppid="], capture_output=True, text=True, check=True
    )
    parents = [tuple(map(int, line.split())) for line in listing.stdout.splitlines()]
    found = {pid}
    while more := {child for child, parent in parents if parent in found} - found:
        found |= more
    return sorted(
        found - {pid}, key=lambda one: (one not in {parent for _, parent in parents}, one)
    )


def leaves(pid):
    """The worker and its two helpers, below the guard that replaces them."""
    return descendants(pid)[-3:]


def test_the_worker_takes_in_what_the_command_leaves_to_it(environment, cluster, tmp_path):
    folder = sources(tmp_path / "in", 3)
    left = json.loads(manage(environment, "ingest", "--background", "--json", str(folder)))
    assert left["job"] == 1
    wait_for(lambda: job(environment)[0] == "done")
    _, attempt, result, progress = job(environment)
    assert (attempt, progress) == (1, 1.0)
    assert json.loads(result) == {"taken_in": 3, "known": 0, "refused": 0, "reasons": []}


def test_a_job_whose_worker_is_killed_is_done_by_another(environment, cluster, tmp_path):
    folder = sources(tmp_path / "in", 56)
    manage(environment, "ingest", "--background", str(folder))
    wait_for(lambda: job(environment)[0] == "running")
    for pid in leaves(cluster.pid):
        os.kill(pid, signal.SIGKILL)
    assert job(environment)[0] == "running"
    job(environment, "UPDATE core_job SET lease_until = '2000-01-01 00:00:00'")
    wait_for(lambda: job(environment)[0] == "done")
    _, attempt, result, _ = job(environment)
    assert attempt == 2
    numbers = json.loads(result)
    assert numbers["taken_in"] + numbers["known"] == 56
    assert not any(json.loads(manage(environment, "check_archive", "--json")).values())


def test_a_job_whose_message_was_lost_is_done_by_the_next_look_at_the_schedules(
    environment, tmp_path
):
    folder = sources(tmp_path / "in", 3)
    manage(environment, "ingest", "--background", str(folder))
    job(environment, "DELETE FROM django_q_ormq RETURNING id")
    job(environment, "UPDATE core_job SET changed_at = '2020-01-01 00:00:00'")
    with open(tmp_path / "impatient.py", "a") as settings:
        settings.write(SCHEDULES_AT_ONCE)
    with running(environment):
        wait_for(lambda: job(environment)[0] == "done")
        wait_for(lambda: job(environment, "SELECT count(*) FROM django_q_ormq") == (0,))
    _, attempt, result, _ = job(environment)
    assert attempt == 1
    assert json.loads(result)["taken_in"] == 3


def test_a_worker_beats_as_soon_as_it_is_up(environment, cluster):
    wait_for(lambda: job(environment, "SELECT beat_at FROM status_heartbeat"))
    schedule = "SELECT next_run FROM django_q_schedule WHERE func = 'apps.status.tasks.beat'"
    assert job(environment, schedule) < job(environment, "SELECT beat_at FROM status_heartbeat")
