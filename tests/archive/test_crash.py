"""The process killed at every step: `check_archive` leaves the archive as a clean ingest does."""

import json
import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]


def experiment(folder, mode, number):
    """Run `fault_child` with a data folder of its own; returns what it found."""
    environment = os.environ | {
        "DATA_DIR": str(folder),
        "DATABASE_URL": f"sqlite:///{folder / 'unused.sqlite3'}",
        "DJANGO_SETTINGS_MODULE": "stixportal.settings",
    }
    command = [sys.executable, "-m", "tests.archive.fault_child", mode, str(number)]
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr[-3000:]
    return json.loads(done.stdout)


def test_an_ingest_that_dies_at_any_of_200_steps_leaves_nothing_half_done(tmp_path):
    found = experiment(tmp_path, "steps", 200)
    assert found["wrong"] == {}
    assert found["tried"] == 200


def test_an_ingest_that_is_killed_leaves_nothing_half_done(tmp_path):
    found = experiment(tmp_path, "kill", 10)
    assert found["wrong"] == {}
    assert found["killed"] >= 8


def test_two_processes_that_take_in_the_same_files_at_once_do_not_disturb_each_other(tmp_path):
    assert experiment(tmp_path, "race", 5) == {"tried": 5, "wrong": {}}
