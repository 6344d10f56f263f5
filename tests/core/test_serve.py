"""`manage.py serve`: both processes start, answer, and end together."""

import os
import re
import signal
import socket
import subprocess
import sys
import time
from contextlib import closing
from urllib.error import HTTPError, URLError
from urllib.request import urlopen

import pytest

from stixportal.environment import prepare
from tests.architecture.imports import ROOT

PATIENCE_S = 60


@pytest.fixture
def port():
    """A port nobody listens on."""
    with closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@pytest.fixture
def environment(tmp_path, port):
    """A demonstration of its own: data folder, database and port."""
    own = {
        "DATA_DIR": str(tmp_path),
        "DATABASE_URL": f"sqlite:///{tmp_path}/portal.sqlite3",
        "PORT": str(port),
        "INSECURE": "1",
        "DEMO": "1",
        "DEMO_PASSWORD": "only-for-this-test",
        "WEB_WORKERS": "1",
    }
    (tmp_path / "static").mkdir()
    return os.environ | own


def manage(environment, *arguments):
    """Start a command of the portal in a session of its own."""
    return subprocess.Popen(
        [sys.executable, "manage.py", *arguments],
        cwd=ROOT,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )


def page(address, also=200):
    """The page at an address, as soon as it answers; with a status besides 200 that is well."""
    deadline = time.monotonic() + PATIENCE_S
    while True:
        try:
            with urlopen(address, timeout=PATIENCE_S) as response:
                return response.read().decode()
        except HTTPError as error:
            if error.code != also:
                raise
            return error.read().decode()
        except URLError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.1)


def descendants(ancestor):
    """Processes below a process, by number."""
    listing = subprocess.run(
        ["ps", "-eo", "pid=,ppid="], capture_output=True, text=True, check=True
    )
    parents = dict(map(int, line.split()) for line in listing.stdout.splitlines())
    below = {ancestor}
    while more := {child for child, parent in parents.items() if parent in below} - below:
        below |= more
    return below - {ancestor}


def running(numbers):
    """Which of some processes still run; a zombie does not."""
    listing = subprocess.run(
        ["ps", "-eo", "pid=,stat="], capture_output=True, text=True, check=True
    )
    states = dict(line.split() for line in listing.stdout.splitlines())
    return [number for number in numbers if states.get(str(number), "Z")[0] != "Z"]


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
def test_the_portal_answers_says_where_and_ends_with_all_its_processes(environment, port, number):
    migrated = manage(environment, "migrate", "--verbosity", "0")
    assert migrated.communicate(timeout=PATIENCE_S)[0] == ""
    portal = manage(environment, "serve")
    try:
        assert "STIX" in page(f"http://127.0.0.1:{port}/")
        deadline = time.monotonic() + PATIENCE_S
        while len(family := descendants(portal.pid)) < 5 and time.monotonic() < deadline:
            time.sleep(0.1)  # web server and its worker; cluster, its guard and its children
    finally:
        asked = time.monotonic()
        os.killpg(portal.pid, number)  # as a terminal does
        said = portal.communicate(timeout=PATIENCE_S)[0]
    assert time.monotonic() - asked <= 12
    assert portal.returncode == 0
    assert f"http://127.0.0.1:{port}/" in said
    assert "only-for-this-test" in said
    assert len(family) >= 5
    assert running(family) == []


def test_a_busy_port_is_refused_in_one_line(environment, port):
    with closing(socket.socket()) as listener:
        listener.bind(("127.0.0.1", port))
        listener.listen()
        refused = manage(environment, "serve")
        said = refused.communicate(timeout=PATIENCE_S)[0].strip()
    assert refused.returncode == 1
    assert len(said.splitlines()) == 1
    assert f"127.0.0.1:{port} cannot be used" in said
    assert "PORT=" in said


def test_a_demonstration_shows_its_own_page_for_an_unknown_address(environment, port, tmp_path):
    """As `make run` makes it: with the settings file of a set-up and nothing of the tests."""
    prepare(tmp_path / "demo.env", demo=True, environ={})
    own = {name: environment[name] for name in ("DATA_DIR", "DATABASE_URL", "PORT", "PATH")}
    lines = (tmp_path / "demo.env").read_text().splitlines()
    own |= dict(line.split("=", 1) for line in lines if line and not line.startswith("#"))
    assert manage(own, "migrate", "--verbosity", "0").communicate(timeout=PATIENCE_S)[0] == ""
    portal = manage(own, "serve")
    try:
        page(f"http://127.0.0.1:{port}/health/?", also=503)
        missing = page(f"http://127.0.0.1:{port}/no/such/page/", also=404)
    finally:
        os.killpg(portal.pid, signal.SIGTERM)
        said = portal.communicate(timeout=PATIENCE_S)[0]
    assert "<h1" in missing
    assert "STIX" in missing
    assert not re.search("DEBUG|URLconf|Traceback", missing)
    assert own["DEMO_PASSWORD"] in said
